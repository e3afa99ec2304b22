//! W1 to W13: who is let in, and as whom.

use iam_testing::client::NewClient;
use iam_testing::fault::{Fault, Rule};
use serde_json::{Value, json};

use crate::behaviour::security::token_with;
use crate::stage::Stage;
use crate::stage::made_up::session_of;

/// What a 200 of whoami may hold, and what becomes of it.
#[tokio::test]
async fn w01_only_a_whole_live_session_authenticates() {
    let stage = Stage::plan().cached().start().await;
    let account = stage.account("customer", "plain");
    let (kratos, token) = (&stage.proxies("customer").kratos_public, &account.session.token);
    let id = &account.identity.id;
    let without = |key: &str| session_of(id, |session| drop(session.as_object_mut().unwrap().remove(key).unwrap()));
    let with = |key: &str, value: Value| session_of(id, |session| session[key] = value);
    let with_state = |state: &str| session_of(id, |session| session["identity"]["state"] = json!(state));
    for (case, fault, status, reason) in [
        ("an HTML page", Fault::Html(200), 503, "upstream"),
        ("an empty body", Fault::Status(200), 503, "upstream"),
        ("{}", Fault::json(200, "{}"), 503, "upstream"),
        ("null", Fault::json(200, "null"), 503, "upstream"),
        ("no identity", without("identity"), 503, "upstream"),
        ("an empty identity id", session_of("", |_| {}), 503, "upstream"),
        ("no `active`", without("active"), 503, "upstream"),
        ("`active` in quotes", with("active", json!("true")), 503, "upstream"),
        ("no expiry", without("expires_at"), 503, "upstream"),
        ("`active` false", with("active", json!(false)), 401, "inactive"),
        ("past its expiry", with("expires_at", json!("2020-01-01T00:00:00Z")), 401, "expired"),
        ("an inactive identity", with_state("inactive"), 401, "inactive"),
        ("an identity of no known state", with_state("frozen"), 401, "inactive"),
    ] {
        kratos.heal();
        kratos.fault(Rule::on("GET", "/sessions/whoami"), fault);
        assert_eq!(stage.get("/customer/me").bearer(token).send().await.status, status, "{case}");
        assert_eq!(stage.event().await.1, Some(reason), "{case}");
    }
    assert_eq!(stage.counters.seen(), (0, 0));
    kratos.heal();
    let answer = stage.get("/customer/me").bearer(token).expect(200).await;
    assert_eq!(answer.json()["id"], account.identity.id, "nothing of it was remembered");
}

/// What introspection may say, and what becomes of it on a route for machines.
async fn introspected(stage: &Stage, case: &str, fault: Fault, status: u16, reason: Option<&str>) {
    let hydra = &stage.proxies("dealer").hydra_admin;
    hydra.heal();
    hydra.fault(Rule::on("POST", "/admin/oauth2/introspect"), fault);
    let answer = stage.get("/dealer/machine").bearer(&format!("ory_at_{}", uuid::Uuid::new_v4())).send().await;
    assert_eq!(answer.status, status, "{case}: {answer:?}");
    assert_eq!(stage.event().await.1, reason, "{case}");
}

