//! The authorisation-code flow, as a browser, a client and an application see it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iam_testing::standin::OryProject;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::http::{
    Answer, call, client, delete, form_as, get, inactive, introspect, project, send,
};

const SHOP: (&str, &str) = ("shop", "shop-secret");
const CALLBACK: &str = "https://shop.example.test/callback";
const VERIFIER: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG-._~";

/// A browser: cookies, no redirects of its own accord.
#[derive(Default)]
struct Browser(RefCell<BTreeMap<String, String>>);

impl Browser {
    async fn visit(&self, url: Url) -> Answer {
        let cookies: Vec<String> = self
            .0
            .borrow()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let answer = send(client().get(url).header("cookie", cookies.join("; "))).await;
        for line in answer.headers.get_all("set-cookie") {
            let (name, value) = line
                .to_str()
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .split_once('=')
                .unwrap();
            self.0
                .borrow_mut()
                .insert(name.to_owned(), value.to_owned());
        }
        answer
    }
}

struct Flow {
    project: OryProject,
    browser: Browser,
}

fn parameter(url: &Url, name: &str) -> String {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .unwrap_or_else(|| panic!("no {name} in {url}"))
        .1
        .into_owned()
}

impl Flow {
    async fn new() -> Flow {
        let project = project().await;
        let body = json!({
            "client_id": SHOP.0, "client_secret": SHOP.1, "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"], "scope": "openid offline_access orders.read",
            "audience": ["https://api.example.test"],
        });
        call(Method::POST, project.hydra_admin(), "admin/clients", body)
            .await
            .json(201);
        Flow {
            project,
            browser: Browser::default(),
        }
    }

    fn auth_url(&self, extra: &[(&str, &str)]) -> Url {
        let mut url = self.project.hydra_public().join("oauth2/auth").unwrap();
        let fields = [
            ("client_id", SHOP.0),
            ("response_type", "code"),
            ("redirect_uri", CALLBACK),
            ("state", "12345678"),
            ("scope", "openid offline_access orders.read"),
        ];
        let kept = fields
            .iter()
            .filter(|(key, _)| extra.iter().all(|(name, _)| name != key));
        url.query_pairs_mut().extend_pairs(kept).extend_pairs(extra);
        url
    }

    async fn decide(&self, what: &str, challenge: &str, body: Value) -> Url {
        let (kind, _) = what.split_once('/').unwrap();
        let path = format!("admin/oauth2/auth/requests/{what}?{kind}_challenge={challenge}");
        let answer = call(Method::PUT, self.project.hydra_admin(), &path, body)
            .await
            .json(200);
        Url::parse(answer["redirect_to"].as_str().unwrap()).unwrap()
    }

    /// To the consent page; returns its challenge.
    async fn log_in(&self, extra: &[(&str, &str)], login: Value) -> String {
        let page = self.browser.visit(self.auth_url(extra)).await.location(302);
        assert!(page.path().ends_with("/ui/login"), "{page}");
        let back = self
            .decide("login/accept", &parameter(&page, "login_challenge"), login)
            .await;
        let page = self.browser.visit(back).await.location(302);
        assert!(page.path().ends_with("/ui/consent"), "{page}");
        parameter(&page, "consent_challenge")
    }

    async fn code(&self, extra: &[(&str, &str)]) -> String {
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

    async fn exchange(&self, code: &str, extra: &[(&str, &str)]) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
        ];
        let kept = fields
            .into_iter()
            .filter(|(key, _)| extra.iter().all(|(name, _)| name != key));
        let fields: Vec<_> = kept.chain(extra.iter().copied()).collect();
        form_as(self.project.hydra_public(), "oauth2/token", SHOP, &fields).await
    }

    async fn refresh(&self, token: &str) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        form_as(self.project.hydra_public(), "oauth2/token", SHOP, &fields).await
    }

    async fn tokens(&self) -> (String, String) {
        let tokens = self.exchange(&self.code(&[]).await, &[]).await.json(200);
        pair(&tokens)
    }
}

