use reqwest::header::HeaderMap;
use serde_json::Value;

/// What the application under test answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: bytes::Bytes,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// What it depends on; `Vary` may stand on several lines.
    pub fn vary(&self) -> String {
        let lines: Vec<_> = self.headers.get_all("vary").iter().map(|line| line.to_str().unwrap()).collect();
        lines.join(", ").to_lowercase()
    }

    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The `code` of a problem; its other parts are checked on the way.
    #[track_caller]
    pub fn code(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        assert_eq!(self.header("cache-control"), Some("private, no-store"), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status, "{self:?}");
        assert_eq!(problem["request_id"].as_str(), self.header("x-request-id"), "{self:?}");
        assert!(self.status != 401 || self.header("www-authenticate").is_some(), "{self:?}");
        assert!(self.status != 503 || self.header("retry-after").is_some(), "{self:?}");
        problem["code"].as_str().unwrap().to_owned()
    }
}
