//! `POST /admin/oauth2/introspect`: whatever is wrong with a token is `{"active":false}`.

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::json;
use time::OffsetDateTime;

use super::introspect;
use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, brief: &SeededTenant, rows: &mut Rows) {
    let good = shop.machine("reader").token.clone().unwrap();

    let request = introspect(rows, shop, &[("token", &good)]);
    let answer = rows.row("a token", request, 200).await;
    let is_whole = ["exp", "iat", "nbf"].iter().all(|claim| answer.json[claim].is_i64());
    let has_extras = ["ext", "username", "obfuscated_subject"].iter().any(|name| answer.json.get(name).is_some());
    let nbf_is_iat = answer.json["nbf"] == answer.json["iat"];
    answer
        .has("/active", true)
        .has("/client_id", "reader")
        .has("/sub", "reader")
        .has("/aud", json!(["https://api.shop.test"]))
        .has("/iss", "https://auth.shop.test/")
        .has("/scope", "inventory:read orders.*")
        .has("/token_type", "Bearer")
        .has("/token_use", "access_token")
        .holds(is_whole && nbf_is_iat, "a time is missing")
        .holds(!has_extras, "it has what is empty")
        .header("content-type", "application/json;charset=UTF-8");
    for (name, scope, active) in [
        ("a scope that it has", "inventory:read", true),
        ("one that it lacks", "x", false),
        ("a wildcard is expanded by the server", "orders.read", true),
        ("but not to what is above it", "orders", false),
        ("all scopes must be there", "inventory:read x", false),
    ] {
        let request = introspect(rows, shop, &[("token", &good), ("scope", scope)]);
        rows.row(name, request, 200).await.has("/active", active);
    }
    let request = introspect(rows, shop, &[("token", &good), ("token_type_hint", "refresh_token")]);
    rows.row("a hint at the other kind", request, 200).await.has("/active", true).has("/token_use", "access_token");
    let request = introspect(rows, shop, &[("token", good.trim_start_matches("ory_at_"))]);
    rows.row("a token without its prefix", request, 200).await.has("/active", true);

    let nothing = json!({"active": false});
    let request = introspect(rows, shop, &[("token", "ory_at_nobodys")]);
    let answer = rows.row("an unknown token", request, 200).await;
    answer.is(&nothing).header("cache-control", "no-store").header("pragma", "no-cache");
    let request = introspect(rows, brief, &[("token", &good)]);
    rows.row("a token of another project", request, 200).await.is(&nothing);
    let request = introspect(rows, shop, &[("token", "")]);
    rows.row("an empty token", request, 200).await.is(&nothing);
    let request = introspect(rows, shop, &[]);
    rows.row("an empty form", request, 400).await.has("/error", "invalid_request");
    let url = format!("{}admin/oauth2/introspect", shop.urls().hydra_admin);
    let request = rows.request(Method::POST, &url).json(&json!({"token": good}));
    rows.row("a body that is no form", request, 400).await.has("/error", "invalid_request");

    let client = &brief.machine("brief").client;
    let token = brief.client.client_credentials(client, &["inventory:read"]).await.unwrap();
    // Its end is told in whole seconds, and two are all it has.
    let end = OffsetDateTime::now_utc() + time::Duration::seconds(2);
    crate::wait_until(end).await;
    let request = introspect(rows, brief, &[("token", &token)]);
    rows.row("an expired token", request, 200).await.is(&nothing);
}
