//! The clients of the admin API.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::Hydra;
use super::client::{Client, alphanumeric};
use super::error::OAuthError;
use crate::standin::go_json;
use crate::standin::herodot::success;
use crate::standin::json_patch::{self, Operation};
use crate::standin::page;
use crate::standin::params::Params;

type Server = State<Arc<Hydra>>;

pub(super) async fn create(State(hydra): Server, body: Bytes) -> Result<Response, OAuthError> {
    let mut client = Client::from_body(&read(&body)?, None)?;
    let id = client.document.client_id.clone();
    let mut data = hydra.data();
    if data.clients.contains_key(&id) {
        return Err(OAuthError::taken());
    }
    let mut shown = client.with_secret(true);
    shown["registration_access_token"] = json!(format!("ory_at_{}.{}", alphanumeric(43), alphanumeric(43)));
    shown["registration_client_uri"] = json!(format!("{}oauth2/register/{}", hydra.config.public_url, encoded(&id)));
    client.is_stored();
    data.clients.insert(id.clone(), client);
    let mut response = success(StatusCode::CREATED, &shown);
    if let Ok(location) = HeaderValue::from_str(&format!("/admin/clients/{}", encoded(&id))) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

pub(super) async fn get(State(hydra): Server, Path(id): Path<String>) -> Result<Response, OAuthError> {
    let data = hydra.data();
    let client = data.clients.get(&id).ok_or_else(OAuthError::no_such_resource)?;
    Ok(success(StatusCode::OK, &client.with_secret(false)))
}

/// Replaces everything but the id and, if none is sent, the secret.
pub(super) async fn set(State(hydra): Server, Path(id): Path<String>, body: Bytes) -> Result<Response, OAuthError> {
    replace(&hydra, &id, |_| read(&body))
}

pub(super) async fn patch(State(hydra): Server, Path(id): Path<String>, body: Bytes) -> Result<Response, OAuthError> {
    let malformed = |what: String| OAuthError::new(StatusCode::INTERNAL_SERVER_ERROR, "error", what);
    replace(&hydra, &id, |before| {
        let operations: Vec<Operation> = go_json::objects(&body).map_err(malformed)?;
        let mut document = before.with_secret(false);
        json_patch::apply(&mut document, &operations).map_err(malformed)?;
        Ok(document)
    })
}

fn replace(
    hydra: &Hydra,
    id: &str,
    after: impl FnOnce(&Client) -> Result<Value, OAuthError>,
) -> Result<Response, OAuthError> {
    let mut data = hydra.data();
    let before = data.clients.get(id).ok_or_else(OAuthError::no_such_resource)?;
    let mut body = after(before)?;
    let sets_secret = body["client_secret"].as_str().is_some_and(|secret| !secret.is_empty());
    if let Some(object) = body.as_object_mut() {
        object.insert("client_id".to_owned(), json!(id));
    }
    let mut client = Client::from_body(&body, Some(before))?;
    let shown = client.with_secret(sets_secret);
    client.is_stored();
    data.clients.insert(id.to_owned(), client);
    Ok(success(StatusCode::OK, &shown))
}

/// A new secret beside the old one.
pub(super) async fn rotate_secret(State(hydra): Server, Path(id): Path<String>) -> Result<Response, OAuthError> {
    with_secrets(&hydra, &id, |client| {
        client.rotate();
        client.with_secret(true)
    })
}

/// The end of all secrets of before.
pub(super) async fn forget_rotated(State(hydra): Server, Path(id): Path<String>) -> Result<Response, OAuthError> {
    with_secrets(&hydra, &id, |client| {
        client.forget_rotated();
        client.with_secret(false)
    })
}

fn with_secrets(hydra: &Hydra, id: &str, change: impl FnOnce(&mut Client) -> Value) -> Result<Response, OAuthError> {
    let mut data = hydra.data();
    let client = data.clients.get_mut(id).ok_or_else(OAuthError::no_such_resource)?;
    if !client.uses_secret() {
        return Err(OAuthError::malformed("The client's authentication method does not support secret rotation."));
    }
    Ok(success(StatusCode::OK, &change(client)))
}

/// A client takes its tokens and consents with it.
pub(super) async fn delete(State(hydra): Server, Path(id): Path<String>) -> Result<Response, OAuthError> {
    let mut data = hydra.data();
    data.clients.remove(&id).ok_or_else(OAuthError::no_such_resource)?;
    data.tokens.revoke_where(|grant| grant.client_id == id);
    data.flows.forget_client(&id);
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn list(State(hydra): Server, RawQuery(query): RawQuery) -> Result<Response, OAuthError> {
    let query = Params::parse(query.unwrap_or_default());
    let invalid = |what: &str| OAuthError::invalid_request(format!("The {what} is invalid."));
    let size = page::size(query.first("page_size")).ok_or_else(|| invalid("page size"))?;
    let filter = [query.text("client_name"), query.text("owner")];
    let of_query = filter.join("\n");
    let after = match query.text("page_token") {
        "" => String::new(),
        token => page::position(&of_query, token).ok_or_else(|| invalid("page token"))?,
    };
    let data = hydra.data();
    let fits = |wanted: &str, have: &str| wanted.is_empty() || wanted == have;
    let mut clients = data.clients.iter().filter(|(id, client)| {
        id.as_str() > after.as_str()
            && fits(filter[0], &client.document.client_name)
            && fits(filter[1], &client.document.owner)
    });
    let page: Vec<_> = clients.by_ref().take(size).collect();
    let link = |token: &str, rel| {
        let given = [("client_name", filter[0]), ("owner", filter[1])].into_iter().filter(|(_, text)| !text.is_empty());
        let paging = [("page_size", &*size.to_string()), ("page_token", token)];
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(given).extend_pairs(paging).finish();
        // Relative, as the server's own.
        format!("</admin/clients?{query}>; rel=\"{rel}\"")
    };
    let mut links = vec![link(&page::token(&of_query, ""), "first")];
    if let (Some((last, _)), Some(_)) = (page.last(), clients.next()) {
        links.push(link(&page::token(&of_query, last), "next"));
    }
    let shown: Vec<Value> = page.iter().map(|(_, client)| client.with_secret(false)).collect();
    let mut response = success(StatusCode::OK, &json!(shown));
    if let Ok(links) = HeaderValue::from_str(&links.join(",")) {
        response.headers_mut().insert(header::LINK, links);
    }
    Ok(response)
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A JSON body, or a 400 that says what is wrong with it.
pub(super) fn read<T: serde::de::DeserializeOwned>(body: &Bytes) -> Result<T, OAuthError> {
    go_json::object(body).map_err(OAuthError::undecodable)
}
