use std::time::Duration;

use serde_json::json as value;

use super::server::{Reply, Server, html, json, reply};
use super::{ID, IDENTITY, SESSION_ID, Setup, services, setup};
use crate::service::{IdentityPatch, IdentityState};
use crate::{ErrorKind, IdentityId, SessionId, UpstreamFault};

fn id() -> IdentityId {
    IdentityId::new(ID)
}

/// Every change of something that exists, by its audit name.
async fn change(services: &super::Services, name: &str) -> Result<(), ErrorKind> {
    let (identities, id) = (services.identities(), id());
    let patch = IdentityPatch::new()
        .traits(&value!({"a": 1}))
        .and_then(|patch| patch.trait_field("b/c", &"x"))
        .and_then(|patch| patch.metadata_public(&value!({})))
        .and_then(|patch| patch.metadata_public_field("plan", &"gold"))
        .and_then(|patch| patch.metadata_admin(&value!(null)))
        .and_then(|patch| patch.metadata_admin_field("note", &[1]))
        .unwrap()
        .remove_trait("d")
        .state(IdentityState::Inactive);
    let result = match name {
        "identity.patch" => identities.patch(&id, &patch).await.map(drop),
        "identity.set_roles" => identities.set_roles(&id, &["buyer", "vip"]).await.map(drop),
        "identity.activate" => identities.activate(&id).await.map(drop),
        "identity.deactivate" => identities.deactivate(&id).await.map(drop),
        "identity.delete" => identities.delete(&id).await.map(drop),
        "identity.revoke_sessions" => identities.revoke_sessions(&id).await,
        "session.revoke" => identities.revoke_session(&SessionId::new(SESSION_ID)).await,
        other => panic!("{other}"),
    };
    result.map_err(|error| error.kind())
}

const CHANGES: [(&str, &str, &str); 7] = [
    (
        "identity.patch",
        "PATCH /kratos-admin/admin/identities/22222222-2222-4222-8222-222222222222",
        r#"[{"op":"add","path":"/traits","value":{"a":1}},{"op":"add","path":"/traits/b~1c","value":"x"},{"op":"add","path":"/metadata_public","value":{}},{"op":"add","path":"/metadata_public/plan","value":"gold"},{"op":"add","path":"/metadata_admin","value":null},{"op":"add","path":"/metadata_admin/note","value":[1]},{"op":"remove","path":"/traits/d"},{"op":"replace","path":"/state","value":"inactive"}]"#,
    ),
    (
        "identity.set_roles",
        "PATCH /kratos-admin/admin/identities/22222222-2222-4222-8222-222222222222",
        r#"[{"op":"add","path":"/metadata_public/roles","value":["buyer","vip"]}]"#,
    ),
    (
        "identity.activate",
        "PATCH /kratos-admin/admin/identities/22222222-2222-4222-8222-222222222222",
        r#"[{"op":"replace","path":"/state","value":"active"}]"#,
    ),
    (
        "identity.deactivate",
        "PATCH /kratos-admin/admin/identities/22222222-2222-4222-8222-222222222222",
        r#"[{"op":"replace","path":"/state","value":"inactive"}]"#,
    ),
    ("identity.delete", "DELETE /kratos-admin/admin/identities/22222222-2222-4222-8222-222222222222", ""),
    (
        "identity.revoke_sessions",
        "DELETE /kratos-admin/admin/identities/22222222-2222-4222-8222-222222222222/sessions",
        "",
    ),
    ("session.revoke", "DELETE /kratos-admin/admin/sessions/11111111-1111-4111-8111-111111111111", ""),
];

/// What is evicted, then recorded, for a change of this name.
fn notes(name: &str, result: &str) -> Vec<String> {
    let (kind, target) = if name == "session.revoke" { ("session", SESSION_ID) } else { ("identity", ID) };
    vec![format!("evict {kind} {target}"), format!("{name} {target} {result}")]
}

fn success(line: &str) -> Reply {
    if line.starts_with("PATCH") { json(200, IDENTITY) } else { reply(204, &[], "") }
}

#[tokio::test]
async fn a_change_is_one_call_an_eviction_and_an_event() {
    for (name, line, body) in CHANGES {
        let server = Server::start(|request, _| success(&request.line)).await;
        let Setup { services, notes: taken } = setup(&server, |_| {});
        change(&services, name).await.unwrap();
        let requests = server.requests();
        assert_eq!(requests.len(), 1, "{name}");
        assert_eq!((&*requests[0].line, &*requests[0].body), (line, body), "{name}");
        assert_eq!(requests[0].header("authorization"), Some("Bearer canary-admin-token"), "{name}");
        assert_eq!(requests[0].header("content-type"), (!body.is_empty()).then_some("application/json"), "{name}");
        assert_eq!(taken.taken(), notes(name, "ok"), "{name}");
    }
}

