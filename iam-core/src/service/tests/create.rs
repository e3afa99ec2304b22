use serde_json::json as value;

use super::server::{Server, json};
use super::{IDENTITY, Setup, services, setup};
use crate::service::{Channel, IdentityState, NewIdentity};
use crate::{ErrorKind, Secret};

#[tokio::test]
async fn every_field_is_sent() {
    let server = Server::always(json(201, IDENTITY)).await;
    let Setup { services, notes } = setup(&server, |_| {});
    let new = NewIdentity::new("customer", &value!({"email": "ann@example.com"}))
        .and_then(|new| new.metadata_public(&value!({"roles": ["buyer"]})))
        .and_then(|new| new.metadata_admin(&value!({"note": "x"})))
        .unwrap()
        .state(IdentityState::Inactive)
        .external_id("crm-7")
        .organization(super::ID.parse().unwrap())
        .region("eu-central")
        .hashed_password(Secret::new("$2a$canary"))
        .password(Secret::new("canary-password"))
        .credential("oidc", &value!({"providers": [{"provider": "google", "subject": "canary-subject"}]}))
        .and_then(|new| new.credential("totp", &value!({"totp_url": "otpauth://totp/canary"})))
        .unwrap()
        .verifiable_address(Channel::Email, "ann@example.com", true)
        .verifiable_address(Channel::Sms, "+491", false)
        .recovery_address(Channel::Email, "ann@example.com");
    assert!(!format!("{new:?}").contains("canary"));
    let identity = services.identities().create(&new).await.unwrap();
    assert_eq!(identity.id.to_string(), super::ID);

    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /kratos-admin/admin/identities");
    let expected = value!({
        "schema_id": "customer",
        "traits": {"email": "ann@example.com"},
        "state": "inactive",
        "external_id": "crm-7",
        "organization_id": super::ID,
        "region": "eu-central",
        "metadata_public": {"roles": ["buyer"]},
        "metadata_admin": {"note": "x"},
        "credentials": {
            "password": {"config": {"password": "canary-password"}},
            "oidc": {"config": {"providers": [{"provider": "google", "subject": "canary-subject"}]}},
            "totp": {"config": {"totp_url": "otpauth://totp/canary"}},
        },
        "verifiable_addresses": [
            {"value": "ann@example.com", "via": "email", "verified": true, "status": "completed"},
            {"value": "+491", "via": "sms", "verified": false, "status": "pending"},
        ],
        "recovery_addresses": [{"value": "ann@example.com", "via": "email"}],
    });
    assert_eq!(request.body.parse::<serde_json::Value>().unwrap(), expected);
    assert_eq!(notes.taken(), [format!("identity.create {} ok", super::ID)]);
}

#[tokio::test]
async fn what_is_not_set_is_left_out() {
    let server = Server::always(json(201, IDENTITY)).await;
    let new = NewIdentity::new("customer", &value!({})).unwrap();
    services(&server).identities().create(&new).await.unwrap();
    services(&server).identities().create(&new.clone().hashed_password(Secret::new("$2a$x"))).await.unwrap();
    services(&server).identities().create(&new.password_from_migration_hook()).await.unwrap();
    let bodies: Vec<_> = server.requests().into_iter().map(|request| request.body).collect();
    let hashed =
        r#"{"schema_id":"customer","traits":{},"credentials":{"password":{"config":{"hashed_password":"$2a$x"}}}}"#;
    let hook = hashed.replace(r#""hashed_password":"$2a$x""#, r#""use_password_migration_hook":true"#);
    assert_eq!(bodies, [r#"{"schema_id":"customer","traits":{}}"#, hashed, &hook]);
}

#[tokio::test]
async fn refusals() {
    let new = NewIdentity::new("customer", &value!({})).unwrap();
    for (status, kind) in [(400, ErrorKind::Invalid("identity")), (409, ErrorKind::Conflict)] {
        let server = Server::always(json(status, r#"{"error":{"reason":"canary"}}"#)).await;
        let error = services(&server).identities().create(&new).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}