fn pair(tokens: &Value) -> (String, String) {
    (
        tokens["access_token"].as_str().unwrap().to_owned(),
        tokens["refresh_token"].as_str().unwrap().to_owned(),
    )
}

#[tokio::test]
async fn a_user_delegates_to_a_client() {
    let flow = Flow::new().await;
    let code = flow.code(&[("audience", "https://api.example.test")]).await;
    assert!(code.starts_with("ory_ac_"));
    let tokens = flow.exchange(&code, &[]).await.json(200);
    assert_eq!(tokens["scope"], "openid offline_access orders.read");
    let (access, refresh) = pair(&tokens);
    let shown = introspect(&flow.project, &access).await;
    assert_eq!(
        (&shown["sub"], &shown["client_id"]),
        (&json!("alice"), &json!("shop"))
    );
    assert_eq!(
        (&shown["aud"], &shown["ext"]),
        (
            &json!(["https://api.example.test"]),
            &json!({"tier": "gold"})
        )
    );
    let url = flow.project.hydra_public().join("userinfo").unwrap();
    let info = send(client().get(url.clone()).bearer_auth(&access))
        .await
        .json(200);
    assert_eq!(
        (&info["sub"], &info["email"]),
        (&json!("alice"), &json!("alice@example.test"))
    );

    // A refresh token is active as well: only `token_use` tells.
    let shown = introspect(&flow.project, &refresh).await;
    assert_eq!(
        (&shown["active"], &shown["token_use"], &shown["token_type"]),
        (&json!(true), &json!("refresh_token"), &json!("Bearer"))
    );
    assert_eq!(
        send(client().get(url).bearer_auth(&refresh))
            .await
            .oauth_error(401),
        "invalid_token"
    );
}

#[tokio::test]
async fn the_application_sees_what_is_asked() {
    let flow = Flow::new().await;
    let page = flow.browser.visit(flow.auth_url(&[])).await.location(302);
    let challenge = parameter(&page, "login_challenge");
    let admin = flow.project.hydra_admin();
    let request = get(
        admin,
        &format!("admin/oauth2/auth/requests/login?login_challenge={challenge}"),
    )
    .await
    .json(200);
    assert_eq!(
        (&request["skip"], &request["subject"]),
        (&json!(false), &json!(""))
    );
    assert_eq!(
        request["requested_scope"],
        json!(["openid", "offline_access", "orders.read"])
    );
    assert_eq!(
        (
            &request["client"]["client_id"],
            request["client"].get("client_secret")
        ),
        (&json!("shop"), None)
    );
    // The older name of the parameter, and a second acceptance.
    get(
        admin,
        &format!("oauth2/auth/requests/login?challenge={challenge}"),
    )
    .await
    .json(200);
    flow.decide("login/accept", &challenge, json!({"subject": "alice"}))
        .await;
    let back = flow
        .decide(
            "login/accept",
            &challenge,
            json!({"subject": "alice", "context": {"step": 1}}),
        )
        .await;
    let page = flow.browser.visit(back).await.location(302);
    let path = format!(
        "admin/oauth2/auth/requests/consent?consent_challenge={}",
        parameter(&page, "consent_challenge")
    );
    let request = get(admin, &path).await.json(200);
    assert_eq!(
        (&request["subject"], &request["context"]),
        (&json!("alice"), &json!({"step": 1}))
    );
    assert_eq!(request["login_challenge"], challenge);

    let unknown = get(
        admin,
        "admin/oauth2/auth/requests/login?login_challenge=unknown",
    )
    .await;
    assert_eq!(unknown.oauth_error(404), "Not Found");
    assert_eq!(
        get(admin, "admin/oauth2/auth/requests/consent")
            .await
            .oauth_error(400),
        "invalid_request"
    );
    let path = format!("admin/oauth2/auth/requests/login/accept?login_challenge={challenge}");
    let nobody = call(Method::PUT, admin, &path, json!({"subject": ""})).await;
    assert_eq!(nobody.oauth_error(400), "invalid_request");
}

