use memchr::{memchr, memmem};

use crate::reason::Reason;
use crate::request::RequestView;

/// What browsers keep at the most for one cookie (RFC 6265, section 6.1).
const LONGEST: usize = 4096;

/// The value of the cookie of this name, however many `Cookie` lines there are.
/// The same name twice must have the same value; an empty value is none.
pub(super) fn read<'a>(name: &str, view: &'a dyn RequestView) -> Result<Option<&'a str>, Reason> {
    let mut found: Option<&'a [u8]> = None;
    let mut differing = false;
    view.header("cookie", &mut |line| {
        // Most lines of other applications are skipped by this one search.
        if memmem::find(line, name.as_bytes()).is_none() {
            return;
        }
        for (key, value) in pairs(line) {
            if key == name.as_bytes() {
                differing |= found.is_some_and(|first| first != value);
                found = Some(value);
            }
        }
    });
    match found {
        _ if differing => Err(Reason::Ambiguous),
        None | Some([]) => Ok(None),
        Some(value) if value.len() <= LONGEST && value.iter().all(is_cookie_octet) => {
            str::from_utf8(value).map(Some).map_err(|_| Reason::Malformed)
        }
        Some(_) => Err(Reason::Malformed),
    }
}

/// The name of another project's session cookie than `own`, as a hint for a wrong `cookie_name`.
pub(crate) fn foreign_session_cookie(own: &str, view: &dyn RequestView) -> Option<String> {
    let mut seen = None;
    view.header("cookie", &mut |line| {
        let is_foreign = |name: &&[u8]| name.starts_with(b"ory_session_") && *name != own.as_bytes();
        let mut names = pairs(line).map(|(name, _)| name).filter(is_foreign);
        seen = seen.take().or_else(|| names.next());
    });
    let printable = seen?.iter().take(64).all(|b| b.is_ascii_alphanumeric() || *b == b'_');
    printable.then(|| seen.map(|name| String::from_utf8_lossy(&name[..name.len().min(64)]).into_owned()))?
}

/// Name and value of each pair; only spaces and tabs around them are trimmed, quotes stay.
fn pairs(line: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let current = rest?;
        let (pair, after) = match memchr(b';', current) {
            Some(end) => (&current[..end], Some(&current[end + 1..])),
            None => (current, None),
        };
        rest = after;
        Some(match memchr(b'=', pair) {
            Some(equals) => (trim(&pair[..equals]), trim(&pair[equals + 1..])),
            None => (&[][..], trim(pair)),
        })
    })
}

fn trim(bytes: &[u8]) -> &[u8] {
    let blank = |b: &u8| matches!(b, b' ' | b'\t');
    let start = bytes.iter().position(|b| !blank(b)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|b| !blank(b)).map_or(start, |last| last + 1);
    &bytes[start..end]
}

/// `cookie-octet` (RFC 6265, section 4.1.1).
fn is_cookie_octet(byte: &u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::testing::Headers;

    const NAME: &str = "ory_kratos_session";

    fn one(line: &str) -> Result<Option<String>, Reason> {
        read(NAME, &Headers::of(&[("cookie", line)])).map(|value| value.map(str::to_owned))
    }

    #[test]
    fn finds_the_cookie_among_others() {
        for line in [
            "ory_kratos_session=abc",
            "a=b; ory_kratos_session=abc; c=d",
            "a=b;\tory_kratos_session = abc ;c",
            "xory_kratos_session=no; ory_kratos_session=abc; ory_kratos_session2=no",
            "ory_kratos_session=abc; ory_kratos_session=abc",
        ] {
            assert_eq!(one(line), Ok(Some("abc".into())), "{line}");
        }
    }

    #[test]
    fn names_are_compared_as_bytes() {
        for line in ["", "ORY_KRATOS_SESSION=abc", "ory_kratos_session", "a=ory_kratos_session", "ory_kratos_session="]
        {
            assert_eq!(one(line), Ok(None), "{line}");
        }
    }

    #[test]
    fn two_values_are_ambiguous_also_over_two_lines() {
        assert_eq!(one("ory_kratos_session=a; ory_kratos_session=b"), Err(Reason::Ambiguous));
        assert_eq!(one("ory_kratos_session=; ory_kratos_session=b"), Err(Reason::Ambiguous));
        let lines = Headers::of(&[("cookie", "ory_kratos_session=a"), ("cookie", "x=y; ory_kratos_session=b")]);
        assert_eq!(read(NAME, &lines), Err(Reason::Ambiguous));
        let equal = Headers::of(&[("cookie", "ory_kratos_session=a"), ("cookie", "ory_kratos_session=a")]);
        assert_eq!(read(NAME, &equal), Ok(Some("a")));
    }

    #[test]
    fn bytes_that_no_cookie_holds_are_malformed() {
        for line in [
            "ory_kratos_session=\"a\"",
            "ory_kratos_session=a\\b",
            "ory_kratos_session=\u{ff}",
            "ory_kratos_session=a b",
        ] {
            assert_eq!(one(line), Err(Reason::Malformed), "{line}");
        }
        assert_eq!(one(&format!("ory_kratos_session={}", "a".repeat(LONGEST + 1))), Err(Reason::Malformed));
    }

    #[test]
    fn hints_at_another_projects_cookie() {
        let view = Headers::of(&[("cookie", "a=b; ory_session_other=x")]);
        assert_eq!(foreign_session_cookie("ory_session_own", &view).as_deref(), Some("ory_session_other"));
        let own = Headers::of(&[("cookie", "ory_session_own=; a=b")]);
        assert_eq!(foreign_session_cookie("ory_session_own", &own), None);
        assert_eq!(
            foreign_session_cookie("ory_session_own", &Headers::of(&[("cookie", "ory_session_\u{1b}[m=x")])),
            None
        );
    }
}
