//! Ory Kratos in memory: sessions, identities and self-service flows, with
//! the statuses, headers and bodies of the real server (v26.2).
//!
//! [`Kratos::public_router`] and [`Kratos::admin_router`] are what its two
//! listeners serve. It is filled as the real one is: identities over the
//! admin API, sessions through registration and login flows. The identity
//! schema is `default`: `email` is required and names the user, every other
//! trait is free and can be written by the user.
//!
//! It is made for development and tests: passwords are barely hashed, nothing
//! is throttled, and everything is gone when the process ends.
//!
//! Who somebody is elsewhere (`oidc`) can be imported, and is kept. Recovery, if it is on, is by the codes and links
//! that administrators hand out.
//!
//! Not there: logging in by OIDC, mails and what is sent with them, passkeys, lookup
//! secrets, organisations, claims mappers of tokenizer templates and hooks.

mod address;
mod admin;
mod authn;
mod call;
mod cookie;
mod csrf;
mod flow;
mod identity;
mod oidc;
mod paging;
mod password;
mod patch;
mod public;
mod query;
mod recovery;
mod schema;
mod self_service;
mod session;
mod store;
mod tokenizer;
mod totp;
mod ui;
mod wire;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use url::Url;

pub(crate) use schema::document as identity_schema;
pub(crate) use tokenizer::private_jwks;
pub use tokenizer::tokenizer_jwks;
pub use totp::totp_code;

use super::KratosSwitches;
use cookie::CookieKey;
use store::Store;

/// The version that `/version` tells.
const VERSION: &str = "v26.2.0";

/// How a [`Kratos`] behaves.
#[derive(Clone, Debug)]
pub struct KratosConfig {
    /// Base URL of the public listener as clients see it (`serve.public.base_url`).
    pub public_url: Url,
    /// Base URL of the admin listener as clients see it (`serve.admin.base_url`).
    pub admin_url: Url,
    /// Name of the session cookie (`session.cookie.name`). Self-hosted Kratos
    /// calls it `ory_kratos_session`, Ory Network `ory_session_<slug>`.
    pub cookie_name: String,
    /// What can be switched.
    pub switches: KratosSwitches,
    /// Where `/browser` flows send a browser: `<ui_url>/login?flow=..`,
    /// `/registration`, `/settings`, `/error`; and where it ends up without
    /// `return_to`.
    pub ui_url: Url,
    /// True: two listeners as self-hosted Kratos has them. Admin paths work
    /// with and without `/admin`, and paths of the other listener answer 307.
    /// False: one host for both, as Ory Network has it. Admin paths need
    /// `/admin`, nothing is redirected, and neither router has a fallback or
    /// claims a path of the other, so that they can be merged.
    pub admin_prefix_optional: bool,
}

impl KratosConfig {
    /// The defaults of a self-hosted server at these base URLs; the user
    /// interface is at `/ui` of the public one.
    pub fn new(public_url: Url, admin_url: Url) -> Self {
        let mut ui_url = public_url.clone();
        ui_url.set_path("/ui");
        Self {
            public_url,
            admin_url,
            cookie_name: "ory_kratos_session".into(),
            switches: KratosSwitches::default(),
            ui_url,
            admin_prefix_optional: true,
        }
    }
}

/// An in-memory Kratos; see the [module](self).
pub struct Kratos {
    config: KratosConfig,
    cookie_key: CookieKey,
    csrf_cookie: String,
    store: Mutex<Store>,
}

impl std::fmt::Debug for Kratos {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kratos").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Kratos {
    /// A server without identities. Its session cookies are sealed under a
    /// key of its own: no other instance can decode them.
    pub fn new(config: KratosConfig) -> Arc<Self> {
        Arc::new(Self {
            csrf_cookie: csrf::cookie_name(&config.public_url),
            cookie_key: CookieKey::generate(),
            store: Mutex::new(Store::new(config.switches.flow_lifespan)),
            config,
        })
    }

    /// What the public listener serves.
    pub fn public_router(self: &Arc<Self>) -> Router {
        public::router(self)
    }

    /// What the admin listener serves. Nothing is asked of its callers, as
    /// with the real one.
    pub fn admin_router(self: &Arc<Self>) -> Router {
        admin::router(self)
    }

    /// With `false`, behaves as if the database were down: `/health/ready` is
    /// 503, session lookups answer the 401 of an unknown session, whatever
    /// else needs data is 500.
    pub fn set_ready(&self, ready: bool) {
        self.store().ready = ready;
    }

    /// How long flows begun from now on can be submitted
    /// (`selfservice.flows.*.lifespan`); an hour by default.
    pub fn set_flow_lifespan(&self, lifespan: Duration) {
        self.store().flow_lifespan = lifespan;
    }

    fn is_ready(&self) -> bool {
        self.store().ready
    }

    /// The state. The guard must not live across an await.
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A URL on the public listener.
    fn public(&self, path_and_query: &str) -> String {
        below(&self.config.public_url, path_and_query)
    }

    /// A page of the user interface.
    fn ui(&self, path_and_query: &str) -> String {
        below(&self.config.ui_url, path_and_query)
    }

    fn schema_url(&self) -> String {
        schema::url(&self.config.public_url)
    }

    /// Cookies get `Secure` where browsers would keep them.
    fn is_secure(&self) -> bool {
        self.config.public_url.scheme() == "https"
    }
}

fn below(base: &Url, path_and_query: &str) -> String {
    format!("{}{path_and_query}", base.as_str().trim_end_matches('/'))
}
