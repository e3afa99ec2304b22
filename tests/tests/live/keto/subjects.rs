//! Who a tuple is about, and several tuples at once.

use iam_testing::client::OryUrls;
use reqwest::Method;
use serde_json::{Value, json};

use super::put;
use crate::row::Rows;

pub(super) async fn rows(urls: &OryUrls, rows: &mut Rows) {
    let check = format!("{}relation-tuples/check", urls.keto_read);
    let tuple =
        |object: &str| json!({"namespace": "files", "object": object, "relation": "edit", "subject_id": "user:ann"});
    let mut both = tuple("files:3");
    let request = put(rows, urls, &both);
    rows.row("a tuple about somebody", request, 201).await;
    both["subject_set"] = json!({"namespace": "files", "object": "files:4", "relation": "edit"});
    let request = rows.request(Method::POST, &check).json(&both);
    rows.row("of two subjects in a check, the id counts", request, 200).await.is(&json!({"allowed": true}));
    both["subject_id"] = json!("user:bob");
    let request = rows.request(Method::POST, &check).json(&both);
    rows.row("the id alone", request, 403).await.is(&json!({"allowed": false}));
    let request = put(rows, urls, &both);
    let answer = rows.row("a tuple about two", request, 201).await.is(&both);
    let location = answer.text_of("location");
    let names_the_id = location.ends_with("&subject_id=user%3Abob") && !location.contains("subject_set");
    answer.holds(names_the_id, &format!("it is at {location}"));
    let list = format!("{}relation-tuples", urls.keto_read);
    let request = rows.request(Method::GET, &list).query(&[("namespace", "files"), ("subject_id", "user:bob")]);
    let kept = json!({"namespace": "files", "object": "files:3", "relation": "edit", "subject_id": "user:bob"});
    rows.row("of which the id alone is kept", request, 200).await.has("/relation_tuples", json!([kept]));

    let patch = format!("{}admin/relation-tuples", urls.keto_write);
    let delta = |action: &str, tuple: Value| json!({"action": action, "relation_tuple": tuple});
    let changes = json!([delta("delete", tuple("files:3")), delta("insert", tuple("files:5"))]);
    let request = rows.request(Method::PATCH, &patch).json(&changes);
    rows.row("several changes", request, 204).await.is(&Value::Null);
    for (name, object, status) in [("one deleted", "files:3", 403), ("one inserted", "files:5", 200)] {
        let request = rows.request(Method::POST, &check).json(&tuple(object));
        rows.row(name, request, status).await.has("/allowed", status == 200);
    }
    let same = json!([delta("delete", tuple("files:6")), delta("insert", tuple("files:6"))]);
    let request = rows.request(Method::PATCH, &patch).json(&same);
    rows.row("a deletion before its insertion", request, 204).await;
    let request = rows.request(Method::POST, &check).json(&tuple("files:6"));
    rows.row("is carried out after it", request, 403).await.is(&json!({"allowed": false}));
    let mut elsewhere = tuple("files:7");
    elsewhere["namespace"] = json!("nowhere");
    let changes = json!([delta("insert", tuple("files:7")), delta("insert", elsewhere)]);
    let request = rows.request(Method::PATCH, &patch).json(&changes);
    rows.row("several changes, one in an unknown namespace", request, 404).await.has("/error/code", 404);
    let request = rows.request(Method::POST, &check).json(&tuple("files:7"));
    rows.row("changes nothing", request, 403).await.is(&json!({"allowed": false}));
    let request = rows.request(Method::PATCH, &patch).json(&json!([]));
    rows.row("no changes", request, 204).await.is(&Value::Null);
    let read = format!("{}admin/relation-tuples", urls.keto_read);
    let request = rows.request(Method::PATCH, &read).json(&json!([]));
    rows.row("no changes, by the listener that reads", request, 404).await;
    let request = rows.request(Method::PATCH, &patch).json(&json!([delta("odd", tuple("files:7"))]));
    rows.row("a change of an unknown kind", request, 400).await.has("/error/code", 400);
}
