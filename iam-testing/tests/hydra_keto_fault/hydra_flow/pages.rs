//! Login, consent and logout, up to the code.

use reqwest::Method;
use serde_json::json;

use super::{Browser, Flow, parameter};
use crate::http::{call, get};

#[tokio::test]
async fn the_application_sees_what_is_asked() {
    let flow = Flow::new().await;
    let page = flow.browser.visit(flow.auth_url(&[])).await.location(302);
    let challenge = parameter(&page, "login_challenge");
    let admin = flow.project.hydra_admin();
    let request = get(admin, &format!("admin/oauth2/auth/requests/login?login_challenge={challenge}")).await.json(200);
    assert_eq!((&request["skip"], &request["subject"]), (&json!(false), &json!("")));
    assert_eq!(request["requested_scope"], json!(["openid", "offline_access", "orders.read"]));
    assert_eq!((&request["client"]["client_id"], request["client"].get("client_secret")), (&json!("shop"), None));
    // The older name of the parameter, and a second acceptance.
    get(admin, &format!("oauth2/auth/requests/login?challenge={challenge}")).await.json(200);
    flow.decide("login/accept", &challenge, json!({"subject": "alice"})).await;
    let back = flow.decide("login/accept", &challenge, json!({"subject": "alice", "context": {"step": 1}})).await;
    let page = flow.browser.visit(back).await.location(302);
    let path =
        format!("admin/oauth2/auth/requests/consent?consent_challenge={}", parameter(&page, "consent_challenge"));
    let request = get(admin, &path).await.json(200);
    assert_eq!((&request["subject"], &request["context"]), (&json!("alice"), &json!({"step": 1})));
    // Not the challenge itself, which is the flow's whole state.
    assert_ne!(request["login_challenge"], challenge);
    assert!(request["login_challenge"].is_string());

    let unknown = get(admin, "admin/oauth2/auth/requests/login?login_challenge=unknown").await;
    assert_eq!(unknown.oauth_error(404), "Not Found");
    assert_eq!(get(admin, "admin/oauth2/auth/requests/consent").await.oauth_error(400), "invalid_request");
    let path = format!("admin/oauth2/auth/requests/login/accept?login_challenge={challenge}");
    let nobody = call(Method::PUT, admin, &path, json!({"subject": ""})).await;
    assert_eq!(nobody.oauth_error(400), "invalid_request");
}

#[tokio::test]
async fn rejections_go_to_the_client() {
    let flow = Flow::new().await;
    let page = flow.browser.visit(flow.auth_url(&[])).await.location(302);
    let back =
        flow.decide("login/reject", &parameter(&page, "login_challenge"), json!({"error": "login_cancelled"})).await;
    let callback = flow.browser.visit(back).await.location(303);
    assert_eq!(
        (parameter(&callback, "error"), parameter(&callback, "state")),
        ("login_cancelled".to_owned(), "12345678".to_owned())
    );

    let challenge = flow.log_in(&[], json!({"subject": "alice"})).await;
    let back = flow.decide("consent/reject", &challenge, json!({})).await;
    assert_eq!(parameter(&flow.browser.visit(back).await.location(303), "error"), "request_denied");
}

#[tokio::test]
async fn another_browser_cannot_finish_the_flow() {
    let flow = Flow::new().await;
    let page = flow.browser.visit(flow.auth_url(&[])).await.location(302);
    let back = flow.decide("login/accept", &parameter(&page, "login_challenge"), json!({"subject": "alice"})).await;
    let callback = Browser::default().visit(back).await.location(303);
    assert_eq!(parameter(&callback, "error"), "request_forbidden");

    let challenge = flow.log_in(&[], json!({"subject": "alice"})).await;
    let back = flow.decide("consent/accept", &challenge, json!({"grant_scope": ["openid"]})).await;
    assert_eq!(parameter(&Browser::default().visit(back.clone()).await.location(303), "error"), "request_forbidden");
    assert_eq!(
        parameter(&flow.browser.visit(back).await.location(303), "error"),
        "access_denied",
        "verifiers are used once"
    );
}

