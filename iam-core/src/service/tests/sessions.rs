use super::server::{Reply, Server, html, json};
use super::{ID, SESSION_ID, services, setup};
use crate::service::{Subject, Tuple};
use crate::upstream::SessionCredential;
use crate::{ErrorKind, IdentityId, Secret, UpstreamFault};

const SESSION: &str = r#"{"id":"11111111-1111-4111-8111-111111111111","active":true,
    "expires_at":"2027-01-15T08:00:00.001Z","authenticator_assurance_level":"aal1",
    "identity":{"id":"22222222-2222-4222-8222-222222222222","schema_id":"customer","state":"active",
        "traits":{"email":"canary@example.com","roles":["admin"]},"metadata_public":{"roles":["buyer"]}}}"#;

fn credential() -> SessionCredential {
    SessionCredential::Token(Secret::new("ory_st_x"))
}

async fn outcome(reply: Reply) -> (Result<(), ErrorKind>, Result<bool, ErrorKind>) {
    let server = Server::always(reply).await;
    let sessions = services(&server).sessions();
    let session = sessions.whoami(&credential()).await.map(drop).map_err(|error| error.kind());
    let maybe = sessions.whoami_or_none(&credential()).await.map(|found| found.is_some());
    (session, maybe.map_err(|error| error.kind()))
}

#[tokio::test]
async fn a_good_session_is_somebodys() {
    let server = Server::always(json(200, SESSION)).await;
    let session = services(&server).sessions().whoami(&credential()).await.unwrap();
    assert_eq!((session.id.to_string(), session.identity_id.to_string()), (SESSION_ID.into(), ID.into()));
    assert_eq!(session.roles(), ["buyer"]);
    assert!(!format!("{session:?}").contains("canary"));
    assert_eq!(outcome(json(200, SESSION)).await, (Ok(()), Ok(true)));
}

#[tokio::test]
async fn what_authenticates_nobody_is_none_and_an_outage_is_an_error() {
    let refused = (Err(ErrorKind::Unauthenticated), Ok(false));
    assert_eq!(outcome(json(401, r#"{"error":{"code":401}}"#)).await, refused);
    for (from, to) in [
        (r#""active":true"#, r#""active":false"#),
        (r#""state":"active""#, r#""state":"inactive""#),
        (r#""state":"active""#, r#""state":"frozen""#),
        ("2027-01-15T08:00:00.001Z", "2027-01-15T08:00:00Z"),
        ("2027-01-15T08:00:00.001Z", "0001-01-01T00:00:00Z"),
    ] {
        assert_eq!(outcome(json(200, &SESSION.replacen(from, to, 1))).await, refused, "{to}");
    }
    let second = json(403, r#"{"error":{"id":"session_aal2_required"}}"#);
    let needed = ErrorKind::SecondFactorRequired;
    assert_eq!(outcome(second).await, (Err(needed), Err(needed)));
    for foreign in [401, 403, 500] {
        let kind = ErrorKind::Unavailable(UpstreamFault::Status(foreign));
        assert_eq!(outcome(html(foreign)).await, (Err(kind), Err(kind)));
    }
    let (result, maybe) = outcome(json(200, &SESSION.replacen(ID, "no-uuid", 1))).await;
    assert!(matches!((result, maybe), (Err(ErrorKind::Unavailable(_)), Err(ErrorKind::Unavailable(_)))));
}

#[tokio::test]
async fn subjects_are_written_with_the_tenants_prefixes() {
    let server = Server::always(json(403, r#"{"allowed":false}"#)).await;
    let permissions = setup(&server, |settings| {
        settings.keto.as_mut().unwrap().client_prefix = "machine/".into();
    })
    .services
    .permissions();
    for (subject, written) in [
        (Subject::User(IdentityId::new(ID)), format!("user%3A{ID}")),
        (Subject::Client("erp".into()), "machine%2Ferp".into()),
        (Subject::Id("group:7".into()), "group%3A7".into()),
    ] {
        assert!(!permissions.check(&Tuple::new("n", "o", "r", subject)).await.unwrap());
        let line = server.lines().pop().unwrap();
        assert_eq!(
            line,
            format!("GET /keto/relation-tuples/check?namespace=n&object=o&relation=r&subject_id={written}")
        );
    }
}

#[tokio::test]
async fn an_incomplete_question_is_not_asked() {
    let server = Server::always(json(200, r#"{"allowed":true}"#)).await;
    let permissions = services(&server).permissions();
    let user = || Subject::User(IdentityId::new(ID));
    for (tuple, kind) in [
        (Tuple::new("", "o", "r", user()), ErrorKind::Invalid("an empty namespace")),
        (Tuple::new("n", "", "r", user()), ErrorKind::Invalid("an empty object")),
        (Tuple::new("n", "o", "", user()), ErrorKind::Invalid("an empty relation")),
        (Tuple::new("n", "o", "r", Subject::Client(String::new())), ErrorKind::Invalid("an empty subject")),
        (Tuple::new("n", "o", "r", Subject::Id(String::new())), ErrorKind::Invalid("an empty subject")),
        (Tuple::new("n", "o", "r", Subject::User(IdentityId::new("x"))), ErrorKind::NotFound),
    ] {
        assert_eq!(permissions.check(&tuple).await.unwrap_err().kind(), kind);
    }
    assert_eq!(server.requests().len(), 0);
    let without = setup(&server, |settings| settings.keto = None).services;
    let error = without.permissions().check(&Tuple::new("n", "o", "r", user())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotConfigured("keto"));
}
