//! Logging out, by a cookie and by a token.

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::json;

use super::{somebody, with_token};
use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let (identity, sessions) = somebody(shop, "leaving@shop.test", 1).await;
    let cookie = shop.client.login_browser(&identity).await.unwrap().cookie();
    let urls = shop.urls();
    let (flows, whoami) =
        (format!("{}self-service/logout", urls.kratos_public), format!("{}sessions/whoami", urls.kratos_public));

    let request = rows.request(Method::GET, format!("{flows}/browser"));
    rows.row("nobody's logout", request, 401).await.has("/error/id", "session_inactive");
    let request = rows.accepting(Method::GET, format!("{flows}/browser"), "text/html");
    rows.row("nobody's logout in a browser", request, 303).await.header("location", "/ui/error?id=");
    let request = rows.request(Method::GET, format!("{flows}/browser")).header("cookie", &cookie);
    let answer = rows.row("a way to log out", request, 200).await;
    let token = answer.json["logout_token"].as_str().unwrap_or_default().to_owned();
    let url = answer.json["logout_url"].as_str().unwrap_or_default().to_owned();
    answer
        .holds(token.starts_with("ory_lo_"), &format!("the token is {token}"))
        .holds(url == format!("{flows}?token={token}"), &format!("the way is {url}"));
    let request = rows.request(Method::GET, format!("{flows}?token=ory_lo_wrong")).header("cookie", &cookie);
    rows.row("a logout with a wrong token", request, 403).await;
    let request = rows.request(Method::GET, &flows).header("cookie", &cookie);
    rows.row("a logout without its token", request, 400).await;
    let request = rows.request(Method::GET, &url).header("cookie", &cookie);
    rows.row("logged out", request, 204).await;
    let request = rows.request(Method::GET, &whoami).header("cookie", &cookie);
    rows.row("the cookie after its logout", request, 401).await;

    both(shop, rows).await;

    let native = format!("{flows}/api");
    let request = rows.request(Method::DELETE, &native).json(&json!({"session_token": "ory_st_nobodys"}));
    rows.row("a logout of an unknown token", request, 403).await;
    let request = rows.request(Method::DELETE, &native).json(&json!({"session_token": sessions[0].token}));
    rows.row("logged out by a token", request, 204).await;
    let request = with_token(rows.request(Method::GET, &whoami), &sessions[0]);
    rows.row("the token after its logout", request, 401).await;
}

/// The cookie says who asks; what ends is the bearer's session.
async fn both(shop: &SeededTenant, rows: &mut Rows) {
    let (identity, sessions) = somebody(shop, "twofold@shop.test", 1).await;
    let cookie = shop.client.login_browser(&identity).await.unwrap().cookie();
    let public = shop.urls().kratos_public;
    let begin = format!("{public}self-service/logout/browser");
    let request = rows.request(Method::GET, begin).header("cookie", &cookie).bearer_auth(&sessions[0].token);
    let answer = rows.row("a way to log out by a cookie beside a bearer", request, 200).await;
    let url = answer.json["logout_url"].as_str().unwrap_or_default().to_owned();
    let request = rows.request(Method::GET, url).header("cookie", &cookie).bearer_auth(&sessions[0].token);
    rows.row("logged out by a cookie beside a bearer", request, 204).await;
    let whoami = format!("{public}sessions/whoami");
    let request = with_token(rows.request(Method::GET, &whoami), &sessions[0]);
    rows.row("which ends the bearer's session", request, 401).await;
    let request = rows.request(Method::GET, &whoami).header("cookie", &cookie);
    rows.row("and not the cookie's", request, 200).await.has("/identity/id", &*identity.id);
}
