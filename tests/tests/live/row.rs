//! Rows that run to the end of the table, whatever fails.

use iam_testing::client::http_client;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

/// A table in the making.
pub(crate) struct Rows {
    http: reqwest::Client,
    run: usize,
    wrong: Vec<String>,
}

impl Rows {
    pub(crate) fn new() -> Rows {
        Rows { http: http_client().unwrap(), run: 0, wrong: Vec::new() }
    }

    pub(crate) fn request(&self, method: Method, url: impl AsRef<str>) -> RequestBuilder {
        self.http.request(method, url.as_ref()).header("accept", "application/json")
    }

    /// Sends, and expects this status; the answer is for further looks under the same name.
    pub(crate) async fn row(&mut self, name: &'static str, request: RequestBuilder, status: u16) -> Answer<'_> {
        self.run += 1;
        let response = request.send().await.unwrap();
        let (seen, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        if seen != status {
            self.wrong.push(format!("{name}: {seen} instead of {status}: {text}"));
        }
        let json = serde_json::from_str(&text).unwrap_or_default();
        Answer { name, headers, json, wrong: &mut self.wrong }
    }

    /// Fails with every wrong row.
    #[track_caller]
    pub(crate) fn end(self, target: &str) {
        crate::say(&format!("{target}: {} rows, {} wrong", self.run, self.wrong.len()));
        assert!(self.wrong.is_empty(), "{target}:\n{}", self.wrong.join("\n"));
    }
}

/// The answer of a row.
pub(crate) struct Answer<'a> {
    name: &'static str,
    headers: HeaderMap,
    pub(crate) json: Value,
    wrong: &'a mut Vec<String>,
}

impl Answer<'_> {
    /// This place of the body has this value; `null` also stands for nothing at all.
    pub(crate) fn has(self, pointer: &str, meant: impl Into<Value>) -> Self {
        let (seen, meant) = (self.json.pointer(pointer).cloned().unwrap_or_default(), meant.into());
        let is_right = seen == meant;
        self.holds(is_right, &format!("`{pointer}` is {seen} instead of {meant}"))
    }

    pub(crate) fn is(self, meant: &Value) -> Self {
        let (is_right, what) = (self.json == *meant, format!("{} instead of {meant}", self.json));
        self.holds(is_right, &what)
    }

    pub(crate) fn header(self, name: &str, meant: &str) -> Self {
        let seen = self.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        self.holds(seen.contains(meant), &format!("`{name}: {seen}` without `{meant}`"))
    }

    pub(crate) fn holds(self, condition: bool, what: &str) -> Self {
        if !condition {
            self.wrong.push(format!("{}: {what}", self.name));
        }
        self
    }
}
