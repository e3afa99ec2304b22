use crate::reason::Reason;
use crate::request::{RequestView, single_header};

/// Longer than any token that Ory issues, signed ones included.
const LONGEST: usize = 8 * 1024;

/// The token of `Authorization: Bearer` (RFC 6750, section 2.1). The scheme's case
/// does not matter, the token's bytes do. Another scheme is no credential.
pub(super) fn read(view: &dyn RequestView) -> Result<Option<&str>, Reason> {
    let Some(value) = single_header(view, "authorization").map_err(|_| Reason::Ambiguous)? else {
        return Ok(None);
    };
    let scheme_length = value.iter().position(|b| matches!(b, b' ' | b'\t')).unwrap_or(value.len());
    let (scheme, rest) = value.split_at(scheme_length);
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return Ok(None);
    }
    let spaces = rest.iter().take_while(|b| **b == b' ').count();
    let token = &rest[spaces..];
    let sound = !token.is_empty() && token.len() <= LONGEST && token.iter().all(is_token_byte);
    if !sound {
        return Err(Reason::Malformed);
    }
    str::from_utf8(token).map(Some).map_err(|_| Reason::Malformed)
}

/// The alphabet of `b64token` (RFC 6750, section 2.1).
fn is_token_byte(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::testing::Headers;

    #[test]
    fn the_scheme_ignores_case_and_the_token_does_not() {
        for (header, token) in
            [("Bearer T", "T"), ("bearer T", "T"), ("BEARER  T", "T"), ("Bearer ory_st_aB9", "ory_st_aB9")]
        {
            assert_eq!(read(&Headers::of(&[("authorization", header)])), Ok(Some(token)), "{header}");
        }
    }

    #[test]
    fn unusable_values_are_malformed() {
        for header in ["Bearer", "Bearer ", "Bearer\tT", "Bearer a b", "Bearer a,b", "Bearer \u{e9}", "Bearer a\"b"] {
            assert_eq!(read(&Headers::of(&[("authorization", header)])), Err(Reason::Malformed), "{header}");
        }
        let long = format!("Bearer {}", "a".repeat(LONGEST + 1));
        assert_eq!(read(&Headers::of(&[("authorization", &long)])), Err(Reason::Malformed));
    }

    #[test]
    fn other_schemes_are_no_credential() {
        for header in ["BearerT", "Basic dTpw", "", "Token T"] {
            assert_eq!(read(&Headers::of(&[("authorization", header)])), Ok(None), "{header}");
        }
    }

    #[test]
    fn two_headers_must_agree() {
        let twice = |a, b| Headers::of(&[("authorization", a), ("authorization", b)]);
        assert_eq!(read(&twice("Bearer T", "Bearer T")), Ok(Some("T")));
        assert_eq!(read(&twice("Bearer T", "Bearer U")), Err(Reason::Ambiguous));
        assert_eq!(read(&twice("Bearer T", "Basic x")), Err(Reason::Ambiguous));
    }
}
