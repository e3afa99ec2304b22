//! Rows that run to the end of the table, whatever fails.

use std::collections::BTreeSet;

use iam_testing::client::http_client;
use iam_testing::real::Servers;
use iam_testing::standin::Product;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::exempt;
use crate::openapi::OpenApi;
use crate::shape::Shape;

/// In a status's place where the connection was closed instead.
pub(crate) const NO_ANSWER: u16 = 0;

/// What was asked, and what came of it.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// Method and path, without what is one row's own.
    pub(crate) call: String,
    pub(crate) status: u16,
    /// What the answer has that Ory's OpenAPI file does not say.
    pub(crate) deviation: Option<String>,
    pub(crate) shape: Shape,
    /// An older server's own answer: only its status is to be right.
    is_otherwise: bool,
    /// Such an answer is not what the stand-in's rows look for.
    pub(crate) is_other: bool,
    wrong: Vec<String>,
}

/// A table in the making, of one product.
pub(crate) struct Rows {
    http: reqwest::Client,
    product: Product,
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
        Rows {
            http: http_client().unwrap(),
            product,
            is_old: version.is_some_and(exempt::is_old),
            openapi: OpenApi::of(product),
            target,
            rows: Vec::new(),
        }
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
        let (seen, headers, text) = match self.http.execute(request).await {
            Ok(response) => {
                let (status, headers) = (response.status().as_u16(), response.headers().clone());
                (status, headers, response.text().await.unwrap())
            }
            // A server that fell over while it answered.
            Err(error) => (NO_ANSWER, HeaderMap::new(), format!("{error:?}")),
        };
        let older = exempt::status(self.product, name).filter(|_| self.is_old);
        let meant = older.unwrap_or(status);
        let mut wrong = Vec::new();
        if seen != meant {
            wrong.push(format!("{seen} instead of {meant}: {text}"));
        }
        let shape = Shape::of(seen, &headers, &text);
        let file = self.openapi.as_ref();
        let deviation = file.and_then(|file| file.deviation(method.as_str(), &path, seen, &text));
        let path = file.and_then(|file| file.template(&path)).map(str::to_owned).unwrap_or(path);
        let call = format!("{method} {path}");
        self.rows.push(Row {
            name,
            call,
            status: seen,
            deviation,
            shape,
            is_otherwise: older.is_some(),
            is_other: meant != status,
            wrong,
        });
        let json = serde_json::from_str(&text).unwrap_or_default();
        Answer { headers, json, text, row: self.rows.last_mut().unwrap() }
    }

    /// The row that was asked last, for what only the next step shows of it.
    pub(crate) fn last(&mut self) -> Answer<'_> {
        Answer { headers: HeaderMap::new(), json: Value::Null, text: String::new(), row: self.rows.last_mut().unwrap() }
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
    /// The body, whatever it is.
    pub(crate) text: String,
    row: &'a mut Row,
}

impl Answer<'_> {
    /// This place of the body has this value.
    pub(crate) fn has(self, pointer: &str, meant: impl Into<Value>) -> Self {
        let (seen, meant) = (self.json.pointer(pointer), meant.into());
        let (is_right, seen) = (seen == Some(&meant), told(seen));
        self.holds(is_right, &format!("`{pointer}` is {seen} instead of {meant}"))
    }

    /// This place of the body is there, and `null`.
    pub(crate) fn has_null(self, pointer: &str) -> Self {
        self.has(pointer, Value::Null)
    }

    /// There is no such place, not even a `null`.
    pub(crate) fn has_no(self, pointer: &str) -> Self {
        let seen = self.json.pointer(pointer);
        let (is_right, seen) = (seen.is_none(), told(seen));
        self.holds(is_right, &format!("`{pointer}` is {seen} instead of absent"))
    }

    /// The object there has these keys and no others.
    pub(crate) fn has_keys(self, pointer: &str, meant: &[&str]) -> Self {
        let object = self.json.pointer(pointer).and_then(Value::as_object);
        let seen: BTreeSet<_> = object.into_iter().flatten().map(|(key, _)| key.clone()).collect();
        let is_right = seen == meant.iter().map(|&key| key.to_owned()).collect();
        self.holds(is_right, &format!("`{pointer}` has {seen:?}"))
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

    /// Who is on this page is chance, and these places are not the same for everybody.
    pub(crate) fn by_chance(self, places: &[&str]) -> Self {
        self.row.shape.forget(places);
        self
    }

    pub(crate) fn holds(self, condition: bool, what: &str) -> Self {
        match self.row.is_otherwise {
            true => self.row.is_other |= !condition,
            false if !condition => self.row.wrong.push(what.to_owned()),
            false => {}
        }
        self
    }
}

fn told(value: Option<&Value>) -> String {
    value.map_or_else(|| "absent".to_owned(), Value::to_string)
}