#[tokio::test]
async fn wrong_requests_do_not_reach_the_login_page() {
    let flow = Flow::new().await;
    let error = async |extra: &[(&str, &str)], status| {
        let answer = flow.browser.visit(flow.auth_url(extra)).await.location(status);
        (answer.path().to_owned(), parameter(&answer, "error"))
    };
    let page = |code: &str| ("/ui/error".to_owned(), code.to_owned());
    assert_eq!(error(&[("client_id", "nobody")], 302).await, page("invalid_client"));
    assert_eq!(error(&[("redirect_uri", "https://evil.example.test/")], 302).await, page("invalid_request"));
    let callback = |code: &str| ("/callback".to_owned(), code.to_owned());
    assert_eq!(error(&[("response_type", "token")], 303).await, callback("unsupported_response_type"));
    assert_eq!(error(&[("state", "short")], 303).await, callback("invalid_state"));
    assert_eq!(error(&[("scope", "admin")], 303).await, callback("invalid_scope"));
    assert_eq!(error(&[("audience", "https://x.test")], 303).await, callback("invalid_request"));
    assert_eq!(error(&[("prompt", "none")], 303).await, callback("login_required"));
}

#[tokio::test]
async fn a_remembered_login_is_skipped_until_logout() {
    let flow = Flow::new().await;
    let challenge = flow.log_in(&[], json!({"subject": "alice", "remember": true, "remember_for": 60})).await;
    let consent = json!({"grant_scope": ["openid", "offline_access", "orders.read"], "remember": true});
    let back = flow.decide("consent/accept", &challenge, consent).await;
    flow.browser.visit(back).await.location(303);

    let admin = flow.project.hydra_admin();
    let login = flow.browser.visit(flow.auth_url(&[("prompt", "none")])).await.location(302);
    let challenge = parameter(&login, "login_challenge");
    let request = get(admin, &format!("admin/oauth2/auth/requests/login?login_challenge={challenge}")).await.json(200);
    assert_eq!((&request["skip"], &request["subject"]), (&json!(true), &json!("alice")));
    let restart = flow.decide("login/accept", &challenge, json!({"subject": "bob"})).await;
    assert_eq!(parameter(&restart, "prompt"), "login", "somebody else: nothing is accepted");
    let back = flow.decide("login/accept", &challenge, json!({"subject": "alice"})).await;
    let page = flow.browser.visit(back).await.location(302);
    let path =
        format!("admin/oauth2/auth/requests/consent?consent_challenge={}", parameter(&page, "consent_challenge"));
    assert_eq!(get(admin, &path).await.json(200)["skip"], true);

    let logout = flow.project.hydra_public().join("oauth2/sessions/logout").unwrap();
    let page = flow.browser.visit(logout.clone()).await.location(302);
    let challenge = parameter(&page, "logout_challenge");
    let request =
        get(admin, &format!("admin/oauth2/auth/requests/logout?logout_challenge={challenge}")).await.json(200);
    assert_eq!((&request["subject"], &request["rp_initiated"]), (&json!("alice"), &json!(false)));
    let reject = format!("admin/oauth2/auth/requests/logout/reject?logout_challenge={challenge}");
    assert_eq!(call(Method::PUT, admin, &reject, json!({})).await.status, 204);
    let page = flow.browser.visit(logout).await.location(302);
    let back = flow.decide("logout/accept", &parameter(&page, "logout_challenge"), json!({})).await;
    assert!(flow.browser.visit(back).await.location(302).path().ends_with("/oauth2/fallbacks/logout/callback"));
    let none = flow.browser.visit(flow.auth_url(&[("prompt", "none")])).await.location(303);
    assert_eq!(parameter(&none, "error"), "login_required");
}
