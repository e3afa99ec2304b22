//! `iam.tenant(..).tokens()`

use iam_core::Secret;
use iam_core::service::{AccessToken, Services};
use iam_core::upstream::Introspection;
use iam_testing::client::NewClient;

use super::{Calls, Sdk, Tenants, iam};

pub(super) async fn calls(sdk: &Sdk<'_>, calls: &mut Calls) {
    let (shop, services) = sdk.shop();
    let tokens = services.tokens();
    let issued = tokens.client_credentials(&["inventory:read", "orders.read"]).await;
    let meant = r#"bearer 3599 s ["inventory:read", "orders.read"]"#;
    let issued = calls.row("a token of its own", issued, told, meant);
    let bare = tokens.client_credentials(&[]).await;
    calls.row("a token without scopes", bare, told, "bearer 3599 s []");
    calls.row("a scope of others", tokens.client_credentials(&["another"]).await, told, r#"Invalid("scope")"#);
    calls.row("no scope at all", tokens.client_credentials(&["a b"]).await, told, r#"Invalid("scope")"#);
    let config = sdk.world.iam_config().unwrap();
    let wrong = iam(&config.replace("a reader's secret", "a stranger's secret")).await;
    let refused = wrong.tenant(Tenants::Shop).tokens().client_credentials(&[]).await;
    calls.row("a wrong secret of its own", refused, told, "Unavailable(CredentialRefused)");
    let other = iam(&config.replace("https://api.shop.test", "https://else.test")).await;
    let refused = other.tenant(Tenants::Shop).tokens().client_credentials(&[]).await;
    calls.row("an audience of others", refused, told, "Unavailable(Status(400))");
    let without = sdk.iam.tenant(Tenants::Brief).tokens().client_credentials(&[]).await;
    calls.row("a token without a Hydra", without, told, r#"NotConfigured("hydra")"#);

    if let Some(issued) = issued {
        let meant = r#"true reader reader "inventory:read orders.read" ["https://api.shop.test"] https://auth.shop.test/ access_token dated"#;
        calls.row("its own token", tokens.introspect(&issued.access_token).await, introspected, meant);
    }
    let nothing = r#"false - - "-" [] - -"#;
    let unknown = tokens.introspect(&Secret::new("ory_at_nobodys")).await;
    calls.row("an unknown token", unknown, introspected, nothing);
    let empty = tokens.introspect(&Secret::new("")).await;
    calls.row("an empty token", empty, introspected, nothing);
    let without = sdk.iam.tenant(Tenants::Brief).tokens().introspect(&Secret::new("x")).await;
    calls.row("a token to look at without a Hydra", without, introspected, r#"NotConfigured("hydra")"#);
    granted(sdk, &services, calls).await;
    let other = shop.machine("other");
    let token = other.token.clone().unwrap();
    shop.client.revoke_token(&other.client, &token).await.unwrap();
    calls.row("a revoked token", tokens.introspect(&Secret::new(token)).await, introspected, nothing);
}

/// Tokens of a user's.
async fn granted(sdk: &Sdk<'_>, services: &Services, calls: &mut Calls) {
    let (shop, _) = sdk.shop();
    let app = NewClient::new("sdk").secret("a secret of apps").scope("offline_access");
    let app = app.grant("authorization_code").grant("refresh_token").redirect_uri("https://app.shop.test/back");
    let app = shop.client.create_client(app).await.unwrap();
    let granted = shop.client.delegated_token(&app, "ann", &["offline_access"]).await.unwrap();
    let meant = r#"true sdk ann "offline_access" [] https://auth.shop.test/ access_token dated"#;
    let access = services.tokens().introspect(&Secret::new(granted.access_token)).await;
    calls.row("a user's token", access, introspected, meant);
    let meant = r#"true sdk ann "offline_access" [] https://auth.shop.test/ refresh_token dated"#;
    let refresh = services.tokens().introspect(&Secret::new(granted.refresh_token.unwrap())).await;
    calls.row("a refresh token, which is active as well", refresh, introspected, meant);
}

fn told(token: &AccessToken) -> String {
    let is_there = if token.access_token.is_empty() { "no token " } else { "" };
    format!("{is_there}{} {} s {:?}", token.token_type, token.expires_in.as_secs(), token.scope)
}

fn introspected(seen: &Introspection) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let is_dated = seen.expires_at.is_some() && seen.issued_at.is_some() && seen.not_before.is_some();
    format!(
        "{} {} {} {:?} {:?} {} {}{}",
        seen.active,
        text(&seen.client_id),
        text(&seen.subject),
        text(&seen.scope),
        seen.audience,
        text(&seen.issuer),
        text(&seen.token_use),
        if is_dated { " dated" } else { "" },
    )
}
