//! The admin listener. Whoever reaches it is admin.

mod batch;
mod bodies;
mod credentials;
mod identities;
mod recovery;
mod sessions;

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, OriginalUri, Request, State};
use axum::response::Response;
use axum::routing::{any, delete, get, post};
use axum::{Router, middleware};
use http::uri::PathAndQuery;
use http::{StatusCode, Uri};
use serde_json::json;
use tower::ServiceExt as _;
use url::Url;

use super::wire::{self, Answer};
use super::{Kratos, VERSION, self_service};

pub(super) fn router(kratos: &Arc<Kratos>) -> Router {
    let two_listeners = kratos.config.admin_prefix_optional;
    let mut router = Router::new()
        .merge(identities::routes())
        .merge(credentials::routes())
        .merge(recovery::routes())
        .merge(sessions::routes())
        .route("/admin/health/alive", get(wire::alive))
        .route("/admin/health/ready", get(wire::ready))
        .route("/admin/version", get(version));
    if two_listeners {
        router = router.merge(redirects_to_public()).fallback(wire::not_found);
    } else {
        router = router.route("/version", get(version));
    }
    let router = router
        .method_not_allowed_fallback(wire::method_not_allowed)
        .layer(middleware::from_fn_with_state(Arc::clone(kratos), wire::finish_admin))
        .layer(DefaultBodyLimit::max(wire::MAX_BODY_BYTES))
        .with_state(Arc::clone(kratos));
    if two_listeners {
        // Routing reads the path, so the prefix is added before it.
        Router::new().fallback_service(router.map_request(with_admin_prefix))
    } else {
        router
    }
}

async fn version() -> Answer {
    wire::json(StatusCode::OK, &json!({"version": VERSION}))
}

/// Adds `/admin` to a path that lacks it (`oryx/httprouterx/router.go`).
fn with_admin_prefix(mut request: Request) -> Request {
    let path = request.uri().path();
    if path != "/admin" && !path.starts_with("/admin/") {
        let mut parts = request.uri().clone().into_parts();
        let old = parts.path_and_query.as_ref().map_or("/", |p| p.as_str());
        parts.path_and_query = PathAndQuery::try_from(format!("/admin{old}")).ok();
        if let Ok(uri) = Uri::from_parts(parts) {
            // Links in answers are made from this one.
            request.extensions_mut().insert(OriginalUri(uri.clone()));
            *request.uri_mut() = uri;
        }
    }
    request
}

/// Admin paths that the public listener knows, only to send callers away.
pub(super) fn redirects_from_public() -> Router<Arc<Kratos>> {
    let collection = || get(to_admin).post(to_admin);
    let item = || get(to_admin).put(to_admin).patch(to_admin).delete(to_admin);
    ["", "/admin"]
        .iter()
        .fold(Router::new(), |router, prefix| {
            router
                .route(&format!("{prefix}/identities"), collection())
                .route(&format!("{prefix}/identities/{{id}}"), item())
        })
        .route("/identities/{id}/sessions", delete(to_admin))
        .route("/recovery/link", post(to_admin))
        .route("/recovery/code", post(to_admin))
}

async fn to_admin(State(kratos): State<Arc<Kratos>>, OriginalUri(uri): OriginalUri) -> Response {
    let path = uri.path();
    let path = path.strip_prefix("/admin").unwrap_or(path);
    elsewhere(&kratos.config.admin_url, &format!("/admin{path}"), &uri)
}

fn redirects_to_public() -> Router<Arc<Kratos>> {
    self_service::PATHS.iter().fold(Router::new().route("/admin/sessions/whoami", get(to_public)), |router, path| {
        router.route(&format!("/admin{path}"), any(to_public))
    })
}

async fn to_public(State(kratos): State<Arc<Kratos>>, OriginalUri(uri): OriginalUri) -> Response {
    let path = uri.path();
    let path = path.strip_prefix("/admin").unwrap_or(path);
    elsewhere(&kratos.config.public_url, path, &uri)
}

fn elsewhere(base: &Url, path: &str, from: &Uri) -> Response {
    let query = from.query().map(|q| format!("?{q}")).unwrap_or_default();
    let to = super::below(base, &format!("{path}{query}"));
    wire::redirect(StatusCode::TEMPORARY_REDIRECT, &to)
}
