//! Native flows: registration, login, second factor, logout.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{PASSWORD, Send as _, Server, code};

#[tokio::test]
async fn registration_logs_in_and_takes_any_trait() {
    let server = Server::start().await;
    let action = server.begin("registration", "", None).await;
    let traits = json!({"email": "New@Example.org", "name": {"first": "N"}, "roles": ["admin"]});
    let form = json!({"method": "password", "password": PASSWORD, "traits": traits});
    let reply = server.submit(&action, None, form.clone()).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let token = reply.json["session_token"].as_str().unwrap();
    assert!(token.starts_with("ory_st_") && token.len() == 39);
    assert_eq!(reply.json["continue_with"][0]["action"], "set_ory_session_token");
    assert_eq!(reply.json["identity"]["traits"], traits);
    assert_eq!(reply.json["identity"]["id"], reply.json["session"]["identity"]["id"]);
    assert_eq!(server.whoami_status(token).await, 200);
    // The identifier has no case, and the account can be used at once.
    assert_eq!(server.log_in("new@EXAMPLE.org").await.status, 200);

    let action = server.begin("registration", "", None).await;
    let again = server.submit(&action, None, form).await;
    assert_eq!(again.status, 400);
    assert_eq!(again.json["ui"]["messages"][0]["id"], 4_000_007);
}

/// Who is there already is told that first; a browser is not.
#[tokio::test]
async fn a_registration_that_is_switched_off_says_so() {
    let server = Server::start_with(|config| config.switches.registration_disabled = true).await;
    server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    for (path, token, id) in [
        ("api", "", "self_service_flow_disabled"),
        ("api", &*token, "session_already_available"),
        ("browser", "", "self_service_flow_disabled"),
        ("browser", &*token, "self_service_flow_disabled"),
    ] {
        let request = server.get(&format!("/self-service/registration/{path}")).header("accept", "application/json");
        let reply = request.header("x-session-token", token).reply().await;
        assert_eq!(
            (reply.status, &reply.json["error"]["id"]),
            (StatusCode::BAD_REQUEST, &json!(id)),
            "{path}, {token}"
        );
    }
}

#[tokio::test]
async fn a_form_that_is_wrong_comes_back_with_messages() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let rows: [(&str, Value, Option<&str>, u64); 8] = [
        ("login", json!({"method": "password", "identifier": "a@example.org", "password": "wrong"}), None, 4_000_006),
        ("login", json!({"method": "password", "identifier": "x@example.org", "password": PASSWORD}), None, 4_000_006),
        ("login", json!({"method": "password", "identifier": "a@example.org"}), Some("password"), 4_000_002),
        ("login", json!({"method": "oidc"}), None, 4_010_002),
        ("registration", json!({"method": "oidc"}), None, 4_010_003),
        (
            "registration",
            json!({"method": "password", "password": "short", "traits": {"email": "b@example.org"}}),
            Some("password"),
            4_000_032,
        ),
        (
            "registration",
            json!({"method": "password", "password": PASSWORD, "traits": {}}),
            Some("traits.email"),
            4_000_002,
        ),
        (
            "registration",
            json!({"method": "password", "password": PASSWORD, "traits": {"email": "no"}}),
            Some("traits.email"),
            4_000_001,
        ),
    ];
    for (flow, form, field, id) in rows {
        let action = server.begin(flow, "", None).await;
        let reply = server.submit(&action, None, form.clone()).await;
        assert_eq!(reply.status, 400, "{form}");
        assert!(!reply.has("/error"));
        assert_eq!(reply.json["ui"]["action"], action.as_str());
        let messages = match field {
            None => &reply.json["ui"]["messages"],
            Some(name) => reply.json["ui"]["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .find(|n| n["attributes"]["name"] == name)
                .map(|n| &n["messages"])
                .unwrap(),
        };
        assert_eq!(messages[0]["id"], id, "{form}");
        assert_eq!(messages[0]["type"], "error");
    }
}

#[tokio::test]
async fn a_native_form_from_a_browser_is_refused() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let form = json!({"method": "password", "identifier": "a@example.org", "password": PASSWORD});
    for (name, value, status) in
        [("origin", "https://evil.example", 400), ("cookie", "any=thing", 400), ("cookie", "__cf_bm=x", 200)]
    {
        let action = server.begin("login", "", None).await;
        let request = crate::support::client().post(action).header(name, value).json(&form);
        let reply = request.reply().await;
        assert_eq!(reply.status, status, "{name}: {value}");
        if status == 400 {
            assert_eq!(reply.json["ui"]["messages"][0]["id"], 4_000_001);
        }
    }
}

#[tokio::test]
async fn the_second_factor_lifts_the_session() {
    let server = Server::start().await;
    let id = server.create("a@example.org").await;
    let first = server.token("a@example.org").await;
    let secret = server.enrol_totp(&first).await;
    // Setting the factor up was using it.
    let reply = server.whoami().bearer_auth(&first).reply().await;
    assert_eq!(reply.json["authenticator_assurance_level"], "aal2");

    let login = server.log_in("a@example.org").await;
    assert_eq!(login.status, 200);
    assert_eq!(login.json["session"]["identity"], Value::Null);
    assert_eq!(login.json["continue_with"], Value::Null);
    let token = login.json["session_token"].as_str().unwrap();
    assert_eq!(server.whoami_status(token).await, 403);

    let action = server.begin("login", "?aal=aal2", Some(token)).await;
    let form = |code: &str| json!({"method": "totp", "totp_code": code});
    let wrong = server.submit(&action, Some(token), form("abcdef")).await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.body.contains("4000008"));
    let done = server.submit(&action, Some(token), form(&code(&secret))).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(done.json["session_token"], token);
    assert_eq!(done.json["session"]["identity"]["id"], id.as_str());
    let reply = server.whoami().bearer_auth(token).reply().await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json["authenticator_assurance_level"], "aal2");
    assert_eq!(reply.json["authentication_methods"][1]["method"], "totp");
}

