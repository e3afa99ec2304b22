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

use super::clients::read;
use super::error::OAuthError;
use super::{Hydra, assertion};
use crate::standin::herodot::{success, uncached};
use crate::standin::key::{ALGORITHM, Key};

/// The set that signs access tokens.
pub(super) const ACCESS_TOKENS: &str = "hydra.jwt.access-token";

/// The set that signs ID tokens.
pub(super) const ID_TOKENS: &str = "hydra.openid.id-token";

/// The sets that `/.well-known/jwks.json` shows, without a word of what each is for.
const PUBLISHED: [&str; 2] = [ACCESS_TOKENS, ID_TOKENS];

/// A key of a set.
#[derive(Clone)]
enum Kept {
    /// It can sign.
    Pair(Key),
    /// Somebody's own, which the stand-in only keeps.
    Own(Value),
}

impl Kept {
    /// A pair of ES256 signs from now on, as one made here does.
    fn of_jwk(jwk: Value) -> Result<Kept, OAuthError> {
        if !assertion::is_key(&jwk) {
            return Err(OAuthError::undecodable(format!("{jwk} is no key")));
        }
        Ok(Key::of_jwk(&jwk).map_or(Kept::Own(jwk), Kept::Pair))
    }

    fn pair(&self) -> Option<&Key> {
        match self {
            Kept::Pair(key) => Some(key),
            Kept::Own(_) => None,
        }
    }

    fn kid(&self) -> &str {
        match self {
            Kept::Pair(key) => &key.kid,
            Kept::Own(jwk) => jwk["kid"].as_str().unwrap_or_default(),
        }
    }

    fn public(&self) -> Value {
        match self {
            Kept::Pair(key) => key.public(),
            Kept::Own(jwk) => {
                let mut shown = jwk.clone();
                if let Some(shown) = shown.as_object_mut() {
                    shown.retain(|name, _| !PRIVATE.contains(&name.as_str()));
                }
                shown
            }
        }
    }

    fn private(&self) -> Value {
        match self {
            Kept::Pair(key) => key.private(),
            Kept::Own(jwk) => jwk.clone(),
        }
    }
}

/// What is secret of a JWK (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// All sets, each with its newest key first.
#[derive(Default)]
pub(super) struct Keys(BTreeMap<String, Vec<Kept>>);

impl Keys {
    /// The newest key of the set that signs, which is made if there is none.
    pub(super) fn newest(&mut self, set: &str) -> Result<Key, OAuthError> {
        match self.of(set).iter().find_map(Kept::pair) {
            Some(key) => Ok(key.clone()),
            None => self.add(set, Uuid::new_v4().to_string(), "sig"),
        }
    }

    /// Whether this is the newest key. Hydra verifies with no other, though it publishes all.
    pub(super) fn is_newest(&self, set: &str, serial: Uuid) -> bool {
        self.of(set).iter().find_map(Kept::pair).is_some_and(|key| key.serial == serial)
    }

    fn add(&mut self, set: &str, kid: String, usage: &str) -> Result<Key, OAuthError> {
        let keys = self.0.entry(set.to_owned()).or_default();
        if keys.iter().any(|key| key.kid() == kid) {
            return Err(OAuthError::taken());
        }
        let key = Key::generate(kid, usage.to_owned()).map_err(|_| OAuthError::server_error("No key can be made."))?;
        keys.insert(0, Kept::Pair(key.clone()));
        Ok(key)
    }

    fn of(&self, set: &str) -> &[Kept] {
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

/// A set of somebody's own.
#[derive(Deserialize)]
pub(super) struct NewSet {
    #[serde(default)]
    keys: Vec<Value>,
}

type Server = State<Arc<Hydra>>;

/// `/.well-known/jwks.json`.
pub(super) async fn published(State(hydra): Server) -> Result<Response, OAuthError> {
    let mut data = hydra.data();
    for set in PUBLISHED {
        data.keys.newest(set)?;
    }
    let keys: Vec<Value> = PUBLISHED.iter().flat_map(|set| data.keys.of(set)).map(Kept::public).collect();
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
    let found = data.keys.of(&set).iter().find(|key| key.kid() == kid);
    // Of a set that is missing it says something else.
    shown(std::slice::from_ref(found.ok_or_else(OAuthError::no_such_resource)?))
}

fn shown(keys: &[Kept]) -> Result<Response, OAuthError> {
    if keys.is_empty() {
        return Err(OAuthError::not_found());
    }
    let keys: Vec<Value> = keys.iter().map(Kept::private).collect();
    Ok(success(StatusCode::OK, &json!({"keys": keys})))
}

/// A whole set of somebody's own, in the place of what there was.
pub(super) async fn set_all(
    State(hydra): Server,
    Path(set): Path<String>,
    body: Bytes,
) -> Result<Response, OAuthError> {
    let NewSet { keys } = read(&body)?;
    let kept = keys.iter().cloned().map(Kept::of_jwk).collect::<Result<_, _>>()?;
    hydra.data().keys.0.insert(set, kept);
    Ok(success(StatusCode::OK, &json!({"keys": keys})))
}

/// One key of somebody's own, in the place of that of its own name: the one in the path is not looked at.
pub(super) async fn set(
    State(hydra): Server,
    Path((set, _)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, OAuthError> {
    let jwk: Value = read(&body)?;
    let kept = Kept::of_jwk(jwk.clone())?;
    let mut data = hydra.data();
    let keys = data.keys.0.entry(set).or_default();
    keys.retain(|key| key.kid() != kept.kid());
    keys.insert(0, kept);
    Ok(success(StatusCode::OK, &jwk))
}

/// Done as well if there is no such set.
pub(super) async fn delete_all(State(hydra): Server, Path(set): Path<String>) -> Response {
    hydra.data().keys.0.remove(&set);
    StatusCode::NO_CONTENT.into_response()
}

/// Done as well if there is no such key.
pub(super) async fn delete(State(hydra): Server, Path((set, kid)): Path<(String, String)>) -> Response {
    if let Some(keys) = hydra.data().keys.0.get_mut(&set) {
        keys.retain(|key| key.kid() != kid);
    }
    StatusCode::NO_CONTENT.into_response()
}
