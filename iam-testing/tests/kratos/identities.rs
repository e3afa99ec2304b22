//! `/admin/identities`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{PASSWORD, Reply, Send as _, Server};

async fn create(server: &Server, body: Value) -> Reply {
    server.admin(Method::POST, "/admin/identities").json(&body).reply().await
}

#[tokio::test]
async fn what_is_created_has_exactly_the_fields_of_the_real_one() {
    let server = Server::start().await;
    let reply = create(&server, json!({"schema_id": "default", "traits": {"email": "A@example.org"}})).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let id = reply.json["id"].as_str().unwrap();
    assert!(reply.header("location").unwrap().ends_with(&format!("/identities/{id}")));
    let keys = |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    let common = [
        "created_at",
        "credentials",
        "id",
        "metadata_public",
        "organization_id",
        "recovery_addresses",
        "schema_id",
        "schema_url",
        "state",
        "state_changed_at",
        "traits",
        "updated_at",
        "verifiable_addresses",
    ];
    assert_eq!(keys(&reply.json), common);
    // Read back, an unset `metadata_admin` is `null` rather than absent.
    let read = server.identity(id).await;
    let mut with_admin: Vec<&str> = common.to_vec();
    with_admin.push("metadata_admin");
    with_admin.sort_unstable();
    assert_eq!(keys(&read.json), with_admin);
    assert_eq!(read.json["metadata_admin"], Value::Null);
    assert_eq!(read.json["organization_id"], Value::Null);
    let password = &read.json["credentials"]["password"];
    assert_eq!(keys(password), ["created_at", "identifiers", "type", "updated_at", "version"]);
    assert_eq!(password["identifiers"], json!(["a@example.org"]));
    let address = &read.json["verifiable_addresses"][0];
    assert_eq!(keys(address), ["created_at", "id", "status", "updated_at", "value", "verified", "via"]);
    let schema = read.json["schema_url"].as_str().unwrap();
    let schema = crate::support::client().get(schema).reply().await;
    assert_eq!(schema.json["properties"]["traits"]["required"], json!(["email"]));
}

#[tokio::test]
async fn everything_given_at_creation_is_kept() {
    let server = Server::start().await;
    let body = json!({
        "schema_id": "default",
        "traits": {"email": "a@example.org", "name": "A", "roles": ["x"]},
        "credentials": {"password": {"config": {"password": PASSWORD}}},
        "metadata_public": {"roles": ["admin"]},
        "metadata_admin": {"note": 1},
        "state": "inactive",
        "external_id": "ext-1",
        "verifiable_addresses": [{"value": "A@example.org", "verified": true, "via": "email", "status": "completed"},
            {"value": "unknown@example.org", "verified": true, "via": "email", "status": "completed"}],
        "recovery_addresses": [{"value": "a@example.org", "via": "email"}],
    });
    let reply = create(&server, body).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let user = server.admin(Method::GET, "/admin/identities/by/external/ext-1").reply().await.json;
    assert_eq!(user["id"], reply.json["id"]);
    assert_eq!(user["state"], "inactive");
    assert_eq!(user["metadata_public"], json!({"roles": ["admin"]}));
    assert_eq!(user["metadata_admin"], json!({"note": 1}));
    let addresses = user["verifiable_addresses"].as_array().unwrap();
    assert_eq!(addresses.len(), 1);
    assert_eq!((&addresses[0]["verified"], &addresses[0]["status"]), (&json!(true), &json!("completed")));
}

#[tokio::test]
async fn creations_that_are_refused() {
    let server = Server::start().await;
    let traits = json!({"email": "a@example.org"});
    for body in [
        json!({"schema_id": "default", "traits": traits, "surprise": 1}),
        json!({"schema_id": "default", "traits": traits, "credentials": {"password": {"konfig": {}}}}),
        json!({"schema_id": "other", "traits": traits}),
        json!({"schema_id": "default"}),
        json!({"schema_id": "default", "traits": []}),
        json!({"schema_id": "default", "traits": {"email": 7}}),
        json!({"schema_id": "default", "traits": traits, "state": "asleep"}),
    ] {
        let reply = create(&server, body.clone()).await;
        assert_eq!(reply.status, 400, "{body}");
        let error = &reply.json["error"];
        assert!(error["reason"].is_string() || error["message"].as_str().unwrap().contains("unknown field"), "{error}");
    }
    let taken = json!({"schema_id": "default", "traits": traits, "external_id": "e"});
    assert_eq!(create(&server, taken).await.status, 201);
    let by_email = create(&server, json!({"traits": {"email": "A@EXAMPLE.org"}})).await;
    assert_eq!((by_email.status.as_u16(), &by_email.json["error"]["code"]), (409, &json!(409)));
    let by_external = create(&server, json!({"traits": {"email": "b@example.org"}, "external_id": "e"})).await;
    assert_eq!(by_external.status, 409);
    let b = server.create("b@example.org").await;
    let stolen = server.patch(&b, json!([{"op": "replace", "path": "/traits/email", "value": "a@example.org"}])).await;
    assert_eq!(stolen.status, 409);
    assert_ne!(stolen.json["error"]["reason"], by_email.json["error"]["reason"]);
    assert_eq!(server.identity(&b).await.json["traits"]["email"], "b@example.org");
}

#[tokio::test]
async fn a_hash_of_ours_can_be_imported_and_a_foreign_one_opens_nothing() {
    let server = Server::start().await;
    let id = server.create("a@example.org").await;
    let path = format!("/admin/identities/{id}?include_credential=password");
    let full = server.admin(Method::GET, &path).reply().await;
    let hash = full.json["credentials"]["password"]["config"]["hashed_password"].clone();
    for (email, hash, status) in [("b@example.org", hash, 200), ("c@example.org", json!("$2a$10$x"), 400)] {
        let credentials = json!({"password": {"config": {"hashed_password": hash}}});
        let body = json!({"traits": {"email": email}, "credentials": credentials});
        assert_eq!(create(&server, body).await.status, 201);
        assert_eq!(server.log_in(email).await.status, status);
    }
}

#[tokio::test]
async fn an_id_that_is_no_uuid_is_404() {
    let server = Server::start().await;
    for id in ["no-uuid", "6f3c1f4e-6d0e-4b6e-9d5a-0e2f6d6a9c11"] {
        assert_eq!(server.identity(id).await.status, 404);
        assert_eq!(server.patch(id, json!([])).await.status, 404);
        assert_eq!(server.put(id, json!({"traits": {"email": "a@example.org"}})).await.status, 404);
        let delete = server.admin(Method::DELETE, &format!("/admin/identities/{id}"));
        assert_eq!(delete.reply().await.status, 404);
    }
    let id = server.create("a@example.org").await;
    let delete = || server.admin(Method::DELETE, &format!("/admin/identities/{id}")).reply();
    assert_eq!(delete().await.status, 204);
    assert_eq!(delete().await.status, 404);
    // The address is free again.
    server.create("a@example.org").await;
}
