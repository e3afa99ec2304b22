//! A user's own sessions.

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::json;

use super::{NOBODY, somebody, with_token};
use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let (_, logged_in) = somebody(shop, "own@shop.test", 3).await;
    let (_, others) = somebody(shop, "stranger@shop.test", 1).await;
    let [current, second, third] = &logged_in[..] else { return };
    let url = format!("{}sessions", shop.urls().kratos_public);

    let request = with_token(rows.request(Method::GET, &url), current);
    let answer = rows.row("the other sessions", request, 200).await;
    let ids: Vec<_> = answer.json.as_array().into_iter().flatten().map(|session| session["id"].clone()).collect();
    let are_others = ids.len() == 2 && !ids.contains(&current.session_id.as_str().into());
    answer.holds(are_others, &format!("{ids:?}")).header("x-total-count", "2");
    for (name, id, status) in [
        ("the current session revoked", &*current.session_id, 400),
        ("a session by an id that is no UUID revoked", "x", 400),
        ("an unknown session revoked", NOBODY, 204),
        ("somebody else's session revoked", &*others[0].session_id, 204),
        ("another session revoked", &*second.session_id, 204),
    ] {
        let request = with_token(rows.request(Method::DELETE, format!("{url}/{id}")), current);
        rows.row(name, request, status).await;
    }
    let whoami = format!("{url}/whoami");
    for (name, session, status) in [
        ("somebody else's is still there", &others[0], 200),
        ("another one is gone", second, 401),
        ("a third one is there", third, 200),
    ] {
        let request = with_token(rows.request(Method::GET, &whoami), session);
        rows.row(name, request, status).await;
    }
    let request = with_token(rows.request(Method::DELETE, &url), current);
    // One of them was revoked before, and counts as well.
    rows.row("all others revoked", request, 200).await.is(&json!({"count": 2}));
    let request = with_token(rows.request(Method::DELETE, &url), current);
    rows.row("all others revoked again", request, 200).await.is(&json!({"count": 2}));
    for (name, session, status) in [("the third one is gone", third, 401), ("the current one is kept", current, 200)] {
        let request = with_token(rows.request(Method::GET, &whoami), session);
        rows.row(name, request, status).await;
    }
    for (name, method, url) in [
        ("nobody's other sessions", Method::GET, &*url),
        ("nobody's other sessions revoked", Method::DELETE, &*url),
        ("one of nobody's sessions revoked", Method::DELETE, &*format!("{url}/{NOBODY}")),
    ] {
        let request = rows.request(method, url);
        rows.row(name, request, 401).await.has("/error/code", 401).has_no("/error/id");
    }
    not_whoami(shop, &url, rows).await;

    let exchange = format!("{url}/token-exchange");
    for (query, status) in [("", 400), ("?init_code=a", 400), ("?init_code=a&return_to_code=b", 404)] {
        let request = rows.request(Method::GET, format!("{exchange}{query}"));
        rows.row("codes of nobody's for a session", request, status).await.has("/error/code", status);
    }
}

/// Where this call and whoami differ, so that the one cannot stand for the other.
async fn not_whoami(shop: &SeededTenant, url: &str, rows: &mut Rows) {
    let gone = shop.account("gone@shop.test");
    let request = with_token(rows.request(Method::GET, url), &gone.session);
    rows.row("the other sessions of an inactive identity", request, 200).await;
    let twice = shop.account("twice@shop.test");
    let request = rows.request(Method::GET, url).header("cookie", twice.browser.cookie());
    rows.row("the other sessions where a second factor is due", request, 403).await;
}
