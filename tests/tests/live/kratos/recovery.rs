//! A way back in that administrators hand out: a link, or a code. Whoever has either is logged in.

use std::time::Duration;

use iam_testing::client::SeededIdentity;
use iam_testing::seed::SeededTenant;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;

use super::{NOBODY, somebody};
use crate::row::{Answer, Rows};

/// The text behind "the code is invalid or was used before".
const INVALID_CODE: u32 = 4_060_006;

/// The text behind "we sent you a code".
const MAIL_SENT: u32 = 1_060_003;

/// `other` is a project that lets nobody recover, `telling` one that tells apps and scripts how to go on.
pub(super) async fn rows(shop: &SeededTenant, other: &SeededTenant, telling: &SeededTenant, rows: &mut Rows) {
    let (lost, _) = somebody(shop, "lost@shop.test", 0).await;
    begun(shop, other, rows).await;
    handed_out(shop, &lost, rows).await;
    by_code(shop, &lost, rows).await;
    by_code_natively(shop, &lost, rows).await;
    by_link(shop, &lost, rows).await;
    too_late(shop, &lost, rows).await;
    told_how_to_go_on(telling, rows).await;

    shop.client.deactivate(&lost.id).await.unwrap();
    let made = Made::new(shop, "code", &json!({"identity_id": lost.id}), rows, "a code for somebody inactive").await;
    let request = made.submit(rows, shop, &made.code);
    let answer = rows.row("somebody inactive recovered by a code", request, 401).await;
    let is_logged_in = answer.cookies().contains("_session=");
    answer.has("/error/details/identity_id", &*lost.id).holds(!is_logged_in, "a session cookie");
}

/// Flows of people who lost their password, of their own accord.
async fn begun(shop: &SeededTenant, other: &SeededTenant, rows: &mut Rows) {
    for (name, path, status) in
        [("a recovery begun", "api", 200), ("a recovery begun by a page's script", "browser", 200)]
    {
        let request = rows.request(Method::GET, self_service(shop, path));
        let answer = rows.row(name, request, status).await;
        answer.has("/state", "choose_method").has("/active", "code");
    }
    let request = rows.request(Method::GET, self_service(shop, "api"));
    let flow = rows.row("a recovery by mail begun", request, 200).await.json["id"].clone();
    let form = self_service_form(shop, flow.as_str().unwrap_or_default());
    let submit = |rows: &Rows, form: &str, body: Value| rows.request(Method::POST, form).json(&body);
    let request = submit(rows, &form, json!({"method": "code"}));
    rows.row("a mail to nobody", request, 400).await.has("/state", "choose_method");
    for (name, email) in [("a mail to recover by", "ann@shop.test"), ("a mail to a stranger", "stranger@else.test")] {
        let request = submit(rows, &form, json!({"method": "code", "email": email}));
        let answer = rows.row(name, request, 200).await;
        answer.has("/state", "sent_email").has("/ui/messages/0/id", MAIL_SENT);
    }
    let request = submit(rows, &form, json!({"method": "code", "code": "000000"}));
    rows.row("a code of no mail", request, 200).await.has("/ui/messages/0/id", INVALID_CODE);
    let request = rows.request(Method::POST, self_service_form(shop, NOBODY)).json(&json!({"method": "code"}));
    rows.row("an unknown recovery", request, 404).await.has("/error/code", 404);
    let request = rows.accepting(Method::GET, self_service(shop, "browser"), "text/html");
    rows.row("a recovery begun by a browser", request, 303).await.header("location", "/ui/recovery?flow=");
    let request = rows.request(Method::GET, self_service(shop, &format!("flows?id={NOBODY}")));
    rows.row("an unknown recovery read", request, 404).await.has("/error/code", 404);
    for path in ["api", "browser", &format!("flows?id={NOBODY}")] {
        let request = rows.request(Method::GET, self_service(other, path));
        rows.row("a recovery where there is none", request, 400).await.has("/error/code", 400).has_no("/error/id");
    }
    let request = rows.request(Method::GET, format!("{}self-service/verification/api", shop.urls().kratos_public));
    rows.row("a verification where there is none", request, 400).await.has("/error/code", 400).has_no("/error/id");
}

