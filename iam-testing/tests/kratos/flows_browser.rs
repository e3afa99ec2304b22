//! Browser flows: cookies, CSRF, redirects, logout.

use reqwest::Method;
use serde_json::json;

use crate::browser::Browser;
use crate::support::{COOKIE, PASSWORD, Send as _, Server, code};

const JSON: (&str, &str) = ("accept", "application/json");

#[tokio::test]
async fn login_sets_two_cookies_and_shows_no_token() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let mut browser = Browser::new(&server);
    let reply = browser.log_in("a@example.org").await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.set_cookies.len(), 2);
    assert!(reply.set_cookies[0].starts_with("csrf_token_"));
    assert!(reply.set_cookies[1].starts_with(&format!("{COOKIE}=")));
    assert!(reply.set_cookies[1].contains("HttpOnly") && reply.set_cookies[1].contains("SameSite=Lax"));
    assert!(!reply.has("/session_token"));
    assert_eq!(reply.json["continue_with"][0]["action"], "redirect_browser_to");
    assert_eq!(browser.send(server.whoami()).await.status, 200);
}

#[tokio::test]
async fn without_json_everything_is_a_redirect() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let mut browser = Browser::new(&server);
    let begun = browser.send(server.get("/self-service/login/browser").header("accept", "*/*")).await;
    assert_eq!(begun.status, 303);
    let page = begun.header("location").unwrap();
    let (ui, id) = page.split_once("/login?flow=").unwrap();
    assert_eq!(ui, server.public.join("/ui").unwrap().as_str());
    let flow = browser.send(server.get(&format!("/self-service/login/flows?id={id}"))).await;
    assert_eq!(flow.status, 200);
    let csrf = flow.json["ui"]["nodes"][0]["attributes"]["value"].as_str().unwrap();
    let path = format!("/self-service/login?flow={id}");
    let form = |password| {
        let pairs =
            [("method", "password"), ("identifier", "a@example.org"), ("password", password), ("csrf_token", csrf)];
        server.public(Method::POST, &path).form(&pairs)
    };
    let wrong = browser.send(form("wrong")).await;
    assert_eq!((wrong.status.as_u16(), wrong.header("location")), (303, Some(page)));
    let flow = browser.send(server.get(&format!("/self-service/login/flows?id={id}"))).await;
    assert_eq!(flow.json["ui"]["messages"][0]["id"], 4_000_006);
    let done = browser.send(form(PASSWORD)).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, Some(ui)));
    assert_eq!(browser.send(server.whoami()).await.status, 200);
}

#[tokio::test]
async fn a_form_without_its_csrf_token_is_403() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let mut browser = Browser::new(&server);
    let (action, csrf) = browser.begin("login", "").await;
    let (_, other) = Browser::new(&server).begin("login", "").await;
    let form = |csrf: Option<&str>| {
        json!({"method": "password", "identifier": "a@example.org",
        "password": PASSWORD, "csrf_token": csrf})
    };
    for csrf in [None, Some("AAAA"), Some(other.as_str())] {
        let reply = browser.submit(&action, form(csrf)).await;
        assert_eq!(reply.status, 403, "{csrf:?}");
        assert_eq!(reply.json["error"]["id"], "security_csrf_violation");
        assert!(reply.has("/error/details/docs"));
    }
    // The value alone is not enough either, nor does it open the flow.
    let mut stranger = Browser::new(&server);
    assert_eq!(stranger.submit(&action, form(Some(&csrf))).await.status, 403);
    let id = action.split_once("flow=").unwrap().1;
    let read = stranger.send(server.get(&format!("/self-service/login/flows?id={id}"))).await;
    assert_eq!(read.json["error"]["id"], "security_csrf_violation");
    assert_eq!(browser.submit(&action, form(Some(&csrf))).await.status, 200);
}

#[tokio::test]
async fn the_csrf_cookie_is_named_after_the_public_url() {
    let server = Server::start().await;
    let mut browser = Browser::new(&server);
    browser.begin("registration", "").await;
    let cookies = browser.header();
    let name = cookies.split_once('=').unwrap().0;
    assert_eq!(name.len(), "csrf_token_".len() + 64);
}

#[tokio::test]
async fn registration_by_form_builds_traits_from_dotted_names() {
    let server = Server::start().await;
    let mut browser = Browser::new(&server);
    let (action, csrf) = browser.begin("registration", "").await;
    let pairs = [
        ("method", "password"),
        ("password", PASSWORD),
        ("csrf_token", csrf.as_str()),
        ("traits.email", "f@example.org"),
        ("traits.name.first", "F"),
        ("traits.roles", "a"),
        ("traits.roles", "b"),
    ];
    let request = crate::support::client().post(action).form(&pairs);
    assert_eq!(browser.send(request).await.status, 303);
    let reply = browser.send(server.whoami()).await;
    assert_eq!(
        reply.json["identity"]["traits"],
        json!({"email": "f@example.org", "name": {"first": "F"}, "roles": ["a", "b"]})
    );
}

