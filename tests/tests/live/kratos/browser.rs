//! The login of a browser, as a page with scripts does it, and one without.

use iam_testing::client::SeededIdentity;
use iam_testing::seed::SeededTenant;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::somebody;
use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let (identity, _) = somebody(shop, "browser@shop.test", 0).await;
    let flows = format!("{}self-service/", shop.urls().kratos_public);
    let begin = format!("{flows}login/browser");
    for (name, accepts, status) in [
        ("a page's script begins", "application/json", 200),
        ("a browser begins", "text/html", 303),
        ("somebody who takes anything begins", "*/*", 303),
    ] {
        let request = rows.accepting(Method::GET, &begin, accepts);
        let answer = rows.row(name, request, status).await;
        if status == 303 {
            answer.header("location", "/ui/login?flow=");
        }
    }

    let flow = Begun::new(rows, &begin).await;
    let base = shop.urls().kratos_public.as_str().trim_end_matches('/').to_owned();
    let hashes = [base.clone(), format!("{base}/")].map(|base| format!("csrf_token_{:x}=", Sha256::digest(base)));
    let is_named = hashes.iter().any(|name| flow.cookies.starts_with(name));
    let request =
        rows.request(Method::GET, format!("{flows}login/flows?id={}", flow.id)).header("cookie", &flow.cookies);
    let answer = rows.row("a flow by the cookie of its server's name", request, 200).await;
    answer.holds(is_named, &format!("the cookies are {}", flow.cookies));
    let submit =
        |rows: &Rows, form: &Value| rows.request(Method::POST, format!("{flows}login?flow={}", flow.id)).json(form);
    let without = form(&identity, None);
    let request = submit(rows, &without).header("cookie", &flow.cookies);
    let answer = rows.row("a form without its token", request, 403).await;
    let says_why = answer.json["error"]["details"]["reject_reason"].is_string();
    answer.has("/error/id", "security_csrf_violation").holds(says_why, "no reason is told");
    let request = submit(rows, &without).header("cookie", &flow.cookies).header("x-csrf-token", &flow.token);
    rows.row("the token as a header", request, 403).await.has("/error/id", "security_csrf_violation");
    let whole = form(&identity, Some(&flow.token));
    let request = submit(rows, &whole);
    rows.row("a form without its cookie", request, 403).await.has("/error/id", "security_csrf_violation");
    for (name, mode, hint) in [
        ("a form without its cookie, from a script", "cors", "AJAX"),
        ("a form without its cookie, from a page", "navigate", "regular browser"),
    ] {
        let request = submit(rows, &whole).header("sec-fetch-mode", mode);
        let answer = rows.row(name, request, 403).await;
        let said = answer.json["error"]["details"]["hint"].clone();
        let is_meant = said.as_str().is_some_and(|said| said.contains(hint));
        answer.holds(is_meant, &format!("it says {said}"));
    }
    let request = submit(rows, &whole).header("cookie", "another=cookie");
    rows.row("a form with another cookie", request, 403).await.has("/error/id", "security_csrf_violation");
    // Of fields the server knows that the token is missing, in JSON it does not look.
    let request = rows.request(Method::POST, format!("{flows}login?flow={}", flow.id)).form(&without);
    let answer = rows.row("fields without their token", request.header("cookie", &flow.cookies), 403).await;
    answer.has("/error/id", "security_csrf_violation").has_keys("/error/details", &["docs", "hint"]);
    let fetch = format!("{flows}login/flows?id={}", flow.id);
    let request = rows.request(Method::GET, &fetch);
    rows.row("the flow read without its cookie", request, 403).await.has("/error/id", "security_csrf_violation");
    let request = rows.request(Method::GET, &fetch).header("cookie", &flow.cookies);
    rows.row("the flow read", request, 200).await.has("/id", &*flow.id).has("/type", "browser");

    let request = submit(rows, &whole).header("cookie", &flow.cookies);
    let answer = rows.row("logged in by a cookie", request, 200).await;
    let (lines, cookies) = (answer.lines_of("set-cookie"), answer.cookies());
    answer
        .has("/session/identity/id", &*identity.id)
        .has_no("/session_token")
        .has("/continue_with/0/action", "redirect_browser_to")
        .holds(lines.len() == 2, &format!("{} lines of cookies", lines.len()))
        .holds(cookies.contains("shop_session="), "no session cookie");
    let request = rows.request(Method::GET, &begin).header("cookie", cookies);
    rows.row("a browser that is logged in begins", request, 400).await.has("/error/id", "session_already_available");

    let flow = Begun::new(rows, &begin).await;
    let request = rows.accepting(Method::POST, format!("{flows}login?flow={}", flow.id), "text/html");
    let fields = form(&identity, Some(&flow.token));
    let answer =
        rows.row("a form of a page without scripts", request.form(&fields).header("cookie", &flow.cookies), 303);
    let answer = answer.await;
    let cookies = answer.cookies();
    answer.header("location", "/ui/").holds(cookies.contains("shop_session="), "no session cookie");

    by_content_type(&identity, &begin, rows).await;

    let twice = &shop.account("twice@shop.test").identity;
    let flow = Begun::new(rows, &begin).await;
    let request = rows.request(Method::POST, format!("{flows}login?flow={}", flow.id)).header("cookie", &flow.cookies);
    let answer =
        rows.row("a browser with a second factor due", request.json(&form(twice, Some(&flow.token))), 422).await;
    let cookies = answer.cookies();
    let is_told = answer.json["redirect_browser_to"].as_str().is_some_and(|url| url.contains("aal=aal2"));
    answer
        .has("/error/id", "browser_location_change_required")
        .holds(is_told, "no way to the second factor")
        .holds(cookies.contains("shop_session="), "no session cookie");
}

