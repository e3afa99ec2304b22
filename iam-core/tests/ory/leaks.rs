use iam_core::Secret;
use iam_core::ory::Ory;
use iam_core::upstream::{CheckTuple, Upstream};

use super::server::{Reply, Server, html, json, reply};
use super::settings::{ADMIN_TOKEN, CLIENT_SECRET};
use super::{ory, settings, token, trace};

const CANARIES: [&str; 6] =
    ["canary", ADMIN_TOKEN, CLIENT_SECRET, "ory_at_secret", "canary-session-token", "127.0.0.1"];

/// Everything that an error can be printed as, with its whole chain.
fn printed(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(error) = source {
        text += &format!(" {error} {error:?}");
        source = error.source();
    }
    text
}

#[tokio::test]
async fn a39_errors_show_nothing_of_a_call() {
    let header = ("x-canary", "canary-of-a-header");
    for answer in [
        html(500),
        html(200),
        html(401),
        html(404),
        json(200, r#"{"id":"canary","active":"canary","allowed":"canary"}"#),
        json(403, r#"{"error":{"id":"canary"}}"#),
        reply(307, &[header, ("location", "http://canary.invalid/")], "canary"),
        reply(429, &[header, ("retry-after", "canary")], "canary"),
        Reply::Bytes(b"canary\r\n\r\n".to_vec()),
        Reply::Bytes(Vec::new()),
    ] {
        let server = Server::always(answer.clone()).await;
        let ory = ory(&server);
        let tuple = CheckTuple {
            namespace: "canary".into(),
            object: "canary".into(),
            relation: "canary".into(),
            subject_id: "canary".into(),
        };
        let errors = [
            ory.whoami(&trace(), &token()).await.unwrap_err(),
            ory.introspect(&trace(), &Secret::new("ory_at_secret")).await.unwrap_err(),
            ory.check(&trace(), &tuple).await.unwrap_err(),
        ];
        for error in errors {
            let text = printed(&error);
            for canary in CANARIES {
                assert!(!text.contains(canary), "{canary} in {text} after {answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn a39_the_client_shows_no_secret() {
    let server = Server::always(html(200)).await;
    let ory: Ory = Ory::new(&settings(&server.url)).unwrap();
    assert_eq!(format!("{ory:?}"), r#"Ory { tenant: "customer", .. }"#);
    assert!(!format!("{:?}", token()).contains("canary"));
}