#[tokio::test]
async fn w02_only_an_active_token_of_a_client_is_one() {
    let stage = Stage::new().await;
    let token = |changes: Value| token_with(&changes);
    for (case, fault, status, reason) in [
        ("{}", Fault::json(200, "{}"), 503, "upstream"),
        ("HTML", Fault::Html(200), 503, "upstream"),
        ("`active` in quotes", token(json!({ "active": "true" })), 503, "upstream"),
        ("`active` null", token(json!({ "active": null })), 503, "upstream"),
        ("`active` alone", Fault::json(200, r#"{"active":true}"#), 401, "wrong_token_use"),
        ("inactive", Fault::json(200, r#"{"active":false}"#), 401, "inactive"),
        ("no client", token(json!({ "client_id": null })), 401, "no_subject"),
    ] {
        introspected(&stage, case, fault, status, Some(reason)).await;
    }
    introspected(&stage, "a good one", token(json!({})), 200, None).await;
}

#[tokio::test]
async fn w03_use_times_audience_and_issuer_count() {
    let stage = Stage::new().await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    for (changes, reason) in [
        (json!({ "token_use": "refresh_token" }), "wrong_token_use"),
        (json!({ "token_use": null }), "wrong_token_use"),
        (json!({ "exp": now - 1 }), "expired"),
        (json!({ "nbf": now + 3600 }), "not_yet_valid"),
        (json!({ "iat": now + 3600 }), "not_yet_valid"),
        (json!({ "aud": ["https://api.other.test"] }), "wrong_audience"),
        (json!({ "aud": null }), "wrong_audience"),
        (json!({ "iss": "https://auth.dealer.test" }), "wrong_issuer"),
        (json!({ "iss": null }), "wrong_issuer"),
    ] {
        introspected(&stage, &changes.to_string(), token_with(&changes), 401, Some(reason)).await;
    }
}

#[tokio::test]
async fn w03_a_refresh_token_is_no_access_token() {
    let stage = Stage::new().await;
    let dealer = stage.tenant("dealer");
    let app = NewClient::new("an-app").grant("authorization_code").grant("refresh_token");
    let app =
        app.redirect_uri("https://app.dealer.test/back").scope("offline_access").audience("https://api.dealer.test");
    let app = dealer.client.create_client(app).await.unwrap();
    let subject = &stage.account("dealer", "a").identity.id;
    let tokens = dealer.client.delegated_token(&app, subject, &["offline_access"]).await.unwrap();
    let refresh_token = tokens.refresh_token.unwrap();
    stage.get("/dealer/machine").bearer(&refresh_token).expect(401).await;
    assert_eq!(stage.event().await, ("denied", Some("wrong_token_use")));
}

#[tokio::test]
async fn w04_a_route_for_machines_asks_for_a_token_and_still_for_its_role() {
    let stage = Stage::new().await;
    stage.get("/dealer/partner/write").machine("writer").expect(200).await;
    stage.get("/dealer/partner/write").machine("reader").expect(403).await;
    stage.get("/dealer/partner/write").token_of("dealer", "a").expect(401).await;
    // The session cookie beside it is not even read.
    stage.get("/dealer/partner/read").machine("reader").cookie_of("dealer", "a").expect(200).await;
    assert_eq!(stage.whoamis("dealer"), 0);
}

#[tokio::test]
async fn w05_of_stacked_permissions_all_are_asked_for() {
    let stage = Stage::new().await;
    let ory = &stage.tenant("dealer").client;
    let b = format!("user:{}", stage.account("dealer", "b").identity.id);
    let checks = || stage.proxies("dealer").keto_read.count(|request| request.path().contains("check"));
    stage.get("/dealer/listings/42/both").token_of("dealer", "b").expect(403).await;
    for (relation, status) in [("edit", 403), ("view", 200)] {
        let before = checks();
        ory.create_tuple("listings", "listings:42", relation, &b).await.unwrap();
        stage.get("/dealer/listings/42/both").token_of("dealer", "b").expect(status).await;
        assert_eq!(checks() - before, 2, "both are asked for");
    }
    ory.delete_tuple("listings", "listings:42", "edit", &b).await.unwrap();
    stage.get("/dealer/listings/42/both").token_of("dealer", "b").expect(403).await;
}

#[tokio::test]
async fn w10_a_handler_that_only_names_a_role_is_closed() {
    let stage = Stage::new().await;
    for (name, status) in [("plain", 403), ("a", 200), ("b", 200)] {
        stage.get("/admin/a-or-b").token_of("admin", name).expect(status).await;
    }
    stage.get("/admin/a-or-b").expect(401).await;
}

#[tokio::test]
async fn w13_a_machine_has_no_grants_of_a_user_of_the_same_id() {
    let stage = Stage::new().await;
    let ory = &stage.tenant("dealer").client;
    let keto = &stage.proxies("dealer").keto_read;
    let edit = async |subject: &str| ory.create_tuple("listings", "listings:7", "edit", subject).await.unwrap();
    edit("user:reader").await;
    edit("reader").await;
    edit("client:").await;
    edit("user:").await;
    stage.get("/dealer/partner/listings/7").machine("reader").expect(403).await;
    assert_eq!(keto.count(|request| request.target.contains("subject_id=client%3Areader")), 1);
    edit("client:reader").await;
    stage.get("/dealer/partner/listings/7").machine("reader").expect(200).await;
}
