//! OAuth2 clients with tokens of their own and of users', and relation tuples.

use std::time::Duration;

use iam_testing::client::{AuthMethod, NewClient};
use serde_json::json;

use crate::support::{introspect, may_edit, network, self_hosted};

const API: &str = "https://api.example.test";

fn machine(id: &str) -> NewClient {
    NewClient::new(id).grant("client_credentials").scope("inventory:read").scope("inventory:write").audience(API)
}

#[tokio::test]
async fn a_machine_gets_a_token_in_the_way_it_registered() {
    for (project, ory) in [self_hosted().await, network().await] {
        // The blank, the colon and the rest are why both halves of Basic are encoded.
        let basic = machine("er:p").secret("p+a b%c:d");
        let post = machine("post").secret("p+a b%c:d").auth_method(AuthMethod::Post);
        let generated = machine("generated");
        for new in [basic, post, generated] {
            let client = ory.create_client(new).await.unwrap();
            let token = ory.client_credentials(&client, &["inventory:read"]).await.unwrap();
            let seen = introspect(ory.urls(), &token).await;
            assert_eq!(seen["active"], true);
            assert_eq!((&seen["client_id"], &seen["sub"]), (&json!(client.id), &json!(client.id)));
            assert_eq!((&seen["scope"], &seen["aud"]), (&json!("inventory:read"), &json!([API])));
            assert_eq!(seen["iss"], project.issuer());
        }
    }
}

#[tokio::test]
async fn what_a_client_may_not_is_refused_in_hydras_words() {
    let (_project, ory) = self_hosted().await;
    let mut client = ory.create_client(machine("erp").secret("a secret")).await.unwrap();
    assert_eq!(client.secret.as_deref(), Some("a secret"));
    let scope = ory.client_credentials(&client, &["payroll:read"]).await.unwrap_err();
    assert_eq!(scope.status().unwrap(), 400);
    assert!(scope.to_string().contains("invalid_scope"), "{scope}");
    client.secret = Some("another".to_owned());
    assert_eq!(ory.client_credentials(&client, &[]).await.unwrap_err().status().unwrap(), 401);
    assert_eq!(ory.create_client(machine("erp")).await.unwrap_err().status().unwrap(), 409);
}

#[tokio::test]
async fn a_token_ends_when_its_client_says_so() {
    let (_project, ory) = self_hosted().await;
    let client = ory.create_client(machine("erp").access_token_lifespan(Duration::from_millis(1))).await.unwrap();
    let token = ory.client_credentials(&client, &[]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert_eq!(introspect(ory.urls(), &token).await, json!({"active": false}));
}

fn app(id: &str) -> NewClient {
    NewClient::new(id)
        .grant("authorization_code")
        .grant("refresh_token")
        .scope("orders:read")
        .scope("offline_access")
        .audience(API)
        .redirect_uri("https://app.example.test/back?from=ory")
}

#[tokio::test]
async fn a_user_delegates_to_a_client() {
    for (_project, ory) in [self_hosted().await, network().await] {
        for new in [app("web"), app("native").auth_method(AuthMethod::None)] {
            let client = ory.create_client(new).await.unwrap();
            let tokens = ory.delegated_token(&client, "user-1", &["orders:read", "offline_access"]).await.unwrap();
            let seen = introspect(ory.urls(), &tokens.access_token).await;
            assert_eq!((&seen["active"], &seen["token_use"]), (&json!(true), &json!("access_token")));
            assert_eq!((&seen["sub"], &seen["client_id"]), (&json!("user-1"), &json!(client.id)));
            assert_eq!((&seen["scope"], &seen["aud"]), (&json!("orders:read offline_access"), &json!([API])));
            let refresh = introspect(ory.urls(), &tokens.refresh_token.unwrap()).await;
            assert_eq!((&refresh["active"], &refresh["token_use"]), (&json!(true), &json!("refresh_token")));

            let online = ory.delegated_token(&client, "user-2", &["orders:read"]).await.unwrap();
            assert_eq!(online.refresh_token, None);
        }
    }
}

#[tokio::test]
async fn a_delegation_that_breaks_off_says_why() {
    let (_project, ory) = self_hosted().await;
    let web = ory.create_client(app("web")).await.unwrap();
    let scope = ory.delegated_token(&web, "user-1", &["payroll:read"]).await.unwrap_err();
    assert!(scope.to_string().contains("no `login_challenge`: invalid_scope"), "{scope}");
    let nobody = ory.delegated_token(&web, "", &[]).await.unwrap_err();
    assert!(nobody.to_string().contains("'subject' must not be empty"), "{nobody}");
    let erp = ory.create_client(machine("erp").redirect_uri("https://erp.example.test/")).await.unwrap();
    let grant = ory.delegated_token(&erp, "user-1", &[]).await.unwrap_err();
    assert!(grant.to_string().contains("unsupported_response_type"), "{grant}");
}

#[tokio::test]
async fn a_tuple_allows_until_it_is_deleted() {
    for (_project, ory) in [self_hosted().await, network().await] {
        let (object, subject) = ("listings:4 2&x", "user:ann");
        ory.create_tuple("listings", object, "edit", subject).await.unwrap();
        ory.create_tuple("listings", object, "edit", "user:bob").await.unwrap();
        assert!(may_edit(ory.urls(), object, subject).await);
        ory.delete_tuple("listings", object, "edit", subject).await.unwrap();
        assert!(!may_edit(ory.urls(), object, subject).await);
        assert!(may_edit(ory.urls(), object, "user:bob").await);
        assert_eq!(ory.create_tuple("nowhere", object, "edit", subject).await.unwrap_err().status().unwrap(), 404);
        assert_eq!(ory.delete_tuple("nowhere", object, "edit", subject).await.unwrap_err().status().unwrap(), 404);
    }
}
