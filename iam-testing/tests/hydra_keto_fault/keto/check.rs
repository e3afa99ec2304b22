//! Check, batch check and expand.

use iam_testing::standin::{Namespace, OryProject, ProjectConfig};
use reqwest::Method;
use serde_json::{Value, json};

use super::{allowed, check, tuple, write};
use crate::http::{call, get, project};

#[tokio::test]
async fn a_check_says_yes_and_no_in_status_and_body() {
    let project = project().await;
    write(&project, &["orders:1#view@alice"]).await;
    let base = project.keto_read();
    let by_query = async |path: &str, subject: &str| {
        get(base, &format!("relation-tuples/{path}?namespace=orders&object=1&relation=view&subject_id={subject}")).await
    };
    assert_eq!(by_query("check", "alice").await.json(200), json!({"allowed": true}));
    assert_eq!(by_query("check", "bob").await.json(403), json!({"allowed": false}));
    assert_eq!(by_query("check/openapi", "alice").await.json(200), json!({"allowed": true}));
    assert_eq!(by_query("check/openapi", "bob").await.json(200), json!({"allowed": false}));
    assert!(allowed(&project, "orders:1#view@alice").await);
    assert!(!allowed(&project, "orders:1#edit@alice").await);
    let openapi = call(Method::POST, base, "relation-tuples/check/openapi", tuple("orders:1#view@bob")).await;
    assert_eq!(openapi.json(200), json!({"allowed": false}));
}

#[tokio::test]
async fn unknown_namespaces_are_a_no_and_unknown_relations_an_error() {
    let project = project().await;
    assert!(!allowed(&project, "ordrs:1#view@alice").await);
    let wrong = check(&project, "orders:1#veiw@alice").await;
    assert_eq!(wrong.json(400)["error"]["code"], 400);
    assert_eq!(wrong.header("ory-error-id"), "");
    assert!(wrong.headers.contains_key("ory-error-id"));
    assert_eq!(wrong.header("content-type"), "application/json");

    let config = ProjectConfig { namespaces: vec![Namespace::any("files")], ..ProjectConfig::default() };
    let open = OryProject::start(config).await.unwrap();
    assert!(!allowed(&open, "files:1#whatever@alice").await, "nothing declared, everything possible");
}

#[tokio::test]
async fn malformed_checks_are_400() {
    let project = project().await;
    let base = project.keto_read();
    let set = "subject_set.namespace=groups&subject_set.object=a";
    for query in [
        "namespace=orders&object=1&relation=view",
        "namespace=orders&object=1&subject_id=a",
        "namespace=orders&object=1&relation=view&subject=a",
        &format!("namespace=orders&object=1&relation=view&{set}"),
        &format!("namespace=orders&object=1&relation=view&subject_id=a&{set}&subject_set.relation=member"),
        "namespace=orders&object=1&relation=view&subject_id=a&max-depth=deep",
    ] {
        assert_eq!(get(base, &format!("relation-tuples/check?{query}")).await.status, 400, "{query}");
    }
    let post = async |body: Value| call(Method::POST, base, "relation-tuples/check", body).await.status.as_u16();
    let no_subject = |namespace: &str| json!({"namespace": namespace, "object": "1", "relation": "view"});
    assert_eq!(post(no_subject("orders")).await, 400);
    assert_eq!(post(no_subject("unknown")).await, 403, "the namespace is looked at first");
    assert_eq!(post(json!([])).await, 400);
    // A body with both subjects means the id.
    write(&project, &["orders:1#view@alice"]).await;
    let mut both = tuple("orders:1#view@alice");
    both["subject_set"] = json!({"namespace": "groups", "object": "a", "relation": "member"});
    assert_eq!(post(both).await, 200);
}

