//! What a browser is sent to `/oauth2/auth` for: mistakes of its client, proofs of who asked (RFC 7636), and what the
//! application says of a user besides.

use iam_testing::client::{NewClient, SeededClient};
use iam_testing::seed::SeededTenant;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::challenges::{Browser, parameter};
use super::signed::decoded;
use super::{authenticated, introspect};
use crate::row::Rows;

const BACK: &str = "https://proven.shop.test/back";
const SECRET: &str = "a secret of the proven";

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let client = NewClient::new("proven").secret(SECRET).scope("openid").scope("inventory:read").redirect_uri(BACK);
    let client = client.grant("authorization_code").audience("https://api.shop.test");
    let client = shop.client.create_client(client).await.unwrap();
    mistakes(shop, rows).await;
    let mut browser = Browser::of(shop);
    let hashed = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let back = consented(shop, &mut browser, &hashed, rows).await;
    exchanged(shop, &client, &parameter(&back, "code"), rows).await;
    let back = consented(shop, &mut browser, &hashed, rows).await;
    proven_wrong(shop, &client, &parameter(&back, "code"), rows).await;
    // Which is refused at the end alone, where a user has done everything.
    for clear in
        [&[("code_challenge", VERIFIER)][..], &[("code_challenge", VERIFIER), ("code_challenge_method", "odd")]]
    {
        let back = consented(shop, &mut browser, clear, rows).await;
        let told = parameter(&back, "error");
        rows.last().holds(told == "invalid_request" && parameter(&back, "code").is_empty(), &back);
    }
    forgotten(shop, &mut browser, rows).await;
}

