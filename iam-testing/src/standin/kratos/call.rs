//! A request as the handlers see it, and what its headers ask for.

use axum::extract::{FromRequestParts, OriginalUri};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, Uri};

use super::query::Params;
use super::wire::ApiError;

/// Headers, query and target of a request.
pub(super) struct Call {
    pub(super) headers: HeaderMap,
    pub(super) params: Params,
    pub(super) uri: Uri,
}

impl<S: Send + Sync> FromRequestParts<S> for Call {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let OriginalUri(uri) = OriginalUri::from_request_parts(parts, state).await?;
        Ok(Self { headers: parts.headers.clone(), params: Params::from_request_parts(parts, state).await?, uri })
    }
}

impl Call {
    /// The header's text, unless it is missing, empty or not ASCII.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let value = self.headers.get(name)?.to_str().ok()?;
        Some(value).filter(|v| !v.is_empty())
    }

    /// The content type without its parameters; empty if there is none.
    pub(super) fn media_type(&self) -> &str {
        let content_type = self.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        content_type.split(';').next().unwrap_or_default().trim()
    }

    /// # Errors
    /// 400 unless the body is declared as JSON, with parameters or without.
    pub(super) fn require_json_body(&self) -> Result<(), ApiError> {
        if self.media_type() == "application/json" {
            return Ok(());
        }
        Err(ApiError::bad_request("The request needs the content type application/json"))
    }

    /// Whether the content type is JSON and nothing more: a charset makes it
    /// another type (`x/isjsonrequest.go`).
    pub(super) fn sends_json(&self) -> bool {
        self.header(CONTENT_TYPE.as_str()) == Some("application/json")
    }

    /// Whether the answer is JSON rather than a redirect: asked for before
    /// HTML, or implied by the content type.
    pub(super) fn wants_json(&self) -> bool {
        let accept = self.header(ACCEPT.as_str()).unwrap_or_default();
        let json = preference(accept, "application", "json");
        let html = preference(accept, "text", "html");
        self.sends_json() || json > html
    }
}

/// How much an Accept header wants a type: its quality in thousandths, then
/// how exactly it was named. The exact form outweighs a wildcard of the same
/// quality.
fn preference(accept: &str, kind: &str, subtype: &str) -> Option<(u32, u8)> {
    accept
        .split(',')
        .filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let (range_kind, range_subtype) = parts.next()?.split_once('/')?;
            let exactness = match (range_kind, range_subtype) {
                // A bare wildcard counts as HTML: it is what browsers and
                // command-line clients send without meaning JSON.
                ("*", "*") if kind == "application" => return None,
                ("*", "*") => 0,
                (k, "*") if k == kind => 1,
                (k, s) if k == kind && s == subtype => 2,
                _ => return None,
            };
            let quality = parts.find_map(|p| p.strip_prefix("q=")).and_then(|q| q.parse::<f32>().ok()).unwrap_or(1.0);
            let quality = (quality.clamp(0.0, 1.0) * 1000.0) as u32;
            (quality > 0).then_some((quality, exactness))
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_must_be_named_and_come_before_html() {
        for (accept, json) in [
            ("", false),
            ("*/*", false),
            ("application/json", true),
            ("application/json, text/plain, */*", true),
            ("text/html, application/json", false),
            ("text/html;q=0.5, application/json", true),
            ("application/json;q=0", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().unwrap());
            let call = Call { headers, params: Params::default(), uri: Uri::from_static("/") };
            assert_eq!(call.wants_json(), json, "{accept}");
        }
    }
}
