//! Sessions through Kratos' native and browser flows.

use iam_testing::client::{NewIdentity, OryClient, OryUrls};
use serde_json::{Map, json};
use time::OffsetDateTime;

use crate::support::{network, self_hosted, whoami, whoami_status};

#[tokio::test]
async fn token_and_cookie_are_sessions_of_their_own() {
    for (project, ory) in [self_hosted().await, network().await] {
        let ann = ory.create_identity(NewIdentity::new("ann@example.test")).await.unwrap();
        let native = ory.login(&ann).await.unwrap();
        let (status, session) = whoami(ory.urls(), "authorization", &format!("Bearer {}", native.token)).await;
        assert_eq!(status, 200);
        assert_eq!((&session["id"], &session["identity"]["id"]), (&json!(native.session_id), &json!(ann.id)));
        assert_eq!(native.identity_id, ann.id);
        assert!(native.expires_at > OffsetDateTime::now_utc());

        let browser = ory.login_browser(&ann).await.unwrap();
        assert_eq!(browser.cookie_name, project.cookie_name());
        let (status, session) = whoami(ory.urls(), "cookie", &browser.cookie()).await;
        assert_eq!(status, 200);
        assert_eq!(session["id"], browser.session_id.clone().unwrap());
        assert_eq!((session["identity"]["id"].as_str(), browser.identity_id), (Some(ann.id.as_str()), ann.id.clone()));
        assert_ne!(browser.session_id.unwrap(), native.session_id);
        assert!(browser.expires_at.unwrap() > OffsetDateTime::now_utc());
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused_in_both_flows() {
    let (_project, ory) = self_hosted().await;
    let mut ann = ory.create_identity(NewIdentity::new("ann@example.test")).await.unwrap();
    ann.password = "guessed".to_owned();
    for error in [ory.login(&ann).await.unwrap_err(), ory.login_browser(&ann).await.unwrap_err()] {
        assert_eq!(error.status().unwrap(), 400);
        assert!(error.to_string().contains("credentials are invalid"), "{error}");
    }
}

#[tokio::test]
async fn a_cookie_of_another_name_is_no_session() {
    let (_project, ory) = self_hosted().await;
    let ann = ory.create_identity(NewIdentity::new("ann@example.test")).await.unwrap();
    let urls = OryUrls { cookie_name: "other_session".to_owned(), ..ory.urls().clone() };
    let error = OryClient::new(urls).unwrap().login_browser(&ann).await.unwrap_err();
    assert!(error.to_string().contains("sets no cookie `other_session`"), "{error}");
}

#[tokio::test]
async fn registration_makes_somebody_who_is_logged_in() {
    let (_project, ory) = self_hosted().await;
    let traits = Map::from_iter([("name".to_owned(), json!("New"))]);
    let (new, session) = ory.register("new@example.test", "a fresh password", traits.clone()).await.unwrap();
    let (status, seen) = whoami(ory.urls(), "x-session-token", &session.token).await;
    assert_eq!(status, 200);
    assert_eq!(seen["identity"]["id"], new.id);
    assert_eq!(seen["identity"]["traits"], json!({"email": "new@example.test", "name": "New"}));
    assert_eq!(ory.login(&new).await.unwrap().identity_id, new.id);

    let taken = ory.register("new@example.test", "a fresh password", traits.clone()).await.unwrap_err();
    assert_eq!(taken.status().unwrap(), 400);
    let short = ory.register("other@example.test", "short", traits).await.unwrap_err();
    assert!(short.to_string().contains("password"), "{short}");
}

#[tokio::test]
async fn users_change_their_traits_and_password() {
    let (_project, ory) = self_hosted().await;
    let mut ann = ory.create_identity(NewIdentity::new("ann@example.test")).await.unwrap();
    let session = ory.login(&ann).await.unwrap();
    let traits = json!({"email": "ann@example.test", "roles": ["self-made"]});
    ory.update_traits(&session, traits.clone()).await.unwrap();
    assert_eq!(whoami(ory.urls(), "x-session-token", &session.token).await.1["identity"]["traits"], traits);
    assert_eq!(ory.update_traits(&session, json!({})).await.unwrap_err().status().unwrap(), 400);

    ory.change_password(&session, "an even better one").await.unwrap();
    assert!(ory.login(&ann).await.is_err());
    ann.password = "an even better one".to_owned();
    ory.login(&ann).await.unwrap();
    assert_eq!(ory.change_password(&session, "short").await.unwrap_err().status().unwrap(), 400);
}

#[tokio::test]
async fn a_second_factor_is_set_up_and_then_due() {
    let (_project, ory) = self_hosted().await;
    let ann = ory.create_identity(NewIdentity::new("ann@example.test")).await.unwrap();
    let (first, early) = (ory.login(&ann).await.unwrap(), ory.login_browser(&ann).await.unwrap());
    let secret = ory.set_up_totp(&first).await.unwrap();
    assert_eq!(whoami_status(ory.urls(), &first.token).await, 200);
    assert_eq!(whoami(ory.urls(), "cookie", &early.cookie()).await.0, 403);

    let weak = ory.login(&ann).await.unwrap();
    assert_eq!(weak.identity_id, ann.id);
    assert_eq!(whoami_status(ory.urls(), &weak.token).await, 403);
    let strong = ory.login_second_factor(&weak, &secret).await.unwrap();
    assert_eq!(strong.token, weak.token);
    let (status, session) = whoami(ory.urls(), "x-session-token", &strong.token).await;
    assert_eq!((status.as_u16(), &session["authenticator_assurance_level"]), (200, &json!("aal2")));

    let browser = ory.login_browser(&ann).await.unwrap();
    assert_eq!((&browser.session_id, &browser.expires_at), (&None, &None));
    assert_eq!(whoami(ory.urls(), "cookie", &browser.cookie()).await.0, 403);

    let again = ory.set_up_totp(&strong).await.unwrap_err();
    assert!(again.to_string().contains("`totp_secret_key`"), "{again}");
}

#[tokio::test]
async fn somebody_elses_app_shows_wrong_codes() {
    let (_project, ory) = self_hosted().await;
    let ann = ory.create_identity(NewIdentity::new("ann@example.test")).await.unwrap();
    let bob = ory.create_identity(NewIdentity::new("bob@example.test")).await.unwrap();
    ory.set_up_totp(&ory.login(&ann).await.unwrap()).await.unwrap();
    let of_bob = ory.set_up_totp(&ory.login(&bob).await.unwrap()).await.unwrap();
    let weak = ory.login(&ann).await.unwrap();
    let error = ory.login_second_factor(&weak, &of_bob).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 400);
    assert!(error.to_string().contains("authentication code is invalid"), "{error}");
}
