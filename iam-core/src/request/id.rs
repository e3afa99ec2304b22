use std::fmt;

/// The id of one request: the caller's `X-Request-Id` if it is 8 to 64
/// characters of `[A-Za-z0-9._-]`, else a fresh UUID v4.
///
/// ```
/// use iam_core::RequestId;
///
/// assert_eq!(RequestId::from_header(Some(b"checkout-0001")).to_string(), "checkout-0001");
/// assert_ne!(RequestId::from_header(Some(b"a\nb")).to_string(), "a\nb");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RequestId(Kind);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Given { length: u8, bytes: [u8; RequestId::MAX] },
    Made(uuid::Uuid),
}

impl RequestId {
    const MIN: usize = 8;
    const MAX: usize = 64;

    /// Takes the header's value over if it is well formed, else makes an id.
    #[must_use]
    pub fn from_header(value: Option<&[u8]>) -> Self {
        value.and_then(Self::given).unwrap_or_else(Self::generate)
    }

    /// A fresh id.
    #[must_use]
    pub fn generate() -> Self {
        Self(Kind::Made(uuid::Builder::from_random_bytes(rand::random()).into_uuid()))
    }

    fn given(value: &[u8]) -> Option<Self> {
        let allowed = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        if !(Self::MIN..=Self::MAX).contains(&value.len()) || !value.iter().all(allowed) {
            return None;
        }
        let mut bytes = [0; Self::MAX];
        bytes[..value.len()].copy_from_slice(value);
        Some(Self(Kind::Given { length: value.len() as u8, bytes }))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Given { length, bytes } => {
                f.write_str(str::from_utf8(&bytes[..usize::from(*length)]).unwrap_or_default())
            }
            Kind::Made(id) => id.hyphenated().fmt(f),
        }
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_well_formed_and_replaces_the_rest() {
        for good in ["abcdefgh", "a.b_c-D9", &"x".repeat(64)] {
            assert_eq!(RequestId::from_header(Some(good.as_bytes())).to_string(), good);
        }
        for bad in ["", "short", "with space", "tab\tinside", "line\nbreak", "umläut-long", &"x".repeat(65)] {
            let made = RequestId::from_header(Some(bad.as_bytes())).to_string();
            assert!(uuid::Uuid::parse_str(&made).is_ok(), "{bad:?} became {made}");
        }
    }
}
