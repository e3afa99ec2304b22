//! One policy before any service: static files, proxies, scopes.

use std::fmt;
use std::sync::Arc;

use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::web;
use iam_core::policy::{MatrixRow, Requires, Source};
use iam_core::{Iam, Policy, Tenant};

use crate::enforce::{Among, Enforce};
use crate::gate::Gate;
use crate::layers::{Layer, Layers};
use crate::resources::Foreign;

/// A service behind a policy: of a request that the policy refuses, the service sees nothing.
///
/// The service finds the principal (`Arc<Principal>`) in the request's extensions. A permission's `{id}`
/// is a path parameter of the scopes around. Misfits of policy and configuration are found by
/// [`Router::nest_guarded`](crate::Router::nest_guarded) only.
///
/// actix does not tell which paths a service answers, so this one takes every request that reaches it, as
/// a [`web::scope`] without a prefix does: register it last, or in a scope of its own.
///
/// ```
/// use actix_web::{App, web};
/// use iam_actix::{guard, prelude::*};
///
/// define_tenants! { pub enum Tenants { admin } }
///
/// policy! { Staff: tenant("admin"), require_role("staff") }
///
/// fn manuals(iam: &Iam<Tenants>) -> actix_web::Scope {
///     let first_steps = web::resource("/first-steps").to(async || "step one");
///     web::scope("/manuals").service(guard(Staff, iam, first_steps))
/// }
/// ```
pub fn guard<P: Policy, S: HttpServiceFactory + 'static>(policy: P, iam: &Iam<P::Tenants>, service: S) -> Guard<P, S> {
    Guard { gate: gate(policy, iam), service }
}

/// [`guard`] as middleware, for `App::wrap`, `Scope::wrap` and `Resource::wrap`.
///
/// Around a whole `App` it decides before any path is matched, so that a permission's `{id}` is unknown
/// there and the request refused.
///
/// ```
/// use actix_web::web;
/// use iam_actix::{gate, prelude::*};
///
/// define_tenants! { pub enum Tenants { admin } }
///
/// policy! { Staff: tenant("admin"), require_role("staff") }
///
/// fn configure(iam: &Iam<Tenants>, config: &mut web::ServiceConfig) {
///     let manuals = web::scope("/manuals").route("/first-steps", web::get().to(async || "step one"));
///     config.service(manuals.wrap(gate(Staff, iam)));
/// }
/// ```
pub fn gate<P: Policy>(_policy: P, iam: &Iam<P::Tenants>) -> Gate<Requires<P>> {
    iam.mounted(P::POLICY, "(gate)");
    Gate::new(Some(iam.clone()), true)
}

/// What [`guard`] makes: a service behind a policy.
pub struct Guard<P: Policy, S> {
    gate: Gate<Requires<P>>,
    service: S,
}

impl<P: Policy, S> fmt::Debug for Guard<P, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("policy", P::POLICY).finish_non_exhaustive()
    }
}

impl<P: Policy, S: HttpServiceFactory + 'static> HttpServiceFactory for Guard<P, S> {
    fn register(self, config: &mut AppService) {
        web::scope("").service(self.service).wrap(self.gate).register(config);
    }
}

/// A foreign service in a router, waiting for its `Iam`.
pub(crate) struct Nested<T> {
    row: fn(&str, &str) -> MatrixRow,
    source: Source,
    pub(crate) misfit: fn(&Iam<T>, &str) -> Vec<String>,
    register: Register<T>,
    pub(crate) inner_layers: Vec<Layer>,
    pub(crate) layers: Vec<Layer>,
}

/// Registers a scope behind its inner layers, its policy and its layers.
type Register<T> = Arc<dyn Fn(&str, &Iam<T>, [Layers; 2], &mut AppService) + Send + Sync>;

impl<T: Tenant> Nested<T> {
    #[track_caller]
    pub(crate) fn new<P, F, S>(make: F) -> Self
    where
        P: Policy,
        Requires<P>: Among<T>,
        F: Fn() -> S + Send + Sync + 'static,
        S: HttpServiceFactory + 'static,
    {
        Self {
            row: Requires::<P>::row,
            source: Source::here(),
            misfit: |iam, path| Requires::<P>::misfit(&Requires::<P>::iam(iam), path),
            register: Arc::new(move |path, iam, [inner, outer], config| {
                let gate = Gate::<Requires<P>>::new(Some(Requires::<P>::iam(iam)), true);
                let scope = web::scope(path).service(make());
                scope.wrap(inner).wrap(gate.at(&below(path))).wrap(outer).register(config);
            }),
            inner_layers: Vec::new(),
            layers: Vec::new(),
        }
    }

    /// Its row in the access matrix, at this whole path.
    pub(crate) fn at(&self, path: &str) -> MatrixRow {
        (self.row)("*", path).mounted_at(self.source)
    }

    pub(crate) fn endpoint(self, iam: Iam<T>) -> Foreign {
        Arc::new(move |path, config| {
            let layers = [self.inner_layers.clone(), self.layers.clone()];
            (self.register)(path, &iam, layers.map(Layers), config);
        })
    }
}

/// How a whole subtree is written, in the access matrix and in events.
pub(crate) fn below(prefix: &str) -> String {
    format!("{prefix}/..")
}
