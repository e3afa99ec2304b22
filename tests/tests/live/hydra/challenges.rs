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
    let mut browser = Browser { public: shop.urls().hydra_public.clone(), cookies: BTreeMap::new() };
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
struct Browser {
    public: Url,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Where this page, on Hydra wherever its issuer is said to be, sends the browser.
    async fn goes(&mut self, rows: &mut Rows, name: &'static str, url: &str, status: u16) -> String {
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

fn parameter(page: &str, name: &str) -> String {
    let found = Url::parse(page)
        .ok()
        .and_then(|page| page.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()));
    found.unwrap_or_default()
}
