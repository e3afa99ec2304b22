//! Hydra: what is this token, and tokens of a service's own.

use iam_testing::client::SeededClient;
use iam_testing::real::Servers;
use iam_testing::seed::World;
use iam_testing::standin::Product;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::row::{Row, Rows};

/// RFC 6749, section 2.3.1: each half is form-urlencoded on its own.
fn authenticated(request: RequestBuilder, client: &SeededClient, secret: &str) -> RequestBuilder {
    let secret: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    request.basic_auth(&client.id, Some(secret))
}

pub(crate) async fn rows(servers: &Servers, world: &World) -> Vec<Row> {
    let shop = world.tenant("shop");
    let urls = shop.urls();
    let (reader, other) = (shop.machine("reader"), shop.machine("other"));
    let secret = reader.client.secret.clone().unwrap();
    let good = reader.token.clone().unwrap();
    let introspect = format!("{}admin/oauth2/introspect", urls.hydra_admin);
    let (tokens, revoke) =
        (format!("{}oauth2/token", urls.hydra_public), format!("{}oauth2/revoke", urls.hydra_public));
    let mut rows = Rows::new(servers, Product::Hydra);

    let request = rows.request(Method::POST, &introspect).form(&[("token", &good)]);
    let answer = rows.row("a token", request, 200).await;
    let is_whole = ["exp", "iat", "nbf"].iter().all(|claim| answer.json[claim].is_i64());
    answer
        .has("/active", true)
        .has("/client_id", "reader")
        .has("/sub", "reader")
        .has("/aud", json!(["https://api.shop.test"]))
        .has("/iss", "https://auth.shop.test/")
        .has("/scope", "inventory:read orders.*")
        .has("/token_type", "Bearer")
        .has("/token_use", "access_token")
        .holds(is_whole, "a time is missing");
    for (name, scope, active) in [("a scope that it has", "inventory:read", true), ("one that it lacks", "x", false)] {
        let request = rows.request(Method::POST, &introspect).form(&[("token", &*good), ("scope", scope)]);
        rows.row(name, request, 200).await.has("/active", active);
    }
    let request = rows.request(Method::POST, &introspect).form(&[("token", &*good), ("scope", "orders.read")]);
    rows.row("a wildcard is expanded by the server", request, 200).await.has("/active", true);
    let request = rows.request(Method::POST, &introspect).form(&[("token", "ory_at_nobodys")]);
    rows.row("an unknown token", request, 200).await.is(&json!({"active": false}));
    let request = rows.request(Method::POST, &introspect).form(&[("token", "")]);
    rows.row("an empty token", request, 200).await.is(&json!({"active": false}));
    let request = rows.request(Method::POST, &introspect).form::<[(); 0]>(&[]);
    rows.row("an empty form", request, 400).await;

    let form = [("grant_type", "client_credentials"), ("scope", "inventory:read")];
    let request = authenticated(rows.request(Method::POST, &tokens).form(&form), &reader.client, &secret);
    let answer = rows.row("a token of its own", request, 200).await;
    let is_opaque = answer.json["access_token"].as_str().is_some_and(|token| token.starts_with("ory_at_"));
    answer
        .has("/token_type", "bearer")
        .has("/scope", "inventory:read")
        .has("/refresh_token", ())
        .holds(is_opaque, "not an opaque token")
        .header("cache-control", "no-store");
    let request = authenticated(rows.request(Method::POST, &tokens).form(&form), &reader.client, "wrong");
    rows.row("a wrong secret", request, 401).await.has("/error", "invalid_client");
    let form = [("grant_type", "client_credentials"), ("scope", "another")];
    let request = authenticated(rows.request(Method::POST, &tokens).form(&form), &reader.client, &secret);
    rows.row("a scope of others", request, 400).await.has("/error", "invalid_scope");
    let form = [("grant_type", "client_credentials"), ("audience", "https://else.test")];
    let request = authenticated(rows.request(Method::POST, &tokens).form(&form), &reader.client, &secret);
    rows.row("an audience of others", request, 400).await.has("/error", "invalid_request");
    let form = [("grant_type", "client_credentials"), ("client_id", "reader"), ("client_secret", &secret)];
    let request = rows.request(Method::POST, &tokens).form(&form);
    rows.row("a way to authenticate that is not its own", request, 401).await.has("/error", "invalid_client");

    let request = rows.request(Method::POST, &revoke).form(&[("token", &good)]);
    let wrong = authenticated(request, &other.client, "wrong");
    rows.row("revoked by nobody", wrong, 401).await.has("/error", "invalid_client");
    let request = rows.request(Method::POST, &revoke).form(&[("token", "ory_at_nobodys")]);
    rows.row("an unknown token revoked", authenticated(request, &reader.client, &secret), 200).await;
    let request = rows.request(Method::POST, &revoke).form(&[("token", &good)]);
    rows.row("revoked", authenticated(request, &reader.client, &secret), 200).await;
    let request = rows.request(Method::POST, &introspect).form(&[("token", &good)]);
    rows.row("a revoked token", request, 200).await.is(&json!({"active": false}));

    let clients = format!("{}admin/clients", urls.hydra_admin);
    let request = rows.request(Method::GET, format!("{clients}/nobody"));
    rows.row("an unknown client", request, 404).await;
    let request = rows.request(Method::POST, &clients).json(&json!({"client_id": "reader"}));
    rows.row("a client of a taken id", request, 409).await;
    let request = rows.request(Method::GET, format!("{clients}/reader"));
    rows.row("a client's secret is told once", request, 200).await.has("/client_secret", ());
    let request = rows.request(Method::GET, format!("{}.well-known/openid-configuration", urls.hydra_public));
    rows.row("discovery", request, 200).await.has("/issuer", "https://auth.shop.test/");
    rows.end()
}
