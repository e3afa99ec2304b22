//! The flows of an app without a browser.

use iam_testing::seed::SeededTenant;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{NOBODY, somebody, with_token};
use crate::row::Rows;

/// The text behind "the provided credentials are invalid".
const INVALID_CREDENTIALS: u32 = 4_000_006;
/// The text behind "an account with the same identifier exists already".
const DUPLICATE: u32 = 4_000_007;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let (identity, sessions) = somebody(shop, "native@shop.test", 1).await;
    let flows = format!("{}self-service/", shop.urls().kratos_public);
    let good = json!({"method": "password", "identifier": identity.email, "password": identity.password});
    let mut wrong = good.clone();
    wrong["password"] = json!("not this one");

    let request = rows.request(Method::GET, format!("{flows}login/api"));
    let answer = rows.row("a login begun", request, 200).await;
    let flow = answer.json["id"].as_str().unwrap_or_default().to_owned();
    let form = format!("{flows}login?flow={flow}");
    answer.has("/type", "api").has("/ui/action", form).has("/ui/method", "POST").has("/refresh", false);
    let submit = |rows: &Rows, form: &Value| -> RequestBuilder {
        rows.request(Method::POST, format!("{flows}login?flow={flow}")).json(form)
    };
    let request = submit(rows, &wrong);
    let answer = rows.row("a wrong password is the form again", request, 400).await;
    answer.has("/id", &*flow).has("/ui/messages/0/id", INVALID_CREDENTIALS).has_no("/error");
    for (name, header) in [("a login from a page", "origin"), ("a login with cookies", "cookie")] {
        let value = if header == "cookie" { "a=b" } else { "https://shop.test" };
        let request = submit(rows, &good).header(header, value);
        rows.row(name, request, 400).await;
    }
    let request = submit(rows, &good).header("cookie", "__cf_bm=of-the-edge");
    let answer = rows.row("logged in", request, 200).await;
    let is_secret = |secret: &str| secret.len() == 32 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let token = answer.json["session_token"].as_str().and_then(|token| token.strip_prefix("ory_st_"));
    let is_token = token.is_some_and(is_secret);
    answer.has("/session/identity/id", &*identity.id).has_null("/continue_with").holds(is_token, "no token");
    let request = rows.request(Method::POST, format!("{flows}login?flow={NOBODY}")).json(&good);
    rows.row("an unknown flow", request, 404).await.has("/error/code", 404);

    let request = rows.request(Method::GET, format!("{flows}login/flows?id={NOBODY}"));
    rows.row("an unknown flow read", request, 404).await.has("/error/code", 404);
    let request = with_token(rows.request(Method::GET, format!("{flows}login/api")), &sessions[0]);
    rows.row("a login of somebody logged in", request, 400).await.has("/error/id", "session_already_available");
    let request = with_token(rows.request(Method::GET, format!("{flows}login/api?refresh=true")), &sessions[0]);
    rows.row("a login to be sure", request, 200).await.has("/refresh", true);
    let request = rows.request(Method::GET, format!("{flows}login/api?aal=aal2"));
    rows.row("a second factor before the first", request, 401).await.has("/error/id", "session_aal1_required");
    let request = rows.request(Method::GET, format!("{flows}login/api?return_to=https://evil.test/"));
    rows.row("a way back to others", request, 400).await.has("/error/id", "self_service_flow_return_to_forbidden");

    second_factor(shop, &flows, rows).await;
    register(&flows, rows).await;
}

/// The session is there, and is none yet for whoami.
async fn second_factor(shop: &SeededTenant, flows: &str, rows: &mut Rows) {
    let twice = shop.account("twice@shop.test");
    let request = rows.request(Method::GET, format!("{flows}login/api"));
    let flow = rows.row("one more login begun", request, 200).await.json["id"].clone();
    let form = json!({"method": "password", "identifier": twice.identity.email, "password": twice.identity.password});
    let url = format!("{flows}login?flow={}", flow.as_str().unwrap_or_default());
    let request = rows.request(Method::POST, url).json(&form);
    let answer = rows.row("logged in, with a second factor due", request, 200).await;
    let token = answer.json["session_token"].as_str().unwrap_or_default().to_owned();
    answer.has_null("/session/identity").has("/session/authenticator_assurance_level", "aal1");
    let request = rows.request(Method::GET, format!("{}sessions/whoami", shop.urls().kratos_public));
    let request = request.header("x-session-token", token);
    rows.row("which whoami wants", request, 403).await.has("/error/id", "session_aal2_required");
}

async fn register(flows: &str, rows: &mut Rows) {
    let form =
        json!({"method": "password", "password": "a pass phrase of its own", "traits": {"email": "reg@shop.test"}});
    let begin = async |rows: &mut Rows| {
        let request = rows.request(Method::GET, format!("{flows}registration/api"));
        let flow = rows.row("a registration begun", request, 200).await.json["id"].clone();
        format!("{flows}registration?flow={}", flow.as_str().unwrap_or_default())
    };
    let url = begin(rows).await;
    let request = rows.request(Method::POST, url).json(&form);
    let answer = rows.row("registered", request, 200).await;
    let token = answer.json["session_token"].clone();
    answer
        .has("/identity/traits/email", "reg@shop.test")
        .has("/session/active", true)
        .has("/continue_with/0/action", "set_ory_session_token")
        .has("/continue_with/0/ory_session_token", token);
    let url = begin(rows).await;
    let request = rows.request(Method::POST, url).json(&form);
    rows.row("registered twice", request, 400).await.has("/ui/messages/0/id", DUPLICATE);
}
