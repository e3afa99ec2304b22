//! Sets of signing keys: made when one is first needed; the newest signs, all are published.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Hydra;
use super::clients::read;
use super::error::OAuthError;
use crate::standin::herodot::{success, uncached};
use crate::standin::key::{ALGORITHM, Key};

/// The set that signs access tokens.
pub(super) const ACCESS_TOKENS: &str = "hydra.jwt.access-token";

/// The set that signs ID tokens.
pub(super) const ID_TOKENS: &str = "hydra.openid.id-token";

/// The sets that `/.well-known/jwks.json` shows, without a word of what each is for.
const PUBLISHED: [&str; 2] = [ACCESS_TOKENS, ID_TOKENS];

/// All sets, each with its newest key first.
#[derive(Default)]
pub(super) struct Keys(BTreeMap<String, Vec<Key>>);

impl Keys {
    /// The newest key of the set, which is made if there is none.
    pub(super) fn newest(&mut self, set: &str) -> Result<Key, OAuthError> {
        match self.0.get(set).and_then(|keys| keys.first()) {
            Some(key) => Ok(key.clone()),
            None => self.add(set, Uuid::new_v4().to_string(), "sig"),
        }
    }

    /// Whether this is the newest key. Hydra verifies with no other, though it publishes all.
    pub(super) fn is_newest(&self, set: &str, serial: Uuid) -> bool {
        self.0.get(set).and_then(|keys| keys.first()).is_some_and(|key| key.serial == serial)
    }

    fn add(&mut self, set: &str, kid: String, usage: &str) -> Result<Key, OAuthError> {
        let keys = self.0.entry(set.to_owned()).or_default();
        if keys.iter().any(|key| key.kid == kid) {
            let sentence = "Unable to insert or update resource because a resource with that value exists already";
            return Err(OAuthError::new(StatusCode::CONFLICT, sentence, ""));
        }
        let key = Key::generate(kid, usage.to_owned()).map_err(|_| OAuthError::server_error("No key can be made."))?;
        keys.insert(0, key.clone());
        Ok(key)
    }

    fn of(&self, set: &str) -> &[Key] {
        self.0.get(set).map_or(&[], Vec::as_slice)
    }
}

/// What is asked of a new key.
#[derive(Deserialize)]
pub(super) struct NewKey {
    alg: String,
    #[serde(rename = "use", default)]
    usage: String,
    #[serde(default)]
    kid: String,
}

type Server = State<Arc<Hydra>>;

/// `/.well-known/jwks.json`.
pub(super) async fn published(State(hydra): Server) -> Result<Response, OAuthError> {
    let mut data = hydra.data();
    for set in PUBLISHED {
        data.keys.newest(set)?;
    }
    let keys: Vec<Value> = PUBLISHED.iter().flat_map(|set| data.keys.of(set)).map(Key::public).collect();
    Ok(uncached(&json!({"keys": keys})))
}

/// One more key, which is the newest from now on: a rotation.
pub(super) async fn create(State(hydra): Server, Path(set): Path<String>, body: Bytes) -> Result<Response, OAuthError> {
    let NewKey { alg, usage, kid } = read(&body)?;
    if alg != ALGORITHM {
        return Err(OAuthError::invalid_request(format!("The stand-in makes keys for {ALGORITHM} alone, not {alg}.")));
    }
    let kid = if kid.is_empty() { Uuid::new_v4().to_string() } else { kid };
    let usage = if usage.is_empty() { "sig" } else { &usage };
    let key = hydra.data().keys.add(&set, kid, usage)?;
    let mut response = success(StatusCode::CREATED, &json!({"keys": [key.private()]}));
    // Below the issuer, where no such thing is.
    let place = format!("{}/keys/{set}", hydra.config.issuer.trim_end_matches('/'));
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// All keys of a set, with their secret halves.
pub(super) async fn list(State(hydra): Server, Path(set): Path<String>) -> Result<Response, OAuthError> {
    shown(hydra.data().keys.of(&set))
}

pub(super) async fn get(
    State(hydra): Server,
    Path((set, kid)): Path<(String, String)>,
) -> Result<Response, OAuthError> {
    let data = hydra.data();
    let found = data.keys.of(&set).iter().find(|key| key.kid == kid);
    shown(found.map_or(&[], std::slice::from_ref))
}

fn shown(keys: &[Key]) -> Result<Response, OAuthError> {
    if keys.is_empty() {
        return Err(OAuthError::not_found());
    }
    let keys: Vec<Value> = keys.iter().map(Key::private).collect();
    Ok(success(StatusCode::OK, &json!({"keys": keys})))
}

/// Done as well if there is no such set.
pub(super) async fn delete_all(State(hydra): Server, Path(set): Path<String>) -> Response {
    hydra.data().keys.0.remove(&set);
    StatusCode::NO_CONTENT.into_response()
}

/// Done as well if there is no such key.
pub(super) async fn delete(State(hydra): Server, Path((set, kid)): Path<(String, String)>) -> Response {
    if let Some(keys) = hydra.data().keys.0.get_mut(&set) {
        keys.retain(|key| key.kid != kid);
    }
    StatusCode::NO_CONTENT.into_response()
}
