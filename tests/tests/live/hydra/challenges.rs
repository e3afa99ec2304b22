//! Login and consent: what the application behind these pages is asked, and what it may answer twice.

use std::collections::BTreeMap;

use iam_testing::client::{NewClient, SeededClient};
use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use super::{authenticated, introspect};
use crate::row::Rows;

const BACK: &str = "https://pages.shop.test/back";

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let client = NewClient::new("pages").secret("a secret of pages").scope("offline_access").scope("inventory:read");
    let client = client.grant("authorization_code").grant("refresh_token").redirect_uri(BACK);
    let client = shop.client.create_client(client).await.unwrap();
    let mut browser = Browser::of(shop);
    let requests = format!("{}admin/oauth2/auth/requests/", shop.urls().hydra_admin);
    let begin = format!(
        "/oauth2/auth?client_id=pages&response_type=code&redirect_uri={BACK}&scope=offline_access%20inventory:read&state=0123456789"
    );

    let page = browser.goes(rows, "an authorisation begun", &begin, 302).await;
    let login = parameter(&page, "login_challenge");
    let request = rows.request(Method::GET, format!("{requests}login?login_challenge={login}"));
    let answer = rows.row("a login request", request, 200).await;
    answer.has("/client/client_id", "pages").has("/skip", false).has("/subject", "");
    let request = rows.request(Method::GET, format!("{requests}login?challenge={login}"));
    rows.row("a login request by its older name", request, 200).await;
    let request = rows.request(Method::PUT, format!("{requests}login/accept?login_challenge={login}"));
    let answer = rows.row("a login of nobody accepted", request.json(&json!({"subject": ""})), 400).await;
    answer.has("/error", "invalid_request");
    for (kind, body) in [("login", json!({"subject": "ann"})), ("consent", json!({"grant_scope": []}))] {
        let url = format!("{requests}{kind}/accept?{kind}_challenge=nobodys");
        let request = rows.request(Method::PUT, url).json(&body);
        rows.row("an unknown challenge accepted", request, 404).await.has("/error", "Not Found");
    }
    let mut next = String::new();
    for name in ["a login accepted", "a login accepted twice"] {
        let request = rows.request(Method::PUT, format!("{requests}login/accept?login_challenge={login}"));
        let answer = rows.row(name, request.json(&json!({"subject": "ann", "remember": true})), 200).await;
        next = answer.json["redirect_to"].as_str().unwrap_or_default().to_owned();
    }
    let page = browser.goes(rows, "on to the consent", &next, 302).await;
    let consent = parameter(&page, "consent_challenge");
    let request = rows.request(Method::GET, format!("{requests}consent?consent_challenge={consent}"));
    let answer = rows.row("a consent request", request, 200).await;
    answer.has("/subject", "ann").has("/requested_scope", json!(["offline_access", "inventory:read"]));
    let request = rows.request(Method::PUT, format!("{requests}consent/accept?consent_challenge={consent}"));
    let request = request.json(&json!({"grant_scope": ["offline_access", "inventory:read"]}));
    let next = rows.row("a consent accepted", request, 200).await.json["redirect_to"].clone();
    let page = browser.goes(rows, "back with a code", next.as_str().unwrap_or_default(), 303).await;
    codes(shop, &client, &parameter(&page, "code"), rows).await;

    refused(&mut browser, &requests, &begin, rows).await;

    let page = browser.goes(rows, "an authorisation of somebody remembered", &begin, 302).await;
    let login = parameter(&page, "login_challenge");
    let request = rows.request(Method::GET, format!("{requests}login?login_challenge={login}"));
    rows.row("a login that may be skipped", request, 200).await.has("/skip", true).has("/subject", "ann");
    let request = rows.request(Method::PUT, format!("{requests}login/accept?login_challenge={login}"));
    let answer =
        rows.row("a login of another one than remembered", request.json(&json!({"subject": "bob"})), 200).await;
    // Nothing was accepted.
    let begins_anew = answer.json["redirect_to"].as_str().is_some_and(|url| url.contains("prompt=login"));
    answer.holds(begins_anew, "it is accepted");
    logout(&mut browser, &requests, rows).await;
}

/// What the pages do not let through comes back as an error.
async fn refused(browser: &mut Browser, requests: &str, begin: &str, rows: &mut Rows) {
    let denial = json!({"error": "access_denied", "error_description": "not today"});
    let page = browser.goes(rows, "an authorisation to be refused", &format!("{begin}&prompt=login"), 302).await;
    let login = parameter(&page, "login_challenge");
    let request = rows.request(Method::PUT, format!("{requests}login/reject?login_challenge={login}")).json(&denial);
    let next = rows.row("a login refused", request, 200).await.json["redirect_to"].clone();
    let back = browser.goes(rows, "back without a code", next.as_str().unwrap_or_default(), 303).await;
    let told = (parameter(&back, "error"), parameter(&back, "state"), parameter(&back, "code"));
    rows.last().holds(told == ("access_denied".into(), "0123456789".into(), String::new()), &format!("it is {told:?}"));

    let page = browser.goes(rows, "an authorisation whose consent is to be refused", begin, 302).await;
    let login = parameter(&page, "login_challenge");
    let request = rows.request(Method::PUT, format!("{requests}login/accept?login_challenge={login}"));
    let answer = rows.row("its login accepted", request.json(&json!({"subject": "ann"})), 200).await;
    let next = answer.json["redirect_to"].clone();
    let page = browser.goes(rows, "on to the consent to be refused", next.as_str().unwrap_or_default(), 302).await;
    let consent = parameter(&page, "consent_challenge");
    let request = rows.request(Method::PUT, format!("{requests}consent/reject?consent_challenge={consent}"));
    let next = rows.row("a consent refused", request.json(&denial), 200).await.json["redirect_to"].clone();
    let back = browser.goes(rows, "back without a code either", next.as_str().unwrap_or_default(), 303).await;
    let told = parameter(&back, "error");
    rows.last().holds(told == "access_denied", &format!("it is {told}"));
}

