//! Keto: who may do what, and the tuples behind it.

mod checks;
mod listeners;
mod subjects;

use iam_testing::client::OryUrls;
use iam_testing::real::Servers;
use iam_testing::seed::World;
use iam_testing::standin::Product;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::row::{Row, Rows};

pub(crate) async fn rows(servers: &Servers, world: &World) -> Vec<Row> {
    let mut rows = Rows::new(servers, Product::Keto);
    let urls = world.tenant("shop").urls();
    tuples(&urls, &mut rows).await;
    checks::rows(&urls, &mut rows).await;
    subjects::rows(&urls, &mut rows).await;
    listeners::rows(&urls, &mut rows).await;
    rows.end()
}

fn put(rows: &Rows, urls: &OryUrls, tuple: &Value) -> RequestBuilder {
    rows.request(Method::PUT, format!("{}admin/relation-tuples", urls.keto_write)).json(tuple)
}

async fn tuples(urls: &OryUrls, rows: &mut Rows) {
    let list = format!("{}relation-tuples", urls.keto_read);
    let check = format!("{list}/check");
    let batch = format!("{list}/batch/check");
    let tuples = format!("{}admin/relation-tuples", urls.keto_write);
    let tuple = |namespace: &str, relation: &str, subject: &str| json!({"namespace": namespace, "object": "files:1", "relation": relation, "subject_id": subject});
    let (ann, bob) = (tuple("files", "edit", "user:ann"), tuple("files", "edit", "user:bob"));

    let request = put(rows, urls, &ann);
    let answer = rows.row("a tuple", request, 201).await;
    answer.is(&ann).header("location", "/relation-tuples?");
    let request = put(rows, urls, &ann);
    rows.row("the same tuple again", request, 201).await.is(&ann);
    let request = rows.request(Method::GET, &list).query(&[("namespace", "files")]);
    let both = json!([ann, ann]);
    rows.row("it is there twice", request, 200).await.has("/relation_tuples", both).has("/next_page_token", "");
    let request = put(rows, urls, &tuple("nowhere", "edit", "user:ann"));
    rows.row("a tuple of an unknown namespace", request, 404).await.has("/error/code", 404);
    let mut nobodys = ann.clone();
    nobodys.as_object_mut().unwrap().remove("subject_id");
    let request = put(rows, urls, &nobodys);
    rows.row("a tuple of nobody", request, 400).await.has("/error/code", 400);

    let request = rows.request(Method::POST, &check).json(&ann);
    rows.row("allowed", request, 200).await.is(&json!({"allowed": true}));
    let request = rows.request(Method::POST, &check).json(&bob);
    rows.row("denied", request, 403).await.is(&json!({"allowed": false}));
    let request = rows.request(Method::POST, format!("{check}/openapi")).json(&bob);
    rows.row("denied, without the status", request, 200).await.is(&json!({"allowed": false}));
    let request = rows.request(Method::POST, &check).json(&tuple("nowhere", "edit", "user:ann"));
    rows.row("an unknown namespace is a no", request, 403).await.is(&json!({"allowed": false}));
    let request = rows.request(Method::POST, &check).json(&tuple("files", "fly", "user:ann"));
    rows.row("an unknown relation is an error", request, 400).await.has("/error/code", 400);
    let request = rows.request(Method::POST, &check).json(&nobodys);
    rows.row("a check of nobody", request, 400).await.has("/error/code", 400);
    let request = rows.request(Method::POST, format!("{check}?max-depth=x")).json(&ann);
    rows.row("a depth that is no number", request, 400).await.has("/error/code", 400);

    let some = [&ann, &bob, &tuple("nowhere", "edit", "user:ann"), &tuple("files", "fly", "user:ann")];
    let request = rows.request(Method::POST, &batch).json(&json!({"tuples": some}));
    let answer = rows.row("a batch with items that are wrong", request, 200).await;
    let told = |index: usize| answer.json["results"][index]["error"].is_string();
    let is_told = !told(0) && !told(1) && told(2) && told(3);
    let allowed = ["/results/0/allowed", "/results/1/allowed", "/results/2/allowed", "/results/3/allowed"];
    let seen = allowed.map(|pointer| answer.json.pointer(pointer).cloned().unwrap_or_default());
    answer
        .holds(seen == [true, false, false, false].map(Value::from), "not in the order that was asked for")
        .holds(is_told, "the wrong ones, and only these, say so");
    let request = rows.request(Method::POST, &batch).json(&json!({"tuples": vec![&ann; 11]}));
    rows.row("a batch of more than 10", request, 400).await.has("/error/code", 400);

    let request = rows.request(Method::GET, &list).query(&[("namespace", "files"), ("page_size", "1")]);
    let answer = rows.row("a page", request, 200).await;
    let token = answer.json["next_page_token"].as_str().unwrap_or_default().to_owned();
    answer.has("/relation_tuples", json!([ann])).holds(!token.is_empty(), "no way to the next page");
    let next = [("namespace", "files"), ("page_size", "1"), ("page_token", &*token)];
    let request = rows.request(Method::GET, &list).query(&next);
    rows.row("the last page", request, 200).await.has("/relation_tuples", json!([ann])).has("/next_page_token", "");
    let request = rows.request(Method::GET, &list).query(&[("namespace", "files"), ("page_token", "made up")]);
    rows.row("a page token of nobody's", request, 400).await.has("/error/code", 400);
    let request = rows.request(Method::GET, &list).query(&[("namespace", "nowhere")]);
    rows.row("a list of an unknown namespace", request, 404).await.has("/error/code", 404);

    let request = rows.request(Method::DELETE, &tuples).query(&[("namespace", "files"), ("subject_id", "user:ann")]);
    rows.row("deleted", request, 204).await;
    let request = rows.request(Method::DELETE, &tuples).query(&[("namespace", "files"), ("subject_id", "user:ann")]);
    rows.row("nothing to delete", request, 204).await;
    let refused = [
        ("a deletion of everything", "", 400),
        ("a deletion by what is not known", "?namespace=files&odd=1", 400),
        ("a deletion in an unknown namespace", "?namespace=nowhere", 404),
    ];
    for (name, query, status) in refused {
        let request = rows.request(Method::DELETE, format!("{tuples}{query}"));
        rows.row(name, request, status).await.has("/error/code", status);
    }
    let request = rows.request(Method::DELETE, format!("{tuples}?namespace=files")).body("{}");
    rows.row("a deletion with a body", request, 400).await.has("/error/code", 400);
    let request = rows.request(Method::POST, &check).json(&ann);
    rows.row("denied after its tuples are gone", request, 403).await.is(&json!({"allowed": false}));
}