async fn handed_out(shop: &SeededTenant, lost: &SeededIdentity, rows: &mut Rows) {
    for (kind, name, status) in [("link", "a link for nobody", 400), ("code", "a code for nobody", 404)] {
        let request = ask(shop, kind, &json!({"identity_id": NOBODY}), rows);
        rows.row(name, request, status).await.has("/error/code", status);
        for (name, body) in [
            ("a way back of an unreadable life", json!({"identity_id": lost.id, "expires_in": "soon"})),
            ("a way back of no life", json!({"identity_id": lost.id, "expires_in": "-1s"})),
            ("a way back for an id that is no UUID", json!({"identity_id": "x"})),
        ] {
            let request = ask(shop, kind, &body, rows);
            rows.row(name, request, 400).await.has("/error/code", 400);
        }
    }
    let request = ask(shop, "code", &json!({"identity_id": lost.id, "flow_type": "odd"}), rows);
    rows.row("a code for a flow of no kind", request, 400).await.has("/error/code", 400);
    for (name, life, body) in [
        ("a link to recover by", 3600, json!({"identity_id": lost.id})),
        ("a link to recover by, for a minute", 60, json!({"identity_id": lost.id, "expires_in": "1m"})),
    ] {
        let request = ask(shop, "link", &body, rows);
        let answer = rows.row(name, request, 200).await.has_keys("", &["expires_at", "recovery_link"]);
        lives(answer, life);
    }
    let request = ask(shop, "code", &json!({"identity_id": lost.id, "expires_in": "1m30s"}), rows);
    let answer = rows.row("a code to recover by, for a minute and a half", request, 201).await;
    lives(answer.has_keys("", &["expires_at", "recovery_code", "recovery_link"]), 90);
}

/// So many seconds, of which the call itself took some.
fn lives(answer: Answer<'_>, seconds: i64) {
    let at = answer.json["expires_at"].as_str().and_then(|at| OffsetDateTime::parse(at, &Rfc3339).ok());
    let left = at.map_or(0, |at| (at - OffsetDateTime::now_utc()).whole_seconds());
    answer.holds((seconds - 30..=seconds).contains(&left), &format!("it has {left} s"));
}

async fn by_code(shop: &SeededTenant, lost: &SeededIdentity, rows: &mut Rows) {
    let made = Made::new(shop, "code", &json!({"identity_id": lost.id}), rows, "a code to recover by").await;
    let is_code = made.code.len() == 6 && made.code.bytes().all(|byte| byte.is_ascii_digit());
    let is_a_page = made.link.path() == "/ui/recovery";
    rows.last().holds(is_code && is_a_page, &format!("{} at {}", made.code, made.link));
    // Who made it was no browser, so no cookie is asked for.
    let request = rows.request(Method::GET, self_service(shop, &format!("flows?id={}", made.flow())));
    let answer = rows.row("a code's flow read", request, 200).await;
    answer.has("/type", "browser").has("/state", "sent_email").has("/active", "code");
    let request = made.submit(rows, shop, "no code");
    let answer = rows.row("recovered by a wrong code", request, 200).await;
    answer.has("/state", "sent_email").has("/ui/messages/0/id", INVALID_CODE);
    let request = made.submit(rows, shop, &made.code);
    let answer = rows.row("recovered by a code", request, 422).await;
    let (cookies, to) = (answer.cookies(), answer.json["redirect_browser_to"].as_str().unwrap_or_default().to_owned());
    answer
        .has("/error/id", "browser_location_change_required")
        .holds(to.contains("/ui/settings?flow="), &format!("on to {to}"));
    whoami(shop, lost, &cookies, "code_recovery", rows).await;
    let flow = to.rsplit('=').next().unwrap_or_default();
    let url = format!("{}self-service/settings/flows?id={flow}", shop.urls().kratos_public);
    let request = rows.request(Method::GET, url).header("cookie", &cookies);
    let answer = rows.row("the settings that a code leads to", request, 200).await.has("/identity/id", &*lost.id);
    let nodes = answer.json["ui"]["nodes"].as_array().cloned().unwrap_or_default();
    let token = nodes.into_iter().find(|node| node["attributes"]["name"] == "csrf_token");
    let token = token.map(|node| node["attributes"]["value"].clone()).unwrap_or_default();
    let form = json!({"method": "password", "password": "a password of after 7", "csrf_token": token});
    let url = format!("{}self-service/settings?flow={flow}", shop.urls().kratos_public);
    let request = rows.request(Method::POST, url).header("cookie", &cookies).json(&form);
    rows.row("a new password by a code", request, 200).await.has("/state", "success");
    let request = made.submit(rows, shop, &made.code);
    let answer = rows.row("recovered by a code twice", request, 303).await;
    answer.header("location", "/self-service/recovery/flows?id=");

    let body = json!({"identity_id": lost.id});
    let made = Made::new(shop, "code", &body, rows, "a code for a page without scripts").await;
    let request = rows.accepting(Method::POST, self_service_form(shop, &made.flow()), "text/html");
    let request = request.form(&[("method", "code"), ("code", &made.code)]);
    let answer = rows.row("recovered by a form of a page without scripts", request, 303).await;
    answer.header("location", "/ui/settings?flow=");
}

