//! What a client sends to the OAuth2 endpoints: a form, urlencoded or in parts.

use bytes::Bytes;
use http::{HeaderMap, header};

use super::error::OAuthError;
use crate::standin::params::Params;

/// A body of another type counts as empty, and an empty one is refused.
pub(super) fn form(headers: &HeaderMap, body: &Bytes) -> Result<Params, OAuthError> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (essence, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    let form = match essence.trim().to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => Params::parse(body),
        "multipart/form-data" => {
            let boundary = parameters.split(';').find_map(|one| one.trim().strip_prefix("boundary="));
            boundary.map_or_else(|| Params::parse(""), |boundary| in_parts(boundary.trim_matches('"'), body))
        }
        _ => Params::parse(""),
    };
    if form.is_empty() {
        return Err(OAuthError::invalid_request("The POST body can not be empty."));
    }
    Ok(form)
}

/// RFC 7578; a part that cannot be read is none.
fn in_parts(boundary: &str, body: &[u8]) -> Params {
    let (text, between) = (String::from_utf8_lossy(body), format!("--{boundary}"));
    // What comes before the first of them is no part.
    let parts = text.split(&between).skip(1).filter_map(|part| {
        let (head, value) = part.split_once("\r\n\r\n")?;
        let (_, name) = head.split_once("name=\"")?;
        let (name, _) = name.split_once('"')?;
        Some((name.to_owned(), value.strip_suffix("\r\n")?.to_owned()))
    });
    Params::of(parts.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_as_fields() {
        let part = |name: &str, value: &str| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let body = format!("{}{}--b--\r\n", part("one", "1 + 1"), part("two", ""));
        let params = in_parts("b", body.as_bytes());
        assert_eq!((params.first("one"), params.first("two"), params.first("three")), (Some("1 + 1"), Some(""), None));
        assert!(in_parts("other", body.as_bytes()).is_empty());
    }
}
