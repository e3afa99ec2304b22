//! Credentials, statuses and headers of `/sessions/whoami`.

use std::time::Duration;

use iam_testing::standin::RequiredAal;
use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::support::{COOKIE, Send as _, Server};

#[tokio::test]
async fn a_token_is_answered_with_session_and_headers() {
    let server = Server::start().await;
    let id = server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    for request in [
        server.whoami().header("x-session-token", &token),
        server.whoami().bearer_auth(&token),
        server.whoami().header("authorization", format!("bEaReR {token}")),
        server.public(Method::POST, "/sessions/whoami").bearer_auth(&token),
        server.public(Method::DELETE, "/sessions/whoami").bearer_auth(&token),
    ] {
        let reply = request.reply().await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.json["active"], true);
        assert_eq!(reply.json["identity"]["id"], id.as_str());
        assert_eq!(reply.header("x-kratos-authenticated-identity-id"), Some(id.as_str()));
        assert!(reply.set_cookies.is_empty());
    }
    let reply = server.whoami().bearer_auth(&token).reply().await;
    assert_eq!(reply.header("cache-control"), Some("private, no-cache, no-store, must-revalidate"));
    assert_eq!(reply.header("vary"), Some("Cookie"));
    assert_eq!(reply.header("content-type"), Some("application/json; charset=utf-8"));
    let session = &reply.json;
    assert_eq!(session["authenticator_assurance_level"], "aal1");
    assert_eq!(session["authentication_methods"][0]["method"], "password");
    assert_eq!(session["authentication_methods"][0]["aal"], "aal1");
    assert!(session["devices"][0]["location"].is_string());
    let user = &session["identity"];
    assert_eq!(user["metadata_public"], Value::Null);
    assert_eq!(user["organization_id"], Value::Null);
    assert_eq!(user["verifiable_addresses"][0]["status"], "pending");
    for hidden in ["/identity/metadata_admin", "/identity/credentials", "/tokenized"] {
        assert!(!reply.has(hidden), "{hidden}");
    }
    assert!(user.as_object().unwrap().contains_key("metadata_public"));
    assert!(!reply.body.contains(&token));
}

#[tokio::test]
async fn every_refusal_is_the_same_401() {
    let server = Server::start().await;
    let id = server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    let revoked = server.token("a@example.org").await;
    let body = json!({"session_token": revoked});
    let logout = server.public(Method::DELETE, "/self-service/logout/api").json(&body);
    assert_eq!(logout.reply().await.status, 204);
    let foreign = Server::start().await;
    foreign.create("a@example.org").await;
    let mut browser = Browser::new(&foreign);
    browser.log_in("a@example.org").await;
    let foreign_cookie = format!("{COOKIE}={}", browser.cookie(COOKIE).unwrap());

    let mut bodies = Vec::new();
    for request in [
        server.whoami(),
        server.whoami().header("x-session-token", "ory_st_unknown"),
        server.whoami().header("x-session-token", &revoked),
        server.whoami().header("authorization", format!("Bearer  {token}")),
        server.whoami().header("authorization", format!("Basic {token}")),
        server.whoami().header("x-session-cookie", &token),
        server.whoami().header("cookie", &foreign_cookie),
        server.whoami().header("x-session-token", foreign.token("a@example.org").await),
    ] {
        bodies.push(request.reply().await);
    }
    server.patch(&id, json!([{"op": "replace", "path": "/state", "value": "inactive"}])).await;
    bodies.push(server.whoami().bearer_auth(&token).reply().await);
    server.patch(&id, json!([{"op": "replace", "path": "/state", "value": "active"}])).await;
    assert_eq!(server.whoami_status(&token).await, 200);
    server.kratos.set_ready(false);
    bodies.push(server.whoami().bearer_auth(&token).reply().await);
    server.kratos.set_ready(true);
    assert_eq!(server.whoami_status(&token).await, 200);
    server.admin(Method::DELETE, &format!("/admin/identities/{id}")).reply().await;
    bodies.push(server.whoami().bearer_auth(&token).reply().await);

    for reply in &bodies {
        assert_eq!(reply.status, 401);
        assert_eq!(reply.json["error"]["code"], 401);
        assert!(!reply.has("/error/id"));
        assert_eq!(reply.header("ory-error-id"), Some(""));
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert_eq!(reply.header("x-kratos-authenticated-identity-id"), None);
        assert_eq!(reply.body, bodies[0].body);
    }
}

#[tokio::test]
async fn an_expired_session_is_401() {
    let server = Server::start_with(|c| c.switches.session_lifespan = Duration::from_secs(2)).await;
    server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    assert_eq!(server.whoami_status(&token).await, 200);
    tokio::time::sleep(Duration::from_millis(2050)).await;
    assert_eq!(server.whoami_status(&token).await, 401);
}

