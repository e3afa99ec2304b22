use iam_core::Secret;
use iam_core::UpstreamFault::{self, CredentialRefused, Status, Unreadable};
use iam_core::upstream::{Introspection, Upstream};

use super::server::{Reply, Server, html, json};
use super::{ory, trace};

async fn ask(reply: Reply) -> (Result<Introspection, UpstreamFault>, usize) {
    let server = Server::always(reply).await;
    let answer = ory(&server).introspect(&trace(), &Secret::new("ory_at_x")).await;
    (answer.map_err(|error| error.fault), server.requests().len())
}

async fn read(body: &str) -> Result<Introspection, UpstreamFault> {
    ask(json(200, body)).await.0
}

#[tokio::test]
async fn an_active_token_is_read_whole() {
    let body = r#"{"active":true,"scope":"inventory:read","client_id":"erp","sub":"erp","exp":1790000000,
        "iat":1789996400,"nbf":1789996401,"aud":["a","b"],"iss":"https://i/","token_type":"Bearer",
        "token_use":"access_token","ext":{"x":{"y":[1e999]}}}"#;
    let token = read(body).await.unwrap();
    assert!(token.active);
    assert_eq!(token.client_id.as_deref(), Some("erp"));
    assert_eq!(token.subject.as_deref(), Some("erp"));
    assert_eq!(token.scope.as_deref(), Some("inventory:read"));
    assert_eq!(token.audience, ["a", "b"]);
    assert_eq!(token.issuer.as_deref(), Some("https://i/"));
    assert_eq!(token.token_use.as_deref(), Some("access_token"));
    let times = (token.expires_at, token.issued_at, token.not_before);
    assert_eq!(times, (Some(1790000000), Some(1789996400), Some(1789996401)));
}

#[tokio::test]
async fn a14_only_active_is_promised() {
    for (body, active) in [(r#"{"active":false}"#, false), (r#"{"active":true}"#, true)] {
        let token = read(body).await.unwrap();
        assert_eq!(token.active, active);
        assert!(token.subject.is_none() && token.client_id.is_none() && token.audience.is_empty());
    }
}

#[tokio::test]
async fn a15_null_is_absent() {
    let body = r#"{"active":true,"client_id":"p1","sub":null,"scope":null,"token_use":"access_token","aud":null,
        "ext":null,"iss":null,"exp":4102444800,"nbf":null}"#;
    let token = read(body).await.unwrap();
    assert_eq!((token.subject, token.scope, token.issuer, token.not_before), (None, None, None, None));
    assert!(token.audience.is_empty());
    assert_eq!(token.expires_at, Some(4102444800));
}

#[tokio::test]
async fn an_audience_is_a_string_or_strings() {
    assert_eq!(read(r#"{"active":true,"aud":"one two"}"#).await.unwrap().audience, ["one two"]);
    assert_eq!(read(r#"{"active":true,"aud":"\u0061"}"#).await.unwrap().audience, ["a"]);
    assert!(read(r#"{"active":true,"aud":[]}"#).await.unwrap().audience.is_empty());
    for audience in ["7", "true", "{}", "[7]", "[null]", r#"["a",["b"]]"#, r#"{"0":"a"}"#] {
        let fault = read(&format!(r#"{{"active":true,"aud":{audience}}}"#)).await.unwrap_err();
        assert!(matches!(fault, Unreadable(_)), "{audience}: {fault:?}");
    }
}

#[tokio::test]
async fn nonsense_is_unreadable() {
    for body in [
        "{}",
        r#"{"active":null}"#,
        r#"{"active":"true"}"#,
        r#"{"active":1}"#,
        r#"{"active":[true]}"#,
        r#"{"active":false,"active":true}"#,
        r#"{"active":true,"exp":"1790000000"}"#,
        r#"{"active":true,"exp":1.5}"#,
        r#"{"active":true,"exp":1e999}"#,
        r#"{"active":true,"exp":99999999999999999999}"#,
        r#"{"active":true,"sub":7}"#,
        r#"{"active":true,"scope":["a"]}"#,
    ] {
        let fault = read(body).await.unwrap_err();
        assert!(matches!(fault, Unreadable(_)), "{body}: {fault:?}");
    }
}

#[tokio::test]
async fn statuses() {
    assert_eq!(fault(html(401)).await, (CredentialRefused, 1));
    assert_eq!(fault(json(403, "{}")).await, (CredentialRefused, 1));
    assert_eq!(fault(json(400, "{}")).await, (Status(400), 1));
    assert_eq!(fault(html(404)).await, (Status(404), 1));
    // Asking twice changes nothing, so a failing server is asked again.
    assert_eq!(fault(html(500)).await, (Status(500), 3));
}

async fn fault(reply: Reply) -> (UpstreamFault, usize) {
    let (answer, asked) = ask(reply).await;
    (answer.unwrap_err(), asked)
}

#[tokio::test]
async fn an_empty_token_is_inactive_without_a_call() {
    let server = Server::always(json(400, "{}")).await;
    let token = ory(&server).introspect(&trace(), &Secret::new("")).await.unwrap();
    assert!(!token.active);
    assert_eq!(server.requests().len(), 0);
}