#[tokio::test]
async fn a_change_that_fails_is_sent_once_and_evicts_all_the_same() {
    for (name, ..) in CHANGES {
        let server = Server::always(html(500)).await;
        let Setup { services, notes: taken } = setup(&server, |_| {});
        let kind = change(&services, name).await.unwrap_err();
        assert_eq!(kind, ErrorKind::Unavailable(UpstreamFault::Status(500)), "{name}");
        assert_eq!(server.requests().len(), 1, "{name}");
        assert_eq!(taken.taken(), notes(name, "Unavailable(Status(500))"), "{name}");
    }
}

#[tokio::test]
async fn a_change_that_times_out_or_is_left_evicts_all_the_same() {
    let (drips, hangs) = (Server::always(Reply::Drip).await, Server::always(Reply::Hang).await);
    for (name, ..) in CHANGES {
        let Setup { services, notes: taken } =
            setup(&drips, |settings| settings.http.total_timeout = Duration::from_millis(100));
        change(&services, name).await.unwrap_err();
        assert_eq!(taken.taken(), notes(name, "Unavailable(TimedOut { after_ms: 100 })"), "{name}");

        let Setup { services, notes: taken } = setup(&hangs, |_| {});
        hangs.leave(change(&services, name)).await;
        let taken = taken.taken();
        assert_eq!(taken[0], notes(name, "")[0], "{name}");
        assert!(taken.len() == 2 && taken[1].contains("TimedOut"), "{taken:?}");
        hangs.connection_over().await;
    }
}

#[tokio::test]
async fn nothing_left_to_undo_is_done() {
    let server = Server::always(json(404, r#"{"error":{"code":404}}"#)).await;
    let services = services(&server);
    assert!(!services.identities().delete(&id()).await.unwrap());
    services.identities().revoke_sessions(&id()).await.unwrap();
    services.sessions().revoke(&SessionId::new(SESSION_ID)).await.unwrap();
    assert!(services.identities().deactivate(&id()).await.unwrap_err().is_not_found());

    let server = Server::always(reply(204, &[], "")).await;
    assert!(super::services(&server).identities().delete(&id()).await.unwrap());
}

#[tokio::test]
async fn a_route_that_does_not_exist_is_not_done() {
    let plain = reply(404, &[("content-type", "text/plain; charset=utf-8")], "404 page not found\n");
    let server = Server::always(plain).await;
    let services = services(&server);
    for (name, ..) in CHANGES {
        let kind = change(&services, name).await.unwrap_err();
        assert_eq!(kind, ErrorKind::Unavailable(UpstreamFault::Status(404)), "{name}");
    }
}

#[tokio::test]
async fn ids_that_name_nobody_reach_nobody() {
    let server = Server::start(|request, _| success(&request.line)).await;
    let Setup { services, notes } = setup(&server, |_| {});
    let identities = services.identities();
    let long = "a".repeat(4096);
    for text in
        ["..", "%2e%2e", "../sessions", "", "x?include_credential=oidc", &long, "22222222-2222-4222-8222-22222222222"]
    {
        let (id, session) = (IdentityId::new(text), SessionId::new(text));
        let errors = [
            identities.get(&id).await.unwrap_err(),
            identities.admin_metadata(&id).await.unwrap_err(),
            identities.set_roles(&id, &["a"]).await.unwrap_err(),
            identities.deactivate(&id).await.unwrap_err(),
            identities.delete(&id).await.unwrap_err(),
            identities.list_sessions(&id).await.unwrap_err(),
            identities.revoke_sessions(&id).await.unwrap_err(),
            identities.revoke_session(&session).await.unwrap_err(),
            services.sessions().revoke(&session).await.unwrap_err(),
        ];
        assert!(errors.iter().all(crate::IamError::is_not_found), "{text:?}: {errors:?}");
    }
    assert_eq!(server.requests().len(), 0);
    assert_eq!(notes.taken(), [""; 0]);
}

#[tokio::test]
async fn a_change_of_nothing_is_invalid() {
    let server = Server::always(json(200, IDENTITY)).await;
    let identities = services(&server).identities();
    let empty = identities.patch(&id(), &IdentityPatch::new()).await.unwrap_err();
    assert_eq!(empty.kind(), ErrorKind::Invalid("an empty patch"));
    let role = identities.set_roles(&id(), &["a", ""]).await.unwrap_err();
    assert_eq!(role.kind(), ErrorKind::Invalid("an empty role"));
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn no_roles_at_all_is_a_change() {
    let server = Server::always(json(200, IDENTITY)).await;
    services(&server).identities().set_roles(&id(), &[] as &[&str]).await.unwrap();
    assert_eq!(server.requests()[0].body, r#"[{"op":"add","path":"/metadata_public/roles","value":[]}]"#);
}
