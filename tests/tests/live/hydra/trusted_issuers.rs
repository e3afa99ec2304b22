//! Issuers that Hydra trusts, and what their word is exchanged for: the grant `jwt-bearer`.

use std::time::Duration;

use iam_testing::client::{NewClient, SeededClient};
use iam_testing::seed::SeededTenant;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::assertion::{Signer, claims, seconds, with};
use super::{authenticated, introspect};
use crate::row::Rows;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const ISSUER: &str = "https://issuer.partner.test";
const SECRET: &str = "a secret of bearers";

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let key = Signer::new("partner");
    let all = format!("{}admin/trust/grants/jwt-bearer/issuers", shop.urls().hydra_admin);
    let trusted = trust(&all, &key, rows).await;
    let client = NewClient::new("bearers").secret(SECRET).grant(GRANT).scope("inventory:read").scope("orders.*");
    let client = shop.client.create_client(client).await.unwrap();
    let partner = Partner { shop, key, client, token: format!("{}oauth2/token", "https://auth.shop.test/") };
    exchanged(&partner, rows).await;
    refused(&partner, rows).await;

    let one = format!("{all}/{trusted}");
    let request = rows.request(Method::DELETE, &one);
    rows.row("an issuer trusted no longer", request, 204).await.is(&Value::Null);
    let request = rows.request(Method::DELETE, &one);
    rows.row("which is so already", request, 404).await;
    let request = rows.request(Method::GET, &one);
    rows.row("an issuer of nobody's", request, 404).await;
    over(&partner, &all, rows).await;
    let request = partner.ask(rows, &partner.key.sign(&partner.claims()), &[]);
    rows.row("the word of one trusted no longer", request, 400).await.has("/error", "invalid_grant");
}

async fn trust(all: &str, key: &Signer, rows: &mut Rows) -> String {
    let expires_at = (OffsetDateTime::now_utc() + Duration::from_secs(3600)).format(&Rfc3339).unwrap();
    let body = json!({
        "issuer": ISSUER,
        "subject": "ann",
        "scope": ["inventory:read", "orders.*"],
        "jwk": key.jwk(),
        "expires_at": expires_at,
    });
    for (name, changes) in [
        ("an issuer without a name", [("issuer", Value::Null)]),
        ("an issuer about nobody", [("subject", Value::Null)]),
        ("an issuer about one and all", [("allow_any_subject", json!(true))]),
        ("an issuer without an end", [("expires_at", Value::Null)]),
        ("an issuer whose key has no name", [("jwk", with(key.jwk(), &[("kid", Value::Null)]))]),
    ] {
        let request = rows.request(Method::POST, all).json(&with(body.clone(), &changes));
        rows.row(name, request, 400).await.has("/error", "missing_required_parameter");
    }
    let request = rows.request(Method::POST, all).body("{");
    rows.row("an issuer that is no JSON", request, 400).await.has("/error", "error");
    let request = rows.request(Method::POST, all).json(&body);
    let answer = rows.row("an issuer trusted", request, 201).await;
    let id = answer.json["id"].as_str().unwrap_or_default().to_owned();
    answer
        .has_keys(
            "",
            &["id", "issuer", "subject", "allow_any_subject", "scope", "public_key", "created_at", "expires_at"],
        )
        .has("/issuer", ISSUER)
        .has("/allow_any_subject", false)
        .has("/public_key", json!({"set": ISSUER, "kid": "partner"}));
    let request = rows.request(Method::POST, all).json(&body);
    rows.row("an issuer trusted twice", request, 409).await;
    let request = rows.request(Method::GET, format!("{all}/{id}"));
    rows.row("a trusted issuer", request, 200).await.has("/id", &*id).has("/subject", "ann");
    let request = rows.request(Method::GET, all);
    rows.row("the trusted issuers", request, 200).await.has("/0/id", &*id).has_no("/1");
    let request = rows.request(Method::GET, format!("{all}?issuer=https://else.test"));
    rows.row("the trusted issuers of a name", request, 200).await.is(&json!([]));
    id
}

/// An issuer whose time is over is found by the name of its key for all that.
async fn over(partner: &Partner<'_>, all: &str, rows: &mut Rows) {
    let past = (OffsetDateTime::now_utc() - Duration::from_secs(60)).format(&Rfc3339).unwrap();
    let key = Signer::new("of before");
    let body = json!({"issuer": ISSUER, "allow_any_subject": true, "scope": [], "jwk": key.jwk(), "expires_at": past});
    let request = rows.request(Method::POST, all).json(&body);
    let answer = rows.row("an issuer trusted until a minute ago", request, 201).await;
    answer.has("/allow_any_subject", true).has("/subject", "");
    let request = partner.ask(rows, &key.sign(&partner.claims()), &[]);
    rows.row("the word of one whose time is over", request, 200).await.has("/token_type", "bearer");
    let request = partner.ask(rows, &key.sign_as(&json!({"alg": "ES256"}), &partner.claims()), &[]);
    rows.row("which is nobody's without the name of its key", request, 400).await.has("/error", "invalid_grant");
}

