use std::time::Duration;

use serde::Deserialize;
use time::macros::datetime;

use super::server::{Server, html, json, reply};
use super::{ID, IDENTITY, Setup, services, setup};
use crate::service::{Channel, IdentityState};
use crate::{ErrorKind, IdentityId, Product, UpstreamFault};

#[derive(Deserialize)]
struct Traits {
    email: String,
}

#[tokio::test]
async fn an_identity_is_read_without_its_secrets() {
    let server = Server::always(json(200, IDENTITY)).await;
    let Setup { services, notes } = setup(&server, |_| {});
    let identity = services.identities().get(&IdentityId::new(ID)).await.unwrap();
    assert_eq!(server.lines(), [format!("GET /kratos-admin/admin/identities/{ID}")]);
    assert_eq!(notes.taken(), [format!("identity.get {ID} ok")]);

    assert_eq!(identity.id.to_string(), ID);
    assert_eq!((&*identity.schema_id, &identity.state), ("customer", &IdentityState::Active));
    assert_eq!(identity.external_id.as_deref(), Some("crm-7"));
    assert_eq!(identity.organization_id, None);
    assert_eq!(identity.traits::<Traits>().unwrap().email, "ann@example.com");
    assert_eq!(identity.roles(), ["buyer", "vip"]);
    assert_eq!(identity.state_changed_at, Some(datetime!(2026-01-01 00:00:00.5 UTC)));
    assert!(identity.verifiable_addresses[0].verified);
    assert_eq!(identity.recovery_addresses[0].via, Channel::Other("pigeon".into()));
    assert!(!identity.recovery_addresses[0].verified);

    let shown = serde_json::to_string(&identity).unwrap();
    assert!(!shown.contains("canary") && !format!("{identity:?}").contains("canary"), "{shown}");
    assert!(!format!("{identity:?}").contains("ann@"));
    for part in [
        r#""id":"22222222-2222-4222-8222-222222222222""#,
        r#""state":"active""#,
        r#""traits":{"email":"ann@example.com"}"#,
        r#""metadata_public":{"roles":["buyer","vip"]}"#,
        r#""created_at":"2026-01-01T00:00:00Z""#,
        r#""via":"pigeon""#,
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
}

#[tokio::test]
async fn admin_metadata_is_a_call_of_its_own() {
    let server = Server::always(json(200, IDENTITY)).await;
    let Setup { services, notes } = setup(&server, |_| {});
    let metadata = services.identities().admin_metadata(&IdentityId::new(ID)).await.unwrap();
    assert_eq!(metadata.raw(), Some(r#"{"note":"canary-admin"}"#));
    assert_eq!(notes.taken(), [format!("identity.admin_metadata {ID} ok")]);
    assert!(!format!("{metadata:?}").contains("canary"));

    let without = Server::always(json(200, r#"{"id":"x","metadata_admin":null}"#)).await;
    let metadata = super::services(&without).identities().admin_metadata(&IdentityId::new(ID)).await.unwrap();
    assert_eq!(metadata.parse::<Option<u8>>().unwrap(), None);
}

#[tokio::test]
async fn values_of_another_type_are_an_error_without_the_values() {
    let body = IDENTITY.replace(r#""ann@example.com"},"metadata_public""#, r#"["canary"]},"metadata_public""#);
    let server = Server::always(json(200, &body)).await;
    let identity = services(&server).identities().get(&IdentityId::new(ID)).await.unwrap();
    let error = identity.traits::<Traits>().err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::Unavailable(UpstreamFault::Unreadable(_))));
    assert!(!format!("{error} {error:?}").contains("canary"));
}

#[tokio::test]
async fn an_identity_without_its_essentials_is_unreadable() {
    for (from, to) in [
        (ID, ""),
        (ID, "no-uuid"),
        (r#""schema_id":"customer","#, ""),
        (r#""state":"active","#, ""),
        (r#""state":"active""#, r#""state":7"#),
        (r#""value":"+491","#, ""),
        ("2026-01-01T00:00:00.123456Z", "yesterday"),
    ] {
        let server = Server::always(json(200, &IDENTITY.replacen(from, to, 1))).await;
        let error = services(&server).identities().get(&IdentityId::new(ID)).await.unwrap_err();
        let unreadable = matches!(error.kind(), ErrorKind::Unavailable(UpstreamFault::Unreadable(_)));
        assert!(unreadable, "{from} -> {to}: {error}");
    }
}

#[tokio::test]
async fn every_status_has_its_meaning() {
    use ErrorKind::{Conflict, Gone, Invalid, NotFound, RateLimited, Unavailable};
    let refused = Unavailable(UpstreamFault::CredentialRefused);
    let wait = |seconds| RateLimited { retry_after: Some(Duration::from_secs(seconds)) };
    let error = r#"{"error":{"code":1,"message":"canary"}}"#;
    for (answer, kind) in [
        (json(400, error), Invalid("id")),
        (json(422, error), Invalid("id")),
        (json(401, error), refused),
        (json(403, error), refused),
        (html(401), refused),
        (json(404, error), NotFound),
        (json(409, error), Conflict),
        (json(410, error), Gone),
        (html(404), Unavailable(UpstreamFault::Status(404))),
        (html(409), Unavailable(UpstreamFault::Status(409))),
        (html(410), Unavailable(UpstreamFault::Status(410))),
        (json(405, error), Unavailable(UpstreamFault::Status(405))),
        (json(201, IDENTITY), Unavailable(UpstreamFault::Status(201))),
        (html(307), Unavailable(UpstreamFault::Status(307))),
        (html(503), Unavailable(UpstreamFault::Status(503))),
        (reply(429, &[("retry-after", "30")], ""), wait(30)),
        (reply(429, &[], ""), RateLimited { retry_after: None }),
    ] {
        let server = Server::always(answer.clone()).await;
        let error = services(&server).identities().get(&IdentityId::new(ID)).await.unwrap_err();
        assert_eq!((error.kind(), error.product(), error.tenant()), (kind, Product::Kratos, "customer"), "{answer:?}");
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}

#[tokio::test]
async fn without_an_admin_listener_nothing_is_sent() {
    let server = Server::always(json(200, IDENTITY)).await;
    let Setup { services, .. } = setup(&server, |settings| settings.kratos.admin = None);
    let error = services.identities().get(&IdentityId::new(ID)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotConfigured("kratos.admin_url"));
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn the_services_show_no_secret() {
    let server = Server::always(json(200, IDENTITY)).await;
    let services = services(&server);
    let text = format!("{services:?} {:?} {:?}", services.identities(), services.tokens());
    assert!(!text.contains("canary"), "{text}");
}
