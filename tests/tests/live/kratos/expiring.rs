//! Flows that are answered too late, and log-ins that are too old for what they ask.

use std::time::Duration;

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::json;

use super::browser::Begun;
use super::with_token;
use crate::row::Rows;

/// A little longer than the seed lets a flow live, and a log-in change a password.
const TOO_LATE: Duration = Duration::from_millis(2200);

pub(super) async fn rows(signing: &SeededTenant, rows: &mut Rows) {
    let slow = signing.account("slow@signing.test");
    let session = signing.client.login(&slow.identity).await.unwrap();
    let flows = format!("{}self-service", signing.urls().kratos_public);
    let begin = |rows: &Rows, kind: &str| rows.request(Method::GET, format!("{flows}/{kind}/api"));
    let id = async |request: reqwest::RequestBuilder| {
        let flow: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
        flow["id"].as_str().unwrap_or_default().to_owned()
    };
    let login = id(begin(rows, "login")).await;
    let registration = id(begin(rows, "registration")).await;
    let settings = id(with_token(begin(rows, "settings"), &session)).await;
    let browser = Begun::new(rows, &format!("{flows}/login/browser")).await;
    tokio::time::sleep(TOO_LATE).await;

    in_a_browser(signing, &browser, rows).await;
    let form = json!({"method": "password", "identifier": slow.identity.email, "password": "whatever it was"});
    let request = rows.request(Method::POST, format!("{flows}/login?flow={login}")).json(&form);
    let answer = rows.row("a login that is too late", request, 410).await;
    let next = answer.json["use_flow_id"].clone();
    answer
        .has("/error/id", "self_service_flow_expired")
        .holds(next.is_string() && next != json!(login), &format!("`use_flow_id` is {next}"));
    let request = rows.request(Method::GET, format!("{flows}/login/flows?id={login}"));
    rows.row("an expired login read", request, 410).await.has("/error/id", "self_service_flow_expired");
    let form =
        json!({"method": "password", "password": "a fresh pass phrase 7", "traits": {"email": "new@signing.test"}});
    let request = rows.request(Method::POST, format!("{flows}/registration?flow={registration}")).json(&form);
    rows.row("a registration that is too late", request, 410).await.has("/error/id", "self_service_flow_expired");
    let request = rows.request(Method::GET, format!("{flows}/registration/flows?id={registration}"));
    rows.row("an expired registration read", request, 410).await.has("/error/id", "self_service_flow_expired");
    let form = json!({"method": "profile", "traits": {"email": slow.identity.email}});
    let request = rows.request(Method::POST, format!("{flows}/settings?flow={settings}")).json(&form);
    let answer = rows.row("settings that are too late", with_token(request, &session), 410).await;
    answer.has("/error/id", "self_service_flow_expired");
    let request = with_token(rows.request(Method::GET, format!("{flows}/settings/flows?id={settings}")), &session);
    rows.row("expired settings read", request, 410).await.has_no("/error/id");

    for (row, form) in [
        ("a new password by an old log-in", json!({"method": "password", "password": "a fresh pass phrase 8"})),
        ("a second factor by an old log-in", json!({"method": "totp", "totp_code": "000000"})),
    ] {
        let settings = id(with_token(begin(rows, "settings"), &session)).await;
        let request = rows.request(Method::POST, format!("{flows}/settings?flow={settings}")).json(&form);
        let answer = rows.row(row, with_token(request, &session), 403).await;
        let to = answer.json["redirect_browser_to"].as_str().unwrap_or_default().to_owned();
        answer
            .has("/error/id", "session_refresh_required")
            .holds(to.contains("/self-service/login/browser?") && to.contains("refresh=true"), &to);
    }
}

/// Where a browser goes for another one.
async fn in_a_browser(signing: &SeededTenant, flow: &Begun, rows: &mut Rows) {
    let login = format!("{}self-service/login", signing.urls().kratos_public);
    let request = rows.request(Method::GET, format!("{login}/flows?id={}", flow.id)).header("cookie", &flow.cookies);
    let answer = rows.row("an expired login of a browser read", request, 410).await;
    answer
        .has("/error/id", "self_service_flow_expired")
        .has("/error/details/redirect_to", format!("{login}/browser"))
        .has("/error/details/return_to", "");
    let form = json!({"method": "password", "identifier": "x", "password": "x", "csrf_token": flow.token});
    let submit = |rows: &Rows, kind: &str| {
        rows.accepting(Method::POST, format!("{login}?flow={}", flow.id), kind).header("cookie", &flow.cookies)
    };
    let request = submit(rows, "application/json").json(&form);
    let answer = rows.row("a script's login that is too late", request, 410).await;
    let [since, next] = ["since", "use_flow_id"].map(|name| answer.json[name].clone());
    answer
        .has("/error/id", "self_service_flow_expired")
        .holds(since.is_i64() && next.is_string(), &format!("{since} and {next}"));
    let request = submit(rows, "text/html").form(&form);
    rows.row("a browser's login that is too late", request, 303).await.header("location", "/ui/login?flow=");
}
