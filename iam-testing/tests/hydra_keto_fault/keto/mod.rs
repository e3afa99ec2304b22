//! Keto, and how the tests write tuples.

mod check;
mod tuples;

use iam_testing::standin::OryProject;
use reqwest::Method;
use serde_json::{Value, json};

use crate::http::{Answer, call, get};

pub(crate) const WRITE: &str = "admin/relation-tuples";

/// `orders:1#view@alice`, or with a set such as `groups:staff#member` behind the `@`.
pub(crate) fn tuple(text: &str) -> Value {
    let (set, subject) = text.split_once('@').unwrap();
    let parts = |text: &str| {
        let (namespace, rest) = text.split_once(':').unwrap();
        let (object, relation) = rest.split_once('#').unwrap();
        json!({"namespace": namespace, "object": object, "relation": relation})
    };
    let mut tuple = parts(set);
    if subject.contains('#') {
        tuple["subject_set"] = parts(subject);
    } else {
        tuple["subject_id"] = json!(subject);
    }
    tuple
}

pub(crate) async fn write(project: &OryProject, tuples: &[&str]) {
    for text in tuples {
        call(Method::PUT, project.keto_write(), WRITE, tuple(text)).await.json(201);
    }
}

pub(crate) async fn check(project: &OryProject, text: &str) -> Answer {
    call(Method::POST, project.keto_read(), "relation-tuples/check", tuple(text)).await
}

pub(crate) async fn allowed(project: &OryProject, text: &str) -> bool {
    let answer = check(project, text).await;
    let allowed = answer.json(answer.status.as_u16())["allowed"].as_bool().unwrap();
    assert_eq!(answer.status, if allowed { 200 } else { 403 });
    allowed
}

pub(crate) async fn listed(project: &OryProject, query: &str) -> Value {
    get(project.keto_read(), &format!("relation-tuples?{query}")).await.json(200)
}