/// Who is trusted, and the client that brings its word.
struct Partner<'a> {
    shop: &'a SeededTenant,
    key: Signer,
    client: SeededClient,
    token: String,
}

impl Partner<'_> {
    fn claims(&self) -> Value {
        claims(ISSUER, "ann", &self.token)
    }

    fn ask(&self, rows: &Rows, assertion: &str, more: &[(&str, &str)]) -> RequestBuilder {
        authenticated(self.unauthenticated(rows, assertion, more), &self.client, SECRET)
    }

    fn unauthenticated(&self, rows: &Rows, assertion: &str, more: &[(&str, &str)]) -> RequestBuilder {
        let form = [&[("grant_type", GRANT), ("assertion", assertion)], more].concat();
        rows.request(Method::POST, format!("{}oauth2/token", self.shop.urls().hydra_public)).form(&form)
    }
}

async fn exchanged(partner: &Partner<'_>, rows: &mut Rows) {
    let once = partner.key.sign(&partner.claims());
    let request = partner.ask(rows, &once, &[("scope", "inventory:read")]);
    let answer = rows.row("a trusted word exchanged", request, 200).await;
    let token = answer.json["access_token"].as_str().unwrap_or_default().to_owned();
    // Rounded, where a client's own token is cut off.
    let left = answer.json["expires_in"].as_i64().unwrap_or_default();
    let is_an_hour = (3599..=3600).contains(&left);
    answer.has("/scope", "inventory:read").has_no("/refresh_token").holds(is_an_hour, &format!("it has {left} s"));
    let request = introspect(rows, partner.shop, &[("token", &token)]);
    let answer = rows.row("a token by a trusted word", request, 200).await;
    answer.has("/active", true).has("/sub", "ann").has("/client_id", "bearers").has("/token_use", "access_token");
    let request = partner.ask(rows, &once, &[]);
    rows.row("a trusted word twice", request, 400).await.has("/error", "jti_known");
    let request = partner.ask(rows, &partner.key.sign_as(&json!({"alg": "ES256"}), &partner.claims()), &[]);
    rows.row("a trusted word of a key without a name", request, 200).await.has("/scope", "");
}

async fn refused(partner: &Partner<'_>, rows: &mut Rows) {
    let (key, stranger) = (&partner.key, Signer::new("partner"));
    let past = seconds(Duration::ZERO) - 60;
    let changed = |changes: &[(&str, Value)]| key.sign(&with(partner.claims(), changes));
    let too_long = seconds(Duration::from_secs(721 * 3600));
    for (name, assertion) in [
        ("an expired word", changed(&[("exp", json!(past))])),
        ("a word without an end", changed(&[("exp", Value::Null)])),
        ("a word that is good for too long", changed(&[("exp", json!(too_long))])),
        ("a word without a beginning", changed(&[("iat", Value::Null)])),
        ("a word without an id", changed(&[("jti", Value::Null)])),
        ("a word for nobody", changed(&[("aud", Value::Null)])),
        ("a word for others", changed(&[("aud", json!(["https://auth.else.test/"]))])),
        ("a word of an unknown issuer", changed(&[("iss", json!("https://else.test"))])),
        ("a word of no issuer", changed(&[("iss", Value::Null)])),
        ("a word about somebody else", changed(&[("sub", json!("bob"))])),
        ("a word about nobody", changed(&[("sub", Value::Null)])),
        ("a word by a stranger's key", stranger.sign(&partner.claims())),
        ("a word by an unknown key", Signer::new("another").sign(&partner.claims())),
        ("a word that is none", "no word".to_owned()),
    ] {
        let request = partner.ask(rows, &assertion, &[]);
        rows.row(name, request, 400).await.has("/error", "invalid_grant").header("cache-control", "no-store");
    }
    let request = partner.ask(rows, "", &[]);
    rows.row("no word", request, 400).await.has("/error", "invalid_request");
    let request = partner.ask(rows, &key.sign(&partner.claims()), &[("scope", "another")]);
    rows.row("a word for more than the client may", request, 400).await.has("/error", "invalid_scope");
    let request = partner.unauthenticated(rows, &key.sign(&partner.claims()), &[]);
    rows.row("a word that no client brings", request, 400).await.has("/error", "invalid_request");
    let reader = &partner.shop.machine("reader").client;
    let request = partner.unauthenticated(rows, &key.sign(&partner.claims()), &[]);
    let request = authenticated(request, reader, reader.secret.as_deref().unwrap_or_default());
    rows.row("a word that another client brings", request, 400).await.has("/error", "unauthorized_client");
}
