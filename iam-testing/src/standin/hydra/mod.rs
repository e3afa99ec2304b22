//! Hydra: OAuth2 clients, their tokens, signing keys, and the authorisation-code flow with login and consent.
//!
//! A user's part of the flow is Hydra's own: `/oauth2/auth` redirects to the login page with a
//! `login_challenge`, the application accepts it over the admin API, the browser returns with a verifier, and
//! so again for consent. The browser must bring back the CSRF cookies that the redirects set.
//!
//! A client's access tokens are JWTs if it is registered with `"access_token_strategy": "jwt"`, or with none and
//! the server's is that. They are known here
//! all the same, and after a key rotation (`POST /admin/keys/hydra.jwt.access-token`) the older ones are inactive
//! while the published keys still verify them: both as on a real server. Keys are ES256 ones, where Hydra's own
//! choice is RS256.
//!
//! A client may prove who it is by `private_key_jwt`, and bring the word of an issuer that
//! `/admin/trust/grants/jwt-bearer/issuers` knows, both with keys for RS256 or ES256 and their larger kin.
//!
//! Not here: the device and implicit grants, dynamic registration.

mod ask;
mod assertion;
mod authorize;
mod client;
mod client_assertion;
mod client_auth;
mod clients;
mod consents;
mod cookies;
mod decision;
mod discovery;
mod error;
mod flow;
mod form;
mod introspect;
mod jwt_bearer;
mod keys;
mod logout;
mod not_found;
mod redirect;
mod requests;
mod revoke;
mod scope;
mod token;
mod token_endpoint;
mod trust;
mod userinfo;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::Request;
use axum::extract::State;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::json;
use url::Url;

use self::assertion::Spent;
use self::client::Client;
use self::error::{OAuthError, all_of_oauth};
use self::flow::Flows;
use self::keys::Keys;
use self::token::{Token, Tokens};
use self::trust::Issuers;
use super::HydraSwitches;
use super::go_redirect::linked;
use super::herodot::{healthy, success};

/// What a Hydra is made from.
#[derive(Clone, Debug)]
pub struct HydraConfig {
    /// Its public address.
    pub public_url: Url,
    /// The issuer, byte for byte.
    pub issuer: String,
    /// Where the login, consent, logout and error pages are.
    pub ui_url: Url,
    /// What can be switched.
    pub switches: HydraSwitches,
    /// Whether admin paths also answer without `/admin`.
    pub admin_prefix_optional: bool,
}

/// A Hydra with its clients and tokens.
pub struct Hydra {
    config: HydraConfig,
    data: Mutex<Data>,
    ready: AtomicBool,
}

/// All that a real server keeps in its database.
#[derive(Default)]
struct Data {
    clients: BTreeMap<String, Client>,
    tokens: Tokens,
    flows: Flows,
    keys: Keys,
    issuers: Issuers,
    spent: Spent,
}

impl Data {
    /// A token that is good still, and was signed, if at all, by the newest key.
    fn active_token(&self, text: &str) -> Option<&Token> {
        let is_trusted = |key| self.keys.is_newest(keys::ACCESS_TOKENS, key);
        self.tokens.find(text).filter(|token| token.is_active() && token.signed_by.is_none_or(is_trusted))
    }
}

impl Hydra {
    /// A Hydra without clients.
    #[must_use]
    pub fn new(config: HydraConfig) -> Arc<Hydra> {
        Arc::new(Hydra { config, data: Mutex::default(), ready: AtomicBool::new(true) })
    }

