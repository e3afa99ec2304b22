//! Traits that decoders stumble over reach whoami byte for byte.

use reqwest::Method;
use serde_json::json;

use crate::support::{PASSWORD, Send as _, Server};

#[tokio::test]
async fn odd_traits_survive_and_hurt_nobody_else() {
    let server = Server::start().await;
    server.create("plain@example.org").await;
    let plain = server.token("plain@example.org").await;
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let rows = [
        ("surrogate", r#""\ud800""#.to_owned()),
        ("huge", "1e999".to_owned()),
        ("deep", deep),
        ("private", r#"{"$serde_json::private::RawValue":"[\"admin\"]"}"#.to_owned()),
        ("large", format!("\"{}\"", "x".repeat(3 << 20))),
    ];
    for (name, odd) in rows {
        let email = format!("{name}@example.org");
        let traits = format!(r#"{{"email":"{email}","odd":{odd}}}"#);
        let body = format!(
            r#"{{"schema_id":"default","traits":{traits},"credentials":{{"password":{{"config":{{"password":"{PASSWORD}"}}}}}}}}"#
        );
        let created = server.admin(Method::POST, "/admin/identities").body(body).reply().await;
        assert_eq!(created.status, 201, "{name}");
        let login = server.log_in(&email).await;
        assert_eq!(login.status, 200, "{name}");
        // The body as a whole may be beyond a JSON library; the token is not.
        let token = login.body.split_once("ory_st_").unwrap().1;
        let token = format!("ory_st_{}", &token[..32]);
        let mine = server.whoami().bearer_auth(&token).reply().await;
        assert_eq!(mine.status, 200, "{name}");
        assert!(mine.body.contains(&traits), "{name}");
        let id = mine.header("x-kratos-authenticated-identity-id").unwrap();
        let patch = json!([{"op": "add", "path": "/traits/name", "value": "N"}]);
        let patched = server.patch(id, patch).await;
        assert_eq!(patched.status, 200, "{name}: {}", &patched.body[..200.min(patched.body.len())]);
        assert!(patched.body.contains(&format!(r#""odd":{odd},"name":"N""#)), "{name}");
        assert_eq!(server.whoami_status(&plain).await, 200);
    }
}

#[tokio::test]
async fn a_body_over_5_mib_is_400() {
    let server = Server::start().await;
    let body = format!(r#"{{"traits":{{"email":"a@example.org","x":"{}"}}}}"#, "x".repeat(5 << 20));
    let reply = server.admin(Method::POST, "/admin/identities").body(body).reply().await;
    assert_eq!(reply.status, 400);
}
