//! The write listener: tuples in and out.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::put;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::json;
use url::form_urlencoded;

use super::Keto;
use super::tuple::{Query, RawTuple, Subject, TUPLE_KEYS, Tuple, undecodable};
use crate::standin::go_json;
use crate::standin::herodot::{Herodot, success};

pub(super) fn routes() -> Router<Arc<Keto>> {
    Router::new().route("/admin/relation-tuples", put(create).delete(delete).patch(patch))
}

async fn create(State(keto): State<Arc<Keto>>, body: Bytes) -> Result<Response, Herodot> {
    let raw: RawTuple = go_json::object(&body).map_err(undecodable)?;
    let tuple = raw.checked()?;
    let mut store = keto.store();
    store.namespaces_of(&tuple.set, Some(&tuple.subject))?;
    // Of two subjects both are echoed, though the id alone is kept.
    let mut response = success(StatusCode::CREATED, &json!(raw));
    if let Ok(location) = HeaderValue::from_str(&location(&tuple)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    store.insert(tuple);
    Ok(response)
}

fn location(tuple: &Tuple) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("namespace", &tuple.set.namespace);
    query.append_pair("object", &tuple.set.object);
    query.append_pair("relation", &tuple.set.relation);
    match &tuple.subject {
        Subject::Id(id) => query.append_pair("subject_id", id),
        Subject::Set(set) => query
            .append_pair("subject_set.namespace", &set.namespace)
            .append_pair("subject_set.object", &set.object)
            .append_pair("subject_set.relation", &set.relation),
    };
    format!("/relation-tuples?{}", query.finish())
}

async fn delete(State(keto): State<Arc<Keto>>, RawQuery(query): RawQuery, body: Bytes) -> Result<Response, Herodot> {
    let query = Query::new(query.as_deref());
    if let Some(extra) = query.keys().find(|key| !TUPLE_KEYS.contains(key)) {
        return Err(Herodot::malformed(format!("query parameter key {extra:?} unknown")));
    }
    if query.first("namespace").is_none() {
        return Err(Herodot::malformed("query parameters must specify at least one of the following: namespace"));
    }
    if !body.is_empty() {
        return Err(Herodot::malformed("body is not empty"));
    }
    let filter = query.filter()?;
    let mut store = keto.store();
    store.namespace(filter.namespace.as_deref().unwrap_or_default())?;
    if let Some(Subject::Set(set)) = &filter.subject {
        store.namespace(&set.namespace)?;
    }
    store.delete(|tuple| filter.matches(tuple));
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize)]
struct Delta {
    action: String,
    relation_tuple: Option<RawTuple>,
}

/// All or nothing, and inserts run before deletes whatever the order in the body.
async fn patch(State(keto): State<Arc<Keto>>, body: Bytes) -> Result<Response, Herodot> {
    let deltas: Vec<Delta> = go_json::objects(&body).map_err(undecodable)?;
    let (mut inserts, mut deletes) = (Vec::new(), Vec::new());
    for Delta { action, relation_tuple } in deltas {
        let raw = relation_tuple.ok_or_else(|| Herodot::bad_request("relation_tuple is missing"))?;
        let tuple = raw.checked()?;
        match action.as_str() {
            "insert" => inserts.push(tuple),
            "delete" => deletes.push(tuple),
            _ => return Err(Herodot::bad_request(format!("unknown action {action}"))),
        }
    }
    let mut store = keto.store();
    for tuple in inserts.iter().chain(&deletes) {
        store.namespaces_of(&tuple.set, Some(&tuple.subject))?;
    }
    for tuple in inserts {
        store.insert(tuple);
    }
    store.delete(|tuple| deletes.contains(tuple));
    Ok(StatusCode::NO_CONTENT.into_response())
}
