use std::time::Duration;

use super::server::{Reply, Server, html, json};
use super::{Setup, services, setup};
use crate::config::{Audience, ClientAuthentication};
use crate::{ErrorKind, Secret, UpstreamFault};

const TOKEN: &str =
    r#"{"access_token":"canary-token","expires_in":3599,"scope":"inventory:read","token_type":"bearer"}"#;

async fn fails(reply: Reply) -> ErrorKind {
    let server = Server::always(reply).await;
    let error = services(&server).tokens().client_credentials(&["a"]).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"));
    assert_eq!(server.requests().len(), 1);
    error.kind()
}

#[tokio::test]
async fn basic_is_encoded_twice() {
    let server = Server::always(json(200, TOKEN)).await;
    let Setup { services, notes } = setup(&server, |_| {});
    let token = services.tokens().client_credentials(&["inventory:read", "b"]).await.unwrap();
    assert_eq!(token.access_token.expose(), "canary-token");
    assert_eq!((&*token.token_type, token.expires_in), ("bearer", Duration::from_secs(3599)));
    assert_eq!(token.scope, ["inventory:read"]);
    assert!(!format!("{token:?}").contains("canary"));

    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /hydra/oauth2/token");
    assert_eq!(
        request.body,
        "grant_type=client_credentials&scope=inventory%3Aread+b\
         &audience=https%3A%2F%2Fapi.example&audience=https%3A%2F%2Fb.example%2Fx+y"
    );
    // dealer+erp:canary%2Bclient%25secret%3A%C3%BC
    let basic = "Basic ZGVhbGVyK2VycDpjYW5hcnklMkJjbGllbnQlMjVzZWNyZXQlM0ElQzMlQkM=";
    assert_eq!(request.header("authorization"), Some(basic));
    assert_eq!(notes.taken(), ["token.issue - ok"]);
}

#[tokio::test]
async fn post_sends_both_in_the_form() {
    let server = Server::always(json(200, TOKEN)).await;
    let Setup { services, .. } = setup(&server, |settings| {
        let hydra = settings.hydra.as_mut().unwrap();
        hydra.audience = Audience::Any;
        hydra.client.as_mut().unwrap().authentication = ClientAuthentication::Post;
    });
    services.tokens().client_credentials(&[]).await.unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.header("authorization"), None);
    assert_eq!(
        request.body,
        "grant_type=client_credentials&client_id=dealer+erp&client_secret=canary%2Bclient%25secret%3A%C3%BC"
    );
}

#[tokio::test]
async fn the_granted_scope_may_be_empty_or_left_out() {
    for (from, to, scope) in [
        (r#""scope":"inventory:read""#, r#""scope":"""#, &[][..]),
        (r#""scope":"inventory:read","#, "", &["a", "b"]),
        (r#""inventory:read""#, "null", &["a", "b"]),
    ] {
        let server = Server::always(json(200, &TOKEN.replacen(from, to, 1))).await;
        let token = services(&server).tokens().client_credentials(&["a", "b"]).await.unwrap();
        assert_eq!(token.scope, scope);
    }
}

#[tokio::test]
async fn refusals() {
    let error = |code| format!(r#"{{"error":"{code}","error_description":"canary"}}"#);
    let refused = ErrorKind::Unavailable(UpstreamFault::CredentialRefused);
    let status = |status| ErrorKind::Unavailable(UpstreamFault::Status(status));
    assert_eq!(fails(json(401, &error("invalid_client"))).await, refused);
    assert_eq!(fails(json(400, &error("unauthorized_client"))).await, refused);
    assert_eq!(fails(json(400, &error("invalid_scope"))).await, ErrorKind::Invalid("scope"));
    assert_eq!(fails(json(400, &error("invalid_request"))).await, status(400));
    assert_eq!(fails(json(401, "{}")).await, status(401));
    assert_eq!(fails(html(401)).await, status(401));
    assert_eq!(fails(html(403)).await, status(403));
    // Issuing is no read, so a failing server is not asked again.
    assert_eq!(fails(html(500)).await, status(500));
    assert_eq!(fails(Reply::Bytes(Vec::new())).await, ErrorKind::Unavailable(UpstreamFault::NoConnection));
}

#[tokio::test]
async fn an_incomplete_answer_is_no_token() {
    for (from, to) in [
        ("canary-token", ""),
        (r#""canary-token""#, "null"),
        (r#""expires_in":3599,"#, ""),
        ("3599", "-1"),
        ("3599", r#""3599""#),
        (r#""bearer""#, r#""""#),
    ] {
        let kind = fails(json(200, &TOKEN.replacen(from, to, 1))).await;
        assert!(matches!(kind, ErrorKind::Unavailable(UpstreamFault::Unreadable(_))), "{from} -> {to}: {kind}");
    }
}

#[tokio::test]
async fn what_is_no_scope_is_not_sent() {
    let server = Server::always(json(200, TOKEN)).await;
    for scope in ["", "a b", "a\"", "a\\", "ü", "a\tb"] {
        let error = services(&server).tokens().client_credentials(&["ok", scope]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid("scope"), "{scope:?}");
    }
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn missing_configuration_is_named() {
    let server = Server::always(json(200, TOKEN)).await;
    let tokens = |change: fn(&mut crate::config::TenantSettings)| setup(&server, change).services.tokens();
    for (tokens, key) in [
        (tokens(|settings| settings.hydra = None), "hydra"),
        (tokens(|settings| settings.hydra.as_mut().unwrap().public = None), "hydra.public_url"),
        (tokens(|settings| settings.hydra.as_mut().unwrap().client = None), "hydra.client"),
    ] {
        let error = tokens.client_credentials(&["a"]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotConfigured(key));
    }
    for (tokens, key) in [
        (tokens(|settings| settings.hydra = None), "hydra"),
        (tokens(|settings| settings.hydra.as_mut().unwrap().admin = None), "hydra.admin_url"),
    ] {
        let error = tokens.introspect(&Secret::new("x")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotConfigured(key));
    }
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn introspection_is_handed_on() {
    let server = Server::always(json(200, r#"{"active":true,"client_id":"erp","token_use":"refresh_token"}"#)).await;
    let token = services(&server).tokens().introspect(&Secret::new("x")).await.unwrap();
    assert!(token.active);
    assert_eq!(token.token_use.as_deref(), Some("refresh_token"));
    let server = Server::always(html(403)).await;
    let error = services(&server).tokens().introspect(&Secret::new("x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable(UpstreamFault::CredentialRefused));
}
