//! Identities over the admin API, and how failures read.

use iam_testing::client::{NewIdentity, OryClient, OryUrls};
use serde_json::json;

use crate::support::{identity, network, nowhere, self_hosted, whoami_status};

#[tokio::test]
async fn an_identity_has_everything_it_was_given() {
    for (_project, ory) in [self_hosted().await, network().await] {
        let new = NewIdentity::new("ann@example.test")
            .password("a password of ann's")
            .role("platform:admin")
            .role("platform:support")
            .trait_("name", json!({"first": "Ann"}))
            .metadata_public(json!({"shop": 7}));
        let ann = ory.create_identity(new).await.unwrap();
        assert_eq!((ann.email.as_str(), ann.password.as_str()), ("ann@example.test", "a password of ann's"));
        let (status, stored) = identity(ory.urls(), &ann.id).await;
        assert_eq!(status, 200);
        assert_eq!(stored["traits"], json!({"email": "ann@example.test", "name": {"first": "Ann"}}));
        assert_eq!(stored["metadata_public"], json!({"shop": 7, "roles": ["platform:admin", "platform:support"]}));
        assert_eq!(stored["state"], "active");
    }
}

#[tokio::test]
async fn roles_take_the_place_of_metadata_that_cannot_hold_them() {
    let (_project, ory) = self_hosted().await;
    for (email, new, expected) in [
        ("a", NewIdentity::new("a@example.test").metadata_public(json!(["odd"])), json!(["odd"])),
        ("b", NewIdentity::new("b@example.test").metadata_public("odd").role("r"), json!({"roles": ["r"]})),
        ("c", NewIdentity::new("c@example.test"), json!(null)),
    ] {
        let id = ory.create_identity(new).await.unwrap().id;
        assert_eq!(identity(ory.urls(), &id).await.1["metadata_public"], expected, "{email}");
    }
}

#[tokio::test]
async fn metadata_is_replaced_as_a_whole() {
    let (_project, ory) = self_hosted().await;
    let new = NewIdentity::new("ann@example.test").role("clerk").metadata_public(json!({"shop": 7}));
    let ann = ory.create_identity(new).await.unwrap();
    ory.set_metadata_public(&ann.id, json!({"roles": ["boss"]})).await.unwrap();
    assert_eq!(identity(ory.urls(), &ann.id).await.1["metadata_public"], json!({"roles": ["boss"]}));
}

#[tokio::test]
async fn a_deactivated_identity_is_refused_until_it_is_active_again() {
    let (_project, ory) = self_hosted().await;
    let ann = ory.create_identity(NewIdentity::new("ann@example.test")).await.unwrap();
    let session = ory.login(&ann).await.unwrap();
    ory.deactivate(&ann.id).await.unwrap();
    assert_eq!(whoami_status(ory.urls(), &session.token).await, 401);
    ory.activate(&ann.id).await.unwrap();
    assert_eq!(whoami_status(ory.urls(), &session.token).await, 200);
}

#[tokio::test]
async fn whoever_is_created_inactive_cannot_log_in() {
    let (_project, ory) = self_hosted().await;
    let ann = ory.create_identity(NewIdentity::new("ann@example.test").inactive()).await.unwrap();
    assert_eq!(identity(ory.urls(), &ann.id).await.1["state"], "inactive");
    for error in [ory.login(&ann).await.unwrap_err(), ory.login_browser(&ann).await.unwrap_err()] {
        assert_eq!(error.status().unwrap(), 401);
        assert!(error.to_string().contains("disabled"), "{error}");
    }
}

#[tokio::test]
async fn a_revoked_session_and_a_deleted_identity_are_gone() {
    let (_project, ory) = self_hosted().await;
    let ann = ory.create_identity(NewIdentity::new("ann@example.test")).await.unwrap();
    let (first, second) = (ory.login(&ann).await.unwrap(), ory.login(&ann).await.unwrap());
    ory.revoke_session(&first.session_id).await.unwrap();
    assert_eq!(whoami_status(ory.urls(), &first.token).await, 401);
    assert_eq!(whoami_status(ory.urls(), &second.token).await, 200);
    ory.delete_identity(&ann.id).await.unwrap();
    assert_eq!(whoami_status(ory.urls(), &second.token).await, 401);
    assert_eq!(identity(ory.urls(), &ann.id).await.0, 404);
    assert_eq!(ory.delete_identity(&ann.id).await.unwrap_err().status().unwrap(), 404);
    // An id is one segment, whatever is in it.
    let odd = ory.revoke_session("../identities").await.unwrap_err().to_string();
    assert!(odd.starts_with("`DELETE /admin/sessions/..%2Fidentities` answered 4"), "{odd}");
}

#[tokio::test]
async fn errors_say_which_call_failed_and_what_ory_said() {
    let (_project, ory) = self_hosted().await;
    ory.create_identity(NewIdentity::new("ann@example.test")).await.unwrap();
    let taken = ory.create_identity(NewIdentity::new("ann@example.test")).await.unwrap_err();
    assert_eq!(taken.status().unwrap(), 409);
    let text = taken.to_string();
    assert!(text.starts_with("`POST /admin/identities` answered 409 Conflict: "), "{text}");

    let (kratos_public, _held) = nowhere();
    let urls = OryUrls { kratos_public, ..ory.urls().clone() };
    let ann = ory.create_identity(NewIdentity::new("anne@example.test")).await.unwrap();
    let unreachable = OryClient::new(urls).unwrap().login(&ann).await.unwrap_err();
    assert_eq!(unreachable.status(), None);
    assert!(unreachable.to_string().starts_with("`GET /self-service/login/api` got no answer: "), "{unreachable}");
}

#[tokio::test]
async fn a_wrong_key_is_told_apart() {
    let (_project, ory) = network().await;
    for admin_token in [None, Some("ory_apikey_wrong".to_owned())] {
        let stranger = OryClient::new(OryUrls { admin_token, ..ory.urls().clone() }).unwrap();
        let error = stranger.create_identity(NewIdentity::new("ann@example.test")).await.unwrap_err();
        assert_eq!(error.status().unwrap(), 401);
        assert!(error.to_string().contains("Access credentials are invalid"), "{error}");
    }
}
