//! Sessions as admins see and end them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Reply, Send as _, Server};

const UNKNOWN: &str = "6f3c1f4e-6d0e-4b6e-9d5a-0e2f6d6a9c11";

async fn get(server: &Server, path: &str) -> Reply {
    server.admin(Method::GET, path).reply().await
}

async fn session_id(server: &Server, token: &str) -> String {
    let reply = server.whoami().bearer_auth(token).reply().await;
    reply.json["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_session_shows_what_was_asked_for() {
    let server = Server::start().await;
    let identity = server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    let id = session_id(&server, &token).await;
    let bare = get(&server, &format!("/admin/sessions/{id}")).await;
    assert_eq!(bare.status, 200);
    assert_eq!((&bare.json["identity"], &bare.json["devices"]), (&Value::Null, &json!([])));
    let full = get(&server, &format!("/admin/sessions/{id}?expand=identity&expand=Devices")).await;
    assert_eq!(full.json["identity"]["id"], identity.as_str());
    assert!(!full.has("/identity/metadata_admin"));
    assert_eq!(full.json["devices"].as_array().unwrap().len(), 1);
    assert_eq!(get(&server, &format!("/admin/sessions/{id}?expand=x")).await.status, 400);
    // Only a loaded identity counts for `active`.
    server.patch(&identity, json!([{"op": "replace", "path": "/state", "value": "inactive"}])).await;
    assert_eq!(get(&server, &format!("/admin/sessions/{id}")).await.json["active"], true);
    let full = get(&server, &format!("/admin/sessions/{id}?expand=identity")).await;
    assert_eq!(full.json["active"], false);
    assert_eq!(get(&server, &format!("/admin/sessions/{UNKNOWN}")).await.status, 404);
    assert_eq!(get(&server, "/admin/sessions/no-uuid").await.status, 400);
}

#[tokio::test]
async fn a_revoked_session_stays_visible_and_can_be_revoked_again() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    let id = session_id(&server, &token).await;
    let delete = async |id: &str| {
        let path = format!("/admin/sessions/{id}");
        server.admin(Method::DELETE, &path).reply().await.status
    };
    assert_eq!(delete(&id).await, 204);
    assert_eq!(server.whoami_status(&token).await, 401);
    assert_eq!(get(&server, &format!("/admin/sessions/{id}")).await.json["active"], false);
    assert_eq!(delete(&id).await, 204);
    assert_eq!(delete(UNKNOWN).await, 404);
}

#[tokio::test]
async fn an_extension_starts_the_lifespan_anew() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    let before = server.whoami().bearer_auth(&token).reply().await.json;
    let path = format!("/admin/sessions/{}/extend", before["id"].as_str().unwrap());
    let reply = server.admin(Method::PATCH, &path).reply().await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json["identity"]["id"], before["identity"]["id"]);
    assert_ne!(reply.json["expires_at"], before["expires_at"]);
    let path = format!("/admin/sessions/{UNKNOWN}/extend");
    assert_eq!(server.admin(Method::PATCH, &path).reply().await.status, 404);
}

#[tokio::test]
async fn sessions_of_an_identity_page_by_offset() {
    let server = Server::start().await;
    let id = server.create("a@example.org").await;
    for _ in 0..5 {
        server.token("a@example.org").await;
    }
    let path = format!("/admin/identities/{id}/sessions");
    let first = get(&server, &format!("{path}?page_size=2")).await;
    assert_eq!(first.header("x-total-count"), Some("5"));
    assert_eq!(first.json.as_array().unwrap().len(), 2);
    assert_eq!(first.json[0]["identity"]["schema_url"], "");
    assert!(!first.has("/0/identity/verifiable_addresses"));
    let link = first.header("link").unwrap();
    let next = link.strip_prefix('<').unwrap().split_once(">; rel=\"next\"").unwrap().0;
    assert!(next.starts_with(&path) && next.contains("per_page=2") && next.contains("page=1"));
    let second = get(&server, next).await;
    assert_eq!(second.json.as_array().unwrap().len(), 2);
    assert_ne!(second.json[0]["id"], first.json[0]["id"]);
    let last = get(&server, &format!("{path}?page=2&per_page=2")).await;
    assert_eq!(last.json.as_array().unwrap().len(), 1);
    assert!(!last.header("link").unwrap().contains("next"));
}

#[tokio::test]
async fn an_empty_list_offers_a_next_page_for_ever() {
    let server = Server::start().await;
    let mut path = format!("/admin/identities/{UNKNOWN}/sessions");
    for _ in 0..3 {
        let reply = get(&server, &path).await;
        assert_eq!((reply.status.as_u16(), &reply.json), (200, &json!([])));
        assert_eq!(reply.header("x-total-count"), Some("0"));
        let links = reply.header("link").unwrap();
        let next = links.split(',').find(|l| l.ends_with("rel=\"next\"")).unwrap();
        let next = next.strip_prefix('<').unwrap().split_once('>').unwrap().0.to_owned();
        assert_ne!(next, path);
        path = next;
    }
}

#[tokio::test]
async fn deleting_an_identitys_sessions_twice_is_404() {
    let server = Server::start().await;
    let id = server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    let path = format!("/admin/identities/{id}/sessions");
    let delete = || server.admin(Method::DELETE, &path).reply();
    assert_eq!(delete().await.status, 204);
    assert_eq!(server.whoami_status(&token).await, 401);
    assert_eq!(delete().await.status, 404);
    assert_eq!(get(&server, &path).await.json, json!([]));
}

#[tokio::test]
async fn all_sessions_are_listed_by_keyset() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let mut expected = Vec::new();
    for _ in 0..3 {
        let token = server.token("a@example.org").await;
        expected.insert(0, session_id(&server, &token).await);
    }
    let first = get(&server, "/admin/sessions?page_size=2").await;
    assert_eq!(first.json[0]["devices"], Value::Null);
    let link = first.header("link").unwrap().to_owned();
    let next = link.split_once(",<").unwrap().1.split_once('>').unwrap().0;
    let second = get(&server, next).await;
    assert!(!second.header("link").unwrap().contains("next"));
    let both = [first.json.as_array().unwrap().clone(), second.json.as_array().unwrap().clone()];
    let seen: Vec<String> = both.concat().iter().map(|s| s["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(seen, expected);
    let path = format!("/admin/sessions/{}", seen[0]);
    server.admin(Method::DELETE, &path).reply().await;
    let active = get(&server, "/admin/sessions?active=true").await;
    assert_eq!(active.json.as_array().unwrap().len(), 2);
    assert_eq!(get(&server, "/admin/sessions?active=perhaps").await.status, 400);
}

#[tokio::test]
async fn deleting_an_identity_deletes_its_sessions() {
    let server = Server::start().await;
    let id = server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    let session = format!("/admin/sessions/{}", session_id(&server, &token).await);
    assert_eq!(get(&server, &session).await.status, 200);
    let path = format!("/admin/identities/{id}");
    server.admin(Method::DELETE, &path).reply().await;
    assert_eq!(get(&server, &session).await.status, 404);
    assert_eq!(server.whoami_status(&token).await, 401);
}
