//! One's own sessions: `/sessions`.

use reqwest::Method;
use serde_json::json;

use crate::support::{Send as _, Server};

#[tokio::test]
async fn ones_own_sessions_are_listed_and_ended() {
    let server = Server::start().await;
    let id = server.create("a@example.org").await;
    let (one, two) = (server.token("a@example.org").await, server.token("a@example.org").await);
    let current = server.whoami().bearer_auth(&one).reply().await.json["id"].clone();
    let list = server.get("/sessions").bearer_auth(&one).reply().await;
    assert_eq!(list.json.as_array().unwrap().len(), 1);
    assert_eq!(list.header("x-total-count"), Some("1"));
    assert_ne!(list.json[0]["id"], current);
    assert_eq!(list.json[0]["identity"]["schema_url"], "");
    let delete = |id: &str| {
        let path = format!("/sessions/{id}");
        server.public(Method::DELETE, &path).bearer_auth(&one).reply()
    };
    assert_eq!(delete(current.as_str().unwrap()).await.status, 400);
    assert_eq!(delete("not-an-id").await.status, 400);
    assert_eq!(delete("6f3c1f4e-6d0e-4b6e-9d5a-0e2f6d6a9c11").await.status, 204);
    assert_eq!(delete(list.json[0]["id"].as_str().unwrap()).await.status, 204);
    assert_eq!(server.whoami_status(&two).await, 401);
    server.token("a@example.org").await;
    let rest = server.public(Method::DELETE, "/sessions").bearer_auth(&one).reply().await;
    // The session that was ended before is counted again.
    assert_eq!(rest.json, json!({"count": 2}));
    assert_eq!(server.whoami_status(&one).await, 200);
    // Only whoami looks at the state of the identity.
    server.patch(&id, json!([{"op": "replace", "path": "/state", "value": "inactive"}])).await;
    assert_eq!(server.get("/sessions").bearer_auth(&one).reply().await.status, 200);
    assert_eq!(server.whoami_status(&one).await, 401);
    let nobody = server.get("/sessions").reply().await;
    assert_eq!(nobody.status, 401);
    assert!(!nobody.has("/error/id"));
}
