//! Relations that are made to hold, and ended.

use super::server::{Server, html, json};
use super::{Setup, setup};
use crate::service::{Subject, Tuple};
use crate::{ErrorKind, IdentityId, Secret, UpstreamFault};

const TUPLE: &str = "listings:listings:42#owner@user:22222222-2222-4222-8222-222222222222";

fn tuple() -> Tuple {
    Tuple::new("listings", "listings:42", "owner", Subject::User(IdentityId::new(super::ID)))
}

fn writing(server: &Server) -> Setup {
    let url = server.url.join("keto-write/").unwrap();
    setup(server, |settings| {
        let keto = settings.keto.as_mut().unwrap();
        keto.write = Some(crate::config::Endpoint { url, token: keto.read.token.clone() });
    })
}

#[tokio::test]
async fn a_grant_is_one_put_and_an_event() {
    let server = Server::always(json(201, "{}")).await;
    let Setup { services, notes } = writing(&server);
    services.permissions().grant(&tuple()).await.unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.line, "PUT /keto-write/admin/relation-tuples");
    let body: serde_json::Value = request.body.parse().unwrap();
    let subject = format!("user:{}", super::ID);
    let expected = serde_json::json!(
        {"namespace": "listings", "object": "listings:42", "relation": "owner", "subject_id": subject}
    );
    assert_eq!(body, expected);
    assert_eq!(notes.taken(), [format!("permission.grant {TUPLE} ok")]);
}

#[tokio::test]
async fn a_revocation_names_the_whole_tuple() {
    let server = Server::always(json(204, "")).await;
    let Setup { services, notes } = writing(&server);
    services.permissions().revoke(&tuple()).await.unwrap();
    let line = format!(
        "DELETE /keto-write/admin/relation-tuples?namespace=listings&object=listings%3A42&relation=owner\
         &subject_id=user%3A{}",
        super::ID
    );
    assert_eq!(server.lines(), [line]);
    assert_eq!(notes.taken(), [format!("permission.revoke {TUPLE} ok")]);

    // Keto would end every relation to the object.
    let everybody = Tuple::new("listings", "listings:42", "owner", Subject::Id(String::new()));
    let error = services.permissions().revoke(&everybody).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid("an empty subject"));
    assert_eq!(server.lines().len(), 1, "it is not sent");
}

#[tokio::test]
async fn what_keto_refuses_is_told() {
    for (answer, kind) in [
        (json(404, r#"{"error":{"code":404}}"#), ErrorKind::Invalid("namespace")),
        (json(400, r#"{"error":{"code":400}}"#), ErrorKind::Invalid("tuple")),
        (html(404), ErrorKind::Unavailable(UpstreamFault::Status(404))),
        (json(200, "{}"), ErrorKind::Unavailable(UpstreamFault::Status(200))),
    ] {
        let server = Server::always(answer).await;
        let Setup { services, .. } = writing(&server);
        for result in [services.permissions().grant(&tuple()).await, services.permissions().revoke(&tuple()).await] {
            assert_eq!(result.unwrap_err().kind(), kind);
        }
    }
    let server = Server::always(json(201, "{}")).await;
    let error = setup(&server, |_| {}).services.permissions().grant(&tuple()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotConfigured("keto.write_url"));
}

#[tokio::test]
async fn a_refused_key_is_an_alert_for_calls_without_an_event_too() {
    let server = Server::always(json(401, r#"{"error":{"code":401}}"#)).await;
    let Setup { services, notes } = writing(&server);
    services.permissions().check(&tuple()).await.unwrap_err();
    assert_eq!(notes.taken(), ["alert keto"]);
    services.tokens().introspect(&Secret::new("x")).await.unwrap_err();
    assert_eq!(notes.taken(), ["alert hydra"]);
}
