//! Hydra: what is this token, and tokens of a service's own.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iam_testing::client::{NewClient, SeededClient};
use iam_testing::real::Servers;
use iam_testing::seed::{SeededTenant, World};
use iam_testing::standin::Product;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

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
    refreshable(shop, &mut rows).await;
    signed(shop, &mut rows).await;
    rows.end()
}

/// Tokens that a user granted, and the refresh token, which is told as active as well.
async fn refreshable(shop: &SeededTenant, rows: &mut Rows) {
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
}

/// Tokens that are JWTs: a key rotation ends them, as only the newest key is tried.
async fn signed(shop: &SeededTenant, rows: &mut Rows) {
    let urls = shop.urls();
    let clients = format!("{}admin/clients", urls.hydra_admin);
    let body = json!({
        "client_id": "signed",
        "client_secret": "a signed secret",
        "grant_types": ["client_credentials"],
        "scope": "inventory:read",
        "audience": ["https://api.shop.test"],
        "access_token_strategy": "jwt",
    });
    let request = rows.request(Method::POST, &clients).json(&body);
    rows.row("a client with signed tokens", request, 201).await.has("/access_token_strategy", "jwt");
    let request = rows.request(Method::POST, &clients).json(&json!({"access_token_strategy": "riddle"}));
    rows.row("a client with tokens of an unknown kind", request, 400).await.has("/error", "invalid_client_metadata");
    let (tokens, introspect) =
        (format!("{}oauth2/token", urls.hydra_public), format!("{}admin/oauth2/introspect", urls.hydra_admin));
    let issue = |rows: &Rows| {
        let form = [("scope", "inventory:read"), ("audience", "https://api.shop.test")];
        let form = [("grant_type", "client_credentials"), form[0], form[1]];
        rows.request(Method::POST, &tokens).form(&form).basic_auth("signed", Some("a+signed+secret"))
    };
    let told = |rows: &Rows, token: &str| rows.request(Method::POST, &introspect).form(&[("token", token)]);
    let token_of = |answer: &Value| answer["access_token"].as_str().unwrap_or_default().to_owned();

    let request = issue(rows);
    let answer = rows.row("a signed token", request, 200).await;
    let old = token_of(&answer.json);
    let [header, claims] = decoded(&old);
    let is_whole = ["exp", "iat", "nbf"].iter().all(|claim| claims[claim].is_i64()) && claims["jti"].is_string();
    answer
        .holds(header["typ"] == "JWT" && header["kid"].is_string(), &format!("its header is {header}"))
        .holds(claims["iss"] == "https://auth.shop.test/" && is_whole, &format!("its claims are {claims}"))
        .holds(claims["sub"] == "signed" && claims["client_id"] == "signed", &format!("its claims are {claims}"))
        .holds(claims["aud"] == json!(["https://api.shop.test"]), &format!("its audience is {}", claims["aud"]))
        .holds(claims["scp"] == json!(["inventory:read"]), &format!("its scopes are {}", claims["scp"]))
        .holds(claims.get("scope").is_none() && claims["ext"] == json!({}), &format!("its claims are {claims}"));
    let request = told(rows, &old);
    let answer = rows.row("a signed token is known", request, 200).await;
    answer.has("/active", true).has("/token_use", "access_token").has("/scope", "inventory:read");

    let keys = format!("{}admin/keys/hydra.jwt.access-token", urls.hydra_admin);
    let published = format!("{}.well-known/jwks.json", urls.hydra_public);
    let knows = |answer: &Value, kid: &Value| {
        answer["keys"].as_array().is_some_and(|keys| keys.iter().any(|key| key["kid"] == *kid))
    };
    let request = rows.request(Method::GET, &keys);
    let answer = rows.row("the keys of access tokens", request, 200).await;
    let (is_there, is_private) = (knows(&answer.json, &header["kid"]), answer.json["keys"][0]["d"].is_string());
    answer.holds(is_there, "the key is not there").holds(is_private, "not the secret half");
    let kid = json!(uuid::Uuid::new_v4());
    // Made sooner than a key for RS256.
    let key = json!({"alg": "ES256", "use": "sig", "kid": kid});
    let request = rows.request(Method::POST, &keys).json(&key);
    rows.row("a key rotation", request, 201).await.has("/keys/0/kid", kid.clone()).has("/keys/0/kty", "EC");
    let request = rows.request(Method::POST, &keys).json(&key);
    rows.row("a key of a taken id", request, 409).await;
    let request = rows.request(Method::GET, &published);
    let answer = rows.row("the keys", request, 200).await;
    let (old_is_there, new_is_there) = (knows(&answer.json, &header["kid"]), knows(&answer.json, &kid));
    let shows_secrets =
        answer.json["keys"].as_array().is_some_and(|keys| keys.iter().any(|key| key.get("d").is_some()));
    answer
        .holds(old_is_there && new_is_there, "the old key or the new one is not shown")
        .holds(!shows_secrets, "a secret half is shown")
        .header("cache-control", "no-store");
    let request = told(rows, &old);
    rows.row("a signed token of before the rotation", request, 200).await.is(&json!({"active": false}));
    let request = issue(rows);
    let answer = rows.row("a signed token of after the rotation", request, 200).await;
    let new = token_of(&answer.json);
    let [header, _] = decoded(&new);
    answer.holds(header["kid"] == kid && header["alg"] == "ES256", &format!("its header is {header}"));
    let request = told(rows, &new);
    rows.row("which is known", request, 200).await.has("/active", true);
    let request = rows.request(Method::GET, format!("{}admin/keys/nothing", urls.hydra_admin));
    rows.row("keys that are not there", request, 404).await;
    let request = rows.request(Method::DELETE, format!("{}admin/keys/nothing", urls.hydra_admin));
    rows.row("keys that are not there, deleted", request, 204).await;
}

/// A JWT's header and claims, or `null`.
fn decoded(token: &str) -> [Value; 2] {
    let mut parts = token.split('.').map(|part| {
        let part = URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
        serde_json::from_slice(&part).unwrap_or_default()
    });
    [parts.next().unwrap_or_default(), parts.next().unwrap_or_default()]
}
