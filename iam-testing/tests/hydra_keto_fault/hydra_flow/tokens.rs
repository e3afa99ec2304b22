//! What a code is exchanged for, and how that ends.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{CALLBACK, Flow, SHOP, pair, parameter};
use crate::http::{call, client, delete, form_as, get, inactive, introspect, send};

const VERIFIER: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG-._~";

#[tokio::test]
async fn a_user_delegates_to_a_client() {
    let flow = Flow::new().await;
    let code = flow.code(&[("audience", "https://api.example.test")]).await;
    assert!(code.starts_with("ory_ac_"));
    let tokens = flow.exchange(&code, &[]).await.json(200);
    assert_eq!(tokens["scope"], "openid offline_access orders.read");
    let (access, refresh) = pair(&tokens);
    let shown = introspect(&flow.project, &access).await;
    assert_eq!((&shown["sub"], &shown["client_id"]), (&json!("alice"), &json!("shop")));
    assert_eq!((&shown["aud"], &shown["ext"]), (&json!(["https://api.example.test"]), &json!({"tier": "gold"})));
    let url = flow.project.hydra_public().join("userinfo").unwrap();
    let info = send(client().get(url.clone()).bearer_auth(&access)).await.json(200);
    assert_eq!((&info["sub"], &info["email"]), (&json!("alice"), &json!("alice@example.test")));

    // A refresh token is active as well: only `token_use` tells.
    let shown = introspect(&flow.project, &refresh).await;
    assert_eq!(
        (&shown["active"], &shown["token_use"], &shown["token_type"]),
        (&json!(true), &json!("refresh_token"), &json!("Bearer"))
    );
    let refused = send(client().get(url).bearer_auth(&refresh)).await;
    assert!(refused.header("www-authenticate").contains("invalid_token"));
    assert_eq!(refused.oauth_error(401), "error");
}

#[tokio::test]
async fn a_code_is_for_one_use_by_its_client() {
    let flow = Flow::new().await;
    let code = flow.code(&[]).await;
    assert_eq!(flow.exchange("ory_ac_unknown", &[]).await.oauth_error(400), "invalid_grant");
    let elsewhere = flow.exchange(&code, &[("redirect_uri", "https://shop.example.test/other")]).await;
    assert_eq!(elsewhere.oauth_error(400), "invalid_grant");
    let body = json!({"client_id": "thief", "client_secret": "thief-secret"});
    call(Method::POST, flow.project.hydra_admin(), "admin/clients", body).await.json(201);
    let fields = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)];
    let thief = form_as(flow.project.hydra_public(), "oauth2/token", ("thief", "thief-secret"), &fields).await;
    assert_eq!(thief.oauth_error(400), "invalid_grant");

    let (access, refresh) = pair(&flow.exchange(&code, &[]).await.json(200));
    assert_eq!(introspect(&flow.project, &access).await["active"], true);
    assert_eq!(flow.exchange(&code, &[]).await.oauth_error(400), "invalid_grant");
    assert_eq!(introspect(&flow.project, &access).await, inactive(), "a code used twice revokes what it gave");
    assert_eq!(introspect(&flow.project, &refresh).await, inactive());
}

#[tokio::test]
async fn pkce_binds_the_code_to_its_verifier() {
    let flow = Flow::new().await;
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let proof = [("code_challenge", &*challenge), ("code_challenge_method", "S256")];
    let wrong = VERIFIER.replace('0', "1");
    let long = "x".repeat(129);
    for verifier in ["", "short", &wrong, &long] {
        let code = flow.code(&proof).await;
        // Right or wrong, a verifier is looked at once.
        for verifier in [verifier, VERIFIER] {
            let answer = flow.exchange(&code, &[("code_verifier", verifier)]).await;
            assert_eq!(answer.oauth_error(400), "invalid_grant", "{verifier}");
        }
    }
    let code = flow.code(&proof).await;
    flow.exchange(&code, &[("code_verifier", VERIFIER)]).await.json(200);
    let plain = flow.code(&[]).await;
    assert_eq!(flow.exchange(&plain, &[("code_verifier", VERIFIER)]).await.oauth_error(400), "invalid_grant");
}

#[tokio::test]
async fn refresh_rotates_and_reuse_revokes_the_chain() {
    let flow = Flow::new().await;
    let (access, refresh) = flow.tokens().await;
    let (access_2, refresh_2) = pair(&flow.refresh(&refresh).await.json(200));
    assert_eq!(introspect(&flow.project, &access).await, inactive());
    assert_eq!(introspect(&flow.project, &refresh).await, inactive());
    assert_eq!(introspect(&flow.project, &access_2).await["sub"], "alice");
    assert_eq!(flow.refresh(&refresh).await.oauth_error(400), "invalid_grant");
    assert_eq!(introspect(&flow.project, &access_2).await, inactive(), "reuse revokes all");
    assert_eq!(flow.refresh(&refresh_2).await.oauth_error(400), "invalid_grant");
    let (access, _) = flow.tokens().await;
    assert_eq!(flow.refresh(&access).await.oauth_error(400), "invalid_grant", "no refresh token");
}

#[tokio::test]
async fn revoking_one_of_a_pair_kills_both() {
    let flow = Flow::new().await;
    let (access, refresh) = flow.tokens().await;
    let public = flow.project.hydra_public();
    assert_eq!(form_as(public, "oauth2/revoke", SHOP, &[("token", &refresh)]).await.status, 200);
    assert_eq!(introspect(&flow.project, &access).await, inactive());
}

#[tokio::test]
async fn no_refresh_token_without_offline_scope() {
    let flow = Flow::new().await;
    let challenge = flow.log_in(&[], json!({"subject": "alice"})).await;
    let back = flow.decide("consent/accept", &challenge, json!({"grant_scope": ["openid"], "session": null})).await;
    let callback = flow.browser.visit(back).await.location(303);
    let tokens = flow.exchange(&parameter(&callback, "code"), &[]).await.json(200);
    assert_eq!((tokens.get("refresh_token"), &tokens["scope"]), (None, &json!("openid")));
}

#[tokio::test]
async fn consents_are_revoked_with_their_tokens() {
    let flow = Flow::new().await;
    let (access, _) = flow.tokens().await;
    let sessions = "admin/oauth2/auth/sessions/consent";
    let revoke =
        async |query: &str| delete(flow.project.hydra_admin(), &format!("{sessions}?{query}")).await.status.as_u16();
    let listed = get(flow.project.hydra_admin(), &format!("{sessions}?subject=alice")).await.json(200);
    let id = listed[0]["consent_request_id"].as_str().unwrap().to_owned();
    for query in
        ["", "subject=alice", "client=shop", "subject=alice&client=shop&all=true", "subject=alice&consent_request_id=x"]
    {
        assert_eq!(revoke(query).await, 400, "{query}");
    }
    assert_eq!(revoke("subject=bob&all=true").await, 204, "nothing found is done");
    assert_eq!(introspect(&flow.project, &access).await["active"], true);
    assert_eq!(revoke(&format!("consent_request_id={id}")).await, 204);
    assert_eq!(introspect(&flow.project, &access).await, inactive());
    for query in ["subject=alice&client=shop", "subject=alice&all=true"] {
        let (access, _) = flow.tokens().await;
        assert_eq!(revoke(query).await, 204);
        assert_eq!(introspect(&flow.project, &access).await, inactive(), "{query}");
    }
}