#[tokio::test]
async fn rejections_go_to_the_client() {
    let flow = Flow::new().await;
    let page = flow.browser.visit(flow.auth_url(&[])).await.location(302);
    let back = flow
        .decide(
            "login/reject",
            &parameter(&page, "login_challenge"),
            json!({"error": "login_cancelled"}),
        )
        .await;
    let callback = flow.browser.visit(back).await.location(303);
    assert_eq!(
        (parameter(&callback, "error"), parameter(&callback, "state")),
        ("login_cancelled".to_owned(), "12345678".to_owned())
    );

    let challenge = flow.log_in(&[], json!({"subject": "alice"})).await;
    let back = flow.decide("consent/reject", &challenge, json!({})).await;
    assert_eq!(
        parameter(&flow.browser.visit(back).await.location(303), "error"),
        "request_denied"
    );
}

#[tokio::test]
async fn another_browser_cannot_finish_the_flow() {
    let flow = Flow::new().await;
    let page = flow.browser.visit(flow.auth_url(&[])).await.location(302);
    let back = flow
        .decide(
            "login/accept",
            &parameter(&page, "login_challenge"),
            json!({"subject": "alice"}),
        )
        .await;
    let callback = Browser::default().visit(back).await.location(303);
    assert_eq!(parameter(&callback, "error"), "request_forbidden");

    let challenge = flow.log_in(&[], json!({"subject": "alice"})).await;
    let back = flow
        .decide(
            "consent/accept",
            &challenge,
            json!({"grant_scope": ["openid"]}),
        )
        .await;
    assert_eq!(
        parameter(
            &Browser::default().visit(back.clone()).await.location(303),
            "error"
        ),
        "request_forbidden"
    );
    assert_eq!(
        parameter(&flow.browser.visit(back).await.location(303), "error"),
        "access_denied",
        "verifiers are used once"
    );
}

#[tokio::test]
async fn wrong_requests_do_not_reach_the_login_page() {
    let flow = Flow::new().await;
    let error = async |extra: &[(&str, &str)], status| {
        let answer = flow
            .browser
            .visit(flow.auth_url(extra))
            .await
            .location(status);
        (answer.path().to_owned(), parameter(&answer, "error"))
    };
    let page = |code: &str| ("/ui/error".to_owned(), code.to_owned());
    assert_eq!(
        error(&[("client_id", "nobody")], 302).await,
        page("invalid_client")
    );
    assert_eq!(
        error(&[("redirect_uri", "https://evil.example.test/")], 302).await,
        page("invalid_request")
    );
    let callback = |code: &str| ("/callback".to_owned(), code.to_owned());
    assert_eq!(
        error(&[("response_type", "token")], 303).await,
        callback("unsupported_response_type")
    );
    assert_eq!(
        error(&[("state", "short")], 303).await,
        callback("invalid_state")
    );
    assert_eq!(
        error(&[("scope", "admin")], 303).await,
        callback("invalid_scope")
    );
    assert_eq!(
        error(&[("audience", "https://x.test")], 303).await,
        callback("invalid_request")
    );
    assert_eq!(
        error(
            &[
                ("code_challenge", "abc"),
                ("code_challenge_method", "plain")
            ],
            303
        )
        .await,
        callback("invalid_request")
    );
    assert_eq!(
        error(&[("prompt", "none")], 303).await,
        callback("login_required")
    );
}

