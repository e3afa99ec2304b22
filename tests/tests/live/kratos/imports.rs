//! Identities that come with their credentials: a password's hash, or who they are elsewhere.

use iam_testing::client::SeededIdentity;
use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::{Value, json};

use super::somebody;
use crate::row::Rows;

/// Of `a password of before`, by PBKDF2 (RFC 8018) with SHA-256.
const PBKDF2: &str = "$pbkdf2-sha256$i=1000,l=32$c2FsdCBvZiBiZWZvcmU$mrsSfgPNTKIL+cQG8hdPbgKoM0oFl14PCD3wgobsbS8";

/// Of nobody's password, and never compared.
const BCRYPT: &str = "$2a$10$ZsCsoVQ3xfBG/K2z2XpBf.tm90GZmtOqtqWcB5.pYd5Eq8y7RlDyq";

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let all = format!("{}admin/identities", shop.urls().kratos_admin);
    hashes(shop, &all, rows).await;
    let id = provided(&all, rows).await;
    found(&all, &id, rows).await;
    taken_away(&all, &id, rows).await;
    proven(&all, rows).await;
    patched(shop, &all, rows).await;
}

fn person(email: &str, credentials: &Value) -> Value {
    json!({"schema_id": "default", "traits": {"email": email}, "credentials": credentials})
}

async fn hashes(shop: &SeededTenant, all: &str, rows: &mut Rows) {
    let hashed = |email: &str, hash: &str| person(email, &json!({"password": {"config": {"hashed_password": hash}}}));
    let request = rows.request(Method::POST, all).json(&hashed("hashed@shop.test", PBKDF2));
    let answer = rows.row("a password that comes as its hash", request, 201).await;
    let id = answer.json["id"].as_str().unwrap_or_default().to_owned();
    answer.has("/credentials/password/identifiers/0", "hashed@shop.test").has_no("/credentials/password/config");
    let request = rows.request(Method::GET, format!("{all}/{id}?include_credential=password"));
    let answer = rows.row("which is kept as it is", request, 200).await;
    answer.has("/credentials/password/config/hashed_password", PBKDF2);
    let identity =
        SeededIdentity { id, email: "hashed@shop.test".to_owned(), password: "a password of before".to_owned() };
    let request = rows.request(Method::GET, format!("{}self-service/login/api", shop.urls().kratos_public));
    let flow = rows.row("a login of somebody from elsewhere", request, 200).await.json["ui"]["action"].clone();
    let form = json!({"method": "password", "identifier": identity.email, "password": identity.password});
    let request = rows.request(Method::POST, flow.as_str().unwrap_or(all)).json(&form);
    let answer = rows.row("logged in by a password of before", request, 200).await;
    answer.has("/session/identity/id", &*identity.id);
    let request = rows.request(Method::POST, all).json(&hashed("bcrypt@shop.test", BCRYPT));
    rows.row("a password that comes as another hash", request, 201).await;
    let request = rows.request(Method::POST, all).json(&hashed("odd@shop.test", "$odd$hash"));
    rows.row("a password that comes as no hash", request, 400).await.has("/error/code", 400);
    let odd = person("odd@shop.test", &json!({"riddle": {"config": {}}}));
    let request = rows.request(Method::POST, all).json(&odd);
    rows.row("a credential of no kind", request, 400).await.has("/error/code", 400);
}

async fn provided(all: &str, rows: &mut Rows) -> String {
    let providers = json!([{"provider": "partner", "subject": "Ann-1"}, {"provider": "other", "subject": "7"}]);
    let body = person("provided@shop.test", &json!({"oidc": {"config": {"providers": providers}}}));
    let request = rows.request(Method::POST, all).json(&body);
    let answer = rows.row("somebody known elsewhere", request, 201).await;
    let id = answer.json["id"].as_str().unwrap_or_default().to_owned();
    answer
        .has("/credentials/oidc/type", "oidc")
        .has("/credentials/oidc/identifiers", json!(["partner:Ann-1", "other:7"]))
        .has_no("/credentials/oidc/config");
    let one = format!("{all}/{id}");
    let request = rows.request(Method::GET, &one);
    let answer = rows.row("somebody known elsewhere, read", request, 200).await;
    answer.has_keys("/credentials/oidc", &["type", "identifiers", "version", "created_at", "updated_at"]);
    let request = rows.request(Method::GET, format!("{one}?include_credential=oidc"));
    let answer = rows.row("with where that is", request, 200).await;
    answer
        .has("/credentials/oidc/config/providers/0/subject", "Ann-1")
        .has("/credentials/oidc/config/providers/0/provider", "partner")
        .has("/credentials/oidc/config/providers/0/initial_access_token", "")
        .has("/credentials/oidc/config/providers/1/provider", "other");
    let request = rows.request(Method::GET, format!("{one}?include_credential=oidc&include_credential=password"));
    let answer = rows.row("with that and the password", request, 200).await;
    answer.has("/credentials/oidc/config/providers/1/subject", "7").has("/credentials/password/config", json!({}));
    let request = rows.request(Method::GET, format!("{one}?include_credential=riddle"));
    rows.row("with a credential of no kind", request, 400).await.has("/error/code", 400);
    let body =
        person("again@shop.test", &json!({"oidc": {"config": {"providers": [{"provider": "other", "subject": "7"}]}}}));
    let request = rows.request(Method::POST, all).json(&body);
    rows.row("somebody known elsewhere as another is", request, 409).await.has("/error/code", 409);
    id
}

