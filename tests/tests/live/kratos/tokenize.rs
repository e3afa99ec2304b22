//! `/sessions/whoami?tokenize_as=`: the session as a JWT.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iam_testing::seed::SeededTenant;
use iam_testing::standin::tokenizer_jwks;
use reqwest::{Method, RequestBuilder};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;
use time::OffsetDateTime;

use crate::row::{Answer, Rows};

/// What the seed says of `lasting`.
const LASTING: i64 = 300;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let (ann, twice) = (shop.account("ann@shop.test"), shop.account("twice@shop.test"));
    let token = &ann.session.token;
    let ask = |rows: &Rows, query: &str| tokenized(rows, shop, query);

    let request = ask(rows, "tokenize_as=jwt").header("x-session-token", token);
    let answer = rows.row("a session as a JWT", request, 200).await;
    let first = claims_of(&answer);
    let answer = describes(answer, shop, &ann.identity.id, &ann.session.session_id, 60);
    answer
        .has("/identity/id", &*ann.identity.id)
        .header("x-kratos-authenticated-identity-id", &ann.identity.id)
        .header("cache-control", "no-store")
        .header("vary", "Cookie")
        .lacks("ory-session-cache-for");
    let request = ask(rows, "tokenize_as=jwt").header("x-session-token", token);
    let answer = rows.row("another JWT of the same session", request, 200).await;
    let (second, first) = (claims_of(&answer)["jti"].clone(), first["jti"].clone());
    answer.holds(first.is_string() && first != second, &format!("`jti` is {first} and {second}"));
    let request = ask(rows, "tokenize_as=lasting").header("x-session-token", token);
    let answer = rows.row("a JWT that lasts longer", request, 200).await;
    describes(answer, shop, &ann.identity.id, &ann.session.session_id, LASTING);
    // The schema says a minute; no version applies it.
    let request = ask(rows, "tokenize_as=unlimited").header("x-session-token", token);
    let answer = rows.row("a JWT without a lifetime", request, 200).await;
    describes(answer, shop, &ann.identity.id, &ann.session.session_id, 0);

    let request = ask(rows, "tokenize_as=jwt").header("cookie", ann.browser.cookie());
    let answer = rows.row("a cookie's session as a JWT", request, 200).await;
    let session = ann.browser.session_id.as_deref().unwrap_or_default();
    describes(answer, shop, &ann.identity.id, session, 60).lacks("ory-session-cache-for");
    let request = ask(rows, "tokenize_as=jwt").header("x-session-token", &twice.session.token);
    let answer = rows.row("the JWT of somebody with two factors", request, 200).await;
    describes(answer, shop, &twice.identity.id, &twice.session.session_id, 60);

    let request = ask(rows, "tokenize_as=").header("x-session-token", token);
    rows.row("no template", request, 200).await.has_no("/tokenized");
    let request = ask(rows, "tokenize_as=jwt&tokenize_as=nothing").header("x-session-token", token);
    let answer = rows.row("of two templates the first", request, 200).await;
    describes(answer, shop, &ann.identity.id, &ann.session.session_id, 60);
    let request = ask(rows, "tokenize_as=nothing").header("cookie", ann.browser.cookie());
    let answer = rows.row("an unknown template for a cookie", request, 400).await;
    answer
        .has_no("/error/id")
        .has("/error/code", 400)
        .has("/error/reason", "Unable to find tokenizer template \"nothing\".")
        .has_no("/tokenized")
        .lacks("x-kratos-authenticated-identity-id");
    let request = ask(rows, "tokenize_as=JWT").header("x-session-token", token);
    rows.row("a template's name in capitals", request, 400).await.has_no("/tokenized");

    let request = ask(rows, "tokenize_as=jwt");
    rows.row("nobody's session as a JWT", request, 401).await.has("/error/code", 401).has_no("/tokenized");
    let request = ask(rows, "tokenize_as=nothing");
    rows.row("nobody's session by an unknown template", request, 401).await.has("/error/code", 401);
    let request = ask(rows, "tokenize_as=jwt").header("cookie", twice.browser.cookie());
    let answer = rows.row("a JWT before the second factor", request, 403).await;
    answer.has("/error/id", "session_aal2_required").has_no("/tokenized");

    // It is for other services; Kratos itself knows it not.
    let request = ask(rows, "tokenize_as=jwt").header("x-session-token", token);
    let answer = rows.row("a JWT to be used", request, 200).await;
    let jwt = answer.json["tokenized"].as_str().unwrap_or_default().to_owned();
    let request = ask(rows, "").bearer_auth(jwt);
    rows.row("the JWT is no credential", request, 401).await.has_no("/error/id");
}

fn tokenized(rows: &Rows, shop: &SeededTenant, query: &str) -> RequestBuilder {
    rows.request(Method::GET, format!("{}sessions/whoami?{query}", shop.urls().kratos_public))
}

/// It is signed by the template's key and says whose session it is, which one, and for how long.
fn describes<'a>(answer: Answer<'a>, shop: &SeededTenant, identity: &str, session: &str, ttl: i64) -> Answer<'a> {
    let jwt = answer.json["tokenized"].as_str().unwrap_or_default().to_owned();
    let (key, header, claims) = (&tokenizer_jwks()["keys"][0], part(&jwt, 0), claims_of(&answer));
    let times = ["iat", "nbf", "exp"].map(|name| claims[name].as_i64().unwrap_or_default());
    let issued = OffsetDateTime::from_unix_timestamp(times[0]).unwrap();
    let is_new = (OffsetDateTime::now_utc() - issued).unsigned_abs() < Duration::from_secs(60);
    let issuer = shop.urls().kratos_public;
    let is_ours = claims["sub"] == identity && claims["sid"] == session && claims["iss"] == issuer.as_str();
    answer
        .holds(is_signed(&jwt, key), "another key has signed it")
        .holds(header["alg"] == "ES256" && header["kid"] == key["kid"], &format!("its header is {header}"))
        .holds(header["typ"] == "JWT", &format!("its header is {header}"))
        .holds(is_ours, &format!("its claims are {claims}, of {issuer}"))
        .holds(is_new && times[1] == times[0] && times[2] == times[0] + ttl, &format!("its claims are {claims}"))
        .holds(claims.as_object().is_some_and(|claims| claims.len() == 7), &format!("its claims are {claims}"))
}

fn claims_of(answer: &Answer<'_>) -> Value {
    part(answer.json["tokenized"].as_str().unwrap_or_default(), 1)
}

/// This part of a JWT, or `null`.
fn part(jwt: &str, place: usize) -> Value {
    let part = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(place).unwrap_or_default()).unwrap_or_default();
    serde_json::from_slice(&part).unwrap_or_default()
}

fn is_signed(jwt: &str, key: &Value) -> bool {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
    let point = ["x", "y"].map(|name| bytes(key[name].as_str().unwrap_or_default())).concat();
    let (text, signature) = jwt.rsplit_once('.').unwrap_or_default();
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, [&[4], &*point].concat());
    key.verify(text.as_bytes(), &bytes(signature)).is_ok()
}
