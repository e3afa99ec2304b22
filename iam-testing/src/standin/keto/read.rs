//! The read listener: checks, expand, lists.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::tuple::{Query, RawTuple, SubjectSet, Tuple, undecodable};
use super::{Keto, engine};
use crate::standin::go_json;
use crate::standin::herodot::{Herodot, success};
use crate::standin::page;

/// `limit.max_batch_check_size` of a server that configures nothing.
const MAX_BATCH: usize = 10;

pub(super) fn routes() -> Router<Arc<Keto>> {
    Router::new()
        .route("/relation-tuples/check", get(get_check).post(post_check))
        .route("/relation-tuples/check/openapi", get(get_check_openapi).post(post_check_openapi))
        .route("/relation-tuples/batch/check", post(batch_check))
        .route("/relation-tuples/expand", get(expand))
        .route("/relation-tuples", get(list))
        .route("/namespaces", get(namespaces))
}

type Server = State<Arc<Keto>>;

async fn get_check(State(keto): Server, RawQuery(query): RawQuery) -> Result<Response, Herodot> {
    checked_by_query(&keto, query.as_deref()).map(mirrored)
}

async fn get_check_openapi(State(keto): Server, RawQuery(query): RawQuery) -> Result<Response, Herodot> {
    checked_by_query(&keto, query.as_deref()).map(|allowed| answer(StatusCode::OK, allowed))
}

async fn post_check(State(keto): Server, RawQuery(query): RawQuery, body: Bytes) -> Result<Response, Herodot> {
    checked_by_body(&keto, query.as_deref(), &body).map(mirrored)
}

async fn post_check_openapi(State(keto): Server, RawQuery(query): RawQuery, body: Bytes) -> Result<Response, Herodot> {
    checked_by_body(&keto, query.as_deref(), &body).map(|allowed| answer(StatusCode::OK, allowed))
}

/// The plain check says it twice: in the body, and as 200 or 403.
fn mirrored(allowed: bool) -> Response {
    answer(if allowed { StatusCode::OK } else { StatusCode::FORBIDDEN }, allowed)
}

fn answer(status: StatusCode, allowed: bool) -> Response {
    success(status, &json!({"allowed": allowed}))
}

fn checked_by_query(keto: &Keto, query: Option<&str>) -> Result<bool, Herodot> {
    let query = Query::new(query);
    let max_depth = query.max_depth()?;
    let Tuple { set, subject } = query.tuple()?;
    let raw = RawTuple::from(&Tuple { set, subject });
    denied_if_unknown(check(keto, &raw, max_depth))
}

fn checked_by_body(keto: &Keto, query: Option<&str>, body: &Bytes) -> Result<bool, Herodot> {
    let max_depth = Query::new(query).max_depth()?;
    let raw: RawTuple = go_json::object(body).map_err(undecodable)?;
    denied_if_unknown(check(keto, &raw, max_depth))
}

/// Namespaces are looked up before the subject is: a tuple wrong in both ways is an unknown namespace.
fn check(keto: &Keto, raw: &RawTuple, max_depth: usize) -> Result<bool, Herodot> {
    let store = keto.store();
    let set =
        SubjectSet { namespace: raw.namespace.clone(), object: raw.object.clone(), relation: raw.relation.clone() };
    store.namespaces_of(&set, raw.subject().as_ref())?;
    engine::check(&store, &raw.checked()?, max_depth)
}

/// A single check of an unknown namespace is a no, not an error.
fn denied_if_unknown(outcome: Result<bool, Herodot>) -> Result<bool, Herodot> {
    match outcome {
        Err(error) if error.status == StatusCode::NOT_FOUND => Ok(false),
        other => other,
    }
}

#[derive(Deserialize)]
struct Batch {
    #[serde(default)]
    tuples: Vec<RawTuple>,
}

async fn batch_check(State(keto): Server, RawQuery(query): RawQuery, body: Bytes) -> Result<Response, Herodot> {
    let max_depth = Query::new(query.as_deref()).max_depth()?;
    let batch: Batch = go_json::object(&body).map_err(undecodable)?;
    if batch.tuples.len() > MAX_BATCH {
        return Err(Herodot::bad_request(format!("batch exceeds max size of {MAX_BATCH}")));
    }
    let results: Vec<Value> = batch
        .tuples
        .iter()
        .map(|tuple| match check(&keto, tuple, max_depth) {
            Ok(allowed) => json!({"allowed": allowed}),
            Err(error) => json!({"allowed": false, "error": error.message}),
        })
        .collect();
    Ok(success(StatusCode::OK, &json!({"results": results})))
}

async fn expand(State(keto): Server, RawQuery(query): RawQuery) -> Result<Response, Herodot> {
    let query = Query::new(query.as_deref());
    let max_depth = query.max_depth()?;
    let value = |key| query.first(key).unwrap_or_default().to_owned();
    let set = SubjectSet { namespace: value("namespace"), object: value("object"), relation: value("relation") };
    let store = keto.store();
    store.namespace(&set.namespace)?;
    let nothing = || Herodot::new(StatusCode::NOT_FOUND, "no relation tuple found").object();
    // Nothing to expand is a 404 in the body under a 200 in the status line.
    Ok(success(StatusCode::OK, &engine::expand(&store, &set, max_depth).unwrap_or_else(nothing)))
}

async fn list(State(keto): Server, RawQuery(query): RawQuery) -> Result<Response, Herodot> {
    let query = Query::new(query.as_deref());
    let filter = query.filter()?;
    let invalid = |what: &str| Herodot::bad_request(format!("the {what} is invalid"));
    let size = page::size(query.first("page_size")).ok_or_else(|| invalid("page size"))?;
    let after = match query.first("page_token").filter(|token| !token.is_empty()) {
        None => 0,
        Some(token) => page::position(&filter.identity(), token)
            .and_then(|position| position.parse().ok())
            .ok_or_else(|| invalid("page token"))?,
    };
    let store = keto.store();
    if let Some(namespace) = &filter.namespace {
        store.namespace(namespace)?;
    }
    if let Some(super::tuple::Subject::Set(set)) = &filter.subject {
        store.namespace(&set.namespace)?;
    }
    let mut rows = store.list(&filter, after);
    let page: Vec<_> = rows.by_ref().take(size).collect();
    let next = match (page.last(), rows.next()) {
        (Some((row, _)), Some(_)) => page::token(&filter.identity(), &row.to_string()),
        _ => String::new(),
    };
    let tuples: Vec<RawTuple> = page.iter().map(|(_, tuple)| RawTuple::from(tuple)).collect();
    Ok(success(StatusCode::OK, &json!({"relation_tuples": tuples, "next_page_token": next})))
}

async fn namespaces(State(keto): Server) -> Response {
    let store = keto.store();
    let names: Vec<Value> = store.namespaces().iter().map(|namespace| json!({"name": namespace.name})).collect();
    // Protobuf's JSON leaves an empty list out.
    let body = if names.is_empty() { json!({}) } else { json!({"namespaces": names}) };
    success(StatusCode::OK, &body)
}
