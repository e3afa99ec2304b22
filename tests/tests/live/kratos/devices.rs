//! Where a session is from: what the request of its log-in said, which a client can forge.

use iam_testing::client::SeededIdentity;
use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::{Value, json};

use super::somebody;
use crate::row::Rows;

/// By the order in which they are believed.
const FORGED: [(&str, &str); 4] = [
    ("true-client-ip", "203.0.113.1"),
    ("cf-connecting-ip", "203.0.113.2"),
    ("x-real-ip", "203.0.113.3"),
    // The last one that is not private.
    ("x-forwarded-for", "203.0.113.5, 203.0.113.4, 10.0.0.1"),
];

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let (identity, _) = somebody(shop, "travelling@shop.test", 0).await;
    let place = [("cf-ipcity", "Porto"), ("cf-ipcountry", "PT"), ("user-agent", "an app 1.0")];
    for (index, name) in [
        "logged in from where one header says",
        "logged in from where another header says",
        "logged in from where a third header says",
        "logged in from where proxies say",
    ]
    .into_iter()
    .enumerate()
    {
        let told = logged_in(shop, &identity, name, &[&FORGED[index..], &place].concat(), rows).await;
        let request = rows.request(Method::GET, format!("{}sessions/whoami", shop.urls().kratos_public));
        // What whoami's own request says is not noted.
        let request = request.header("x-session-token", token(&told)).header("true-client-ip", "203.0.113.9");
        let answer = rows.row("a session from somewhere", request, 200).await;
        // To the nanosecond, at least of a database that keeps texts.
        let (then, now) = (times(&told["session"]), times(&answer.json));
        answer
            .has("/devices/0/ip_address", format!("203.0.113.{}", index + 1))
            .has("/devices/0/location", "Porto, PT")
            .has("/devices/0/user_agent", "an app 1.0")
            .has_no("/devices/1")
            .holds(then == now, &format!("{then:?}, and read again {now:?}"));
    }
    for (name, said, is) in [
        ("logged in from private addresses alone", "10.0.0.1, 192.168.0.1", ""),
        ("logged in from what is no address", "nowhere", "nowhere"),
    ] {
        let told = logged_in(shop, &identity, name, &[("x-forwarded-for", said)], rows).await;
        let request = rows.request(Method::GET, format!("{}sessions/whoami", shop.urls().kratos_public));
        let answer = rows.row("a session from nowhere", request.header("x-session-token", token(&told)), 200).await;
        answer.has("/devices/0/ip_address", is).has("/devices/0/location", "");
    }
    let told = logged_in(shop, &identity, "logged in from here", &[], rows).await;
    let request = rows.request(Method::GET, format!("{}sessions/whoami", shop.urls().kratos_public));
    let answer = rows.row("a session from here", request.header("x-session-token", token(&told)), 200).await;
    let here = answer.json["devices"][0]["ip_address"].as_str().unwrap_or_default().to_owned();
    let has_port = here.parse::<std::net::SocketAddr>().is_ok_and(|here| here.ip().is_loopback());
    answer.has_null("/devices/0/user_agent").holds(has_port, &format!("it is from {here}"));
}

async fn logged_in(
    shop: &SeededTenant,
    identity: &SeededIdentity,
    name: &'static str,
    headers: &[(&str, &str)],
    rows: &mut Rows,
) -> Value {
    let flows = format!("{}self-service/login", shop.urls().kratos_public);
    let request = rows.request(Method::GET, format!("{flows}/api"));
    let flow = rows.row("a login from somewhere begun", request, 200).await.json["id"].clone();
    let form = json!({"method": "password", "identifier": identity.email, "password": identity.password});
    let request = rows.request(Method::POST, format!("{flows}?flow={}", flow.as_str().unwrap_or_default()));
    let request = headers.iter().fold(request.json(&form), |request, (name, value)| request.header(*name, *value));
    let answer = rows.row(name, request, 200).await;
    answer.json.clone()
}

fn token(told: &Value) -> &str {
    told["session_token"].as_str().unwrap_or_default()
}

fn times(session: &Value) -> [Value; 3] {
    ["issued_at", "authenticated_at", "expires_at"].map(|name| session[name].clone())
}

/// A token beside somebody else's cookie: the session that counts is put into the cookie, if it lasts longer.
pub(super) async fn foreign_cookie(shop: &SeededTenant, rows: &mut Rows) {
    let (ann, bob) = (shop.account("ann@shop.test"), shop.account("bob@shop.test"));
    let whoami = format!("{}sessions/whoami", shop.urls().kratos_public);
    let extend = format!("{}admin/sessions/{}/extend", shop.urls().kratos_admin, bob.session.session_id);
    let request = rows.request(Method::PATCH, extend);
    rows.row("the token's session extended", request, 200).await;
    let ask = |rows: &Rows| rows.request(Method::GET, &whoami);
    let request = ask(rows).header("cookie", ann.browser.cookie()).header("x-session-token", &bob.session.token);
    let answer = rows.row("a token beside the cookie of somebody else", request, 200).await;
    let cookies = answer.cookies();
    let is_changed = cookies.starts_with(&format!("{}=", ann.browser.cookie_name));
    answer.has("/identity/id", &*bob.identity.id).holds(is_changed, &format!("the cookies are {cookies}"));
    let request = ask(rows).header("cookie", cookies);
    rows.row("whose cookie it is then", request, 200).await.has("/identity/id", &*bob.identity.id);
    let request = ask(rows).header("cookie", ann.browser.cookie()).header("x-session-token", "ory_st_nobodys");
    rows.row("nobody's token beside a good cookie", request, 401).await.lacks("set-cookie").has("/error/code", 401);
}
