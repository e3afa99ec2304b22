use std::time::Duration;

use http::HeaderMap;
use http::header::RETRY_AFTER;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// No wait is believed beyond this, so that one odd header cannot park a caller.
const LONGEST: Duration = Duration::from_secs(60);
/// Nor below this, so that a zero makes no busy loop.
const SHORTEST: Duration = Duration::from_secs(1);

const HTTP_DATE: StaticFormatDescription =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// The wait that `Retry-After` asks for (RFC 9110, section 10.2.3), clamped to
/// 1 to 60 s; `None` without the header or with an unreadable one.
pub(super) fn of(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    parse(value, OffsetDateTime::now_utc())
}

fn parse(value: &str, now: OffsetDateTime) -> Option<Duration> {
    let wait = if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // Digits only, so the one possible failure is a number beyond u64.
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        let at = PrimitiveDateTime::parse(value, HTTP_DATE).ok()?.assume_utc();
        Duration::try_from(at - now).unwrap_or_default()
    };
    Some(wait.clamp(SHORTEST, LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a34_seconds_and_dates_are_clamped() {
        let now = datetime!(1994-11-06 08:49:30 UTC);
        for (value, seconds) in [
            ("0", Some(1)),
            ("7", Some(7)),
            ("60", Some(60)),
            ("9999999999", Some(60)),
            ("18446744073709551615", Some(60)),
            ("18446744073709551616", Some(60)),
            ("99999999999999999999999999999999999999999", Some(60)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(7)),
            ("Sun, 06 Nov 1994 08:49:30 GMT", Some(1)),
            ("Sat, 05 Nov 1994 08:49:37 GMT", Some(1)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(60)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("Sun, 06 Nov 1994 25:49:37 GMT", None),
        ] {
            assert_eq!(parse(value, now), seconds.map(Duration::from_secs), "{value:?}");
        }
    }
}
