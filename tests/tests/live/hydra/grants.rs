//! Tokens that a user granted, and the refresh token, which is told as active as well.

use futures_util::join;
use iam_testing::client::{NewClient, SeededClient};
use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::{Value, json};

use super::authenticated;
use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let client = NewClient::new("app").secret("an app's secret").scope("offline_access").scope("inventory:read");
    let client = client.grant("authorization_code").grant("refresh_token").redirect_uri("https://app.shop.test/back");
    let client = shop.client.create_client(client).await.unwrap();
    let subject = &shop.account("ann@shop.test").identity.id;
    let scopes = ["offline_access", "inventory:read"];
    let tokens = shop.client.delegated_token(&client, subject, &scopes).await.unwrap();
    let refresh = tokens.refresh_token.unwrap();
    let introspect = format!("{}admin/oauth2/introspect", shop.urls().hydra_admin);
    let asked = |rows: &Rows, token: &str| rows.request(Method::POST, &introspect).form(&[("token", token)]);

    let request = asked(rows, &tokens.access_token);
    let answer = rows.row("a user's token", request, 200).await;
    answer.has("/active", true).has("/sub", &**subject).has("/client_id", "app").has("/token_use", "access_token");
    let request = asked(rows, &refresh);
    let answer = rows.row("a refresh token is active, and bearer", request, 200).await;
    answer.has("/active", true).has("/token_type", "Bearer").has("/token_use", "refresh_token");

    let secret = client.secret.clone().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", &refresh)];
    let url = format!("{}oauth2/token", shop.urls().hydra_public);
    let renew = |rows: &Rows| authenticated(rows.request(Method::POST, &url).form(&form), &client, &secret);
    let request = renew(rows);
    let renewed = rows.row("refreshed", request, 200).await.has("/token_type", "bearer").json.clone();
    let renewed = renewed["access_token"].as_str().unwrap_or_default();
    let request = asked(rows, &refresh);
    rows.row("a spent refresh token", request, 200).await.is(&json!({"active": false}));
    let request = asked(rows, &tokens.access_token);
    rows.row("the access token that came with it", request, 200).await.is(&json!({"active": false}));
    let request = renew(rows);
    rows.row("refreshed with it again", request, 400).await.has("/error", "invalid_grant");
    let request = asked(rows, renewed);
    rows.row("that ends every token of the grant", request, 200).await.is(&json!({"active": false}));

    let tokens = shop.client.delegated_token(&client, subject, &scopes).await.unwrap();
    let url = format!("{}userinfo", shop.urls().hydra_public);
    let request = rows.request(Method::GET, &url).bearer_auth(&tokens.access_token);
    let answer = rows.row("about a user", request, 200).await;
    let is_dated = answer.json["auth_time"].is_i64() && answer.json["rat"].is_i64();
    answer.has("/sub", &**subject).holds(is_dated, "it does not say when");
    let refresh = tokens.refresh_token.unwrap();
    let request = rows.request(Method::GET, &url).bearer_auth(&refresh);
    rows.row("about a refresh token", request, 401).await;
    let url = format!("{}oauth2/revoke", shop.urls().hydra_public);
    let request = rows.request(Method::POST, &url).form(&[("token", &refresh)]);
    rows.row("a refresh token revoked", authenticated(request, &client, &secret), 200).await;
    let request = asked(rows, &tokens.access_token);
    rows.row("which ends the access token as well", request, 200).await.is(&json!({"active": false}));

    let tokens = shop.client.delegated_token(&client, subject, &scopes).await.unwrap();
    let request = rows.request(Method::POST, &url).form(&[("token", &tokens.access_token)]);
    rows.row("an access token revoked", authenticated(request, &client, &secret), 200).await;
    let refresh = tokens.refresh_token.unwrap();
    let request = asked(rows, &refresh);
    rows.row("which ends the refresh token as well", request, 200).await.is(&json!({"active": false}));
    let form = [("grant_type", "refresh_token"), ("refresh_token", &refresh)];
    let request = rows.request(Method::POST, format!("{}oauth2/token", shop.urls().hydra_public)).form(&form);
    let answer = rows.row("and brings nothing new", authenticated(request, &client, &secret), 400).await;
    answer.has("/error", "invalid_grant");
    refreshed_at_once(shop, &client, subject, rows).await;
}

/// Whether the other one is refused depends on the database: on SQLite both may get an answer. Either way one
/// grant is no more than one good token.
async fn refreshed_at_once(shop: &SeededTenant, client: &SeededClient, subject: &str, rows: &mut Rows) {
    let secret = client.secret.clone().unwrap();
    let tokens = shop.client.delegated_token(client, subject, &["offline_access", "inventory:read"]).await.unwrap();
    let refresh = tokens.refresh_token.unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", &refresh)];
    let url = format!("{}oauth2/token", shop.urls().hydra_public);
    let refreshing = |rows: &Rows| authenticated(rows.request(Method::POST, &url).form(&form), client, &secret);
    let answer = async |rows: &Rows| {
        let answer = refreshing(rows).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let (one, other) = join!(answer(rows), answer(rows));

    let (mut renewed, mut good) = (0, 0);
    for (status, answer) in [&one, &other] {
        let Some(token) = answer["access_token"].as_str() else {
            let is_refused =
                *status == 400 && (answer["error"] == "invalid_grant" || answer["error"] == "invalid_request");
            assert!(is_refused, "{status} {answer}");
            continue;
        };
        renewed += 1;
        let introspect = format!("{}admin/oauth2/introspect", shop.urls().hydra_admin);
        let told = rows.request(Method::POST, introspect).form(&[("token", token)]).send().await.unwrap();
        good += usize::from(told.json::<Value>().await.unwrap()["active"] == true);
    }
    let answer = rows.row("refreshed again after two at once", refreshing(rows), 400).await;
    answer
        .has("/error", "invalid_grant")
        .holds(renewed >= 1 && good <= 1, &format!("{renewed} new, {good} of them good"));
}
