//! A user's own settings: whose are they, and who may change them.

use iam_testing::client::SeededIdentity;
use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::json;

use super::browser::Begun;
use super::{NOBODY, somebody, with_token};
use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let (identity, mine) = somebody(shop, "settings@shop.test", 1).await;
    let (_, others) = somebody(shop, "curious@shop.test", 1).await;
    let (mine, other) = (&mine[0], &others[0]);
    let flows = format!("{}self-service/settings", shop.urls().kratos_public);

    let request = rows.request(Method::GET, format!("{flows}/api"));
    rows.row("settings of nobody", request, 401).await.has("/error/id", "session_inactive");
    let twice = shop.account("twice@shop.test");
    let due = shop.client.login(&twice.identity).await.unwrap();
    let request = with_token(rows.request(Method::GET, format!("{flows}/api")), &due);
    rows.row("settings where a second factor is due", request, 403).await.has("/error/id", "session_aal2_required");

    let request = with_token(rows.request(Method::GET, format!("{flows}/api")), mine);
    let flow = rows.row("settings", request, 200).await.json["id"].as_str().unwrap_or_default().to_owned();
    let fetch = format!("{flows}/flows?id={flow}");
    let request = rows.request(Method::GET, &fetch);
    rows.row("settings read by nobody", request, 401).await.has("/error/code", 401).has_no("/error/id");
    let request = with_token(rows.request(Method::GET, &fetch), other);
    rows.row("settings read by somebody else", request, 403).await.has("/error/id", "security_identity_mismatch");
    let request = rows.request(Method::GET, format!("{flows}/flows?id={NOBODY}"));
    rows.row("unknown settings read by nobody", request, 401).await.has("/error/code", 401);
    let request = with_token(rows.request(Method::GET, format!("{flows}/flows?id={NOBODY}")), mine);
    rows.row("unknown settings read", request, 404).await.has("/error/code", 404);
    let submit = format!("{flows}?flow={flow}");
    let change = json!({"method": "profile", "traits": {"email": identity.email, "name": "mine"}});
    let request = rows.request(Method::POST, &submit).json(&change);
    rows.row("settings changed by nobody", request, 401).await;
    let request = with_token(rows.request(Method::POST, &submit), other).json(&change);
    rows.row("settings changed by somebody else", request, 403).await.has("/error/id", "security_identity_mismatch");
    let request = with_token(rows.request(Method::POST, &submit), mine).json(&change);
    rows.row("settings changed", request, 200).await.has("/state", "success").has("/identity/traits/name", "mine");

    let request = with_token(rows.request(Method::GET, format!("{flows}/api")), mine);
    let flow = rows.row("settings for an authenticator app", request, 200).await.json["id"].clone();
    let submit = format!("{flows}?flow={}", flow.as_str().unwrap_or_default());
    let code = json!({"method": "totp", "totp_code": "000000"});
    let request = with_token(rows.request(Method::POST, &submit), mine).json(&code);
    let answer = rows.row("a wrong code", request, 400).await;
    answer.has("/id", flow).has_no("/error");
    in_a_browser(shop, &identity, rows).await;
}

/// A form of a page, which is bound to the browser.
async fn in_a_browser(shop: &SeededTenant, identity: &SeededIdentity, rows: &mut Rows) {
    let flows = format!("{}self-service/settings", shop.urls().kratos_public);
    let request = rows.accepting(Method::GET, format!("{flows}/browser"), "text/html");
    rows.row("a browser's settings of nobody", request, 303).await.header("location", "/self-service/login/browser");
    let session = shop.client.login_browser(identity).await.unwrap();
    let request = rows.accepting(Method::GET, format!("{flows}/browser"), "text/html");
    let request = request.header("cookie", session.cookie());
    rows.row("a browser's settings in a page", request, 303).await.header("location", "/ui/settings?flow=");
    let request = rows.request(Method::GET, format!("{flows}/browser")).header("cookie", session.cookie());
    let flow = Begun::by(rows, "a browser's settings", request).await;
    let cookies = format!("{}; {}", session.cookie(), flow.cookies);
    let submit = |rows: &Rows, kind: &str| {
        rows.accepting(Method::POST, format!("{flows}?flow={}", flow.id), kind).header("cookie", &cookies)
    };
    let mut form = json!({"method": "profile", "traits": {"email": identity.email, "name": "of a page"}});
    let request = submit(rows, "application/json").json(&form);
    rows.row("settings without their token", request, 403).await.has("/error/id", "security_csrf_violation");
    form["csrf_token"] = json!(flow.token);
    let request = submit(rows, "application/json").json(&form);
    let answer = rows.row("a browser's settings changed", request, 200).await;
    answer.has("/identity/traits/name", "of a page").has("/continue_with/0/action", "redirect_browser_to");
    let fields = [
        ("method", "profile"),
        ("traits.email", &*identity.email),
        ("traits.name", "without scripts"),
        ("csrf_token", &*flow.token),
    ];
    let request = submit(rows, "text/html").form(&fields);
    rows.row("settings changed without scripts", request, 303).await.header("location", "/ui/settings?flow=");
    let request = submit(rows, "text/html").form(&[("method", "password"), ("password", "x"), fields[3]]);
    rows.row("settings without scripts and with a mistake", request, 303)
        .await
        .header("location", "/ui/settings?flow=");
}
