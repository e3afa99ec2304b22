//! The authorisation-code flow: the browser, the client and the application that play it.

mod pages;
mod tokens;

use std::cell::RefCell;
use std::collections::BTreeMap;

use iam_testing::standin::OryProject;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::http::{Answer, call, client, form_as, project, send};

pub(crate) const SHOP: (&str, &str) = ("shop", "shop-secret");
pub(crate) const CALLBACK: &str = "https://shop.example.test/callback";

/// A browser: cookies, no redirects of its own accord.
#[derive(Default)]
pub(crate) struct Browser(RefCell<BTreeMap<String, String>>);

impl Browser {
    pub(crate) async fn visit(&self, url: Url) -> Answer {
        let cookies: Vec<String> = self.0.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = send(client().get(url).header("cookie", cookies.join("; "))).await;
        for line in answer.headers.get_all("set-cookie") {
            let (name, value) = line.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.0.borrow_mut().insert(name.to_owned(), value.to_owned());
        }
        answer
    }
}

pub(crate) struct Flow {
    pub(crate) project: OryProject,
    pub(crate) browser: Browser,
}

pub(crate) fn parameter(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(key, _)| key == name).unwrap_or_else(|| panic!("no {name} in {url}")).1.into_owned()
}

impl Flow {
    pub(crate) async fn new() -> Flow {
        let project = project().await;
        let body = json!({
            "client_id": SHOP.0, "client_secret": SHOP.1, "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"], "scope": "openid offline_access orders.read",
            "audience": ["https://api.example.test"],
        });
        call(Method::POST, project.hydra_admin(), "admin/clients", body).await.json(201);
        Flow { project, browser: Browser::default() }
    }

    pub(crate) fn auth_url(&self, extra: &[(&str, &str)]) -> Url {
        let mut url = self.project.hydra_public().join("oauth2/auth").unwrap();
        let fields = [
            ("client_id", SHOP.0),
            ("response_type", "code"),
            ("redirect_uri", CALLBACK),
            ("state", "12345678"),
            ("scope", "openid offline_access orders.read"),
        ];
        let kept = fields.iter().filter(|(key, _)| extra.iter().all(|(name, _)| name != key));
        url.query_pairs_mut().extend_pairs(kept).extend_pairs(extra);
        url
    }

    pub(crate) async fn decide(&self, what: &str, challenge: &str, body: Value) -> Url {
        let (kind, _) = what.split_once('/').unwrap();
        let path = format!("admin/oauth2/auth/requests/{what}?{kind}_challenge={challenge}");
        let answer = call(Method::PUT, self.project.hydra_admin(), &path, body).await.json(200);
        Url::parse(answer["redirect_to"].as_str().unwrap()).unwrap()
    }

    /// To the consent page; returns its challenge.
    pub(crate) async fn log_in(&self, extra: &[(&str, &str)], login: Value) -> String {
        let page = self.browser.visit(self.auth_url(extra)).await.location(302);
        assert!(page.path().ends_with("/ui/login"), "{page}");
        let back = self.decide("login/accept", &parameter(&page, "login_challenge"), login).await;
        let page = self.browser.visit(back).await.location(302);
        assert!(page.path().ends_with("/ui/consent"), "{page}");
        parameter(&page, "consent_challenge")
    }

    pub(crate) async fn code(&self, extra: &[(&str, &str)]) -> String {
        let challenge = self.log_in(extra, json!({"subject": "alice"})).await;
        let consent = json!({
            "grant_scope": ["openid", "offline_access", "orders.read"],
            "grant_access_token_audience": ["https://api.example.test"],
            "session": {"access_token": {"tier": "gold"}, "id_token": {"email": "alice@example.test"}},
        });
        let back = self.decide("consent/accept", &challenge, consent).await;
        let callback = self.browser.visit(back).await.location(303);
        assert!(callback.as_str().starts_with(CALLBACK));
        assert_eq!(parameter(&callback, "state"), "12345678");
        parameter(&callback, "code")
    }

    pub(crate) async fn exchange(&self, code: &str, extra: &[(&str, &str)]) -> Answer {
        let fields = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
        let kept = fields.into_iter().filter(|(key, _)| extra.iter().all(|(name, _)| name != key));
        let fields: Vec<_> = kept.chain(extra.iter().copied()).collect();
        form_as(self.project.hydra_public(), "oauth2/token", SHOP, &fields).await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        form_as(self.project.hydra_public(), "oauth2/token", SHOP, &fields).await
    }

    pub(crate) async fn tokens(&self) -> (String, String) {
        let tokens = self.exchange(&self.code(&[]).await, &[]).await.json(200);
        pair(&tokens)
    }
}

pub(crate) fn pair(tokens: &Value) -> (String, String) {
    (tokens["access_token"].as_str().unwrap().to_owned(), tokens["refresh_token"].as_str().unwrap().to_owned())
}