#[tokio::test]
async fn the_token_header_beats_the_cookie_and_the_cookie_beats_bearer() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for email in ["a@example.org", "b@example.org", "c@example.org"] {
        ids.push(server.create(email).await);
    }
    let (header, bearer) = (server.token("a@example.org").await, server.token("c@example.org").await);
    let mut browser = Browser::new(&server);
    browser.log_in("b@example.org").await;
    let cookie = browser.header();
    let who = async |request: reqwest::RequestBuilder| {
        let reply = request.reply().await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json["identity"]["id"].as_str().unwrap().to_owned()
    };
    let all = || server.whoami().header("cookie", &cookie).bearer_auth(&bearer);
    assert_eq!(who(all().header("x-session-token", &header)).await, ids[0]);
    assert_eq!(who(all().header("x-session-token", "")).await, ids[1]);
    assert_eq!(who(all()).await, ids[1]);
    assert_eq!(who(server.whoami().bearer_auth(&bearer)).await, ids[2]);
    // The first header decides alone, also when it is worth nothing.
    let reply = all().header("x-session-token", "unknown").reply().await;
    assert_eq!(reply.status, 401);
}

#[tokio::test]
async fn of_two_cookies_of_the_name_the_first_counts() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let mut browser = Browser::new(&server);
    browser.log_in("a@example.org").await;
    let good = browser.cookie(COOKIE).unwrap();
    let status = async |cookies: String| server.whoami().header("cookie", cookies).reply().await.status;
    assert_eq!(status(format!("{COOKIE}={good}; {COOKIE}=bad")).await, 200);
    assert_eq!(status(format!("{COOKIE}=bad; {COOKIE}={good}")).await, 401);
}

#[tokio::test]
async fn an_undecodable_cookie_beside_a_working_token_is_500() {
    let server = Server::start().await;
    let id = server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    let mut browser = Browser::new(&server);
    browser.log_in("a@example.org").await;
    let own = browser.cookie(COOKIE).unwrap().to_owned();
    let last = if own.ends_with('A') { "Q" } else { "A" };
    let tampered = format!("{}{last}", &own[..own.len() - 1]);
    let other = Server::start().await;
    other.create("a@example.org").await;
    let mut browser = Browser::new(&other);
    browser.log_in("a@example.org").await;
    let foreign = browser.cookie(COOKIE).unwrap().to_owned();
    for cookie in ["stale", "", &tampered, &foreign] {
        let stale = || server.whoami().header("cookie", format!("{COOKIE}={cookie}"));
        for request in [stale().header("x-session-token", &token), stale().bearer_auth(&token)] {
            let reply = request.reply().await;
            assert_eq!(reply.status, 500, "{cookie}");
            assert_eq!(reply.json["error"]["code"], 500);
            assert_eq!(reply.header("x-kratos-authenticated-identity-id"), Some(id.as_str()));
        }
        assert_eq!(stale().reply().await.status, 401);
    }
}

#[tokio::test]
async fn a_missing_second_factor_is_403_with_the_way_out() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    server.enrol_totp(&server.token("a@example.org").await).await;
    let token = server.token("a@example.org").await;
    let reply = server.whoami().bearer_auth(&token).reply().await;
    assert_eq!(reply.status, 403);
    let to = server.public.join("/self-service/login/browser?aal=aal2").unwrap();
    assert_eq!(reply.json["redirect_browser_to"], to.as_str());
    let error = &reply.json["error"];
    assert_eq!(error["id"], "session_aal2_required");
    assert_eq!(error["code"], 403);
    assert_eq!(error["details"]["redirect_browser_to"], to.as_str());
    assert_eq!(reply.header("ory-error-id"), Some("session_aal2_required"));
    assert!(!reply.body.contains("a@example.org"));
    let own = server.get("/sessions").bearer_auth(&token).reply().await;
    assert_eq!(own.json["error"]["id"], "session_aal2_required");
}

#[tokio::test]
async fn aal1_is_enough_where_it_is_configured() {
    let server = Server::start_with(|c| c.switches.required_aal = RequiredAal::Aal1).await;
    server.create("a@example.org").await;
    server.enrol_totp(&server.token("a@example.org").await).await;
    let token = server.token("a@example.org").await;
    let reply = server.whoami().bearer_auth(&token).reply().await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json["authenticator_assurance_level"], "aal1");
}

#[tokio::test]
async fn an_extended_session_gets_a_new_cookie_once() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let mut browser = Browser::new(&server);
    let login = browser.log_in("a@example.org").await;
    let old = browser.header();
    assert!(browser.send(server.whoami()).await.set_cookies.is_empty());
    let id = login.json["session"]["id"].as_str().unwrap();
    let path = format!("/admin/sessions/{id}/extend");
    assert_eq!(server.admin(Method::PATCH, &path).reply().await.status, 200);
    let renewed = browser.send(server.whoami()).await;
    assert_eq!(renewed.status, 200);
    assert_eq!(renewed.set_cookies.len(), 1);
    assert!(renewed.set_cookies[0].starts_with(&format!("{COOKIE}=")));
    assert!(browser.send(server.whoami()).await.set_cookies.is_empty());
    // The old one still works: it names the same session.
    assert_eq!(server.whoami().header("cookie", old).reply().await.status, 200);
}

#[tokio::test]
async fn a_token_beside_anothers_cookie_overwrites_that_cookie() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let b = server.create("b@example.org").await;
    let mut browser = Browser::new(&server);
    browser.log_in("a@example.org").await;
    let token = server.token("b@example.org").await;
    browser.send(server.whoami().header("x-session-token", &token)).await;
    assert_eq!(browser.send(server.whoami()).await.json["identity"]["id"], b.as_str());
}

#[tokio::test]
async fn an_unknown_tokenizer_template_is_400() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    let request = server.get("/sessions/whoami?tokenize_as=t").bearer_auth(&token);
    assert_eq!(request.reply().await.status, 400);
}
