//! Ory's timestamps: RFC 3339 in any of its spellings.

use serde::{Deserialize, Deserializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::UpstreamFault;

/// A timestamp that was sent, readable or not.
#[derive(Debug, Clone)]
pub(super) struct Timestamp(String);

impl Timestamp {
    /// The instant; `what` names the field. Unreadable never means "none".
    pub(super) fn read(&self, what: &'static str) -> Result<OffsetDateTime, UpstreamFault> {
        // The parser takes any separator between date and time, RFC 3339 these.
        let separated = matches!(self.0.as_bytes().get(10), Some(b'T' | b't' | b' '));
        let instant = OffsetDateTime::parse(&self.0, &Rfc3339).ok();
        instant.filter(|_| separated).ok_or(UpstreamFault::Unreadable(what))
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

/// A timestamp that may be absent or `null`, but not unreadable.
pub(super) fn optional(field: Option<Timestamp>, what: &'static str) -> Result<Option<OffsetDateTime>, UpstreamFault> {
    field.map(|timestamp| timestamp.read(what)).transpose()
}

/// A timestamp that must be there.
pub(super) fn required(field: Option<Timestamp>, what: &'static str) -> Result<OffsetDateTime, UpstreamFault> {
    optional(field, what)?.ok_or(UpstreamFault::Unreadable(what))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a35_every_spelling_is_the_same_instant() {
        for (text, instant) in [
            ("2030-01-01T00:00:00Z", datetime!(2030-01-01 00:00:00 UTC)),
            ("2030-01-01t00:00:00z", datetime!(2030-01-01 00:00:00 UTC)),
            ("2030-01-01 00:00:00Z", datetime!(2030-01-01 00:00:00 UTC)),
            ("2030-01-01T00:00:00.5Z", datetime!(2030-01-01 00:00:00.5 UTC)),
            ("2030-01-01T00:00:00.123456789Z", datetime!(2030-01-01 00:00:00.123456789 UTC)),
            ("2030-01-01T00:00:00.1+05:30", datetime!(2029-12-31 18:30:00.1 UTC)),
            ("2030-01-01T00:00:00-08:00", datetime!(2030-01-01 08:00:00 UTC)),
            ("2030-06-30T23:59:60Z", datetime!(2030-06-30 23:59:59.999999999 UTC)),
            ("0001-01-01T00:00:00Z", datetime!(0001-01-01 00:00:00 UTC)),
        ] {
            assert_eq!(Timestamp(text.into()).read("x"), Ok(instant), "{text}");
        }
    }

    #[test]
    fn a35_the_rest_is_unreadable() {
        for text in [
            "",
            "never",
            "0",
            "1893456000",
            "2030-01-01",
            "2030-01-01T00:00:00",
            "2030-01-01X00:00:00Z",
            "2030-13-01T00:00:00Z",
            "2030-02-30T00:00:00Z",
            "2030-01-01T24:00:00Z",
            "2030-01-01T00:00:61Z",
            "2030-01-01T00:00:00.Z",
            "2030-01-01T00:00:00Zx",
            "+12030-01-01T00:00:00Z",
            "2030-01-01é0:00:00Z",
        ] {
            assert_eq!(Timestamp(text.into()).read("x"), Err(UpstreamFault::Unreadable("x")), "{text}");
        }
    }
}
