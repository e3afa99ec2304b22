//! Ids from a path end in the path of a call to Kratos' admin API, where `..` and a
//! query reach other calls.

use iam_core::{ErrorKind, IamError, IdentityId, SessionId};

use crate::Tenants;
use crate::stage::{Stage, USUAL, cases};

/// Of each row: an odd id as it stands in a request's path, and as the handler gets it.
macro_rules! odd_ids {
    ($($name:ident: $in_a_path:expr, $in_a_call:expr;)+) => {
        cases! { USUAL, in_a_path_they_name_nobody: $($name: $in_a_path;)+ }
        cases! { USUAL, in_a_call_they_name_nobody: $($name: $in_a_call;)+ nothing: ""; }
    };
}

odd_ids! {
    dots:                     "..",                          "..";
    dots_in_escapes:          "%2e%2e",                      "..";
    a_dot:                    ".",                           ".";
    dots_and_an_escaped_slash: "..%2Fsessions",              "../sessions";
    two_levels_up:            "..%2f..%2fsessions",          "../../sessions";
    all_in_escapes:           "%2e%2e%2fsessions",           "../sessions";
    dots_escaped_twice:       "%252e%252e",                  "%2e%2e";
    a_query:                  "x%3Finclude_credential=oidc", "x?include_credential=oidc";
    a_fragment:               "x%23fragment",                "x#fragment";
    a_blank:                  "%20",                         " ";
    a_nul:                    "%00",                         "\0";
    a_digit_less:             "5b9f2a38-0000-4000-8000-00000000000", "5b9f2a38-0000-4000-8000-00000000000";
    very_long:                &"a".repeat(4096),             &"a".repeat(4096);
}

/// How often `customer` was asked anything; on Ory Network one host serves all of a project.
fn calls(stage: &Stage) -> usize {
    stage.proxies("customer").kratos_admin.count(|_| true)
}

async fn in_a_path_they_name_nobody(stage: &Stage, id: &str) {
    let token = &stage.account("admin", "support").session.token;
    for (method, path) in [
        ("GET", format!("/admin/customers/{id}")),
        ("DELETE", format!("/admin/customers/{id}")),
        ("GET", format!("/admin/customers/{id}/sessions")),
        ("DELETE", format!("/admin/customers/{id}/sessions")),
        ("DELETE", format!("/admin/customer-sessions/{id}")),
    ] {
        // Byte for byte: a client library would resolve the dots.
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: app.test\r\nAuthorization: Bearer {token}\r\n\
             Connection: close\r\n\r\n"
        );
        let case = format!("{method} {}", &path[..path.len().min(80)]);
        assert_eq!(stage.raw(request.as_bytes()).await, 404, "{case}");
        let events = stage.events().await;
        assert_eq!(events.len(), 1, "{case}: it reached the handler, and the handler called nobody: {events:?}");
        assert!(events[0].route.is_some() && events[0].outcome.name() == "allowed", "{case}: {events:?}");
    }
    assert_eq!(calls(stage), 0);
}

async fn in_a_call_they_name_nobody(stage: &Stage, id: &str) {
    let customers = stage.iam.tenant(Tenants::Customer);
    let (identity, session) = (IdentityId::new(id), SessionId::new(id));
    let identities = customers.identities();
    let outcomes: [(&str, Result<(), IamError>); 8] = [
        ("get", identities.get(&identity).await.map(drop)),
        ("admin_metadata", identities.admin_metadata(&identity).await.map(drop)),
        ("delete", identities.delete(&identity).await.map(drop)),
        ("deactivate", identities.deactivate(&identity).await.map(drop)),
        ("list_sessions", identities.list_sessions(&identity).await.map(drop)),
        ("revoke_sessions", identities.revoke_sessions(&identity).await),
        ("revoke_session", identities.revoke_session(&session).await),
        ("revoke", customers.sessions().revoke(&session).await),
    ];
    for (call, outcome) in outcomes {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::NotFound, "{call}");
    }
    assert_eq!(calls(stage), 0);
}

#[tokio::test]
async fn a_good_id_of_nobody_is_asked_for_and_answered_alike() {
    let stage = Stage::new().await;
    let nobody = "/admin/customers/6f3c0000-0000-4000-8000-000000000000";
    let answer = stage.get(nobody).token_of("admin", "support").expect(404).await;
    assert_eq!(answer.code(), "not_found");
    let odd = stage.get("/admin/customers/x%3Finclude_credential=oidc").token_of("admin", "support").expect(404).await;
    assert_eq!(odd.code(), "not_found");
    assert_eq!(calls(&stage), 1);
}
