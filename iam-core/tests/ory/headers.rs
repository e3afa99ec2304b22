use iam_core::Secret;
use iam_core::upstream::{CheckTuple, SessionCredential, Upstream, Whoami};

use super::server::{Request, Server, json};
use super::settings::ADMIN_TOKEN;
use super::{SESSION, ory, trace};

/// Names and values, sorted, without `host`.
fn headers(request: &Request) -> Vec<(String, String)> {
    let mut headers: Vec<_> = request.headers.iter().filter(|(name, _)| name != "host").cloned().collect();
    headers.sort();
    headers
}

/// What every call has, and these.
fn expected(more: &[(&str, &str)]) -> Vec<(String, String)> {
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let always = [
        ("accept", "application/json"),
        ("accept-encoding", "gzip"),
        ("traceparent", trace),
        ("x-request-id", "checkout-0001"),
    ];
    let mut all: Vec<_> =
        always.iter().chain(more).map(|(name, value)| (name.to_string(), value.to_string())).collect();
    all.sort();
    all
}

#[tokio::test]
async fn a_cookie_travels_alone() {
    let server = Server::always(json(200, SESSION)).await;
    let cookie = SessionCredential::Cookie(Secret::new("MTc=|x y\"z"));
    ory(&server).whoami(&trace(), &cookie).await.unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.line, "GET /kratos/sessions/whoami");
    assert_eq!(headers(request), expected(&[("cookie", "ory_kratos_session=MTc=|x y\"z")]));
    assert_eq!(request.body, "");
}

#[tokio::test]
async fn a_token_travels_alone() {
    let server = Server::always(json(200, SESSION)).await;
    let token = SessionCredential::Token(Secret::new("ory_st_abc"));
    // The public listener gets no token of this service, even if one is configured.
    let mut settings = super::settings(&server.url);
    settings.kratos.public.token = Some(Secret::new(ADMIN_TOKEN));
    iam_core::ory::Ory::new(&settings).unwrap().whoami(&trace(), &token).await.unwrap();
    assert_eq!(headers(&server.requests()[0]), expected(&[("x-session-token", "ory_st_abc")]));
}

#[tokio::test]
async fn what_no_header_can_carry_is_nobodys() {
    let server = Server::always(json(200, SESSION)).await;
    let ory = ory(&server);
    for text in ["", "a\r\nx-session-token: b", "a\nb", "a\0b", "\u{7f}"] {
        for credential in [SessionCredential::Token(Secret::new(text)), SessionCredential::Cookie(Secret::new(text))] {
            let answer = ory.whoami(&trace(), &credential).await.unwrap();
            assert!(matches!(answer, Whoami::Rejected), "{text:?}");
        }
    }
    let second = SessionCredential::Cookie(Secret::new("a; ory_kratos_session=b"));
    assert!(matches!(ory.whoami(&trace(), &second).await.unwrap(), Whoami::Rejected));
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn introspection_is_a_form_with_the_admin_token() {
    let server = Server::always(json(200, r#"{"active":false}"#)).await;
    ory(&server).introspect(&trace(), &Secret::new("ory_at_a+b&c=d e")).await.unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /hydra-admin/admin/oauth2/introspect");
    assert_eq!(request.body, "token=ory_at_a%2Bb%26c%3Dd+e");
    let length = request.body.len().to_string();
    let more = [
        ("authorization", &*format!("Bearer {ADMIN_TOKEN}")),
        ("content-type", "application/x-www-form-urlencoded"),
        ("content-length", &length),
    ];
    assert_eq!(headers(request), expected(&more));
}

#[tokio::test]
async fn a_check_is_an_encoded_query() {
    let server = Server::always(json(200, r#"{"allowed":true}"#)).await;
    let tuple = CheckTuple {
        namespace: "listings".into(),
        object: "listings:4&2=x".into(),
        relation: "edit#".into(),
        subject_id: "user:ü +".into(),
    };
    assert!(ory(&server).check(&trace(), &tuple).await.unwrap());
    let request = &server.requests()[0];
    let query = "namespace=listings&object=listings%3A4%262%3Dx&relation=edit%23&subject_id=user%3A%C3%BC+%2B";
    assert_eq!(request.line, format!("GET /keto/relation-tuples/check?{query}"));
    assert_eq!(headers(request), expected(&[("authorization", &format!("Bearer {ADMIN_TOKEN}"))]));
}

/// Runs another test of this file in a process of its own, whose environment
/// names a proxy.
#[tokio::test]
async fn proxies_of_the_environment_are_not_used() {
    let proxy = Server::always(json(200, SESSION)).await;
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "headers::a_cookie_travels_alone"]).env_remove("NO_PROXY").env_remove("no_proxy");
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"] {
        child.env(name, proxy.url.as_str());
    }
    let output = tokio::task::spawn_blocking(move || child.output().unwrap()).await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
    assert_eq!(proxy.requests().len(), 0);
}

#[tokio::test]
async fn a_configured_proxy_is_used() {
    let proxy = Server::always(json(200, SESSION)).await;
    let mut settings = super::settings(&"http://ory.invalid/".parse().unwrap());
    settings.http.proxy = Some(proxy.url.clone());
    let ory = iam_core::ory::Ory::new(&settings).unwrap();
    assert!(super::whoami(&ory).await.is_ok());
    assert_eq!(proxy.lines(), ["GET http://ory.invalid/kratos/sessions/whoami"]);
}