#[tokio::test]
async fn a_depth_of_five_is_four_sets_and_what_is_in_the_last() {
    let project = project().await;
    write(&project, &["orders:1#view@groups:g1#member"]).await;
    for depth in 1..7 {
        write(&project, &[&format!("groups:g{depth}#member@groups:g{}#member", depth + 1)]).await;
    }
    for depth in 1..=7 {
        write(&project, &[&format!("groups:g{depth}#member@user{depth}")]).await;
    }
    for depth in 1..=7 {
        assert_eq!(allowed(&project, &format!("orders:1#view@user{depth}")).await, depth <= 4, "user{depth}");
    }
    assert!(allowed(&project, "orders:1#view@groups:g1#member").await, "the set itself");
    for (depth, user, status) in [(2, "user1", 200), (2, "user2", 403), (1, "groups:g1#member", 403)] {
        let path = format!("relation-tuples/check?max-depth={depth}");
        let asked = call(Method::POST, project.keto_read(), &path, tuple(&format!("orders:1#view@{user}")));
        assert_eq!(asked.await.status, status, "{user} at {depth}");
    }
    let beyond =
        call(Method::POST, project.keto_read(), "relation-tuples/check?max-depth=50", tuple("orders:1#view@user5"));
    assert_eq!(beyond.await.status, 403, "the server's limit stands");
}

#[tokio::test]
async fn cycles_end() {
    let project = project().await;
    write(&project, &["groups:a#member@groups:b#member", "groups:b#member@groups:a#member", "groups:b#member@bob"])
        .await;
    assert!(allowed(&project, "groups:a#member@bob").await);
    assert!(!allowed(&project, "groups:a#member@alice").await);
    let tree =
        get(project.keto_read(), "relation-tuples/expand?namespace=groups&object=a&relation=member").await.json(200);
    assert_eq!(tree["children"][0]["children"][0]["type"], "leaf", "{tree}");
}

#[tokio::test]
async fn a_batch_answers_in_order_and_keeps_errors_apart() {
    let project = project().await;
    write(&project, &["orders:1#view@alice"]).await;
    let batch = async |tuples: Vec<Value>| {
        call(Method::POST, project.keto_read(), "relation-tuples/batch/check", json!({"tuples": tuples})).await
    };
    let tuples = ["orders:1#view@alice", "orders:1#view@bob", "ordrs:1#view@alice", "orders:1#veiw@alice"];
    let answer = batch(tuples.map(tuple).to_vec()).await.json(200);
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results[..2], [json!({"allowed": true}), json!({"allowed": false})]);
    for result in &results[2..] {
        assert_eq!(result["allowed"], false);
        assert!(!result["error"].as_str().unwrap().is_empty());
    }
    assert_eq!(batch(vec![tuple("orders:1#view@alice"); 10]).await.status, 200);
    assert_eq!(batch(vec![tuple("orders:1#view@alice"); 11]).await.status, 400);
}

#[tokio::test]
async fn expand_shows_the_tree_and_hides_its_404() {
    let project = project().await;
    write(&project, &["orders:1#view@alice", "orders:1#view@groups:staff#member", "groups:staff#member@bob"]).await;
    let expand = async |query: &str| get(project.keto_read(), &format!("relation-tuples/expand?{query}")).await;
    let tree = expand("namespace=orders&object=1&relation=view").await.json(200);
    assert_eq!(tree["type"], "union");
    assert_eq!(tree["tuple"]["subject_set"], json!({"namespace": "orders", "object": "1", "relation": "view"}));
    assert_eq!(
        tree["children"][0],
        json!({"type": "leaf", "tuple": {"namespace": "", "object": "", "relation": "", "subject_id": "alice"}})
    );
    assert_eq!(tree["children"][1]["children"][0]["tuple"]["subject_id"], "bob");
    let nothing = expand("namespace=orders&object=2&relation=view").await.json(200);
    assert_eq!((&nothing["code"], nothing.get("error")), (&json!(404), None));
    assert_eq!(expand("namespace=unknown&object=1&relation=view").await.json(404)["error"]["code"], 404);
    let cut = expand("namespace=orders&object=1&relation=view&max-depth=2").await.json(200);
    assert_eq!(cut["children"][1].get("children"), None);
}