    /// The public listener (4444 on a real server).
    pub fn public_router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/oauth2/token", post(token_endpoint::token).layer(from_fn(all_of_oauth)))
            .route("/oauth2/auth", get(authorize::authorize))
            .route("/oauth2/revoke", post(revoke::revoke).layer(from_fn(all_of_oauth)))
            .route("/oauth2/sessions/logout", get(logout::start))
            .route("/userinfo", get(userinfo::userinfo).post(userinfo::userinfo))
            .route("/.well-known/openid-configuration", get(discovery::configuration))
            .route("/.well-known/oauth-authorization-server", get(discovery::configuration))
            .route("/.well-known/jwks.json", get(keys::published))
            .merge(health())
            .method_not_allowed_fallback(not_found::not_found)
            .fallback(not_found::not_found)
            .layer(from_fn(finish))
            .with_state(self.clone())
    }

    /// The admin listener (4445 on a real server).
    pub fn admin_router(self: &Arc<Self>) -> Router {
        let api = Router::new()
            .route("/oauth2/introspect", post(introspect::introspect))
            .route("/oauth2/tokens", delete(revoke::delete_of_client))
            .route("/clients", get(clients::list).post(clients::create))
            .route("/clients/{id}", get(clients::get).put(clients::set).patch(clients::patch).delete(clients::delete))
            .route("/clients/{id}/secrets/rotate", post(clients::rotate_secret).delete(clients::forget_rotated))
            .route("/trust/grants/jwt-bearer/issuers", get(trust::list).post(trust::create))
            .route("/trust/grants/jwt-bearer/issuers/{id}", get(trust::get).delete(trust::delete))
            .route("/keys/{set}", get(keys::list).post(keys::create).put(keys::set_all).delete(keys::delete_all))
            .route("/keys/{set}/{kid}", get(keys::get).put(keys::set).delete(keys::delete))
            .route("/oauth2/auth/requests/login", get(requests::login))
            .route("/oauth2/auth/requests/login/accept", put(requests::accept_login))
            .route("/oauth2/auth/requests/login/reject", put(requests::reject_login))
            .route("/oauth2/auth/requests/consent", get(requests::consent))
            .route("/oauth2/auth/requests/consent/accept", put(requests::accept_consent))
            .route("/oauth2/auth/requests/consent/reject", put(requests::reject_consent))
            .route("/oauth2/auth/requests/logout", get(logout::request))
            .route("/oauth2/auth/requests/logout/accept", put(logout::accept))
            .route("/oauth2/auth/requests/logout/reject", put(logout::reject))
            .route("/oauth2/auth/sessions/consent", get(consents::list).delete(consents::revoke))
            .route("/oauth2/auth/sessions/login", delete(consents::forget_login))
            .method_not_allowed_fallback(not_found::not_found);
        let mut router = Router::new().nest("/admin", api.clone());
        if self.config.admin_prefix_optional {
            router = router.merge(api);
        }
        router
            .merge(health())
            .route("/version", get(async || success(StatusCode::OK, &json!({"version": "v26.2.0"}))))
            .fallback(not_found::not_found)
            .layer(from_fn(finish))
            .with_state(self.clone())
    }

    /// Whether the server is ready. One that is not behaves as a real one whose database is down: every
    /// introspection is inactive and every client unknown.
    pub fn set_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::SeqCst);
    }

    /// Where its tokens are, as a client may call it.
    fn token_urls(&self) -> [String; 2] {
        let below = |base: &str| format!("{}/oauth2/token", base.trim_end_matches('/'));
        [below(&self.config.issuer), below(self.config.public_url.as_str())]
    }

    fn is_ready(&self) -> bool {
        self.ready.load(Ordering::SeqCst)
    }

    fn data(&self) -> MutexGuard<'_, Data> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Hydra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hydra").field("issuer", &self.config.issuer).finish_non_exhaustive()
    }
}

fn health() -> Router<Arc<Hydra>> {
    Router::new().route("/health/alive", get(async || healthy())).route("/health/ready", get(ready))
}

/// What every answer to a GET has: nobody is to keep it, and a redirect to a page has a link in it.
async fn finish(request: Request, next: Next) -> Response {
    let is_get = request.method() == Method::GET;
    let mut response = next.run(request).await;
    if !is_get {
        return response;
    }
    let policy = HeaderValue::from_static("private, no-cache, no-store, must-revalidate");
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(policy);
    // Those to a client are not Go's.
    if response.status() == StatusCode::SEE_OTHER { response } else { linked(response) }
}

async fn ready(State(hydra): State<Arc<Hydra>>) -> Response {
    if hydra.is_ready() {
        healthy()
    } else {
        OAuthError::new(StatusCode::SERVICE_UNAVAILABLE, "error", "not ready").into_response()
    }
}
