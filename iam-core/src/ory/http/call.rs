use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Method};
use serde::Serialize;
use url::Url;
use url::form_urlencoded::Serializer;

use super::{Answer, Client, Listener};
use crate::UpstreamError;
use crate::upstream::Trace;

/// One request in the making.
///
/// Its path is made of literals and of [`Call::segment`]s, so that no value can
/// reach another endpoint; it carries exactly one credential.
#[derive(Clone)]
pub(crate) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<Bytes>,
    pub(super) repeatable: bool,
    content_type: Option<HeaderValue>,
    credential: Option<(HeaderName, HeaderValue)>,
}

/// A value that cannot stand in a path: nothing there has that name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadSegment;

impl Call {
    /// A read; repeated when the server fails.
    pub(crate) fn get(listener: &Listener, path: &'static str) -> Self {
        Self { repeatable: true, ..Self::new(Method::GET, listener, path) }
    }

    /// Anything else; sent once, unless it is said to be [`Call::repeatable`].
    pub(crate) fn new(method: Method, listener: &Listener, path: &'static str) -> Self {
        let mut url = listener.url.clone();
        url.set_path(&format!("{}/{path}", listener.url.path().trim_end_matches('/')));
        let credential = listener.authorization.clone().map(|value| (AUTHORIZATION, value));
        Self { method, url, body: None, repeatable: false, content_type: None, credential }
    }

    /// Sending it twice changes nothing.
    pub(crate) fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Appends one path segment, percent-encoded.
    pub(crate) fn segment(mut self, value: &str) -> Result<Self, BadSegment> {
        // `.` and `..` are resolved away by every URL parser, however they are encoded.
        if value.is_empty() || value == "." || value == ".." {
            return Err(BadSegment);
        }
        self.url.path_segments_mut().map_err(|()| BadSegment)?.push(value);
        Ok(self)
    }

    /// Appends a literal segment.
    pub(crate) fn then(mut self, path: &'static str) -> Self {
        let whole = format!("{}/{path}", self.url.path());
        self.url.set_path(&whole);
        self
    }

    /// Appends one query parameter, percent-encoded.
    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }

    /// Replaces the listener's token: a call carries one credential.
    pub(crate) fn credential(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.credential = Some((name, value));
        self
    }

    pub(crate) fn json(mut self, value: &impl Serialize) -> Result<Self, serde_json::Error> {
        self.body = Some(serde_json::to_vec(value)?.into());
        self.content_type = Some(HeaderValue::from_static("application/json"));
        Ok(self)
    }

    pub(crate) fn form<'a>(mut self, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.body = Some(Serializer::new(String::new()).extend_pairs(fields).finish().into());
        self.content_type = Some(HeaderValue::from_static("application/x-www-form-urlencoded"));
        self
    }

    pub(crate) async fn send(self, client: &Client, trace: &Trace) -> Result<Answer, UpstreamError> {
        client.send(self, trace).await
    }

    pub(super) fn headers(&self, trace: Option<&Trace>) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(5);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(content_type) = &self.content_type {
            headers.insert(CONTENT_TYPE, content_type.clone());
        }
        if let Some((name, value)) = &self.credential {
            headers.insert(name, value.clone());
        }
        if let Some(trace) = trace {
            if let Ok(id) = HeaderValue::try_from(trace.request_id.to_string()) {
                headers.insert("x-request-id", id);
            }
            if let Some(Ok(parent)) = trace.traceparent.as_deref().map(HeaderValue::from_str) {
                headers.insert("traceparent", parent);
            }
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listener(url: &str) -> Listener {
        Listener { url: url.parse().unwrap(), authorization: None }
    }

    #[test]
    fn a_segment_stays_one_segment() {
        let listener = listener("https://ory.example/base/");
        for (value, path) in [
            ("a b", "/base/admin/identities/a%20b/sessions"),
            ("../x", "/base/admin/identities/..%2Fx/sessions"),
            ("%2e%2e", "/base/admin/identities/%252e%252e/sessions"),
            ("x?include_credential=oidc", "/base/admin/identities/x%3Finclude_credential=oidc/sessions"),
            ("a#b", "/base/admin/identities/a%23b/sessions"),
            ("ü", "/base/admin/identities/%C3%BC/sessions"),
        ] {
            let call = Call::get(&listener, "admin/identities").segment(value).unwrap().then("sessions");
            assert_eq!(call.url.path(), path, "{value}");
            assert_eq!(call.url.query(), None, "{value}");
        }
        for bad in ["", ".", ".."] {
            assert!(Call::get(&listener, "admin/identities").segment(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn query_values_are_encoded() {
        let call = Call::get(&listener("https://ory.example/"), "x").query("object", "a&b=c+d e/ü");
        assert_eq!(call.url.query(), Some("object=a%26b%3Dc%2Bd+e%2F%C3%BC"));
    }
}