/// Somebody remembered, until they log out.
async fn logout(browser: &mut Browser, requests: &str, rows: &mut Rows) {
    let begin = "/oauth2/sessions/logout";
    let page = browser.goes(rows, "a logout begun", begin, 302).await;
    let challenge = parameter(&page, "logout_challenge");
    let request = rows.request(Method::GET, format!("{requests}logout?logout_challenge={challenge}"));
    let answer = rows.row("a logout request", request, 200).await;
    answer.has("/subject", "ann").has("/rp_initiated", false).has("/challenge", &*challenge);
    let request = rows.request(Method::PUT, format!("{requests}logout/reject?logout_challenge={challenge}"));
    rows.row("a logout refused", request, 204).await.is(&Value::Null);
    let request = rows.request(Method::PUT, format!("{requests}logout/reject?logout_challenge=nobodys"));
    rows.row("a logout of nobody's refused", request, 404).await.has("/error", "Not Found");

    let page = browser.goes(rows, "a logout begun anew", begin, 302).await;
    let challenge = parameter(&page, "logout_challenge");
    let request = rows.request(Method::PUT, format!("{requests}logout/accept?logout_challenge={challenge}"));
    let next = rows.row("a logout accepted", request, 200).await.json["redirect_to"].clone();
    browser.goes(rows, "logged out", next.as_str().unwrap_or_default(), 302).await;
    let page = browser.goes(rows, "a logout of nobody", begin, 302).await;
    let is_asked = !parameter(&page, "logout_challenge").is_empty();
    rows.last().holds(!is_asked, "somebody is remembered still");
    let request = rows.request(Method::GET, format!("{requests}logout?logout_challenge=nobodys"));
    rows.row("a logout request of nobody's", request, 404).await.has("/error", "Not Found");
    let request = rows.request(Method::PUT, format!("{requests}logout/accept?logout_challenge=nobodys"));
    rows.row("a logout of nobody's accepted", request, 404).await.has("/error", "Not Found");
}

/// What a code is exchanged for, once.
async fn codes(shop: &SeededTenant, client: &SeededClient, code: &str, rows: &mut Rows) {
    let urls = shop.urls();
    let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK)];
    let exchange = |rows: &Rows| {
        let request = rows.request(Method::POST, format!("{}oauth2/token", urls.hydra_public)).form(&form);
        authenticated(request, client, "a secret of pages")
    };
    let request = exchange(rows);
    let answer = rows.row("a code exchanged", request, 200).await;
    let token = answer.json["access_token"].as_str().unwrap_or_default().to_owned();
    let is_refreshable = answer.json["refresh_token"].as_str().is_some_and(|token| token.starts_with("ory_rt_"));
    answer.has("/scope", "offline_access inventory:read").holds(is_refreshable, "no refresh token");
    let consents = format!("{}admin/oauth2/auth/sessions/consent?subject=ann", urls.hydra_admin);
    let request = rows.request(Method::GET, &consents);
    let answer = rows.row("a user's consents", request, 200).await;
    let is_named = answer.json[0]["consent_request"]["challenge"].is_string();
    answer
        .has("/0/consent_request/client/client_id", "pages")
        .has("/0/consent_request/subject", "ann")
        .holds(is_named, "its challenge is not told");
    let request = exchange(rows);
    rows.row("a code exchanged twice", request, 400).await.has("/error", "invalid_grant");
    let request = introspect(rows, shop, &[("token", &token)]);
    rows.row("which ends what came of it", request, 200).await.is(&json!({"active": false}));
    let request = rows.request(Method::DELETE, format!("{consents}&all=true"));
    rows.row("a user's consents revoked", request, 204).await.is(&Value::Null);
}

/// Keeps the cookies that Hydra wants to see again.
pub(super) struct Browser {
    public: Url,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(super) fn of(shop: &SeededTenant) -> Browser {
        Browser { public: shop.urls().hydra_public.clone(), cookies: BTreeMap::new() }
    }

    /// Where this page, on Hydra wherever its issuer is said to be, sends the browser.
    pub(super) async fn goes(&mut self, rows: &mut Rows, name: &'static str, url: &str, status: u16) -> String {
        let named = self.public.join(url).unwrap();
        let mut url = self.public.clone();
        url.set_path(named.path());
        url.set_query(named.query());
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        let request = rows.accepting(Method::GET, url, "text/html").header("cookie", cookies.join("; "));
        let answer = rows.row(name, request, status).await;
        for line in answer.lines_of("set-cookie") {
            let cookie = line.split(';').next().unwrap_or_default();
            let (name, value) = cookie.split_once('=').unwrap_or_default();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer.text_of("location")
    }
}

pub(super) fn parameter(page: &str, name: &str) -> String {
    let found = Url::parse(page)
        .ok()
        .and_then(|page| page.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()));
    found.unwrap_or_default()
}
