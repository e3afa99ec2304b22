//! Ways to log in, taken away; and recovery, which is off (`identity/handler.go`, `selfservice/strategy/`).

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{delete, post};
use http::StatusCode;

use crate::standin::kratos::Kratos;
use crate::standin::kratos::query::id_or_nil;
use crate::standin::kratos::store::Taken;
use crate::standin::kratos::wire::{Answer, ApiError};

pub(super) fn routes() -> Router<Arc<Kratos>> {
    Router::new()
        .route("/admin/identities/{id}/credentials/{type}", delete(remove))
        .route("/admin/recovery/link", post(recover))
        .route("/admin/recovery/code", post(recover))
}

async fn remove(State(kratos): State<Arc<Kratos>>, Path((id, kind)): Path<(String, String)>) -> Answer {
    let mut store = kratos.store();
    let mut identity = store.identity(id_or_nil(&id)).cloned().ok_or_else(ApiError::not_found)?;
    match kind.as_str() {
        "totp" if identity.totp.is_some() => identity.totp = None,
        "password" => return Err(ApiError::bad_request("You cannot remove the last first factor credential.")),
        kind => {
            let reason = format!("You tried to remove a {kind} but this user have no {kind} set up.");
            return Err(ApiError::not_found().reason(reason));
        }
    }
    store.put_identity(identity).map_err(|Taken| ApiError::taken())?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn recover() -> Answer {
    Err(ApiError::not_found().reason("This endpoint was disabled by system administrator."))
}
