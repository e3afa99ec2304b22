//! Clients that prove who they are by a signature: `private_key_jwt`.

use std::time::Duration;

use iam_testing::seed::SeededTenant;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::assertion::{RsaSigner, Signer, claims, seconds, with};
use super::introspect;
use crate::row::Rows;

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Who asks, and where.
struct Keyed<'a> {
    shop: &'a SeededTenant,
    token: String,
    key: Signer,
}

impl Keyed<'_> {
    fn ask(&self, rows: &Rows, assertion: &str) -> RequestBuilder {
        self.ask_with(rows, assertion, &[])
    }

    fn ask_with(&self, rows: &Rows, assertion: &str, more: &[(&str, &str)]) -> RequestBuilder {
        let form = [("grant_type", "client_credentials"), ("client_assertion_type", TYPE)];
        let form = [&form[..], &[("client_assertion", assertion)], more].concat();
        rows.request(Method::POST, self.url("oauth2/token")).form(&form)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.shop.urls().hydra_public)
    }

    fn claims(&self) -> Value {
        claims("keyed", "keyed", &self.token)
    }
}

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let request = rows.request(Method::GET, format!("{}.well-known/openid-configuration", shop.urls().hydra_public));
    let answer = rows.row("discovery", request, 200).await;
    let token = answer.json["token_endpoint"].as_str().unwrap_or_default().to_owned();
    let methods = answer.json["token_endpoint_auth_methods_supported"].to_string();
    answer.holds(methods.contains("private_key_jwt") && !methods.contains("client_secret_jwt"), &methods);
    let keyed = Keyed { shop, token, key: Signer::new("first") };
    registered(&keyed, rows).await;

    let once = keyed.key.sign(&keyed.claims());
    let request = keyed.ask_with(rows, &once, &[("scope", "inventory:read")]);
    let answer = rows.row("a client by its signature", request, 200).await;
    let token = answer.json["access_token"].as_str().unwrap_or_default().to_owned();
    answer.has("/scope", "inventory:read").has("/token_type", "bearer");
    let request = introspect(rows, shop, &[("token", &token)]);
    rows.row("its token", request, 200).await.has("/active", true).has("/client_id", "keyed").has("/sub", "keyed");
    let request = keyed.ask(rows, &once);
    rows.row("a signature twice", request, 400).await.has("/error", "jti_known");
    let request = keyed.ask_with(rows, &keyed.key.sign(&keyed.claims()), &[("client_id", "keyed")]);
    rows.row("a signature that says who it is of", request, 200).await;
    // An audience may be one text.
    let claims = with(keyed.claims(), &[("aud", json!(keyed.token))]);
    let request = keyed.ask(rows, &keyed.key.sign(&claims));
    rows.row("a signature for one place", request, 200).await;
    let header = json!({"alg": "ES256"});
    let request = keyed.ask(rows, &keyed.key.sign_as(&header, &keyed.claims()));
    rows.row("a signature of a key without a name", request, 200).await;
    let revoke = rows.request(Method::POST, keyed.url("oauth2/revoke"));
    let proof = keyed.key.sign(&keyed.claims());
    let form = [("token", &*token), ("client_assertion_type", TYPE), ("client_assertion", &*proof)];
    rows.row("revoked by its signature", revoke.form(&form), 200).await.is(&Value::Null);
    let request = introspect(rows, shop, &[("token", &token)]);
    rows.row("which ends it", request, 200).await.is(&json!({"active": false}));

    by_default(&keyed, rows).await;
    refused(&keyed, rows).await;
    wrong_audience(&keyed, rows).await;
    other_ways(&keyed, rows).await;
}

async fn registered(keyed: &Keyed<'_>, rows: &mut Rows) {
    let all = format!("{}admin/clients", keyed.shop.urls().hydra_admin);
    let body = json!({
        "client_id": "keyed",
        "grant_types": ["client_credentials"],
        "scope": "inventory:read",
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "jwks": {"keys": [keyed.key.jwk()]},
    });
    let changed = |changes: &[(&str, Value)]| with(body.clone(), changes);
    for (name, body) in [
        ("a client with a signature and no key", changed(&[("jwks", Value::Null)])),
        (
            "a client whose signature is of an unknown kind",
            changed(&[("token_endpoint_auth_signing_alg", json!("HS256"))]),
        ),
        ("a client whose keys are in two places", changed(&[("jwks_uri", json!("https://keys.shop.test/"))])),
        ("a client with a key that is none", changed(&[("jwks", json!({"keys": [{"kty": "EC", "kid": "x"}]}))])),
    ] {
        let request = rows.request(Method::POST, &all).json(&body);
        let answer = rows.row(name, request, 400).await;
        let is_meant = answer.json["error"].is_string();
        answer.holds(is_meant, "no error is told");
    }
    let request = rows.request(Method::POST, &all).json(&body);
    let answer = rows.row("a client with a signature", request, 201).await;
    answer
        .has("/token_endpoint_auth_method", "private_key_jwt")
        .has("/token_endpoint_auth_signing_alg", "ES256")
        .has("/jwks/keys/0/kid", "first");
    let elsewhere = [
        ("client_id", json!("elsewhere")),
        ("jwks", Value::Null),
        ("jwks_uri", json!(format!("{}.well-known/jwks.json", keyed.shop.urls().hydra_public))),
    ];
    let request = rows.request(Method::POST, &all).json(&changed(&elsewhere));
    rows.row("a client whose keys are elsewhere", request, 201).await.has("/jwks", json!({}));
}

