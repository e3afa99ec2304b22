//! Lists and writes.

use iam_testing::standin::{OryProject, Product, ProjectConfig};
use reqwest::Method;
use serde_json::{Value, json};

use super::{WRITE, listed, tuple, write};
use crate::http::{call, client, delete, get, project, send};

#[tokio::test]
async fn lists_come_in_pages_of_one_query() {
    let project = project().await;
    write(&project, &["orders:1#view@a", "orders:2#view@a", "orders:3#view@b", "groups:g#member@a"]).await;
    let page = listed(&project, "namespace=orders&page_size=2").await;
    assert_eq!(page["relation_tuples"], json!([tuple("orders:1#view@a"), tuple("orders:2#view@a")]));
    let token = page["next_page_token"].as_str().unwrap();
    let rest = listed(&project, &format!("namespace=orders&page_size=2&page_token={token}")).await;
    assert_eq!(rest, json!({"relation_tuples": [tuple("orders:3#view@b")], "next_page_token": ""}));
    assert_eq!(listed(&project, "subject_id=a").await["relation_tuples"].as_array().unwrap().len(), 3);
    assert_eq!(listed(&project, "object=none").await, json!({"relation_tuples": [], "next_page_token": ""}));
    let status =
        async |query: &str| get(project.keto_read(), &format!("relation-tuples?{query}")).await.status.as_u16();
    assert_eq!(status(&format!("namespace=groups&page_token={token}")).await, 400, "another query's token");
    assert_eq!(status("page_token=nonsense").await, 400);
    assert_eq!(status("page_size=many").await, 400);
    assert_eq!(status("namespace=unknown").await, 404);
}

#[tokio::test]
async fn writing_twice_stores_twice() {
    let project = project().await;
    let put = async |body| call(Method::PUT, project.keto_write(), WRITE, body).await;
    let first = put(tuple("orders:1#view@groups:a b#member")).await;
    assert_eq!(first.json(201), tuple("orders:1#view@groups:a b#member"));
    let location = "/relation-tuples?namespace=orders&object=1&relation=view&subject_set.namespace=groups&subject_set.object=a+b&subject_set.relation=member";
    assert_eq!(first.header("location"), location);
    put(tuple("orders:1#view@groups:a b#member")).await.json(201);
    assert_eq!(listed(&project, "namespace=orders").await["relation_tuples"].as_array().unwrap().len(), 2);
    assert_eq!(put(tuple("unknown:1#view@a")).await.status, 404);
    assert_eq!(put(tuple("orders:1#view@unknown:1#member")).await.status, 404);
    assert_eq!(put(json!({"namespace": "orders", "object": "1", "relation": "view"})).await.status, 400);
    let mut both = tuple("orders:1#view@groups:a#member");
    both["subject_id"] = json!("a");
    assert_eq!(put(both.clone()).await.json(201), both);
    let kept = listed(&project, "namespace=orders&subject_id=a&object=1").await;
    assert_eq!(kept["relation_tuples"], json!([tuple("orders:1#view@a")]), "the id alone is kept");
    assert_eq!(
        call(Method::PUT, project.keto_write(), "relation-tuples", tuple("orders:1#view@a")).await.status,
        404,
        "the prefix is not optional"
    );
}

#[tokio::test]
async fn deleting_needs_a_namespace_and_forgives_the_rest() {
    let project = project().await;
    write(&project, &["orders:1#view@a", "orders:1#view@a", "orders:2#view@b", "groups:g#member@a"]).await;
    let gone = async |query: &str| delete(project.keto_write(), &format!("{WRITE}?{query}")).await.status.as_u16();
    assert_eq!(gone("object=1").await, 400);
    assert_eq!(gone("namespace=orders&colour=red").await, 400);
    assert_eq!(gone("namespace=unknown").await, 404);
    assert_eq!(gone("namespace=orders&object=9").await, 204, "nothing matched");
    let url = project.keto_write().join(&format!("{WRITE}?namespace=orders")).unwrap();
    assert_eq!(send(client().delete(url).body("{}")).await.status, 400, "a body");
    assert_eq!(gone("namespace=orders&object=1&relation=view&subject_id=a").await, 204);
    assert_eq!(
        listed(&project, "").await["relation_tuples"],
        json!([tuple("orders:2#view@b"), tuple("groups:g#member@a")])
    );
    assert_eq!(gone("namespace=orders").await, 204);
    assert_eq!(listed(&project, "").await["relation_tuples"], json!([tuple("groups:g#member@a")]));
}

#[tokio::test]
async fn a_patch_is_all_or_nothing_and_inserts_first() {
    let project = project().await;
    let patch = async |deltas: &[(&str, &str)]| {
        let body: Vec<Value> =
            deltas.iter().map(|(action, text)| json!({"action": action, "relation_tuple": tuple(text)})).collect();
        call(Method::PATCH, project.keto_write(), WRITE, json!(body)).await.status.as_u16()
    };
    assert_eq!(
        patch(&[("delete", "orders:1#view@a"), ("insert", "orders:1#view@a"), ("insert", "orders:2#view@a")]).await,
        204
    );
    assert_eq!(listed(&project, "").await["relation_tuples"], json!([tuple("orders:2#view@a")]));
    assert_eq!(patch(&[("insert", "orders:3#view@a"), ("insert", "unknown:1#view@a")]).await, 404);
    assert_eq!(patch(&[("insert", "orders:3#view@a"), ("upsert", "orders:4#view@a")]).await, 400);
    assert_eq!(call(Method::PATCH, project.keto_write(), WRITE, json!([{"action": "insert"}])).await.status, 400);
    assert_eq!(listed(&project, "").await["relation_tuples"], json!([tuple("orders:2#view@a")]));
}

#[tokio::test]
async fn namespaces_health_and_version() {
    let project = project().await;
    let namespaces = get(project.keto_read(), "namespaces").await.json(200);
    assert_eq!(namespaces, json!({"namespaces": [{"name": "orders"}, {"name": "groups"}]}));
    let empty = OryProject::start(ProjectConfig::default()).await.unwrap();
    assert_eq!(get(empty.keto_read(), "namespaces").await.json(200), json!({}));
    project.set_ready(Product::Keto, false);
    for base in [project.keto_read(), project.keto_write()] {
        get(base, "version").await.json(200);
        get(base, "health/alive").await.json(200);
        assert_eq!(get(base, "health/ready").await.json(503)["error"]["code"], 500);
        assert_eq!(get(base, "nowhere").await.status, 404);
    }
}