#[tokio::test]
async fn a_code_is_for_one_use_by_its_client() {
    let flow = Flow::new().await;
    let code = flow.code(&[]).await;
    assert_eq!(
        flow.exchange("ory_ac_unknown", &[]).await.oauth_error(400),
        "invalid_grant"
    );
    let elsewhere = flow
        .exchange(
            &code,
            &[("redirect_uri", "https://shop.example.test/other")],
        )
        .await;
    assert_eq!(elsewhere.oauth_error(400), "invalid_grant");
    let body = json!({"client_id": "thief", "client_secret": "thief-secret"});
    call(
        Method::POST,
        flow.project.hydra_admin(),
        "admin/clients",
        body,
    )
    .await
    .json(201);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
    ];
    let thief = form_as(
        flow.project.hydra_public(),
        "oauth2/token",
        ("thief", "thief-secret"),
        &fields,
    )
    .await;
    assert_eq!(thief.oauth_error(400), "invalid_grant");

    let (access, refresh) = pair(&flow.exchange(&code, &[]).await.json(200));
    assert_eq!(introspect(&flow.project, &access).await["active"], true);
    assert_eq!(
        flow.exchange(&code, &[]).await.oauth_error(400),
        "invalid_grant"
    );
    assert_eq!(
        introspect(&flow.project, &access).await,
        inactive(),
        "a code used twice revokes what it gave"
    );
    assert_eq!(introspect(&flow.project, &refresh).await, inactive());
}

#[tokio::test]
async fn pkce_binds_the_code_to_its_verifier() {
    let flow = Flow::new().await;
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let code = flow
        .code(&[
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ])
        .await;
    let wrong = VERIFIER.replace('0', "1");
    let long = "x".repeat(129);
    for verifier in ["", "short", &wrong, &long] {
        let answer = flow.exchange(&code, &[("code_verifier", verifier)]).await;
        assert_eq!(answer.oauth_error(400), "invalid_grant", "{verifier}");
    }
    flow.exchange(&code, &[("code_verifier", VERIFIER)])
        .await
        .json(200);
    let plain = flow.code(&[]).await;
    assert_eq!(
        flow.exchange(&plain, &[("code_verifier", VERIFIER)])
            .await
            .oauth_error(400),
        "invalid_grant"
    );
}

#[tokio::test]
async fn refresh_rotates_and_reuse_revokes_the_chain() {
    let flow = Flow::new().await;
    let (access, refresh) = flow.tokens().await;
    let (access_2, refresh_2) = pair(&flow.refresh(&refresh).await.json(200));
    assert_eq!(introspect(&flow.project, &access).await, inactive());
    assert_eq!(introspect(&flow.project, &refresh).await, inactive());
    assert_eq!(introspect(&flow.project, &access_2).await["sub"], "alice");
    assert_eq!(
        flow.refresh(&refresh).await.oauth_error(400),
        "invalid_grant"
    );
    assert_eq!(
        introspect(&flow.project, &access_2).await,
        inactive(),
        "reuse revokes all"
    );
    assert_eq!(
        flow.refresh(&refresh_2).await.oauth_error(400),
        "invalid_grant"
    );
    let (access, _) = flow.tokens().await;
    assert_eq!(
        flow.refresh(&access).await.oauth_error(400),
        "invalid_grant",
        "no refresh token"
    );
}

#[tokio::test]
async fn revoking_one_of_a_pair_kills_both() {
    let flow = Flow::new().await;
    let (access, refresh) = flow.tokens().await;
    let public = flow.project.hydra_public();
    assert_eq!(
        form_as(public, "oauth2/revoke", SHOP, &[("token", &refresh)])
            .await
            .status,
        200
    );
    assert_eq!(introspect(&flow.project, &access).await, inactive());
}

#[tokio::test]
async fn no_refresh_token_without_offline_scope() {
    let flow = Flow::new().await;
    let challenge = flow.log_in(&[], json!({"subject": "alice"})).await;
    let back = flow
        .decide(
            "consent/accept",
            &challenge,
            json!({"grant_scope": ["openid"], "session": null}),
        )
        .await;
    let callback = flow.browser.visit(back).await.location(303);
    let tokens = flow
        .exchange(&parameter(&callback, "code"), &[])
        .await
        .json(200);
    assert_eq!(
        (tokens.get("refresh_token"), &tokens["scope"]),
        (None, &json!("openid"))
    );
}

