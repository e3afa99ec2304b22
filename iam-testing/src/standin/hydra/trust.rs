//! The issuers whose word counts in the grant `jwt-bearer` (`oauth2/trust/handler.go`).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::OAuthError;
use super::{Hydra, assertion};
use crate::standin::go_json;
use crate::standin::herodot::success;
use crate::standin::page;
use crate::standin::params::Params;

/// One issuer, with one key, about one subject or about everybody.
#[derive(Clone, Serialize)]
pub(super) struct Issuer {
    id: Uuid,
    issuer: String,
    subject: String,
    allow_any_subject: bool,
    pub(super) scope: Vec<String>,
    public_key: Value,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    #[serde(skip)]
    pub(super) jwk: Value,
}

impl Issuer {
    pub(super) fn kid(&self) -> &str {
        self.jwk["kid"].as_str().unwrap_or_default()
    }

    pub(super) fn is_over(&self) -> bool {
        self.expires_at <= OffsetDateTime::now_utc()
    }

    fn is_same(&self, other: &Issuer) -> bool {
        (&self.issuer, &self.subject, self.kid()) == (&other.issuer, &other.subject, other.kid())
    }
}

/// By id.
#[derive(Default)]
pub(super) struct Issuers(BTreeMap<Uuid, Issuer>);

impl Issuers {
    /// Those of this name whose word about this subject counts.
    pub(super) fn about<'a>(&'a self, issuer: &'a str, subject: &'a str) -> impl Iterator<Item = &'a Issuer> {
        self.0.values().filter(move |one| one.issuer == issuer && (one.allow_any_subject || one.subject == subject))
    }
}

#[derive(Deserialize)]
#[serde(default)]
struct NewIssuer {
    issuer: String,
    subject: String,
    allow_any_subject: bool,
    scope: Vec<String>,
    jwk: Value,
    #[serde(with = "time::serde::rfc3339::option")]
    expires_at: Option<OffsetDateTime>,
}

impl Default for NewIssuer {
    fn default() -> NewIssuer {
        let (issuer, subject) = (String::new(), String::new());
        NewIssuer { issuer, subject, allow_any_subject: false, scope: Vec::new(), jwk: Value::Null, expires_at: None }
    }
}

impl NewIssuer {
    fn checked(self) -> Result<Issuer, OAuthError> {
        let missing = |what: &str| OAuthError::bad("missing_required_parameter", what);
        if self.issuer.is_empty() {
            return Err(missing("Field 'issuer' is required."));
        }
        if self.subject.is_empty() != self.allow_any_subject {
            return Err(missing("Exactly one of the fields 'subject' and 'allow_any_subject' must be set."));
        }
        let expires_at = self.expires_at.ok_or_else(|| missing("Field 'expires_at' is required."))?;
        let kid = self.jwk["kid"].as_str().unwrap_or_default();
        if kid.is_empty() {
            return Err(missing("Field 'jwk' must contain JWK with kid header."));
        }
        let whole = |at: OffsetDateTime| at.replace_nanosecond(0).unwrap_or(at);
        Ok(Issuer {
            id: Uuid::new_v4(),
            public_key: json!({"set": self.issuer, "kid": kid}),
            issuer: self.issuer,
            subject: self.subject,
            allow_any_subject: self.allow_any_subject,
            scope: self.scope,
            created_at: whole(OffsetDateTime::now_utc()),
            expires_at: whole(expires_at),
            jwk: self.jwk,
        })
    }
}

type Server = State<Arc<Hydra>>;

pub(super) async fn create(State(hydra): Server, body: Bytes) -> Result<Response, OAuthError> {
    let unreadable = |what: String| OAuthError::bad("error", what);
    let new: NewIssuer = go_json::object(&body).map_err(unreadable)?;
    if !new.jwk.is_null() && !assertion::is_key(&new.jwk) {
        return Err(unreadable("the JWK is none".to_owned()));
    }
    let issuer = new.checked()?;
    let mut data = hydra.data();
    if data.issuers.0.values().any(|other| other.is_same(&issuer)) {
        return Err(OAuthError::taken());
    }
    let mut response = success(StatusCode::CREATED, &json!(issuer));
    if let Ok(place) = HeaderValue::from_str(&format!("/trust/grants/jwt-bearer/issuers/{}", issuer.id)) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    data.issuers.0.insert(issuer.id, issuer);
    Ok(response)
}

pub(super) async fn get(State(hydra): Server, Path(id): Path<String>) -> Result<Response, OAuthError> {
    let id = parsed(&id)?;
    let data = hydra.data();
    let issuer = data.issuers.0.get(&id).ok_or_else(OAuthError::no_such_resource)?;
    Ok(success(StatusCode::OK, &json!(issuer)))
}

pub(super) async fn delete(State(hydra): Server, Path(id): Path<String>) -> Result<Response, OAuthError> {
    let id = parsed(&id)?;
    hydra.data().issuers.0.remove(&id).ok_or_else(OAuthError::no_such_resource)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn list(State(hydra): Server, RawQuery(query): RawQuery) -> Result<Response, OAuthError> {
    let query = Params::parse(query.unwrap_or_default());
    let invalid = |what: &str| OAuthError::malformed(format!("Unable to parse pagination parameters: {what}"));
    let size = page::size(query.first("page_size")).ok_or_else(|| invalid("page size"))?;
    let wanted = query.text("issuer");
    let after = match query.text("page_token") {
        "" => Uuid::nil(),
        token => page::position(wanted, token).and_then(|id| id.parse().ok()).ok_or_else(|| invalid("page token"))?,
    };
    let data = hydra.data();
    let is_wanted = |issuer: &&Issuer| issuer.id > after && (wanted.is_empty() || issuer.issuer == wanted);
    let mut found = data.issuers.0.values().filter(is_wanted);
    let page: Vec<&Issuer> = found.by_ref().take(size).collect();
    let link = |position: &str, rel| {
        let mut target = format!("/admin/trust/grants/jwt-bearer/issuers?page_size={size}");
        if !wanted.is_empty() {
            target.push_str("&issuer=");
            target.extend(url::form_urlencoded::byte_serialize(wanted.as_bytes()));
        }
        format!("<{target}&page_token={}>; rel=\"{rel}\"", page::token(wanted, position))
    };
    let mut links = vec![link(&Uuid::nil().to_string(), "first")];
    if let (Some(last), Some(_)) = (page.last(), found.next()) {
        links.push(link(&last.id.to_string(), "next"));
    }
    let mut response = success(StatusCode::OK, &json!(page));
    if let Ok(links) = HeaderValue::from_str(&links.join(",")) {
        response.headers_mut().insert(header::LINK, links);
    }
    Ok(response)
}

fn parsed(id: &str) -> Result<Uuid, OAuthError> {
    Uuid::try_parse(id).map_err(|error| OAuthError::malformed(format!("Unable to parse parameter id: {error}")))
}
