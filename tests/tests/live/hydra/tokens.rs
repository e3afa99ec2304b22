//! `POST /oauth2/token` for a client of its own: how it proves who it is, and what it gets.

use iam_testing::client::{AuthMethod, NewClient, SeededClient};
use iam_testing::seed::SeededTenant;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use super::{authenticated, introspect};
use crate::row::Rows;

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let reader = &shop.machine("reader").client;
    let secret = reader.secret.clone().unwrap();
    let url = format!("{}oauth2/token", shop.urls().hydra_public);
    let ask = |rows: &Rows, form: &[(&str, &str)]| -> RequestBuilder {
        authenticated(rows.request(Method::POST, &url).form(form), reader, &secret)
    };

    let request = ask(rows, &[GRANT, ("scope", "inventory:read")]);
    let answer = rows.row("a token of its own", request, 200).await;
    let token = answer.json["access_token"].as_str().unwrap_or_default();
    let parts: Vec<_> = token.trim_start_matches("ory_at_").split('.').map(str::len).collect();
    let is_opaque = token.starts_with("ory_at_") && parts == [43, 43];
    answer
        .has("/token_type", "bearer")
        .has("/scope", "inventory:read")
        .has("/expires_in", 3599)
        .has_no("/refresh_token")
        .holds(is_opaque, "not an opaque token")
        .header("content-type", "application/json;charset=UTF-8")
        .header("cache-control", "no-store")
        .header("pragma", "no-cache");
    let request = ask(rows, &[GRANT]);
    let answer = rows.row("no scope is asked for, and none is granted", request, 200).await;
    let bare = answer.json["access_token"].as_str().unwrap_or_default().to_owned();
    answer.has("/scope", "");
    let request = introspect(rows, shop, &[("token", &bare)]);
    let answer = rows.row("a token without scopes", request, 200).await;
    let says_scope = answer.json.get("scope").is_some();
    answer.has("/aud", json!([])).holds(!says_scope, "it has a scope, though an empty one");
    let request = ask(rows, &[GRANT, ("scope", "orders.read")]);
    rows.row("a scope that a wildcard covers", request, 200).await.has("/scope", "orders.read");
    let request = ask(rows, &[GRANT, ("audience", "https://api.shop.test"), ("audience", "https://api.shop.test/v1")]);
    rows.row("an audience, and one below it", request, 200).await;

    for (name, form, error) in [
        ("a scope of others", &[GRANT, ("scope", "another")][..], "invalid_scope"),
        ("one scope of others", &[GRANT, ("scope", "inventory:read another")], "invalid_scope"),
        ("an audience of others", &[GRANT, ("audience", "https://else.test")], "invalid_request"),
        ("a grant of others", &[("grant_type", "refresh_token"), ("refresh_token", "x")], "unauthorized_client"),
        ("an unknown grant", &[("grant_type", "odd")], "invalid_request"),
        ("a password", &[("grant_type", "password"), ("username", "a"), ("password", "b")], "invalid_request"),
        ("a token exchange", &[("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")], "invalid_request"),
        ("no grant", &[("scope", "inventory:read")], "invalid_request"),
    ] {
        let request = ask(rows, form);
        let answer = rows.row(name, request, 400).await;
        let words: Vec<_> = answer.json.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
        answer
            .has("/error", error)
            .holds(words == ["error", "error_description"], &format!("it tells {words:?}"))
            .header("cache-control", "no-store");
    }
    let request = rows.request(Method::POST, &url).json(&json!({"grant_type": "client_credentials"}));
    let request = authenticated(request, reader, &secret);
    rows.row("a body that is no form, for a token", request, 400).await.has("/error", "invalid_request");
    let part = |(name, value)| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let body = format!("{}{}--x--\r\n", part(GRANT), part(("scope", "inventory:read")));
    let request = rows.request(Method::POST, &url).header("content-type", "multipart/form-data; boundary=x").body(body);
    let answer = rows.row("a form in parts", authenticated(request, reader, &secret), 200).await;
    answer.has("/scope", "inventory:read");
    who(shop, reader, &url, rows).await;
}

/// How a client proves who it is.
async fn who(shop: &SeededTenant, reader: &SeededClient, url: &str, rows: &mut Rows) {
    let secret = reader.secret.clone().unwrap();
    let ask = |rows: &Rows| rows.request(Method::POST, url).form(&[GRANT]);
    let form = |rows: &Rows, id: &str, secret: &str| {
        rows.request(Method::POST, url).form(&[GRANT, ("client_id", id), ("client_secret", secret)])
    };
    let request = authenticated(ask(rows), reader, "wrong");
    rows.row("a wrong secret", request, 401).await.has("/error", "invalid_client").lacks("www-authenticate");
    let request = ask(rows).basic_auth("nobody", Some("wrong"));
    rows.row("a client of nobody's", request, 401).await.has("/error", "invalid_client").lacks("www-authenticate");
    let request = ask(rows);
    rows.row("no client", request, 400).await.has("/error", "invalid_request");
    // It has a per cent sign, which then begins nothing.
    let request = ask(rows).basic_auth(&reader.id, Some(&secret));
    rows.row("a secret that is not encoded", request, 400).await.has("/error", "invalid_request");
    let request = form(rows, &reader.id, &secret);
    rows.row("a way to authenticate that is not its own", request, 401).await.has("/error", "invalid_client");

    let new = |id: &str| NewClient::new(id).grant("client_credentials");
    let plus = shop.client.create_client(new("plus").secret("plus+secret")).await.unwrap();
    let request = ask(rows).basic_auth(&plus.id, Some("plus+secret"));
    rows.row("a plus that is not encoded is a blank", request, 401).await.has("/error", "invalid_client");
    let request = authenticated(ask(rows), &plus, "plus+secret");
    rows.row("a plus that is encoded", request, 200).await;
    let post = new("post").secret("a post's secret").auth_method(AuthMethod::Post);
    let post = shop.client.create_client(post).await.unwrap();
    let request = authenticated(ask(rows), &post, "a post's secret");
    rows.row("a client of forms by its header", request, 401).await.has("/error", "invalid_client");
    let request = form(rows, &post.id, "a post's secret");
    rows.row("a client of forms", request, 200).await;
    let public = shop.client.create_client(new("public").auth_method(AuthMethod::None)).await.unwrap();
    let request = rows.request(Method::POST, url).form(&[GRANT, ("client_id", &public.id)]);
    rows.row("a client without a secret", request, 400).await.has("/error", "invalid_grant");
}