#[tokio::test]
async fn consents_are_revoked_with_their_tokens() {
    let flow = Flow::new().await;
    let (access, _) = flow.tokens().await;
    let sessions = "admin/oauth2/auth/sessions/consent";
    let revoke = async |query: &str| {
        delete(flow.project.hydra_admin(), &format!("{sessions}?{query}"))
            .await
            .status
            .as_u16()
    };
    let listed = get(
        flow.project.hydra_admin(),
        &format!("{sessions}?subject=alice"),
    )
    .await
    .json(200);
    let id = listed[0]["consent_request_id"].as_str().unwrap().to_owned();
    for query in [
        "",
        "subject=alice",
        "client=shop",
        "subject=alice&client=shop&all=true",
        "subject=alice&consent_request_id=x",
    ] {
        assert_eq!(revoke(query).await, 400, "{query}");
    }
    assert_eq!(
        revoke("subject=bob&all=true").await,
        204,
        "nothing found is done"
    );
    assert_eq!(introspect(&flow.project, &access).await["active"], true);
    assert_eq!(revoke(&format!("consent_request_id={id}")).await, 204);
    assert_eq!(introspect(&flow.project, &access).await, inactive());
    for query in ["subject=alice&client=shop", "subject=alice&all=true"] {
        let (access, _) = flow.tokens().await;
        assert_eq!(revoke(query).await, 204);
        assert_eq!(
            introspect(&flow.project, &access).await,
            inactive(),
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_remembered_login_is_skipped_until_logout() {
    let flow = Flow::new().await;
    let challenge = flow
        .log_in(
            &[],
            json!({"subject": "alice", "remember": true, "remember_for": 60}),
        )
        .await;
    let consent =
        json!({"grant_scope": ["openid", "offline_access", "orders.read"], "remember": true});
    let back = flow.decide("consent/accept", &challenge, consent).await;
    flow.browser.visit(back).await.location(303);

    let admin = flow.project.hydra_admin();
    let login = flow
        .browser
        .visit(flow.auth_url(&[("prompt", "none")]))
        .await
        .location(302);
    let challenge = parameter(&login, "login_challenge");
    let request = get(
        admin,
        &format!("admin/oauth2/auth/requests/login?login_challenge={challenge}"),
    )
    .await
    .json(200);
    assert_eq!(
        (&request["skip"], &request["subject"]),
        (&json!(true), &json!("alice"))
    );
    let restart = flow
        .decide("login/accept", &challenge, json!({"subject": "bob"}))
        .await;
    assert_eq!(
        parameter(&restart, "prompt"),
        "login",
        "somebody else: nothing is accepted"
    );
    let back = flow
        .decide("login/accept", &challenge, json!({"subject": "alice"}))
        .await;
    let page = flow.browser.visit(back).await.location(302);
    let path = format!(
        "admin/oauth2/auth/requests/consent?consent_challenge={}",
        parameter(&page, "consent_challenge")
    );
    assert_eq!(get(admin, &path).await.json(200)["skip"], true);

    let logout = flow
        .project
        .hydra_public()
        .join("oauth2/sessions/logout")
        .unwrap();
    let page = flow.browser.visit(logout.clone()).await.location(302);
    let challenge = parameter(&page, "logout_challenge");
    let request = get(
        admin,
        &format!("admin/oauth2/auth/requests/logout?logout_challenge={challenge}"),
    )
    .await
    .json(200);
    assert_eq!(
        (&request["subject"], &request["rp_initiated"]),
        (&json!("alice"), &json!(false))
    );
    let reject = format!("admin/oauth2/auth/requests/logout/reject?logout_challenge={challenge}");
    assert_eq!(
        call(Method::PUT, admin, &reject, json!({})).await.status,
        204
    );
    let page = flow.browser.visit(logout).await.location(302);
    let back = flow
        .decide(
            "logout/accept",
            &parameter(&page, "logout_challenge"),
            json!({}),
        )
        .await;
    assert!(
        flow.browser
            .visit(back)
            .await
            .location(302)
            .path()
            .ends_with("/ui/logout/done")
    );
    let none = flow
        .browser
        .visit(flow.auth_url(&[("prompt", "none")]))
        .await
        .location(303);
    assert_eq!(parameter(&none, "error"), "login_required");
}