/// By the provider's own spelling alone.
async fn found(all: &str, id: &str, rows: &mut Rows) {
    let request = rows.request(Method::GET, format!("{all}?credentials_identifier=partner:Ann-1"));
    let answer = rows.row("found by who they are elsewhere", request, 200).await;
    let identifiers = answer.json[0]["credentials"]["oidc"]["identifiers"].clone();
    // In an order of the database's.
    let is_named = identifiers.as_array().is_some_and(|all| all.contains(&json!("partner:Ann-1")));
    answer.has("/0/id", id).holds(is_named, &identifiers.to_string());
    let request = rows.request(Method::GET, format!("{all}?credentials_identifier=partner:ann-1"));
    rows.row("not by another spelling", request, 200).await.is(&json!([]));
    let request =
        rows.request(Method::GET, format!("{all}?credentials_identifier=partner:Ann-1&include_credential=oidc"));
    let answer = rows.row("found, with where that is", request, 200).await;
    answer.has("/0/credentials/oidc/config/providers/0/subject", "Ann-1");
}

async fn taken_away(all: &str, id: &str, rows: &mut Rows) {
    let one = format!("{all}/{id}/credentials");
    let request = rows.request(Method::DELETE, format!("{one}/oidc"));
    rows.row("a provider taken away, and not said which", request, 400).await.has("/error/code", 400);
    let request = rows.request(Method::DELETE, format!("{one}/oidc?identifier=nobody:1"));
    rows.row("a provider of nobody's taken away", request, 404).await.has("/error/code", 404);
    let request = rows.request(Method::DELETE, format!("{one}/oidc?identifier=other:7"));
    rows.row("a provider taken away", request, 204).await.is(&Value::Null);
    let request = rows.request(Method::GET, format!("{all}/{id}?include_credential=oidc"));
    let answer = rows.row("the one that is left", request, 200).await;
    answer
        .has("/credentials/oidc/identifiers", json!(["partner:Ann-1"]))
        .has_no("/credentials/oidc/config/providers/1");
    let request = rows.request(Method::GET, format!("{all}?credentials_identifier=other:7"));
    rows.row("nobody is known there any more", request, 200).await.is(&json!([]));
    for kind in ["code", "passkey", "lookup_secret", "riddle"] {
        let request = rows.request(Method::DELETE, format!("{one}/{kind}"));
        rows.row("a credential that is not there taken away", request, 404).await.has("/error/code", 404);
    }
}

/// An address that somebody has proven before.
async fn proven(all: &str, rows: &mut Rows) {
    let address = |email: &str| json!({"value": email, "via": "email", "verified": true, "status": "completed"});
    let mut body = person("proven@shop.test", &json!({}));
    body["verifiable_addresses"] = json!([address("proven@shop.test")]);
    let request = rows.request(Method::POST, all).json(&body);
    let answer = rows.row("an address that comes proven", request, 201).await;
    let id = answer.json["id"].as_str().unwrap_or_default().to_owned();
    answer.has("/verifiable_addresses/0/verified", true).has("/verifiable_addresses/0/status", "completed");
    let request = rows.request(Method::GET, format!("{all}/{id}"));
    let answer = rows.row("a proven address, read again", request, 200).await;
    answer.has("/verifiable_addresses/0/verified", true).has_no("/verifiable_addresses/1");
    let mut body = person("unproven@shop.test", &json!({}));
    body["verifiable_addresses"] = json!([address("another@shop.test")]);
    let request = rows.request(Method::POST, all).json(&body);
    let answer = rows.row("an address of others that comes proven", request, 201).await;
    answer.has("/verifiable_addresses/0/value", "unproven@shop.test").has("/verifiable_addresses/0/verified", false);
    let moved = json!({"schema_id": "default", "state": "active", "traits": {"email": "moved@shop.test"}});
    let request = rows.request(Method::PUT, format!("{all}/{id}")).json(&moved);
    let answer = rows.row("another address than the proven one", request, 200).await;
    answer.has("/verifiable_addresses/0/value", "moved@shop.test").has("/verifiable_addresses/0/verified", false);
}

/// What a patch may do to credentials.
async fn patched(shop: &SeededTenant, all: &str, rows: &mut Rows) {
    let (identity, sessions) = somebody(shop, "patched@shop.test", 1).await;
    shop.client.set_up_totp(&sessions[0]).await.unwrap();
    let one = format!("{all}/{}", identity.id);
    let request = rows.request(Method::GET, format!("{one}?include_credential=totp"));
    let answer = rows.row("an authenticator app, with its secret", request, 200).await;
    let is_told =
        answer.json["credentials"]["totp"]["config"]["totp_url"].as_str().is_some_and(|url| url.contains("secret="));
    answer.has("/credentials/totp/identifiers/0", &*identity.id).holds(is_told, "no secret");
    let patch = |path: &str, value: Value| json!([{"op": "replace", "path": path, "value": value}]);
    let request = rows.request(Method::PATCH, &one);
    let request = request.json(&patch("/credentials/password/config/hashed_password", json!(PBKDF2)));
    rows.row("a password's hash patched", request, 200).await.has_no("/credentials/password/config");
    let request = rows.request(Method::GET, format!("{one}?include_credential=password"));
    let answer = rows.row("a patched hash", request, 200).await;
    answer.has("/credentials/password/config/hashed_password", PBKDF2);
    let request = rows.request(Method::PATCH, &one).json(&json!([{"op": "remove", "path": "/credentials/totp"}]));
    rows.row("an authenticator app patched away", request, 200).await.has_no("/credentials/totp");
}
