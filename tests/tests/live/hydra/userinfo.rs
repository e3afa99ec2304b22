//! `/userinfo`, for any access token.

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::json;

use super::signed::decoded;
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

    let clients = format!("{}admin/clients", shop.urls().hydra_admin);
    let body = json!({
        "client_id": "told",
        "client_secret": "a told secret",
        "grant_types": ["client_credentials"],
        "userinfo_signed_response_alg": "RS256",
    });
    let request = rows.request(Method::POST, &clients).json(&body);
    rows.row("a client that wants it signed", request, 201).await.has("/userinfo_signed_response_alg", "RS256");
    let request = rows.request(Method::POST, format!("{}oauth2/token", shop.urls().hydra_public));
    let request = request.form(&[("grant_type", "client_credentials")]).basic_auth("told", Some("a+told+secret"));
    let token = rows.row("its token to be told about", request, 200).await.json["access_token"].clone();
    let request = rows.request(Method::GET, &url).bearer_auth(token.as_str().unwrap_or_default());
    let answer = rows.row("about a machine, signed", request, 200).await.by_chance(&[""]);
    let [_, claims] = decoded(&answer.text);
    answer.header("content-type", "application/jwt").holds(claims["aud"] == json!(["told"]), &claims.to_string());
}
