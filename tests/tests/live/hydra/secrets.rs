//! A client's secret, changed: at once, or with the old one good for a while.

use iam_testing::client::{NewClient, SeededClient};
use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::json;

use super::{authenticated, introspect};
use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let client = NewClient::new("rotating").secret("the first secret").grant("client_credentials");
    let client = shop.client.create_client(client).await.unwrap();
    let one = format!("{}admin/clients/rotating", shop.urls().hydra_admin);
    let token = proves(shop, &client, rows, "the first secret", "a first secret", 200).await;

    let change = json!([{"op": "replace", "path": "/client_secret", "value": "the second secret"}]);
    let request = rows.request(Method::PATCH, &one).json(&change);
    let answer = rows.row("a secret patched", request, 200).await;
    answer.has("/client_secret", "the second secret").has("/client_secret_expires_at", 0);
    proves(shop, &client, rows, "the first secret", "a secret of before", 401).await;
    proves(shop, &client, rows, "the second secret", "a second secret", 200).await;
    let request = introspect(rows, shop, &[("token", &token)]);
    rows.row("a token by a secret of before", request, 200).await.has("/active", true);
    let request = rows.request(Method::PATCH, &one);
    let request = request.json(&json!([{"op": "replace", "path": "/client_secret", "value": "short"}]));
    rows.row("a secret patched too short", request, 400).await.has("/error", "invalid_client_metadata");
    let request = rows.request(Method::GET, &one);
    rows.row("a changed secret is told once", request, 200).await.has_no("/client_secret");

    let whole = json!({"grant_types": ["client_credentials"], "client_secret": "the third secret"});
    let request = rows.request(Method::PUT, &one).json(&whole);
    rows.row("a secret put", request, 200).await.has("/client_secret", "the third secret");
    proves(shop, &client, rows, "the second secret", "a second secret of before", 401).await;
    proves(shop, &client, rows, "the third secret", "a third secret", 200).await;
    rotated(shop, &client, &one, rows).await;
}

/// Both are good for a while.
async fn rotated(shop: &SeededTenant, client: &SeededClient, one: &str, rows: &mut Rows) {
    let rotate = format!("{one}/secrets/rotate");
    let request = rows.request(Method::POST, &rotate);
    let answer = rows.row("a secret rotated", request, 200).await;
    let new = answer.json["client_secret"].as_str().unwrap_or_default().to_owned();
    answer.has("/client_id", "rotating").holds(new.len() == 26, &format!("a secret of {} characters", new.len()));
    proves(shop, client, rows, "the third secret", "the secret of before the rotation", 200).await;
    proves(shop, client, rows, &new, "the secret of the rotation", 200).await;
    let request = rows.request(Method::DELETE, &rotate);
    rows.row("the secrets of before taken away", request, 200).await.has_no("/client_secret");
    proves(shop, client, rows, "the third secret", "which is no secret any more", 401).await;
    let request = rows.request(Method::POST, format!("{}admin/clients/public/secrets/rotate", shop.urls().hydra_admin));
    rows.row("no secret to rotate", request, 400).await;
    let request = rows.request(Method::POST, format!("{}admin/clients/nobody/secrets/rotate", shop.urls().hydra_admin));
    rows.row("nobody's secret to rotate", request, 404).await.has("/error", "Unable to locate the resource");
}

async fn proves(
    shop: &SeededTenant,
    client: &SeededClient,
    rows: &mut Rows,
    secret: &str,
    name: &'static str,
    status: u16,
) -> String {
    let request = rows.request(Method::POST, format!("{}oauth2/token", shop.urls().hydra_public));
    let request = authenticated(request.form(&[("grant_type", "client_credentials")]), client, secret);
    let answer = rows.row(name, request, status).await;
    let token = answer.json["access_token"].as_str().unwrap_or_default().to_owned();
    let answer = match status {
        200 => answer.has("/token_type", "bearer"),
        _ => answer.has("/error", "invalid_client"),
    };
    answer.has_no("/client_secret");
    token
}
