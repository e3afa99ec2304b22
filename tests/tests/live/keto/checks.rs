//! A check by its query, as the SDK asks, and how far it looks.

use iam_testing::client::OryUrls;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use super::put;
use crate::row::Rows;

/// Through how many sets a check goes, at most.
const DEPTH: usize = 5;

pub(super) async fn rows(urls: &OryUrls, rows: &mut Rows) {
    let check = format!("{}relation-tuples/check", urls.keto_read);
    let ask = |rows: &Rows, query: &[(&str, &str)]| rows.request(Method::GET, &check).query(query);
    let tuple = json!({"namespace": "files", "object": "files:2", "relation": "view", "subject_id": "user:ann"});
    let request = put(rows, urls, &tuple);
    rows.row("a tuple to ask for", request, 201).await.is(&tuple);

    let (ann, bob) = (("subject_id", "user:ann"), ("subject_id", "user:bob"));
    let of = |namespace, relation| [("namespace", namespace), ("object", "files:2"), ("relation", relation)];
    let asked = |rows: &Rows, namespace, relation, subject| -> RequestBuilder {
        ask(rows, &[&of(namespace, relation)[..], &[subject]].concat())
    };
    let request = asked(rows, "files", "view", ann);
    let answer = rows.row("allowed, by a query", request, 200).await;
    answer.is(&json!({"allowed": true})).header("content-type", "application/json");
    let request = asked(rows, "files", "view", bob);
    rows.row("denied, by a query", request, 403).await.is(&json!({"allowed": false}));
    let request = asked(rows, "nowhere", "view", ann);
    rows.row("an unknown namespace is a no, by a query", request, 403).await.is(&json!({"allowed": false}));
    let request = asked(rows, "files", "fly", ann);
    rows.row("an unknown relation is an error, by a query", request, 400).await.has("/error/code", 400);
    let request = rows.request(Method::GET, format!("{check}/openapi")).query(&of("files", "view")).query(&[bob]);
    rows.row("denied, by a query and without the status", request, 200).await.is(&json!({"allowed": false}));
    let set = |key| [("subject_set.namespace", "files"), ("subject_set.object", "files:1"), (key, "view")];
    for (name, query) in [
        ("a query about nobody", [&of("files", "view")[..], &[]].concat()),
        ("a query without an object", vec![("namespace", "files"), ("relation", "view"), ann]),
        ("a query with both subjects", [&of("files", "view")[..], &set("subject_set.relation"), &[ann]].concat()),
        ("a query with half a set", [&of("files", "view")[..], &set("odd")[..2]].concat()),
        ("a query with a subject of former versions", [&of("files", "view")[..], &[("subject", "user:ann")]].concat()),
        ("a query with a depth that is no number", [&of("files", "view")[..], &[ann, ("max-depth", "x")]].concat()),
    ] {
        let request = ask(rows, &query);
        rows.row(name, request, 400).await.has("/error/code", 400);
    }
    depth(urls, &check, rows).await;
}

/// A way through sets: who has the first has the next, and so on.
async fn depth(urls: &OryUrls, check: &str, rows: &mut Rows) {
    let object = |index: usize| format!("files:way-{index}");
    let (first, last) = (object(0), object(DEPTH + 1));
    for index in 0..=DEPTH {
        let set = json!({"namespace": "files", "object": object(index), "relation": "view"});
        let tuple = json!({"namespace": "files", "object": object(index + 1), "relation": "view", "subject_set": set});
        let request = put(rows, urls, &tuple);
        rows.row("a set within another", request, 201).await.is(&tuple);
    }
    let tuple = json!({"namespace": "files", "object": first.clone(), "relation": "view", "subject_id": "user:ann"});
    let request = put(rows, urls, &tuple);
    rows.row("somebody in the innermost", request, 201).await;
    let ask = |rows: &Rows, object: &str, depth: &str| -> RequestBuilder {
        let who = [("namespace", "files"), ("object", object), ("relation", "view"), ("subject_id", "user:ann")];
        rows.request(Method::GET, check).query(&who).query(&[("max-depth", depth)])
    };
    let allowed = |is: bool| json!({"allowed": is});
    for (name, object, depth, is) in [
        ("a depth of 1 finds nothing", first, "1", false),
        ("near enough", object(2), "3", true),
        ("one step too far", object(2), "2", false),
        ("too far for the depth asked for", object(4), "2", false),
        ("a depth of 0 is the server's", object(4), "0", true),
        ("one step too far for the server", object(5), "0", false),
        ("a depth beyond the server's is the server's", last.clone(), "100", false),
    ] {
        let request = ask(rows, &object, depth);
        rows.row(name, request, if is { 200 } else { 403 }).await.is(&allowed(is));
    }
    expand(urls, &object(1), rows).await;
}

/// Everybody in a set, as a tree.
async fn expand(urls: &OryUrls, object: &str, rows: &mut Rows) {
    let url = format!("{}relation-tuples/expand", urls.keto_read);
    let ask = |rows: &Rows, namespace: &str, object: &str, depth: &str| -> RequestBuilder {
        let set = [("namespace", namespace), ("object", object), ("relation", "view"), ("max-depth", depth)];
        rows.request(Method::GET, &url).query(&set)
    };
    let request = ask(rows, "files", object, "3");
    let answer = rows.row("everybody in a set", request, 200).await;
    answer
        .has("/type", "union")
        .has("/tuple/subject_set/object", object)
        .has("/children/0/type", "union")
        .has("/children/0/children/0/type", "leaf")
        .has("/children/0/children/0/tuple/subject_id", "user:ann");
    let request = ask(rows, "files", object, "1");
    let answer = rows.row("a tree that is cut, without a mark", request, 200).await;
    answer.has("/type", "leaf").has_no("/children").has_no("/error");
    let request = ask(rows, "nowhere", object, "1");
    rows.row("a set of an unknown namespace", request, 404).await.has("/error/code", 404);
    let request = ask(rows, "files", "files:nobody's", "1");
    let answer = rows.row("nobody in a set is 404 in a 200", request, 200).await;
    answer.has("/code", 404).has("/status", "Not Found").has_no("/error").has_no("/type");
    let request = ask(rows, "files", object, "x");
    rows.row("a tree of a depth that is no number", request, 400).await.has("/error/code", 400);
}