fn begin(changes: &[(&str, &str)]) -> String {
    let mut query = vec![
        ("client_id", "proven"),
        ("response_type", "code"),
        ("redirect_uri", BACK),
        ("scope", "openid inventory:read"),
        ("state", "0123456789"),
    ];
    query.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    let pairs = query.iter().chain(changes);
    format!("/oauth2/auth?{}", url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}

/// Some are told to the client, those about the client itself to the user.
async fn mistakes(shop: &SeededTenant, rows: &mut Rows) {
    for (name, change, status, error) in [
        ("an authorisation for nobody", ("client_id", "nobody"), 302, "invalid_client"),
        ("an authorisation for elsewhere", ("redirect_uri", "https://evil.test/"), 302, "invalid_request"),
        ("an authorisation of a short state", ("state", "short"), 303, "invalid_state"),
        ("an authorisation for a scope of others", ("scope", "another"), 303, "invalid_scope"),
        ("an authorisation for an audience of others", ("audience", "https://else.test"), 303, "invalid_request"),
        ("an authorisation of no kind", ("response_type", "odd"), 303, "unsupported_response_type"),
        ("an authorisation without a page", ("prompt", "none"), 303, "login_required"),
    ] {
        let place = Browser::of(shop).goes(rows, name, &begin(&[change]), status).await;
        let (told, is_back) = (parameter(&place, "error"), place.starts_with(BACK));
        rows.last().holds(told == error && is_back == (status == 303), &place);
    }
}

/// Back with a code, for which an application has said more than who it is.
async fn consented(shop: &SeededTenant, browser: &mut Browser, proof: &[(&str, &str)], rows: &mut Rows) -> String {
    let page = browser.goes(rows, "an authorisation with a proof", &begin(proof), 302).await;
    let requests = format!("{}admin/oauth2/auth/requests/", shop.urls().hydra_admin);
    let login = parameter(&page, "login_challenge");
    let request = rows.request(Method::PUT, format!("{requests}login/accept?login_challenge={login}"));
    let request = request.json(&json!({"subject": "ann", "remember": true, "acr": "2", "context": {"from": "a page"}}));
    let next = rows.row("a login with what is known of it", request, 200).await.json["redirect_to"].clone();
    let page = browser.goes(rows, "on to what is consented", next.as_str().unwrap_or_default(), 302).await;
    let consent = parameter(&page, "consent_challenge");
    let request = rows.request(Method::GET, format!("{requests}consent?consent_challenge={consent}"));
    let answer = rows.row("a consent request that knows of the login", request, 200).await;
    answer.has("/context/from", "a page").has("/acr", "2");
    let request = rows.request(Method::PUT, format!("{requests}consent/accept?consent_challenge={consent}"));
    let request = request.json(&json!({
        "grant_scope": ["openid", "inventory:read"],
        "session": {"access_token": {"tier": "gold"}, "id_token": {"nickname": "Ann"}},
    }));
    let next = rows.row("a consent with claims", request, 200).await.json["redirect_to"].clone();
    browser.goes(rows, "back with a code to prove", next.as_str().unwrap_or_default(), 303).await
}

fn exchange(shop: &SeededTenant, client: &SeededClient, fields: &[(&str, &str)], rows: &Rows) -> RequestBuilder {
    let form = [&[("grant_type", "authorization_code")], fields].concat();
    let request = rows.request(Method::POST, format!("{}oauth2/token", shop.urls().hydra_public));
    authenticated(request.form(&form), client, SECRET)
}

/// A proof is looked at once, right or wrong: after that the code is one that nobody has to prove.
async fn proven_wrong(shop: &SeededTenant, client: &SeededClient, code: &str, rows: &mut Rows) {
    let whole = [("code", code), ("redirect_uri", BACK), ("code_verifier", VERIFIER)];
    let wrong = "a.verifier.that.nobody.has.hashed.of.enough.letters";
    for (name, fields) in [
        ("a code with another proof", [whole[0], whole[1], ("code_verifier", wrong)]),
        ("a code whose proof was wrong before", whole),
    ] {
        let request = exchange(shop, client, &fields, rows);
        rows.row(name, request, 400).await.has("/error", "invalid_grant");
    }
    let request = exchange(shop, client, &whole[..2], rows);
    rows.row("the same code without any proof", request, 200).await.has("/token_type", "bearer");
}

async fn exchanged(shop: &SeededTenant, client: &SeededClient, code: &str, rows: &mut Rows) {
    let whole = [("code", code), ("redirect_uri", BACK), ("code_verifier", VERIFIER)];
    for (name, fields) in [
        ("a code for elsewhere", [whole[0], ("redirect_uri", "https://evil.test/"), whole[2]]),
        ("a code of nobody's", [("code", "ory_ac_nobodys"), whole[1], whole[2]]),
    ] {
        let request = exchange(shop, client, &fields, rows);
        rows.row(name, request, 400).await.has("/error", "invalid_grant");
    }
    // None of which spends it.
    let request = exchange(shop, client, &whole, rows);
    let answer = rows.row("a code with its proof", request, 200).await;
    let text = |name: &str| answer.json[name].as_str().unwrap_or_default().to_owned();
    let (token, [_, claims]) = (text("access_token"), decoded(&text("id_token")));
    answer.has_no("/refresh_token").holds(claims["nickname"] == "Ann" && claims["acr"] == "2", &claims.to_string());
    let request = introspect(rows, shop, &[("token", &token)]);
    rows.row("a token with claims", request, 200).await.has("/ext", json!({"tier": "gold"})).has("/sub", "ann");
    let request = rows.request(Method::GET, format!("{}userinfo", shop.urls().hydra_public)).bearer_auth(&token);
    rows.row("about somebody with claims", request, 200).await.has("/nickname", "Ann").has_no("/tier");

    let tokens = format!("{}admin/oauth2/tokens", shop.urls().hydra_admin);
    let request = rows.request(Method::DELETE, &tokens);
    rows.row("the tokens of no client ended", request, 400).await;
    let request = rows.request(Method::DELETE, format!("{tokens}?client_id=proven"));
    rows.row("the tokens of a client ended", request, 204).await.is(&Value::Null);
    let request = introspect(rows, shop, &[("token", &token)]);
    rows.row("one of them", request, 200).await.is(&json!({"active": false}));
}

/// Whom Hydra remembers is asked no more, until it is told to forget.
async fn forgotten(shop: &SeededTenant, browser: &mut Browser, rows: &mut Rows) {
    let admin = format!("{}admin/oauth2/auth/", shop.urls().hydra_admin);
    for (name, is_remembered) in [("somebody remembered", true), ("somebody forgotten", false)] {
        if !is_remembered {
            let request = rows.request(Method::DELETE, format!("{admin}sessions/login?subject=ann"));
            rows.row("a user's log-ins forgotten", request, 204).await.is(&Value::Null);
        }
        let page = browser.goes(rows, "an authorisation anew", &begin(&[]), 302).await;
        let login = parameter(&page, "login_challenge");
        let request = rows.request(Method::GET, format!("{admin}requests/login?login_challenge={login}"));
        rows.row(name, request, 200).await.has("/skip", is_remembered);
    }
    let request = rows.request(Method::DELETE, format!("{admin}sessions/login"));
    rows.row("nobody's log-ins forgotten", request, 400).await.has("/error", "invalid_request");
}
