//! Tokens that are JWTs, and the keys that sign them: a key rotation ends them, as only the newest key is tried.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iam_testing::seed::SeededTenant;
use reqwest::Method;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};

use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
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
    let request = rows.request(Method::GET, format!("{keys}/{}", kid.as_str().unwrap_or_default()));
    let answer = rows.row("one key", request, 200).await;
    let is_private = answer.json["keys"][0]["d"].is_string();
    answer.has("/keys/0/kid", kid.clone()).has_no("/keys/1").holds(is_private, "not the secret half");
    let request = rows.request(Method::POST, &keys).json(&key);
    rows.row("a key of a taken id", request, 409).await;
    let request = rows.request(Method::GET, &published);
    let answer = rows.row("the keys", request, 200).await;
    let of_old = answer.json["keys"].as_array().and_then(|keys| keys.iter().find(|key| key["kid"] == header["kid"]));
    let is_verified = is_signed_by(&old, &of_old.cloned().unwrap_or_default());
    let (old_is_there, new_is_there) = (knows(&answer.json, &header["kid"]), knows(&answer.json, &kid));
    let shows_secrets =
        answer.json["keys"].as_array().is_some_and(|keys| keys.iter().any(|key| key.get("d").is_some()));
    answer
        .holds(old_is_there && new_is_there, "the old key or the new one is not shown")
        .holds(is_verified, "the old token is no longer verified")
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
    let request = rows.request(Method::POST, &tokens).form(&[("grant_type", "client_credentials")]);
    let answer =
        rows.row("a signed token for nowhere", request.basic_auth("signed", Some("a+signed+secret")), 200).await;
    let bare = token_of(&answer.json);
    let [_, claims] = decoded(&bare);
    let is_bare = claims["aud"] == json!([]) && claims["scp"] == json!([]);
    answer.holds(is_bare, &format!("its claims are {claims}"));
    let request = told(rows, &bare);
    let answer = rows.row("which is active for all that", request, 200).await;
    answer.has("/active", true).has("/aud", json!([])).has_no("/scope");
    let request = rows.request(Method::GET, format!("{}admin/keys/nothing", urls.hydra_admin));
    rows.row("keys that are not there", request, 404).await;
    let request = rows.request(Method::DELETE, format!("{}admin/keys/nothing", urls.hydra_admin));
    rows.row("keys that are not there, deleted", request, 204).await;
}

/// Whether this published key, one for ES256, has signed the JWT (RFC 7518, section 3.4).
pub(super) fn is_signed_by(token: &str, key: &Value) -> bool {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
    let (text, signature) = token.rsplit_once('.').unwrap_or_default();
    let point = ["x", "y"].map(|name| bytes(key[name].as_str().unwrap_or_default())).concat();
    // Not compressed (SEC 1, section 2.3.3).
    let point = [&[4], &point[..]].concat();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(text.as_bytes(), &bytes(signature)).is_ok()
}

/// A JWT's header and claims, or `null`.
pub(super) fn decoded(token: &str) -> [Value; 2] {
    let mut parts = token.split('.').map(|part| {
        let part = URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
        serde_json::from_slice(&part).unwrap_or_default()
    });
    [parts.next().unwrap_or_default(), parts.next().unwrap_or_default()]
}