#[tokio::test]
async fn a_second_factor_needs_a_first_and_a_device() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let reply = server.get("/self-service/login/api?aal=aal2").reply().await;
    assert_eq!(reply.status, 401);
    assert_eq!(reply.json["error"]["id"], "session_aal1_required");
    assert_eq!(server.get("/self-service/login/api?aal=aal3").reply().await.status, 400);
    let token = server.token("a@example.org").await;
    let action = server.begin("login", "?aal=aal2", Some(&token)).await;
    let form = json!({"method": "totp", "totp_code": "000000"});
    let reply = server.submit(&action, Some(&token), form).await;
    assert_eq!(reply.json["ui"]["messages"][0]["id"], 4_000_011);
}

#[tokio::test]
async fn whoever_is_logged_in_cannot_log_in_or_register() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    for flow in ["login", "registration"] {
        let path = format!("/self-service/{flow}/api");
        let reply = server.get(&path).bearer_auth(&token).reply().await;
        assert_eq!(reply.status, 400);
        assert_eq!(reply.json["error"]["id"], "session_already_available");
    }
    server.begin("login", "?refresh=true", Some(&token)).await;
}

#[tokio::test]
async fn an_inactive_identity_cannot_log_in() {
    let server = Server::start().await;
    let id = server.create("a@example.org").await;
    server.patch(&id, json!([{"op": "replace", "path": "/state", "value": "inactive"}])).await;
    let reply = server.log_in("a@example.org").await;
    assert_eq!(reply.status, 401);
    assert_eq!(reply.json["error"]["reason"], "This account was disabled.");
    assert_eq!(reply.json["error"]["details"]["identity_id"], *id);
}

#[tokio::test]
async fn an_expired_flow_is_410_and_names_its_successor() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    server.kratos.set_flow_lifespan(Duration::ZERO);
    let action = server.begin("login", "", None).await;
    server.kratos.set_flow_lifespan(Duration::from_secs(60));
    let form = json!({"method": "password", "identifier": "a@example.org", "password": PASSWORD});
    let reply = server.submit(&action, None, form.clone()).await;
    assert_eq!(reply.status, 410);
    assert_eq!(reply.json["error"]["id"], "self_service_flow_expired");
    assert!(reply.json["since"].as_i64().unwrap() > 0);
    assert!(reply.json["expired_at"].is_string());
    let next = reply.json["use_flow_id"].as_str().unwrap();
    let flow = server.get(&format!("/self-service/login/flows?id={next}")).reply().await;
    assert_eq!(flow.json["ui"]["messages"][0]["id"], 4_010_001);
    let action = flow.json["ui"]["action"].as_str().unwrap();
    assert_eq!(server.submit(action, None, form).await.status, 200);

    let old = action_id(&server).await;
    let gone = server.get(&format!("/self-service/login/flows?id={old}")).reply().await;
    assert_eq!(gone.status, 410);
    assert_eq!(gone.json["error"]["id"], "self_service_flow_expired");
    assert!(gone.has("/error/details/api"));
}

/// The id of a login flow that is expired already.
async fn action_id(server: &Server) -> String {
    server.kratos.set_flow_lifespan(Duration::ZERO);
    let action = server.begin("login", "", None).await;
    action.split_once("flow=").unwrap().1.to_owned()
}

#[tokio::test]
async fn flows_that_do_not_exist_are_404() {
    let server = Server::start().await;
    let registration = server.begin("registration", "", None).await;
    let id = registration.split_once("flow=").unwrap().1;
    for id in ["6f3c1f4e-6d0e-4b6e-9d5a-0e2f6d6a9c11", "no-uuid", id] {
        let reply = server.get(&format!("/self-service/login/flows?id={id}")).reply().await;
        assert_eq!(reply.status, 404, "{id}");
        let path = format!("/self-service/login?flow={id}");
        let post = server.public(Method::POST, &path).json(&json!({})).reply().await;
        assert_eq!(post.status, 404, "{id}");
    }
    let none = server.public(Method::POST, "/self-service/login").json(&json!({}));
    assert_eq!(none.reply().await.status, 400);
}

#[tokio::test]
async fn native_logout_ends_the_session_in_the_body() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let token = server.token("a@example.org").await;
    let path = "/self-service/logout/api";
    let logout = async |token: &str| -> StatusCode {
        let body = json!({"session_token": token});
        server.public(Method::DELETE, path).json(&body).reply().await.status
    };
    assert_eq!(logout("ory_st_unknown").await, 403);
    assert_eq!(logout(&token).await, 204);
    assert_eq!(server.whoami_status(&token).await, 401);
    let untyped = server.public(Method::DELETE, path).body("{}").reply().await;
    assert_eq!(untyped.status, 400);
}
