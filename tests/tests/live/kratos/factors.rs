//! A second factor, set up and used: in an app, and in a browser.

use iam_testing::client::{NativeSession, TotpSecret};
use iam_testing::seed::SeededTenant;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::browser::Begun;
use super::{somebody, with_token};
use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let (identity, sessions) = somebody(shop, "factored@shop.test", 2).await;
    let secret = shop.client.set_up_totp(&sessions[0]).await.unwrap();
    let app = App { flows: format!("{}self-service/", shop.urls().kratos_public), session: &sessions[1] };
    in_an_app(shop, &app, &secret, rows).await;

    let browser = shop.client.login_browser(&identity).await.unwrap();
    let begin = format!("{}login/browser?aal=aal2", app.flows);
    let request = rows.request(Method::GET, &begin).header("cookie", browser.cookie());
    let flow = Begun::by(rows, "a browser's second factor", request).await;
    let cookies = format!("{}; {}", browser.cookie(), flow.cookies);
    let submit = |rows: &Rows, code: &str| {
        let form = json!({"method": "totp", "totp_code": code, "csrf_token": flow.token});
        rows.request(Method::POST, format!("{}login?flow={}", app.flows, flow.id))
            .header("cookie", &cookies)
            .json(&form)
    };
    let request = submit(rows, "000000");
    rows.row("a wrong code in a browser", request, 400).await.has("/id", &*flow.id).has_no("/error");
    let request = submit(rows, &secret.code());
    let answer = rows.row("a code in a browser", request, 200).await;
    answer.has("/session/authenticator_assurance_level", "aal2").has_no("/session_token");
    let request = rows.request(Method::GET, &begin).header("cookie", browser.cookie());
    rows.row("a second factor used already", request, 400).await.has("/error/id", "session_already_available");
    let request = rows.accepting(Method::GET, &begin, "text/html").header("cookie", browser.cookie());
    rows.row("a second factor used already, in a browser", request, 303).await.header("location", "/ui/");
    let refresh = format!("{}login/browser?refresh=true", app.flows);
    let request = rows.request(Method::GET, &refresh).header("cookie", browser.cookie());
    rows.row("a browser's login to be sure", request, 200).await.has("/refresh", true);
    taken_off(&app, rows).await;
}

/// An app, and whose it is.
struct App<'a> {
    flows: String,
    session: &'a NativeSession,
}

impl App<'_> {
    async fn begun(&self, rows: &mut Rows, name: &'static str, what: &str) -> (String, Value) {
        let request = with_token(rows.request(Method::GET, format!("{}{what}", self.flows)), self.session);
        let flow = rows.row(name, request, 200).await.json.clone();
        (flow["ui"]["action"].as_str().unwrap_or_default().to_owned(), flow)
    }

    fn submit(&self, rows: &Rows, url: &str, form: &Value) -> RequestBuilder {
        with_token(rows.request(Method::POST, url).json(form), self.session)
    }
}

async fn in_an_app(shop: &SeededTenant, app: &App<'_>, secret: &TotpSecret, rows: &mut Rows) {
    let (form, flow) = app.begun(rows, "a second factor begun", "login/api?aal=aal2").await;
    rows.last().holds(flow["requested_aal"] == "aal2", &flow["requested_aal"].to_string());
    let request = app.submit(rows, &form, &json!({"method": "totp", "totp_code": "000000"}));
    rows.row("a wrong code in an app", request, 400).await.has("/id", flow["id"].clone()).has_no("/error");
    let request = app.submit(rows, &form, &json!({"method": "password", "identifier": "x", "password": "x"}));
    rows.row("a password for a second factor", request, 400).await.has_no("/error");
    let request = rows.request(Method::POST, &form).json(&json!({"method": "totp", "totp_code": "000000"}));
    rows.row("a second factor of nobody", request, 401).await.has("/error/id", "session_aal1_required");
    let request = app.submit(rows, &form, &json!({"method": "totp", "totp_code": secret.code()}));
    let answer = rows.row("a code in an app", request, 200).await;
    let is_same = answer.json["session_token"] == *app.session.token;
    answer
        .has("/session/id", &*app.session.session_id)
        .has("/session/authenticator_assurance_level", "aal2")
        .has("/session/authentication_methods/1/method", "totp")
        .holds(is_same, "another token");
    let whoami = format!("{}sessions/whoami", shop.urls().kratos_public);
    let request = with_token(rows.request(Method::GET, whoami), app.session);
    let answer = rows.row("a session that two factors made", request, 200).await;
    answer.has("/authentication_methods/1/aal", "aal2").has_no("/authentication_methods/2");
    let (form, _) = app.begun(rows, "a login to be sure begun", "login/api?refresh=true").await;
    let request =
        app.submit(rows, &form, &json!({"method": "password", "identifier": "factored@shop.test", "password": "x"}));
    rows.row("a login to be sure with a wrong password", request, 400).await.has_no("/error");
}

/// And a password changed, which ends no session.
async fn taken_off(app: &App<'_>, rows: &mut Rows) {
    let (form, flow) = app.begun(rows, "settings with two factors", "settings/api").await;
    let names = flow["ui"]["nodes"].to_string();
    rows.last().holds(names.contains("totp_unlink"), "no way to take it off");
    let request = app.submit(rows, &form, &json!({"method": "password", "password": "short"}));
    rows.row("a new password that is too short", request, 400).await.has_no("/error");
    let request = app.submit(rows, &form, &json!({"method": "password", "password": "a newer pass phrase 7"}));
    rows.row("a new password", request, 200).await.has("/state", "success");
    let request = app.submit(rows, &form, &json!({"method": "profile", "traits": {"name": "nobody"}}));
    rows.row("traits without an address", request, 400).await.has_no("/error");
    let request = app.submit(rows, &form, &json!({"method": "totp", "totp_unlink": true}));
    rows.row("an authenticator app taken off", request, 200).await.has("/state", "success");
    let (_, flow) = app.begun(rows, "settings with one factor again", "settings/api").await;
    rows.last().holds(flow["ui"]["nodes"].to_string().contains("totp_secret_key"), "no way to set one up");
}
