//! `POST /oauth2/revoke`, whose 200 says nothing.

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::{Value, json};

use super::{authenticated, introspect};
use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let (reader, other) = (shop.machine("reader"), shop.machine("other"));
    let (secret, good) = (reader.client.secret.clone().unwrap(), reader.token.clone().unwrap());
    let url = format!("{}oauth2/revoke", shop.urls().hydra_public);
    let ask = |rows: &Rows, token: &str| rows.request(Method::POST, &url).form(&[("token", token)]);

    let request = authenticated(ask(rows, &good), &other.client, "wrong");
    rows.row("revoked with a wrong secret", request, 401).await.has("/error", "invalid_client");
    let request = ask(rows, &good);
    rows.row("revoked by nobody", request, 400).await.has("/error", "invalid_request");
    let request = authenticated(ask(rows, "ory_at_nobodys"), &reader.client, &secret);
    rows.row("an unknown token revoked", request, 200).await.is(&Value::Null);
    let request = authenticated(ask(rows, &good), &other.client, &other.client.secret.clone().unwrap());
    rows.row("revoked by another client", request, 200).await.is(&Value::Null);
    let request = introspect(rows, shop, &[("token", &good)]);
    rows.row("which changes nothing", request, 200).await.has("/active", true);
    let request = authenticated(ask(rows, &good), &reader.client, &secret);
    rows.row("revoked", request, 200).await.is(&Value::Null);
    let request = introspect(rows, shop, &[("token", &good)]);
    rows.row("a revoked token", request, 200).await.is(&json!({"active": false}));
}
