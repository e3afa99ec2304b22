//! PUT and PATCH of `/admin/identities/{id}`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Send as _, Server};

#[tokio::test]
async fn put_wipes_what_it_leaves_out_but_keeps_credentials_and_state() {
    let server = Server::start().await;
    let id = server.create("a@example.org").await;
    server
        .patch(
            &id,
            json!([
                {"op": "add", "path": "/metadata_public", "value": {"roles": ["x"]}},
                {"op": "add", "path": "/metadata_admin", "value": {"n": 1}},
                {"op": "add", "path": "/external_id", "value": "ext"},
                {"op": "add", "path": "/traits/name", "value": "N"},
                {"op": "replace", "path": "/state", "value": "inactive"},
            ]),
        )
        .await;
    let reply = server.put(&id, json!({"traits": {"email": "a@example.org"}})).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let user = server.identity(&id).await.json;
    assert_eq!(user["traits"], json!({"email": "a@example.org"}));
    assert_eq!(user["metadata_public"], Value::Null);
    assert_eq!(user["metadata_admin"], Value::Null);
    assert!(user.get("external_id").is_none());
    assert_eq!(user["state"], "inactive");
    server.put(&id, json!({"traits": {"email": "a@example.org"}, "state": "active"})).await;
    assert_eq!(server.log_in("a@example.org").await.status, 200);
    let no_traits = server.put(&id, json!({"state": "active"})).await;
    assert_eq!(no_traits.status, 400);
    let path = format!("/admin/identities/{id}");
    let untyped = server.admin(Method::PUT, &path).body(r#"{"traits":{"email":"a@example.org"}}"#);
    assert_eq!(untyped.reply().await.status, 400);
}

#[tokio::test]
async fn a_patch_changes_only_what_it_names() {
    let server = Server::start().await;
    let id = server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    let roles = json!([{"op": "replace", "path": "/metadata_public/roles", "value": ["admin"]}]);
    let reply = server.patch(&id, roles).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.json["metadata_public"], json!({"roles": ["admin"]}));
    assert!(!reply.has("/credentials/password/config"));
    server.patch(&id, json!([{"op": "add", "path": "/metadata_public/roles/-", "value": "clerk"}])).await;
    let seen = server.whoami().bearer_auth(&token).reply().await.json["identity"].clone();
    assert_eq!(seen["metadata_public"], json!({"roles": ["admin", "clerk"]}));
    server.patch(&id, json!([{"op": "remove", "path": "/metadata_public"}])).await;
    let user = server.identity(&id).await.json;
    assert_eq!(user["metadata_public"], Value::Null);
    assert_eq!(server.log_in("a@example.org").await.status, 200);
}

#[tokio::test]
async fn patches_that_are_refused() {
    let server = Server::start().await;
    let id = server.create("a@example.org").await;
    for patch in [
        json!([{"op": "test", "path": "/state", "value": "active"}]),
        json!([{"op": "move", "from": "/traits/email", "path": "/traits/x"}]),
        json!([{"op": "replace", "path": "/id", "value": "x"}]),
        json!([{"op": "replace", "path": "/credentials", "value": {}}]),
        json!([{"op": "add", "path": "/credentials/oidc/config", "value": {}}]),
        json!([{"op": "replace", "path": "/state", "value": "asleep"}]),
        json!([{"op": "remove", "path": "/metadata_public/roles"}]),
        json!([{"op": "remove", "path": "/traits/email"}]),
        json!([{"op": "add", "path": "/credentials/password", "value": {"config": {}}}]),
        json!({"op": "add"}),
    ] {
        let reply = server.patch(&id, patch.clone()).await;
        assert_eq!(reply.status, 400, "{patch}");
    }
    // All or nothing.
    let half = json!([{"op": "add", "path": "/traits/name", "value": "N"}, {"op": "remove", "path": "/nothing"}]);
    assert_eq!(server.patch(&id, half).await.status, 400);
    assert_eq!(server.identity(&id).await.json["traits"], json!({"email": "a@example.org"}));
}