/// A form that is JSON is answered with JSON, whatever the browser takes.
async fn by_content_type(identity: &SeededIdentity, begin: &str, rows: &mut Rows) {
    let flow = Begun::new(rows, begin).await;
    let url = begin.replace("/browser", &format!("?flow={}", flow.id));
    let mut wrong = form(identity, Some(&flow.token));
    wrong["password"] = json!("not this one");
    for (name, kind, status) in [
        ("a form of JSON by its content type alone", "application/json", 400),
        ("a form of JSON that names its characters", "application/json; charset=utf-8", 303),
    ] {
        let request = rows.accepting(Method::POST, &url, "*/*").header("cookie", &flow.cookies);
        let request = request.header("content-type", kind).body(wrong.to_string());
        let answer = rows.row(name, request, status).await;
        match status {
            303 => answer.header("location", &format!("/ui/login?flow={}", flow.id)),
            _ => answer.has("/id", &*flow.id).header("content-type", "application/json"),
        };
    }
}

fn form(identity: &SeededIdentity, token: Option<&str>) -> Value {
    let mut form = json!({"method": "password", "identifier": identity.email, "password": identity.password});
    if let Some(token) = token {
        form["csrf_token"] = json!(token);
    }
    form
}

/// A flow of a browser, with what its form must repeat.
pub(super) struct Begun {
    pub(super) id: String,
    pub(super) cookies: String,
    pub(super) token: String,
}

impl Begun {
    pub(super) async fn new(rows: &mut Rows, url: &str) -> Begun {
        let request = rows.request(Method::GET, url);
        Begun::by(rows, "a browser's login begun", request).await
    }

    /// Any flow that this request begins.
    pub(super) async fn by(rows: &mut Rows, name: &'static str, request: RequestBuilder) -> Begun {
        let answer = rows.row(name, request, 200).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let nodes = answer.json["ui"]["nodes"].as_array().cloned().unwrap_or_default();
        let token = nodes.iter().find(|node| node["attributes"]["name"] == "csrf_token");
        Begun {
            id: text(&answer.json["id"]),
            cookies: answer.cookies(),
            token: token.map(|node| text(&node["attributes"]["value"])).unwrap_or_default(),
        }
    }
}
