//! The public listener: whoami, one's own sessions, schemas, and the routes
//! of the self-service flows.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::IntoResponse;
use axum::routing::{any, delete, get};
use axum::{Router, middleware};
use http::header::SET_COOKIE;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::json;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::call::Call;
use super::paging::OffsetPage;
use super::query::id_or_400;
use super::wire::{self, Answer, ApiError};
use super::{Kratos, admin, schema, self_service};

const CACHE_FOR: HeaderName = HeaderName::from_static("ory-session-cache-for");
const IDENTITY_ID: HeaderName = HeaderName::from_static("x-kratos-authenticated-identity-id");

pub(super) fn router(kratos: &Arc<Kratos>) -> Router {
    let mut router = Router::new()
        .route("/sessions/whoami", any(whoami))
        .route("/sessions", get(list_own).delete(revoke_others))
        .route("/sessions/{id}", delete(revoke_own))
        .route("/sessions/token-exchange", get(exchange_token))
        .route("/schemas", get(list_schemas))
        .route("/schemas/{id}", get(get_schema))
        .route("/health/alive", get(wire::alive))
        .route("/health/ready", get(wire::ready))
        .merge(self_service::routes());
    if kratos.config.admin_prefix_optional {
        router = router.merge(admin::redirects_from_public()).fallback(wire::not_found);
    }
    router
        .method_not_allowed_fallback(wire::method_not_allowed)
        .layer(middleware::from_fn_with_state(Arc::clone(kratos), wire::finish_public))
        .layer(DefaultBodyLimit::max(wire::MAX_BODY_BYTES))
        .with_state(Arc::clone(kratos))
}

/// Every failure to find a session is one and the same 401, without an id.
fn not_authenticated() -> ApiError {
    ApiError::unauthorized("No valid session credentials found in the request.")
}

async fn whoami(State(kratos): State<Arc<Kratos>>, call: Call) -> Answer {
    let store = kratos.store();
    let Some((session, identity)) = kratos.user(&store, &call.headers) else {
        let mut response = not_authenticated().into_response();
        if kratos.config.switches.cacheable_sessions_max_age.is_some() && !kratos.has_credential(&call.headers) {
            response.headers_mut().insert(CACHE_FOR, HeaderValue::from_static("60"));
        }
        return Ok(response);
    };
    kratos.require_aal(session, identity)?;
    let template = call.params.get("tokenize_as");
    let tokenized = template.map(|template| kratos.tokenize(session, template)).transpose()?;
    let view = session
        .view()
        .with_identity(identity, identity.view(&kratos.schema_url()))
        .with_devices(session.devices())
        .with_token(tokenized);
    // The real handler sets the identity header before it tries the cookie,
    // so a 500 carries it too.
    let mut response = match kratos.refreshed_cookie(&call.headers, session) {
        Ok(line) => {
            let mut response = wire::json(StatusCode::OK, &view)?;
            if let Some(line) = line {
                response.headers_mut().append(SET_COOKIE, line);
            }
            response
        }
        Err(error) => error.into_response(),
    };
    if let Ok(id) = HeaderValue::from_str(&identity.id.to_string()) {
        response.headers_mut().insert(IDENTITY_ID, id);
    }
    if let (Some(most), None) = (kratos.config.switches.cacheable_sessions_max_age, template) {
        let left = (session.expires_at - OffsetDateTime::now_utc()).min(most.try_into().unwrap_or(Duration::MAX));
        response.headers_mut().insert(CACHE_FOR, HeaderValue::from(left.whole_seconds()));
    }
    Ok(response)
}

fn no_session_cookie() -> ApiError {
    ApiError::unauthorized("No valid session cookie found.")
}

/// The other active sessions. The state of the identity is not looked at.
async fn list_own(State(kratos): State<Arc<Kratos>>, call: Call) -> Answer {
    let store = kratos.store();
    let current = kratos.session(&store, &call.headers).ok_or_else(no_session_cookie)?;
    let identity = store.identity(current.identity).ok_or_else(no_session_cookie)?;
    kratos.require_aal(current, identity)?;
    let others = store.sessions(|s| s.identity == current.identity && s.id != current.id && s.is_active());
    let page = OffsetPage::of(&call.params);
    let total = others.len();
    let views: Vec<_> = page
        .cut(others)
        .into_iter()
        .map(|s| s.view().with_identity(identity, identity.view("").bare()).with_devices(s.devices()))
        .collect();
    let mut response = wire::json(StatusCode::OK, &views)?;
    page.set_links(&call, total, response.headers_mut());
    Ok(response)
}

async fn revoke_others(State(kratos): State<Arc<Kratos>>, call: Call) -> Answer {
    let mut store = kratos.store();
    let current = kratos.session(&store, &call.headers).ok_or_else(no_session_cookie)?;
    let (identity, id) = (current.identity, current.id);
    let count = store.revoke_others(identity, id);
    wire::json(StatusCode::OK, &json!({"count": count}))
}

/// 204 also for a session that is unknown or somebody else's.
async fn revoke_own(State(kratos): State<Arc<Kratos>>, Path(id): Path<String>, call: Call) -> Answer {
    let mut store = kratos.store();
    let current = kratos.session(&store, &call.headers).ok_or_else(no_session_cookie)?;
    let (owner, current) = (current.identity, current.id);
    let id: Uuid = id_or_400(&id)?;
    if id == current {
        return Err(ApiError::unreadable("cannot revoke current session"));
    }
    if let Some(session) = store.session_mut(id).filter(|s| s.identity == owner) {
        session.revoke();
    }
    wire::nothing()
}

/// Only social sign-in on native apps makes codes, and there is none here.
async fn exchange_token(call: Call) -> Answer {
    let given = |key| call.params.get(key).is_some();
    if given("init_code") && given("return_to_code") {
        return Err(ApiError::not_found().reason("no session yet for this \"code\""));
    }
    Err(ApiError::bad_request("\"init_code\" and \"return_to_code\" query params must be set"))
}

async fn list_schemas() -> Answer {
    let schemas = json!([{"id": schema::ID, "schema": schema::document()}]);
    wire::json(StatusCode::OK, &schemas)
}

async fn get_schema(Path(id): Path<String>) -> Answer {
    if id == schema::encoded_id() || id == schema::ID {
        return wire::json(StatusCode::OK, &schema::document());
    }
    Err(ApiError::not_found())
}
