//! Projects to fill, and a second opinion on what is in them.

use std::sync::Once;

use iam_testing::client::{OryClient, OryUrls};
use iam_testing::standin::{Namespace, NetworkConfig, OryProject, ProjectConfig};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::Value;
use tokio::net::TcpSocket;
use url::Url;

pub(crate) const API_KEY: &str = "ory_apikey_test";

/// Self-hosted, with the namespace `listings`.
pub(crate) async fn self_hosted() -> (OryProject, OryClient) {
    start(ProjectConfig { namespaces: vec![Namespace::with_relations("listings", &["edit"])], ..Default::default() })
        .await
}

/// As on Ory Network: one host, and admin calls need a key.
pub(crate) async fn network() -> (OryProject, OryClient) {
    let network = NetworkConfig { slug: "quiet-fox-1".to_owned(), api_key: API_KEY.to_owned() };
    start(ProjectConfig { network: Some(network), namespaces: vec![Namespace::any("listings")], ..Default::default() })
        .await
}

async fn start(config: ProjectConfig) -> (OryProject, OryClient) {
    let project = OryProject::start(config).await.unwrap();
    let client = OryClient::of(&project).unwrap();
    (project, client)
}

/// What `/sessions/whoami` says to a header.
pub(crate) async fn whoami(urls: &OryUrls, name: &str, value: &str) -> (StatusCode, Value) {
    let url = urls.kratos_public.join("sessions/whoami").unwrap();
    answer(http().get(url).header(name, value)).await
}

pub(crate) async fn whoami_status(urls: &OryUrls, token: &str) -> StatusCode {
    whoami(urls, "x-session-token", token).await.0
}

/// What Kratos keeps about an identity.
pub(crate) async fn identity(urls: &OryUrls, id: &str) -> (StatusCode, Value) {
    let url = urls.kratos_admin.join(&format!("admin/identities/{id}")).unwrap();
    answer(admin(http().get(url), urls)).await
}

/// What Hydra says about a token.
pub(crate) async fn introspect(urls: &OryUrls, token: &str) -> Value {
    let url = urls.hydra_admin.join("admin/oauth2/introspect").unwrap();
    let (status, body) = answer(admin(http().post(url), urls).form(&[("token", token)])).await;
    assert_eq!(status, 200, "{body}");
    body
}

/// Whether Keto allows `listings:<object>#edit@<subject>`.
pub(crate) async fn may_edit(urls: &OryUrls, object: &str, subject: &str) -> bool {
    let url = urls.keto_read.join("relation-tuples/check/openapi").unwrap();
    let query = [("namespace", "listings"), ("object", object), ("relation", "edit"), ("subject_id", subject)];
    let (status, body) = answer(admin(http().get(url), urls).query(&query)).await;
    assert_eq!(status, 200, "{body}");
    body["allowed"].as_bool().unwrap()
}

pub(crate) async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let body = response.text().await.unwrap();
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

fn admin(request: RequestBuilder, urls: &OryUrls) -> RequestBuilder {
    match &urls.admin_token {
        Some(token) => request.bearer_auth(token),
        None => request,
    }
}

/// Not the client under test.
pub(crate) fn http() -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// An address where nothing listens, and the socket that keeps it from others.
pub(crate) fn nowhere() -> (Url, TcpSocket) {
    let held = TcpSocket::new_v4().unwrap();
    held.bind(([127, 0, 0, 1], 0).into()).unwrap();
    (Url::parse(&format!("http://{}/", held.local_addr().unwrap())).unwrap(), held)
}
