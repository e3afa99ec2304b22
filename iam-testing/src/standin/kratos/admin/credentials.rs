//! Ways to log in, taken away (`identity/handler.go`, `deleteIdentityCredentials`).

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::delete;
use http::StatusCode;

use crate::standin::kratos::Kratos;
use crate::standin::kratos::query::{Params, id_or_nil};
use crate::standin::kratos::store::Taken;
use crate::standin::kratos::wire::{Answer, ApiError};

pub(super) fn routes() -> Router<Arc<Kratos>> {
    Router::new().route("/admin/identities/{id}/credentials/{type}", delete(remove))
}

async fn remove(State(kratos): State<Arc<Kratos>>, Path((id, kind)): Path<(String, String)>, params: Params) -> Answer {
    let mut store = kratos.store();
    let mut identity = store.identity(id_or_nil(&id)).cloned().ok_or_else(ApiError::not_found)?;
    match kind.as_str() {
        "totp" if identity.totp.is_some() => identity.totp = None,
        "password" | "oidc" if identity.has(&kind) && identity.first_factors() < 2 => {
            return Err(ApiError::bad_request("You cannot remove the last first factor credential."));
        }
        "password" if identity.has(&kind) => identity.password = None,
        "oidc" if identity.has(&kind) => {
            let unnamed = || ApiError::bad_request("You must provide an identifier to delete this credential.");
            let wanted = params.get("identifier").ok_or_else(unnamed)?;
            if !identity.oidc.as_mut().is_some_and(|oidc| oidc.remove(wanted)) {
                let reason = format!("The identifier `{wanted}` was not found among OIDC credentials.");
                return Err(ApiError::not_found().reason(reason));
            }
        }
        kind => {
            let reason = format!("You tried to remove a {kind} but this user have no {kind} set up.");
            return Err(ApiError::not_found().reason(reason));
        }
    }
    store.put_identity(identity).map_err(|Taken| ApiError::taken())?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
