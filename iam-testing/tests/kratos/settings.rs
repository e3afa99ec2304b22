//! The settings flow.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{PASSWORD, Reply, Send as _, Server};

async fn settings(server: &Server, token: &str, form: Value) -> Reply {
    let action = server.begin("settings", "", Some(token)).await;
    server.submit(&action, Some(token), form).await
}

#[tokio::test]
async fn users_write_any_trait_of_theirs_and_nothing_else() {
    let server = Server::start().await;
    let id = server.create("a@example.org").await;
    server.patch(&id, json!([{"op": "add", "path": "/metadata_public", "value": {"roles": ["clerk"]}}])).await;
    let token = server.token("a@example.org").await;
    let traits = json!({"email": "moved@example.org", "roles": ["admin"]});
    let form = json!({"method": "profile", "traits": traits, "metadata_public": {"roles": ["admin"]}});
    let reply = settings(&server, &token, form).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.json["state"], "success");
    assert_eq!(reply.json["ui"]["messages"][0]["id"], 1_050_001);
    assert_eq!(reply.json["identity"]["traits"], traits);
    let user = server.whoami().bearer_auth(&token).reply().await.json["identity"].clone();
    assert_eq!(user["traits"], traits);
    assert_eq!(user["metadata_public"], json!({"roles": ["clerk"]}));
    assert_eq!(server.log_in("a@example.org").await.status, 400);
    assert_eq!(server.log_in("moved@example.org").await.status, 200);
}

#[tokio::test]
async fn an_address_of_somebody_else_is_refused() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    server.create("b@example.org").await;
    let token = server.token("a@example.org").await;
    let form = json!({"method": "profile", "traits": {"email": "B@example.org"}});
    let reply = settings(&server, &token, form).await;
    assert_eq!(reply.status, 400);
    assert_eq!(reply.json["ui"]["messages"][0]["id"], 4_000_007);
    assert_eq!(server.log_in("a@example.org").await.status, 200);
}

#[tokio::test]
async fn a_new_password_replaces_the_old_one() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    let change = |password: &str| json!({"method": "password", "password": password});
    assert_eq!(settings(&server, &token, change("short")).await.status, 400);
    assert_eq!(settings(&server, &token, change("another good one")).await.status, 200);
    assert_eq!(server.log_in("a@example.org").await.status, 400);
    assert_eq!(settings(&server, &token, change(PASSWORD)).await.status, 200);
    assert_eq!(server.log_in("a@example.org").await.status, 200);
}

#[tokio::test]
async fn a_second_factor_is_confirmed_and_can_be_unlinked() {
    let server = Server::start().await;
    let id = server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    let wrong = settings(&server, &token, json!({"method": "totp", "totp_code": "abcdef"})).await;
    assert_eq!(wrong.status, 400);
    let secret = server.enrol_totp(&token).await;
    let credentials = server.identity(&id).await.json["credentials"].clone();
    assert_eq!(credentials["totp"]["identifiers"], json!([id]));
    assert!(credentials["totp"].get("config").is_none());
    let path = format!("/admin/identities/{id}?include_credential=totp");
    let full = server.admin(Method::GET, &path).reply().await;
    let url = full.json["credentials"]["totp"]["config"]["totp_url"].as_str().unwrap();
    assert!(url.ends_with(&format!("secret={secret}")));
    assert!(!full.has("/credentials/password/config"));

    let weak = server.token("a@example.org").await;
    let begin = server.get("/self-service/settings/api").bearer_auth(&weak).reply().await;
    assert_eq!(begin.json["error"]["id"], "session_aal2_required");

    let reply = settings(&server, &token, json!({"totp_unlink": true})).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(server.whoami_status(&weak).await, 200);
}

#[tokio::test]
async fn an_unknown_method_is_refused() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    let reply = settings(&server, &token, json!({"method": "lookup_secret"})).await;
    assert_eq!(reply.json["ui"]["messages"][0]["id"], 4_010_004);
}