/// Who names no algorithm signs by RS256.
async fn by_default(keyed: &Keyed<'_>, rows: &mut Rows) {
    let key = RsaSigner::new();
    let body = json!({
        "client_id": "by-default",
        "grant_types": ["client_credentials"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [key.jwk()]},
    });
    let request = rows.request(Method::POST, format!("{}admin/clients", keyed.shop.urls().hydra_admin)).json(&body);
    rows.row("a client with a signature by default", request, 201).await.has_no("/token_endpoint_auth_signing_alg");
    let claims = || claims("by-default", "by-default", &keyed.token);
    let request = keyed.ask(rows, &key.sign(&claims()));
    rows.row("a signature by default", request, 200).await.has("/token_type", "bearer");
    let request = keyed.ask(rows, &keyed.key.sign(&claims()));
    rows.row("a signature not by default", request, 401).await.has("/error", "invalid_client");
}

/// What is wrong with a signature is one and the same error.
async fn refused(keyed: &Keyed<'_>, rows: &mut Rows) {
    let (key, stranger) = (&keyed.key, Signer::new("first"));
    let minute = Duration::from_secs(60);
    let past = seconds(Duration::ZERO) - 60;
    let changed = |changes: &[(&str, Value)]| key.sign(&with(keyed.claims(), changes));
    for (name, assertion) in [
        ("a signature of another issuer", changed(&[("iss", json!("reader"))])),
        ("a signature without an issuer", changed(&[("iss", Value::Null)])),
        ("a signature of nobody's", changed(&[("sub", json!("nobody"))])),
        ("a signature about nobody", changed(&[("sub", Value::Null)])),
        ("a signature without an id", changed(&[("jti", Value::Null)])),
        ("a signature by a stranger's key", stranger.sign(&keyed.claims())),
        ("a signature of another kind", key.sign_as(&json!({"alg": "RS256", "kid": "first"}), &keyed.claims())),
        ("a signature for a client with a secret", key.sign(&claims("reader", "reader", &keyed.token))),
        ("a signature that is none", "no.signature.here".to_owned()),
        ("a signature of no parts", "nothing".to_owned()),
    ] {
        let request = keyed.ask(rows, &assertion);
        rows.row(name, request, 401).await.has("/error", "invalid_client").lacks("www-authenticate");
    }
    // Hydra has no words for it, and takes it for a mistake of its own.
    for (name, claim, at) in [
        ("an expired signature", "exp", past),
        ("a signature that is not good yet", "nbf", seconds(minute)),
        ("a signature of the future", "iat", seconds(minute)),
    ] {
        let request = keyed.ask(rows, &changed(&[(claim, json!(at))]));
        rows.row(name, request, 500).await.has("/error", "error");
    }
    let request = keyed.ask(rows, &changed(&[("exp", Value::Null)]));
    rows.row("a signature without an end", request, 401).await.has("/error", "invalid_client");
    let unsigned = key.sign_as(&json!({"alg": "none", "kid": "first"}), &keyed.claims());
    let request = keyed.ask(rows, unsigned.rsplit_once('.').map_or("", |(text, _)| text));
    rows.row("a signature left out", request, 401).await.has("/error", "invalid_client");
    let request = keyed.ask(rows, &Signer::new("second").sign(&keyed.claims()));
    rows.row("a signature by an unknown key", request, 400).await.has("/error", "invalid_request");
    let request = keyed.ask_with(rows, &key.sign(&keyed.claims()), &[("client_id", "reader")]);
    rows.row("a signature beside another name", request, 401).await.has("/error", "invalid_client");
}

/// Its id is spent for all that.
async fn wrong_audience(keyed: &Keyed<'_>, rows: &mut Rows) {
    let mut claims = with(keyed.claims(), &[("aud", json!(["https://auth.else.test/oauth2/token"]))]);
    let request = keyed.ask(rows, &keyed.key.sign(&claims));
    rows.row("a signature for another place", request, 401).await.has("/error", "invalid_client");
    claims["aud"] = json!([keyed.token]);
    let request = keyed.ask(rows, &keyed.key.sign(&claims));
    rows.row("whose id is spent", request, 400).await.has("/error", "jti_known");
    claims = with(keyed.claims(), &[("aud", Value::Null)]);
    let request = keyed.ask(rows, &keyed.key.sign(&claims));
    rows.row("a signature for no place", request, 401).await.has("/error", "invalid_client");
    // The issuer is not the place.
    claims = with(keyed.claims(), &[("aud", json!("https://auth.shop.test/"))]);
    let request = keyed.ask(rows, &keyed.key.sign(&claims));
    rows.row("a signature for the issuer", request, 401).await.has("/error", "invalid_client");
}

async fn other_ways(keyed: &Keyed<'_>, rows: &mut Rows) {
    let grant = ("grant_type", "client_credentials");
    let ask = |rows: &Rows, form: &[(&str, &str)]| rows.request(Method::POST, keyed.url("oauth2/token")).form(form);
    let request = ask(rows, &[grant, ("client_assertion_type", TYPE)]);
    rows.row("a kind of signature, and none", request, 400).await.has("/error", "invalid_request");
    let request = ask(rows, &[grant, ("client_assertion_type", "odd"), ("client_assertion", "x")]);
    rows.row("a signature of no such kind", request, 400).await.has("/error", "invalid_request");
    let request = ask(rows, &[grant, ("client_assertion", &keyed.key.sign(&keyed.claims()))]);
    rows.row("a signature that nobody announced", request, 400).await.has("/error", "invalid_request");
    let request = ask(rows, &[grant]).basic_auth("keyed", Some("whatever"));
    rows.row("a client with a signature by a secret", request, 401).await.has("/error", "invalid_client");
    let assertion = keyed.key.sign(&claims("elsewhere", "elsewhere", &keyed.token));
    let request = keyed.ask(rows, &assertion);
    rows.row("a signature that its keys elsewhere do not know", request, 400).await.has("/error", "invalid_request");
}
