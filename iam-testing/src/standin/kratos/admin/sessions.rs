//! Sessions as admins see and end them (`session/handler.go`).

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, patch};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use time::OffsetDateTime;

use crate::standin::kratos::Kratos;
use crate::standin::kratos::call::Call;
use crate::standin::kratos::paging::{self, OffsetPage};
use crate::standin::kratos::query::{Params, id_or_400};
use crate::standin::kratos::session::{Session, SessionView};
use crate::standin::kratos::store::Store;
use crate::standin::kratos::wire::{self, Answer, ApiError};

const MAX_PAGE_SIZE: usize = 1000;

pub(super) fn routes() -> Router<Arc<Kratos>> {
    Router::new()
        .route("/admin/identities/{id}/sessions", get(list_of_identity).delete(remove_of_identity))
        .route("/admin/sessions", get(list))
        .route("/admin/sessions/{id}", get(read).delete(revoke))
        .route("/admin/sessions/{id}/extend", patch(extend))
}

/// What an answer loads beside the session itself.
#[derive(Clone, Copy, Default)]
struct Expand {
    identity: bool,
    devices: bool,
}

impl Expand {
    fn of(params: &Params) -> Result<Self, ApiError> {
        let mut expand = Self::default();
        for option in params.all("expand") {
            match option.to_ascii_lowercase().as_str() {
                "identity" => expand.identity = true,
                "devices" => expand.devices = true,
                _ => {
                    return Err(ApiError::bad_request(format!("Could not parse expand option: {option}")));
                }
            }
        }
        Ok(expand)
    }

    fn view<'s>(self, store: &'s Store, session: &'s Session, schema_url: &str) -> SessionView<'s> {
        let mut view = session.view();
        let identity = store.identity(session.identity).filter(|_| self.identity);
        if let Some(identity) = identity {
            view = view.with_identity(identity, identity.view(schema_url));
        }
        match self.devices {
            true => view.with_devices(session.devices()),
            false => view,
        }
    }
}

fn is_wanted(session: &Session, active: Option<bool>) -> bool {
    active.is_none_or(|wanted| session.is_active() == wanted)
}

/// 200 with an empty list also for an identity that does not exist.
async fn list_of_identity(State(kratos): State<Arc<Kratos>>, Path(id): Path<String>, call: Call) -> Answer {
    let id = id_or_400(&id)?;
    let active = call.params.tristate("active")?;
    let store = kratos.store();
    let found = store.sessions(|s| s.identity == id && is_wanted(s, active));
    let identity = store.identity(id);
    let page = OffsetPage::of(&call.params);
    let total = found.len();
    let views: Vec<_> = page
        .cut(found)
        .into_iter()
        .map(|session| {
            let view = session.view().with_devices(session.devices());
            match identity {
                Some(identity) => view.with_identity(identity, identity.view("").bare()),
                None => view,
            }
        })
        .collect();
    let mut response = wire::json(StatusCode::OK, &views)?;
    page.set_links(&call, total, response.headers_mut());
    Ok(response)
}

/// 404 if there was nothing to delete.
async fn remove_of_identity(State(kratos): State<Arc<Kratos>>, Path(id): Path<String>) -> Answer {
    let id = id_or_400(&id)?;
    if kratos.store().remove_sessions_of(id) == 0 {
        return Err(ApiError::not_found());
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn list(State(kratos): State<Arc<Kratos>>, call: Call) -> Answer {
    let active = call.params.tristate("active")?;
    let expand = Expand::of(&call.params)?;
    let size = paging::keyset_size(&call.params, MAX_PAGE_SIZE)?;
    let before = match call.params.get("page_token") {
        None => u64::MAX,
        Some(token) => decode(token).ok_or_else(|| ApiError::unreadable("could not parse parameter page_token"))?,
    };
    let store = kratos.store();
    let mut found = store.sessions(|s| s.sequence < before && is_wanted(s, active));
    let is_last = found.len() <= size;
    found.truncate(size);
    let next = found.last().map(|s| encode(s.sequence)).filter(|_| !is_last);
    let schema_url = kratos.schema_url();
    let views: Vec<_> = found.into_iter().map(|session| expand.view(&store, session, &schema_url)).collect();
    let mut response = wire::json(StatusCode::OK, &views)?;
    paging::set_keyset_links(&call, size, encode(u64::MAX), next, response.headers_mut());
    Ok(response)
}

fn encode(sequence: u64) -> String {
    URL_SAFE_NO_PAD.encode(sequence.to_be_bytes())
}

fn decode(token: &str) -> Option<u64> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    bytes.try_into().ok().map(u64::from_be_bytes)
}

async fn read(State(kratos): State<Arc<Kratos>>, Path(id): Path<String>, call: Call) -> Answer {
    let id = id_or_400(&id)?;
    let expand = Expand::of(&call.params)?;
    let store = kratos.store();
    let session = store.session(id).ok_or_else(ApiError::not_found)?;
    let mut view = expand.view(&store, session, &kratos.schema_url());
    if !expand.devices {
        // Unlike in lists, devices not asked for are `[]` here, not `null`.
        view = view.with_devices(&[]);
    }
    wire::json(StatusCode::OK, &view)
}

/// Ends a session; the row stays, so it can be ended again.
async fn revoke(State(kratos): State<Arc<Kratos>>, Path(id): Path<String>) -> Answer {
    let id = id_or_400(&id)?;
    let mut store = kratos.store();
    let session = store.session_mut(id).ok_or_else(ApiError::not_found)?;
    session.revoke();
    wire::nothing()
}

/// Starts the lifespan anew, unless that is too early, which nobody is told. The session's cookie does not learn
/// of it until whoami hands out another.
async fn extend(State(kratos): State<Arc<Kratos>>, Path(id): Path<String>) -> Answer {
    let id = id_or_400(&id)?;
    let mut store = kratos.store();
    let session = store.session_mut(id).ok_or_else(ApiError::not_found)?;
    let (now, left) = (OffsetDateTime::now_utc(), kratos.config.switches.earliest_possible_extend);
    if left.is_none_or(|left| session.expires_at - now < left) {
        session.expires_at = now + kratos.config.switches.session_lifespan;
    }
    let session = store.session(id).ok_or_else(ApiError::not_found)?;
    let expand = Expand { identity: true, devices: false };
    let view = expand.view(&store, session, &kratos.schema_url());
    wire::json(StatusCode::OK, &view.with_devices(&[]))
}
