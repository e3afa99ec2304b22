//! Listeners, redirects between them, health, and what has no route.

use reqwest::Method;
use serde_json::json;

use crate::support::{Send as _, Server};

#[tokio::test]
async fn the_admin_prefix_is_optional_on_its_own_port() {
    let server = Server::start().await;
    let id = server.create("a@example.org").await;
    for path in ["/identities", "/admin/identities"] {
        let reply = server.admin(Method::GET, &format!("{path}?page_size=1")).reply().await;
        assert_eq!(reply.json[0]["id"], id.as_str());
        assert!(reply.header("link").unwrap().starts_with("</admin/identities?"));
    }
    for path in ["/version", "/admin/version"] {
        let reply = server.admin(Method::GET, path).reply().await;
        assert!(reply.json["version"].is_string());
    }
}

#[tokio::test]
async fn each_port_sends_callers_of_the_other_away() {
    let server = Server::start().await;
    for (method, from, to) in [
        (Method::GET, "/identities?page_size=1", "/admin/identities?page_size=1"),
        (Method::POST, "/admin/identities", "/admin/identities"),
        (Method::PATCH, "/identities/x", "/admin/identities/x"),
        (Method::DELETE, "/identities/x/sessions", "/admin/identities/x/sessions"),
    ] {
        let reply = server.public(method, from).reply().await;
        assert_eq!(reply.status, 307);
        assert_eq!(reply.header("location"), Some(server.admin.join(to).unwrap().as_str()));
    }
    for (from, to) in [
        ("/admin/sessions/whoami", "/sessions/whoami"),
        ("/sessions/whoami", "/sessions/whoami"),
        ("/self-service/login/api?aal=aal2", "/self-service/login/api?aal=aal2"),
    ] {
        let reply = server.admin(Method::GET, from).reply().await;
        assert_eq!(reply.status, 307);
        assert_eq!(reply.header("location"), Some(server.public.join(to).unwrap().as_str()));
    }
}

#[tokio::test]
async fn what_has_no_route_is_answered_in_plain_text() {
    let server = Server::start().await;
    for (reply, status) in [
        (server.get("/nothing").reply().await, 404),
        (server.admin(Method::GET, "/admin/nothing").reply().await, 404),
        (server.public(Method::PUT, "/sessions").reply().await, 405),
        (server.admin(Method::DELETE, "/admin/identities").reply().await, 405),
    ] {
        assert_eq!(reply.status, status);
        assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"));
    }
}

#[tokio::test]
async fn both_listeners_fit_on_one_host() {
    let server = Server::start_merged().await;
    let id = server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    assert_eq!(server.whoami_status(&token).await, 200);
    assert_eq!(server.identity(&id).await.status, 200);
    assert_eq!(server.get("/identities").reply().await.status, 404);
    assert_eq!(server.get("/health/ready").reply().await.status, 200);
    assert_eq!(server.get("/version").reply().await.status, 200);
}

#[tokio::test]
async fn readiness_is_told_by_the_status_line() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    for path in ["/health/alive", "/health/ready"] {
        assert_eq!(server.get(path).reply().await.json, json!({"status": "ok"}));
    }
    server.kratos.set_ready(false);
    for reply in [
        server.get("/health/ready").reply().await,
        server.admin(Method::GET, "/health/ready").reply().await,
        server.admin(Method::GET, "/admin/health/ready").reply().await,
    ] {
        assert_eq!((reply.status.as_u16(), &reply.json["error"]["code"]), (503, &json!(500)));
    }
    assert_eq!(server.get("/health/alive").reply().await.status, 200);
    assert_eq!(server.whoami_status(&token).await, 401);
    assert_eq!(server.admin(Method::GET, "/admin/identities").reply().await.status, 500);
    assert_eq!(server.get("/self-service/login/api").reply().await.status, 500);
}

#[tokio::test]
async fn errors_echo_the_callers_request_id() {
    let server = Server::start().await;
    let reply = server.whoami().header("x-request-id", "abc-123").reply().await;
    assert_eq!(reply.json["error"]["request"], "abc-123");
    assert_eq!(reply.header("x-request-id"), None);
}