async fn by_code_natively(shop: &SeededTenant, lost: &SeededIdentity, rows: &mut Rows) {
    let body = json!({"identity_id": lost.id, "flow_type": "api"});
    let made = Made::new(shop, "code", &body, rows, "a code for an app").await;
    let request = made.submit(rows, shop, &made.code);
    let answer = rows.row("recovered by a code in an app", request, 422).await;
    let is_logged_in = answer.cookies().contains("_session=");
    let tells_token = answer.json.to_string().contains("ory_st_");
    answer
        .has("/error/id", "browser_location_change_required")
        .holds(!is_logged_in, "a session cookie")
        .holds(!tells_token, "a token");
}

async fn by_link(shop: &SeededTenant, lost: &SeededIdentity, rows: &mut Rows) {
    for (name, again, accepts) in [
        ("a link followed", "a link followed twice", "text/html"),
        ("a link followed by a script", "a link followed by a script twice", "application/json"),
    ] {
        let made = Made::new(shop, "link", &json!({"identity_id": lost.id}), rows, "a link to be followed").await;
        let is_at_home = made.link.path() == "/self-service/recovery" && made.token().is_some();
        rows.last().holds(is_at_home, made.link.as_str());
        let request = rows.accepting(Method::GET, &made.link, accepts);
        let answer = rows.row(name, request, 303).await.header("location", "/ui/settings?flow=");
        let cookies = answer.cookies();
        whoami(shop, lost, &cookies, "link_recovery", rows).await;
        let request = rows.accepting(Method::GET, &made.link, accepts);
        let answer = rows.row(again, request, 303).await.header("location", "/ui/recovery?flow=");
        let cookies = answer.cookies();
        answer.holds(!cookies.contains("_session="), &format!("the cookies are {cookies}"));
    }
    let made = Made::new(shop, "link", &json!({"identity_id": lost.id}), rows, "a link to be spoilt").await;
    let spoilt = made.link.as_str().replace(&made.token().unwrap_or_default(), "nobodys");
    let request = rows.accepting(Method::GET, spoilt, "text/html");
    rows.row("a link that is spoilt", request, 303).await.header("location", "/ui/recovery?flow=");
}

async fn too_late(shop: &SeededTenant, lost: &SeededIdentity, rows: &mut Rows) {
    let body = json!({"identity_id": lost.id, "expires_in": "1ms"});
    let code = Made::new(shop, "code", &body, rows, "a code for a moment").await;
    let link = Made::new(shop, "link", &body, rows, "a link for a moment").await;
    crate::wait_until(OffsetDateTime::now_utc() + Duration::from_millis(10)).await;
    let request = code.submit(rows, shop, &code.code);
    rows.row("a code that is too late", request, 303).await.header("location", "/self-service/recovery/flows?id=");
    let request = rows.request(Method::GET, self_service(shop, &format!("flows?id={}", code.flow())));
    rows.row("a late code's flow read", request, 410).await.has("/error/code", 410).has_no("/error/id");
    let request = rows.accepting(Method::GET, &link.link, "text/html");
    rows.row("a link that is too late", request, 303).await.header("location", "/ui/recovery?flow=");
}

