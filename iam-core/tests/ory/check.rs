use iam_core::UpstreamFault::{self, CredentialRefused, Status, Unreadable};
use iam_core::upstream::{CheckTuple, Upstream};

use super::server::{Reply, Server, html, json};
use super::{ory, trace};

async fn ask(reply: Reply) -> Result<bool, UpstreamFault> {
    let server = Server::always(reply).await;
    let field = |text: &str| text.to_owned();
    let tuple = CheckTuple { namespace: field("n"), object: field("o"), relation: field("r"), subject_id: field("s") };
    ory(&server).check(&trace(), &tuple).await.map_err(|error| error.fault)
}

#[tokio::test]
async fn a42_a_403_with_allowed_is_an_answer_and_no_other() {
    assert_eq!(ask(json(200, r#"{"allowed":true}"#)).await, Ok(true));
    assert_eq!(ask(json(200, r#"{"allowed":false}"#)).await, Ok(false));
    assert_eq!(ask(json(403, r#"{"allowed":false}"#)).await, Ok(false));
    for foreign in [html(403), json(403, "{}"), json(403, r#"{"allowed":"false"}"#), json(403, r#"{"allowed":true}"#)] {
        assert_eq!(ask(foreign).await, Err(Status(403)));
    }
}

#[tokio::test]
async fn anything_else_is_no_answer() {
    for body in ["{}", r#"{"allowed":null}"#, r#"{"allowed":"true"}"#, r#"{"allowed":1}"#, "true"] {
        let fault = ask(json(200, body)).await.unwrap_err();
        assert!(matches!(fault, Unreadable(_)), "{body}: {fault:?}");
    }
    assert!(matches!(ask(html(200)).await, Err(Unreadable(_))));
    assert_eq!(ask(json(401, r#"{"allowed":true}"#)).await, Err(CredentialRefused));
    for status in [400, 404, 422] {
        assert_eq!(ask(json(status, r#"{"allowed":true}"#)).await, Err(Status(status)));
    }
}
