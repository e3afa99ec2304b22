//! A registration in a browser, by a page's script and by a page without scripts.

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::{Value, json};

use super::browser::Begun;
use super::{NOBODY, with_token};
use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, brief: &SeededTenant, rows: &mut Rows) {
    in_a_browser(shop, rows).await;
    disabled(brief, rows).await;
}

async fn in_a_browser(shop: &SeededTenant, rows: &mut Rows) {
    let flows = format!("{}self-service/registration", shop.urls().kratos_public);
    let request = rows.accepting(Method::GET, format!("{flows}/browser"), "text/html");
    rows.row("a browser's registration", request, 303).await.header("location", "/ui/registration?flow=");
    let flow = begun(&flows, rows).await;
    let fetch = format!("{flows}/flows?id={}", flow.id);
    let request = rows.request(Method::GET, &fetch);
    rows.row("a registration read without its cookie", request, 403).await.has("/error/id", "security_csrf_violation");
    let request = rows.request(Method::GET, &fetch).header("cookie", &flow.cookies);
    rows.row("a registration read", request, 200).await.has("/type", "browser").has("/state", "choose_method");
    let submit = |rows: &Rows, flow: &Begun| {
        rows.request(Method::POST, format!("{flows}?flow={}", flow.id)).header("cookie", &flow.cookies)
    };
    let request = submit(rows, &flow).json(&form("in-a-browser@shop.test", None));
    rows.row("a registration without its token", request, 403).await.has("/error/id", "security_csrf_violation");
    for (name, change) in [
        ("a registration with a short password", json!({"password": "short"})),
        ("a registration without a password", json!({"password": null})),
        ("a registration without an address", json!({"traits": {"name": "Nobody"}})),
        ("a registration by no method", json!({"method": "odd"})),
    ] {
        let mut form = form("in-a-browser@shop.test", Some(&flow.token));
        for (key, value) in change.as_object().into_iter().flatten() {
            form[key] = value.clone();
        }
        let request = submit(rows, &flow).json(&form);
        rows.row(name, request, 400).await.has("/id", &*flow.id).has_no("/error");
    }
    let request = submit(rows, &flow).json(&form("in-a-browser@shop.test", Some(&flow.token)));
    let answer = rows.row("registered in a browser", request, 200).await;
    let (lines, cookies) = (answer.lines_of("set-cookie"), answer.cookies());
    answer
        .has("/identity/traits/email", "in-a-browser@shop.test")
        .has("/session/active", true)
        .has("/continue_with/0/action", "redirect_browser_to")
        .has_no("/session_token")
        .holds(lines.len() == 2 && cookies.contains("shop_session="), &cookies);
    let request = rows.request(Method::GET, format!("{flows}/browser")).header("cookie", cookies);
    rows.row("a registration of somebody there", request, 400).await.has("/error/id", "session_already_available");

    let flow = begun(&flows, rows).await;
    let request = submit(rows, &flow).json(&form("in-a-browser@shop.test", Some(&flow.token)));
    rows.row("registered in a browser twice", request, 400).await.has("/ui/messages/0/id", 4_000_007);
    let request = rows.accepting(Method::POST, format!("{flows}?flow={}", flow.id), "text/html");
    let fields = [
        ("method", "password"),
        ("password", "a pass phrase of its own"),
        ("traits.email", "without-scripts@shop.test"),
        ("csrf_token", &flow.token),
    ];
    let request = request.header("cookie", &flow.cookies).form(&fields);
    let answer = rows.row("registered without scripts", request, 303).await.header("location", "/ui/");
    let cookies = answer.cookies();
    answer.holds(cookies.contains("shop_session="), &cookies);
}

/// `brief` is the project with which nobody registers.
async fn disabled(brief: &SeededTenant, rows: &mut Rows) {
    let flows = format!("{}self-service/registration", brief.urls().kratos_public);
    for (name, path) in [
        ("a registration where there is none", "/api".to_owned()),
        ("a script's registration where there is none", "/browser".to_owned()),
        ("a registration read where there is none", format!("/flows?id={NOBODY}")),
    ] {
        let request = rows.request(Method::GET, format!("{flows}{path}"));
        rows.row(name, request, 400).await.has("/error/id", "self_service_flow_disabled");
    }
    for (name, path) in [
        ("a browser's registration where there is none", "/browser".to_owned()),
        ("a registration read by a browser where there is none", format!("/flows?id={NOBODY}")),
    ] {
        let request = rows.accepting(Method::GET, format!("{flows}{path}"), "text/html");
        rows.row(name, request, 303).await.header("location", "/ui/error?id=");
    }
    let request = rows.accepting(Method::GET, format!("{flows}/api"), "text/html");
    let answer = rows.row("a page's native registration where there is none", request, 400).await;
    answer.has("/error/id", "self_service_flow_disabled");
    // A flow is looked for all the same.
    let request = rows.request(Method::POST, format!("{flows}?flow={NOBODY}"));
    let request = request.json(&form("in-vain@brief.test", None));
    rows.row("registered where nobody can", request, 404).await.has("/error/code", 404).has_no("/error/id");

    let session = brief.client.login(&brief.account("eve@brief.test").identity).await.unwrap();
    let request = with_token(rows.request(Method::GET, format!("{flows}/browser")), &session);
    let answer = rows.row("a registration of somebody there, where there is none", request, 400).await;
    answer.has("/error/id", "self_service_flow_disabled");
}

async fn begun(flows: &str, rows: &mut Rows) -> Begun {
    let request = rows.request(Method::GET, format!("{flows}/browser"));
    Begun::by(rows, "a browser's registration begun", request).await
}

fn form(email: &str, token: Option<&str>) -> Value {
    let mut form = json!({"method": "password", "password": "a pass phrase of its own", "traits": {"email": email}});
    token.iter().for_each(|token| form["csrf_token"] = json!(token));
    form
}
