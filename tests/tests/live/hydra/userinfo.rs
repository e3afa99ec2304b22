//! `/userinfo`, for any access token.

use iam_testing::seed::SeededTenant;
use reqwest::Method;

use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let url = format!("{}userinfo", shop.urls().hydra_public);
    let token = shop.machine("other").token.clone().unwrap();

    let request = rows.request(Method::GET, &url);
    let answer = rows.row("about nobody", request, 401).await;
    answer.has("/error", "request_unauthorized").header("www-authenticate", r#"Bearer error="request_unauthorized""#);
    let request = rows.request(Method::GET, &url).bearer_auth("ory_at_nobodys");
    let answer = rows.row("about nobody's token", request, 401).await;
    answer.has("/error", "request_unauthorized").header("www-authenticate", r#"Bearer error="request_unauthorized""#);
    // It has no user, and the scope `openid` is not asked for.
    let request = rows.request(Method::GET, &url).bearer_auth(&token);
    rows.row("about a machine", request, 200).await.has_no("/sub").has("/iss", "https://auth.shop.test/");
    let request = rows.request(Method::GET, format!("{url}?access_token={token}"));
    rows.row("by a token in the query", request, 200).await;
    let request = rows.request(Method::POST, &url).form(&[("access_token", &token)]);
    rows.row("by a token in a form", request, 200).await;
}
