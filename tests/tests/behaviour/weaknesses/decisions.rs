//! W1 to W13: who is let in, and as whom.

use iam_testing::client::NewClient;
use iam_testing::fault::{Fault, Rule};
use serde_json::{Value, json};

use crate::behaviour::security::token_with;
use crate::stage::made_up::session_of;
use crate::stage::{Shared, Stage, USUAL, cases};

static CACHED: Shared = Shared::new(|| Box::pin(Stage::plan().cached().start()));

fn made_up(change: impl FnOnce(&mut Value)) -> Fault {
    session_of("0b5a2c1e-30d5-4d2b-8a53-6f1a2c9d7e11", change)
}

fn without(key: &str) -> Fault {
    made_up(|session| drop(session.as_object_mut().unwrap().remove(key).unwrap()))
}

fn with(key: &str, value: Value) -> Fault {
    made_up(|session| session[key] = value)
}

fn with_state(state: &str) -> Fault {
    made_up(|session| session["identity"]["state"] = json!(state))
}

// What a 200 of whoami may hold, and what becomes of it.
cases! { CACHED, w01_only_a_whole_live_session_authenticates:
    an_html_page:              Fault::Html(200),                                  503, "upstream";
    an_empty_body:             Fault::Status(200),                                503, "upstream";
    an_empty_object:           Fault::json(200, "{}"),                            503, "upstream";
    null:                      Fault::json(200, "null"),                          503, "upstream";
    no_identity:               without("identity"),                               503, "upstream";
    an_empty_identity_id:      session_of("", |_| {}),                            503, "upstream";
    no_active:                 without("active"),                                 503, "upstream";
    active_in_quotes:          with("active", json!("true")),                     503, "upstream";
    no_expiry:                 without("expires_at"),                             503, "upstream";
    active_false:              with("active", json!(false)),                      401, "inactive";
    past_its_expiry:           with("expires_at", json!("2020-01-01T00:00:00Z")), 401, "expired";
    an_inactive_identity:      with_state("inactive"),                            401, "inactive";
    an_identity_of_no_known_state: with_state("frozen"),                          401, "inactive";
}

async fn w01_only_a_whole_live_session_authenticates(stage: &Stage, fault: Fault, status: u16, reason: &str) {
    let identity = &stage.account("customer", "plain").identity;
    let token = stage.tenant("customer").client.login(identity).await.unwrap().token;
    let kratos = &stage.proxies("customer").kratos_public;
    kratos.fault(Rule::on("GET", "/sessions/whoami"), fault);
    let before = stage.counters.seen();
    assert_eq!(stage.get("/customer/me").bearer(&token).send().await.status, status);
    assert_eq!(stage.event().await.1, Some(reason));
    assert_eq!(stage.counters.seen(), before);
    kratos.heal();
    let answer = stage.get("/customer/me").bearer(&token).expect(200).await;
    assert_eq!(answer.json()["id"], identity.id, "nothing of it was remembered");
}

/// What introspection may say, and what becomes of it on a route for machines.
async fn introspected(stage: &Stage, fault: Fault, status: u16, reason: Option<&str>) {
    stage.proxies("dealer").hydra_admin.fault(Rule::on("POST", "/admin/oauth2/introspect"), fault);
    let answer = stage.get("/dealer/machine").bearer(&format!("ory_at_{}", uuid::Uuid::new_v4())).send().await;
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(stage.event().await.1, reason);
}

cases! { USUAL, w02_only_an_active_token_of_a_client_is_one = introspected:
    an_empty_object:  Fault::json(200, "{}"),                      503, Some("upstream");
    html:             Fault::Html(200),                            503, Some("upstream");
    active_in_quotes: token_with(&json!({ "active": "true" })),    503, Some("upstream");
    active_null:      token_with(&json!({ "active": null })),      503, Some("upstream");
    active_alone:     Fault::json(200, r#"{"active":true}"#),      401, Some("wrong_token_use");
    inactive:         Fault::json(200, r#"{"active":false}"#),     401, Some("inactive");
    no_client:        token_with(&json!({ "client_id": null })),   401, Some("no_subject");
    a_good_one:       token_with(&json!({})),                      200, None;
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

cases! { USUAL, w03_use_times_audience_and_issuer_count:
    a_refresh_token:    json!({ "token_use": "refresh_token" }),        "wrong_token_use";
    no_use:             json!({ "token_use": null }),                   "wrong_token_use";
    over:               json!({ "exp": now() - 1 }),                    "expired";
    not_yet_valid:      json!({ "nbf": now() + 3600 }),                 "not_yet_valid";
    issued_later:       json!({ "iat": now() + 3600 }),                 "not_yet_valid";
    another_audience:   json!({ "aud": ["https://api.other.test"] }),   "wrong_audience";
    no_audience:        json!({ "aud": null }),                         "wrong_audience";
    another_issuer:     json!({ "iss": "https://auth.dealer.test" }),   "wrong_issuer";
    no_issuer:          json!({ "iss": null }),                         "wrong_issuer";
}

async fn w03_use_times_audience_and_issuer_count(stage: &Stage, changes: Value, reason: &str) {
    introspected(stage, token_with(&changes), 401, Some(reason)).await;
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

cases! { USUAL, w10_a_handler_that_only_names_a_role_is_closed:
    to_nobody:              None,          401;
    to_whom_it_does_not_name: Some("plain"), 403;
    not_to_the_one_role:    Some("a"),     200;
    not_to_the_other_role:  Some("b"),     200;
}

async fn w10_a_handler_that_only_names_a_role_is_closed(stage: &Stage, name: Option<&str>, status: u16) {
    let ask = stage.get("/admin/a-or-b");
    name.into_iter().fold(ask, |ask, name| ask.token_of("admin", name)).expect(status).await;
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
