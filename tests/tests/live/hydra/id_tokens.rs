//! ID tokens: signed and published like access tokens, by the same issuer, and no access tokens for all that.

use iam_testing::client::{NewClient, SeededClient};
use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::{Value, json};

use super::challenges::{Browser, parameter};
use super::signed::{decoded, is_signed_by};
use super::{authenticated, introspect};
use crate::row::Rows;

const BACK: &str = "https://openid.shop.test/back";

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let client = NewClient::new("openid").secret("a secret of openid").scope("openid").scope("inventory:read");
    let client = client.grant("authorization_code").grant("refresh_token").scope("offline_access").redirect_uri(BACK);
    let client = shop.client.create_client(client).await.unwrap();
    let scopes = ["openid", "offline_access"];
    let code = code(shop, &scopes, rows).await;
    let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", BACK)];
    let answer = exchanged(shop, &client, "a code exchanged for an ID token", &form, rows).await;
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    let (token, access, refresh) = (text("id_token"), text("access_token"), text("refresh_token"));

    let [header, claims] = decoded(&token);
    let request = rows.request(Method::GET, format!("{}.well-known/jwks.json", shop.urls().hydra_public));
    let answer = rows.row("the keys of ID tokens", request, 200).await;
    let keys = answer.json["keys"].as_array().cloned().unwrap_or_default();
    let key = keys.iter().find(|key| key["kid"] == header["kid"]).cloned().unwrap_or_default();
    let names: Vec<_> = claims.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    answer
        .holds(header["typ"] == "JWT" && header["alg"] == "ES256", &format!("its header is {header}"))
        .holds(is_signed_by(&token, &key), "no published key has signed it")
        .holds(names == CLAIMS, &format!("it says {names:?}"))
        .holds(
            claims["iss"] == "https://auth.shop.test/" && claims["sub"] == "ann",
            &format!("its claims are {claims}"),
        )
        .holds(claims["aud"] == json!(["openid"]), &format!("its audience is {}", claims["aud"]));
    let request = introspect(rows, shop, &[("token", &token)]);
    rows.row("an ID token is no token", request, 200).await.is(&json!({"active": false}));
    let userinfo = format!("{}userinfo", shop.urls().hydra_public);
    let request = rows.request(Method::GET, &userinfo).bearer_auth(&token);
    rows.row("about an ID token", request, 401).await.has("/error", "request_unauthorized");
    let request = rows.request(Method::GET, &userinfo).bearer_auth(&access);
    let answer = rows.row("about the access token beside it", request, 200).await;
    answer.has("/sub", "ann").has("/aud", json!(["openid"]));

    let form = [("grant_type", "refresh_token"), ("refresh_token", &*refresh)];
    let answer = exchanged(shop, &client, "a refresh brings another", &form, rows).await;
    let [_, renewed] = decoded(answer["id_token"].as_str().unwrap_or_default());
    let is_hers = renewed["sub"] == "ann" && renewed["sid"] == claims["sid"];
    rows.last().holds(is_hers, &format!("its claims are {renewed}"));
}

/// In the order of the alphabet.
const CLAIMS: [&str; 10] = ["at_hash", "aud", "auth_time", "exp", "iat", "iss", "jti", "rat", "sid", "sub"];

async fn exchanged(
    shop: &SeededTenant,
    client: &SeededClient,
    name: &'static str,
    form: &[(&str, &str)],
    rows: &mut Rows,
) -> Value {
    let request = rows.request(Method::POST, format!("{}oauth2/token", shop.urls().hydra_public)).form(form);
    let answer = rows.row(name, authenticated(request, client, "a secret of openid"), 200).await;
    answer.json.clone()
}

/// The whole way to a code.
async fn code(shop: &SeededTenant, scopes: &[&str], rows: &mut Rows) -> String {
    let mut browser = Browser::of(shop);
    let requests = format!("{}admin/oauth2/auth/requests/", shop.urls().hydra_admin);
    let begin = format!(
        "/oauth2/auth?client_id=openid&response_type=code&redirect_uri={BACK}&scope={}&state=0123456789",
        scopes.join("%20")
    );
    let page = browser.goes(rows, "an authorisation for an ID token", &begin, 302).await;
    let login = parameter(&page, "login_challenge");
    let request = rows.request(Method::PUT, format!("{requests}login/accept?login_challenge={login}"));
    let answer = rows.row("a login for an ID token", request.json(&json!({"subject": "ann"})), 200).await;
    let next = answer.json["redirect_to"].clone();
    let page = browser.goes(rows, "on to the consent to an ID token", next.as_str().unwrap_or_default(), 302).await;
    let consent = parameter(&page, "consent_challenge");
    let request = rows.request(Method::PUT, format!("{requests}consent/accept?consent_challenge={consent}"));
    let answer = rows.row("a consent to an ID token", request.json(&json!({"grant_scope": scopes})), 200).await;
    let next = answer.json["redirect_to"].clone();
    let page = browser.goes(rows, "back with a code for an ID token", next.as_str().unwrap_or_default(), 303).await;
    parameter(&page, "code")
}
