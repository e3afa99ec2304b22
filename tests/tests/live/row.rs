//! Rows that run to the end of the table, whatever fails.

use iam_testing::client::http_client;
use iam_testing::real::Servers;
use iam_testing::standin::Product;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::openapi::OpenApi;

/// What was asked, and what came of it.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// Method and path, without what is one row's own.
    pub(crate) call: String,
    pub(crate) status: u16,
    /// What the answer has that Ory's OpenAPI file does not say.
    pub(crate) deviation: Option<String>,
    wrong: Vec<String>,
}

impl Row {
    pub(crate) fn is_right(&self) -> bool {
        self.wrong.is_empty()
    }
}

/// A table in the making, of one product.
pub(crate) struct Rows {
    http: reqwest::Client,
    is_old: bool,
    openapi: Option<OpenApi>,
    target: String,
    rows: Vec<Row>,
}

impl Rows {
    pub(crate) fn new(servers: &Servers, product: Product) -> Rows {
        let version = servers.version(product);
        let target =
            version.map_or_else(|| format!("{product}: the stand-in"), |version| format!("{product} {version}"));
        // Ory's versions went from v2 to v25.
        let is_old = version.is_some_and(|version| version.starts_with("v1.") || version.starts_with("v2."));
        Rows { http: http_client().unwrap(), is_old, openapi: OpenApi::of(product), target, rows: Vec::new() }
    }

    /// Whether it is a server of before v25, which answers some rows otherwise than the stand-in, a v26.
    pub(crate) fn is_old(&self) -> bool {
        self.is_old
    }

    pub(crate) fn request(&self, method: Method, url: impl AsRef<str>) -> RequestBuilder {
        self.accepting(method, url, "application/json")
    }

    pub(crate) fn accepting(&self, method: Method, url: impl AsRef<str>, kind: &str) -> RequestBuilder {
        self.http.request(method, url.as_ref()).header("accept", kind)
    }

    /// Sends, and expects this status; the answer is for further looks under the same name.
    pub(crate) async fn row(&mut self, name: &'static str, request: RequestBuilder, status: u16) -> Answer<'_> {
        let request = request.build().unwrap();
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let response = self.http.execute(request).await.unwrap();
        let (seen, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let mut wrong = Vec::new();
        if seen != status {
            wrong.push(format!("{seen} instead of {status}: {text}"));
        }
        let file = self.openapi.as_ref();
        let deviation = file.and_then(|file| file.deviation(method.as_str(), &path, seen, &text));
        let path = file.and_then(|file| file.template(&path)).map(str::to_owned).unwrap_or(path);
        self.rows.push(Row { name, call: format!("{method} {path}"), status: seen, deviation, wrong });
        let json = serde_json::from_str(&text).unwrap_or_default();
        Answer { headers, json, row: self.rows.last_mut().unwrap() }
    }

    /// Fails with every wrong row.
    #[track_caller]
    pub(crate) fn end(self) -> Vec<Row> {
        let wrong: Vec<String> = self
            .rows
            .iter()
            .flat_map(|row| row.wrong.iter().map(move |what| format!("{}: {what}", row.name)))
            .collect();
        let schemas = match self.openapi {
            Some(_) => {
                let count = self.rows.iter().filter(|row| row.deviation.is_some()).count();
                format!("{count} deviate from Ory's OpenAPI file")
            }
            None => "not checked against Ory's OpenAPI file".to_owned(),
        };
        crate::say(&format!("{}: {} rows, {} wrong, {schemas}", self.target, self.rows.len(), wrong.len()));
        assert!(wrong.is_empty(), "{}:\n{}", self.target, wrong.join("\n"));
        self.rows
    }
}

/// The answer of a row.
pub(crate) struct Answer<'a> {
    headers: HeaderMap,
    pub(crate) json: Value,
    row: &'a mut Row,
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
        let seen = self.text_of(name);
        self.holds(seen.contains(meant), &format!("`{name}: {seen}` without `{meant}`"))
    }

    /// There is no such header.
    pub(crate) fn lacks(self, name: &str) -> Self {
        let seen = self.lines_of(name);
        self.holds(seen.is_empty(), &format!("`{name}: {}`", seen.join(", ")))
    }

    pub(crate) fn lines_of(&self, name: &str) -> Vec<String> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    /// What a browser brings back of the cookies that are set.
    pub(crate) fn cookies(&self) -> String {
        let lines = self.lines_of("set-cookie");
        lines.iter().filter_map(|line| line.split(';').next()).collect::<Vec<_>>().join("; ")
    }

    /// Where the one `Link` header says that there is more, as it says it.
    pub(crate) fn next(&self) -> Option<String> {
        let links = self.text_of("link");
        let link = links.split(",<").find(|link| link.ends_with(r#"rel="next""#))?;
        link.trim_start_matches('<').split('>').next().map(str::to_owned)
    }

    pub(crate) fn text_of(&self, name: &str) -> String {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
    }

    pub(crate) fn holds(self, condition: bool, what: &str) -> Self {
        if !condition {
            self.row.wrong.push(what.to_owned());
        }
        self
    }
}
