//! What a token is where its client does not say: the server's `strategies.access_token`.

use iam_testing::client::SeededClient;
use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::json;

use super::{authenticated, introspect};
use crate::row::Rows;

/// `signing` is the project whose tokens are JWTs.
pub(super) async fn rows(shop: &SeededTenant, signing: &SeededTenant, rows: &mut Rows) {
    for (name, tenant, client, is_signed) in [
        ("a token of a server's own kind, opaque", shop, "reader", false),
        ("a token of a server's own kind, signed", signing, "plain", true),
    ] {
        let client = &tenant.machine(client).client;
        let token = issued(name, tenant, client, rows, is_signed).await;
        let request = introspect(rows, tenant, &[("token", &token)]);
        rows.row("which the server knows", request, 200).await.has("/active", true).has("/client_id", &*client.id);
    }
    let request = rows.request(Method::POST, format!("{}admin/clients", signing.urls().hydra_admin));
    let body = json!({
        "client_id": "opaque",
        "client_secret": "an opaque secret",
        "grant_types": ["client_credentials"],
        "access_token_strategy": "opaque",
    });
    rows.row("a client with opaque tokens", request.json(&body), 201).await.has("/access_token_strategy", "opaque");
    let client = SeededClient { id: "opaque".to_owned(), ..signing.machine("plain").client.clone() };
    let client = SeededClient { secret: Some("an opaque secret".to_owned()), ..client };
    issued("an opaque token of a server that signs", signing, &client, rows, false).await;
}

async fn issued(
    name: &'static str,
    tenant: &SeededTenant,
    client: &SeededClient,
    rows: &mut Rows,
    is_signed: bool,
) -> String {
    let request = rows.request(Method::POST, format!("{}oauth2/token", tenant.urls().hydra_public));
    let request = request.form(&[("grant_type", "client_credentials")]);
    let secret = client.secret.as_deref().unwrap_or_default();
    let answer = rows.row(name, authenticated(request, client, secret), 200).await;
    let token = answer.json["access_token"].as_str().unwrap_or_default().to_owned();
    let is_so = if is_signed { token.split('.').count() == 3 } else { token.starts_with("ory_at_") };
    answer.holds(is_so, &format!("the token is {token}"));
    token
}
