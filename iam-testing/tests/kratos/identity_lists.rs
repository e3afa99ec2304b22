//! Paging and filters of `/admin/identities`.

use reqwest::Method;
use serde_json::json;

use crate::support::{Send as _, Server};

#[tokio::test]
async fn lists_page_by_relative_links() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(server.create(&format!("u{n}@example.org")).await);
    }
    ids.sort();
    let mut seen = Vec::new();
    let mut path = "/admin/identities?page_size=2".to_owned();
    loop {
        let reply = server.admin(Method::GET, &path).reply().await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.header("x-total-count"), None);
        for user in reply.json.as_array().unwrap() {
            assert!(user.get("credentials").is_none());
            seen.push(user["id"].as_str().unwrap().to_owned());
        }
        let link = reply.header("link").unwrap();
        let first = "</admin/identities?page_size=2&page_token=00000000-0000-0000-0000-000000000000>; rel=\"first\"";
        let rest = link.strip_prefix(first).unwrap();
        let Some(next) = rest.strip_prefix(",<") else {
            assert_eq!(rest, "");
            break;
        };
        path = next.strip_suffix(">; rel=\"next\"").unwrap().to_owned();
    }
    assert_eq!(seen, ids);
}

#[tokio::test]
async fn lists_are_filtered_by_one_thing() {
    let server = Server::start().await;
    let a = server.create("a@example.org").await;
    let b = server.create("b@example.org").await;
    server.create("c@example.org").await;
    let list = async |query: &str| server.admin(Method::GET, &format!("/admin/identities?{query}")).reply().await;
    let by_ids = list(&format!("ids={a}&ids={b}")).await;
    assert_eq!(by_ids.json.as_array().unwrap().len(), 2);
    let by_name = list("credentials_identifier=B%40Example.org").await;
    assert_eq!(by_name.json[0]["id"], b.as_str());
    assert!(by_name.has("/0/credentials/password/identifiers"));
    assert_eq!(list("credentials_identifier=nobody").await.json, json!([]));
    for (query, status) in [
        (format!("ids={a}&credentials_identifier=x"), 400),
        ("ids=no-uuid".into(), 400),
        ("page_size=x".into(), 400),
        ("page_token=x".into(), 400),
        ("include_credential=x".into(), 400),
        ("page_size=-1".into(), 200),
        ("page_size=100000".into(), 200),
    ] {
        assert_eq!(list(&query).await.status, status, "{query}");
    }
    let clamped = list("page_size=100000").await;
    assert!(clamped.header("link").unwrap().contains("page_size=500&"));
}
