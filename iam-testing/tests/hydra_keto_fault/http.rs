//! A client that shows everything: no redirects, no decompression, no environment proxy.

use std::time::{Duration, Instant};

use iam_testing::standin::{Namespace, OryProject, ProjectConfig};
use reqwest::{Client, Method, RequestBuilder, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use url::Url;

/// An answer, read to the end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// The body as JSON, after a check of the status.
    pub(crate) fn json(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// `error` of Hydra's error shape, after a check of the status.
    pub(crate) fn oauth_error(&self, status: u16) -> String {
        self.json(status)["error"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn location(&self, status: u16) -> Url {
        assert_eq!(self.status, status, "{}", self.text);
        Url::parse(self.header("location")).unwrap()
    }
}

pub(crate) fn client() -> Client {
    // Not an error: another test has installed it.
    rustls::crypto::ring::default_provider().install_default().ok();
    Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().no_gzip().build().unwrap()
}

pub(crate) async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}

/// Asks until it fails in the way expected: a server's tasks end at their next turn, not at once.
pub(crate) async fn asked_until(url: Url, is_expected: impl Fn(&reqwest::Error) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        if client().get(url.clone()).send().await.is_err_and(|error| is_expected(&error)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{url} still answers")
}

pub(crate) async fn get(base: &Url, path: &str) -> Answer {
    send(client().get(base.join(path).unwrap())).await
}

pub(crate) async fn delete(base: &Url, path: &str) -> Answer {
    send(client().delete(base.join(path).unwrap())).await
}

pub(crate) async fn call(method: Method, base: &Url, path: &str, body: Value) -> Answer {
    send(client().request(method, base.join(path).unwrap()).json(&body)).await
}

pub(crate) async fn form(base: &Url, path: &str, fields: &[(&str, &str)]) -> Answer {
    send(client().post(base.join(path).unwrap()).form(fields)).await
}

/// A form with HTTP Basic credentials, form-urlencoded first as RFC 6749, section 2.3.1 wants it.
pub(crate) async fn form_as(base: &Url, path: &str, (id, secret): (&str, &str), fields: &[(&str, &str)]) -> Answer {
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    send(client().post(base.join(path).unwrap()).basic_auth(encoded(id), Some(encoded(secret))).form(fields)).await
}

pub(crate) async fn project() -> OryProject {
    let namespaces =
        vec![Namespace::with_relations("orders", &["view", "edit"]), Namespace::with_relations("groups", &["member"])];
    OryProject::start(ProjectConfig { namespaces, ..ProjectConfig::default() }).await.unwrap()
}

/// Registers a machine client with the scope `inventory:read orders.*` and an audience.
pub(crate) async fn machine(project: &OryProject, id: &str, secret: &str) {
    let body = json!({
        "client_id": id, "client_secret": secret, "grant_types": ["client_credentials"],
        "scope": "inventory:read orders.*", "audience": ["https://api.example.test"],
    });
    call(Method::POST, project.hydra_admin(), "admin/clients", body).await.json(201);
}

pub(crate) async fn introspect(project: &OryProject, token: &str) -> Value {
    form(project.hydra_admin(), "admin/oauth2/introspect", &[("token", token)]).await.json(200)
}

/// The answer of an introspection that says no: this, and nothing else.
pub(crate) fn inactive() -> Value {
    json!({"active": false})
}