#[tokio::test]
async fn a_browser_with_a_second_factor_is_sent_on() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let secret = server.enrol_totp(&server.token("a@example.org").await).await;
    let mut browser = Browser::new(&server);
    let reply = browser.log_in("a@example.org").await;
    assert_eq!(reply.status, 422);
    assert_eq!(reply.json["error"]["id"], "browser_location_change_required");
    let to = reply.json["redirect_browser_to"].as_str().unwrap();
    assert!(to.ends_with("/self-service/login/browser?aal=aal2"));
    // The first factor's cookie is set already.
    assert_eq!(browser.send(server.whoami()).await.status, 403);
    let (action, csrf) = browser.begin("login", "?aal=aal2").await;
    let form = json!({"method": "totp", "totp_code": code(&secret), "csrf_token": csrf});
    assert_eq!(browser.submit(&action, form).await.status, 200);
    let reply = browser.send(server.whoami()).await;
    assert_eq!(reply.json["authenticator_assurance_level"], "aal2");
}

#[tokio::test]
async fn settings_need_a_session_of_the_same_person() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    server.create("b@example.org").await;
    let begin = || server.get("/self-service/settings/browser");
    let reply = begin().header(JSON.0, JSON.1).reply().await;
    assert_eq!((reply.status.as_u16(), &reply.json["error"]["id"]), (401, &json!("session_inactive")));
    let reply = begin().reply().await;
    assert_eq!(reply.status, 303);
    assert!(reply.header("location").unwrap().ends_with("/self-service/login/browser"));

    let (mut a, mut b) = (Browser::new(&server), Browser::new(&server));
    a.log_in("a@example.org").await;
    b.log_in("b@example.org").await;
    let (action, _) = a.begin("settings", "").await;
    let id = action.split_once("flow=").unwrap().1;
    let read = || server.get(&format!("/self-service/settings/flows?id={id}")).header(JSON.0, JSON.1);
    assert_eq!(a.send(read()).await.status, 200);
    assert_eq!(b.send(read()).await.json["error"]["id"], "security_identity_mismatch");
    assert_eq!(read().reply().await.status, 401);
    let path = format!("/self-service/settings/flows?id={id}");
    let sent_away = server.get(&path).reply().await;
    assert_eq!(sent_away.status, 302);
    assert!(sent_away.header("location").unwrap().ends_with("/ui/login"));
    let reply = b.submit(&action, json!({"method": "profile"})).await;
    assert_eq!(reply.json["error"]["id"], "security_identity_mismatch");
}

#[tokio::test]
async fn logout_needs_the_token_of_the_session() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let mut browser = Browser::new(&server);
    let begin = || server.get("/self-service/logout/browser").header(JSON.0, JSON.1);
    let nobody = browser.send(begin()).await;
    assert_eq!((nobody.status.as_u16(), &nobody.json["error"]["id"]), (401, &json!("session_inactive")));
    browser.log_in("a@example.org").await;
    let begun = browser.send(begin()).await;
    let token = begun.json["logout_token"].as_str().unwrap();
    assert!(token.starts_with("ory_lo_"));
    assert!(begun.json["logout_url"].as_str().unwrap().contains(token));
    let end = |query: &str| server.get(&format!("/self-service/logout{query}")).header(JSON.0, JSON.1);
    assert_eq!(browser.send(end("")).await.status, 400);
    assert_eq!(browser.send(end("?token=ory_lo_wrong")).await.status, 403);
    let old = browser.header();
    assert_eq!(browser.send(end(&format!("?token={token}"))).await.status, 204);
    assert!(browser.cookie(COOKIE).is_none());
    assert_eq!(server.whoami().header("cookie", old).reply().await.status, 401);

    browser.forget("");
    browser.log_in("a@example.org").await;
    let url = browser.send(begin()).await.json["logout_url"].as_str().unwrap().to_owned();
    let reply = browser.send(crate::support::client().get(url)).await;
    assert_eq!(reply.status, 303);
}

#[tokio::test]
async fn return_to_must_stay_at_home() {
    let server = Server::start().await;
    server.create("a@example.org").await;
    let away = server.get("/self-service/login/browser?return_to=https%3A%2F%2Fevil.example%2F");
    let reply = away.header(JSON.0, JSON.1).reply().await;
    assert_eq!(reply.json["error"]["id"], "self_service_flow_return_to_forbidden");
    let home = server.public.join("/ui/welcome").unwrap();
    let mut browser = Browser::new(&server);
    let (action, csrf) = browser.begin("login", &format!("?return_to={home}")).await;
    let form = json!({"method": "password", "identifier": "a@example.org", "password": PASSWORD, "csrf_token": csrf});
    let reply = browser.submit(&action, form).await;
    assert_eq!(reply.json["continue_with"][0]["redirect_browser_to"], home.as_str());
}

#[tokio::test]
async fn an_error_without_a_form_has_a_page() {
    let server = Server::start().await;
    let reply = server.get("/self-service/login/browser?aal=aal2").reply().await;
    assert_eq!(reply.status, 303);
    let id = reply.header("location").unwrap().split_once("/error?id=").unwrap().1.to_owned();
    let page = server.get(&format!("/self-service/errors?id={id}")).reply().await;
    assert_eq!(page.json["error"]["id"], "session_aal1_required");
}