async fn told_how_to_go_on(telling: &SeededTenant, rows: &mut Rows) {
    let (lost, _) = somebody(telling, "lost@brief.test", 0).await;
    let app = json!({"identity_id": lost.id, "flow_type": "api"});
    let made = Made::new(telling, "code", &app, rows, "a code for an app that is told").await;
    let request = made.submit(rows, telling, &made.code);
    let answer = rows.row("an app that is told how to go on", request, 200).await;
    let token = answer.json["continue_with"][0]["ory_session_token"].as_str().unwrap_or_default().to_owned();
    answer
        .has("/state", "passed_challenge")
        .has("/continue_with/0/action", "set_ory_session_token")
        .has("/continue_with/1/action", "show_settings_ui")
        .holds(token.starts_with("ory_st_"), "no token");
    let script = json!({"identity_id": lost.id});
    let made = Made::new(telling, "code", &script, rows, "a code for a script that is told").await;
    let request = made.submit(rows, telling, &made.code);
    let answer = rows.row("a script that is told how to go on", request, 200).await;
    let cookies = answer.cookies();
    answer
        .has("/continue_with/0/action", "show_settings_ui")
        .holds(cookies.contains("brief_session="), &format!("the cookies are {cookies}"));

    for (name, late, kind, status) in [
        ("a code for a moment for an app", "an app that is told too late", Some("api"), 410),
        ("a code for a moment for a script", "a script that is told too late", None, 303),
    ] {
        let mut body = json!({"identity_id": lost.id, "expires_in": "1ms"});
        kind.into_iter().for_each(|kind| body["flow_type"] = json!(kind));
        let made = Made::new(telling, "code", &body, rows, name).await;
        crate::wait_until(OffsetDateTime::now_utc() + Duration::from_millis(10)).await;
        let request = made.submit(rows, telling, &made.code);
        let answer = rows.row(late, request, status).await;
        if status == 303 {
            answer.header("location", "/self-service/recovery/flows?id=");
            continue;
        }
        let next = answer.json["use_flow_id"].clone();
        answer
            .has("/error/id", "self_service_flow_expired")
            .has("/error/details/continue_with/0/action", "show_recovery_ui")
            .has("/error/details/continue_with/0/flow/id", next);
    }
}

async fn whoami(shop: &SeededTenant, lost: &SeededIdentity, cookies: &str, method: &str, rows: &mut Rows) {
    let request = rows.request(Method::GET, format!("{}sessions/whoami", shop.urls().kratos_public));
    let answer = rows.row("somebody recovered", request.header("cookie", cookies), 200).await;
    answer
        .has("/identity/id", &*lost.id)
        .has("/authentication_methods/0/method", method)
        .has("/authenticator_assurance_level", "aal1");
}

fn ask(shop: &SeededTenant, kind: &str, body: &Value, rows: &Rows) -> RequestBuilder {
    rows.request(Method::POST, format!("{}admin/recovery/{kind}", shop.urls().kratos_admin)).json(body)
}

fn self_service(tenant: &SeededTenant, path: &str) -> String {
    format!("{}self-service/recovery/{path}", tenant.urls().kratos_public)
}

fn self_service_form(tenant: &SeededTenant, flow: &str) -> String {
    format!("{}self-service/recovery?flow={flow}", tenant.urls().kratos_public)
}

/// A way back in.
struct Made {
    link: Url,
    code: String,
}

impl Made {
    async fn new(shop: &SeededTenant, kind: &str, body: &Value, rows: &mut Rows, name: &'static str) -> Made {
        let request = ask(shop, kind, body, rows);
        let status = if kind == "code" { 201 } else { 200 };
        let answer = rows.row(name, request, status).await;
        let text = |name: &str| answer.json[name].as_str().unwrap_or_default().to_owned();
        let link = Url::parse(&text("recovery_link")).unwrap_or(shop.urls().kratos_public.clone());
        Made { link, code: text("recovery_code") }
    }

    fn flow(&self) -> String {
        self.parameter("flow").unwrap_or_default()
    }

    fn token(&self) -> Option<String> {
        self.parameter("token")
    }

    fn parameter(&self, name: &str) -> Option<String> {
        self.link.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    fn submit(&self, rows: &Rows, shop: &SeededTenant, code: &str) -> RequestBuilder {
        let form = json!({"method": "code", "code": code});
        rows.request(Method::POST, self_service_form(shop, &self.flow())).json(&form)
    }
}
