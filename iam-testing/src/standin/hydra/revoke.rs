//! `POST /oauth2/revoke` (RFC 7009), whose 200 says nothing, and the admin's way to end a client's tokens.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::error::OAuthError;
use super::form::form;
use super::{Hydra, client_auth};
use crate::standin::params::Params;

pub(super) async fn revoke(
    State(hydra): State<Arc<Hydra>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthError> {
    let form = form(&headers, &body)?;
    let client = client_auth::authenticate(&hydra, &headers, &form).await?;
    let mut data = hydra.data();
    let own = data
        .tokens
        .find(form.text("token"))
        .filter(|token| token.grant.client_id == client.document.client_id)
        .map(|token| token.chain);
    if let Some(chain) = own {
        data.tokens.revoke_chain(chain);
    }
    Ok(StatusCode::OK.into_response())
}

pub(super) async fn delete_of_client(
    State(hydra): State<Arc<Hydra>>,
    RawQuery(query): RawQuery,
) -> Result<Response, OAuthError> {
    let query = Params::parse(query.unwrap_or_default());
    let client_id = query.text("client_id");
    if client_id.is_empty() {
        return Err(OAuthError::invalid_request("Query parameter 'client_id' is not defined but it should have been."));
    }
    hydra.data().tokens.revoke_where(|grant| grant.client_id == client_id);
    Ok(StatusCode::NO_CONTENT.into_response())
}
