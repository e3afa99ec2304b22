//! One policy before any service: static files, proxies, scopes.

use std::fmt;
use std::future::{Ready, ready};
use std::panic::Location;
use std::sync::Arc;

use actix_service::boxed::{self, BoxService};
use actix_web::body::MessageBody;
use actix_web::dev::{AppService, HttpServiceFactory, Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::{Error, web};
use iam_core::policy::{MatrixRow, Requires, Source};
use iam_core::{Iam, Policy, Tenant};

use crate::enforce::{Among, Enforce, Enforced};
use crate::gate::Admission;
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
#[track_caller]
pub fn guard<P: Policy, S: HttpServiceFactory + 'static>(policy: P, iam: &Iam<P::Tenants>, service: S) -> Gated<P, S> {
    Gated { gate: gate(policy, iam), service }
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
#[track_caller]
pub fn gate<P: Policy>(_policy: P, iam: &Iam<P::Tenants>) -> Gate<P> {
    iam.mounted(P::POLICY, &Location::caller().to_string());
    Gate { iam: iam.clone() }
}

/// What [`gate`] makes: the middleware of a policy.
pub struct Gate<P: Policy> {
    iam: Iam<P::Tenants>,
}

impl<P: Policy> Clone for Gate<P> {
    fn clone(&self) -> Self {
        Self { iam: self.iam.clone() }
    }
}

impl<P: Policy> fmt::Debug for Gate<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("policy", P::POLICY).finish_non_exhaustive()
    }
}

impl<P, S, B> Transform<S, ServiceRequest> for Gate<P>
where
    P: Policy,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Transform = BoxService<ServiceRequest, ServiceResponse, Error>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        let admission = Admission::of(Requires::<P>::policy(), Some(self.iam.clone()), true);
        ready(Ok(boxed::service(admission.before(inner))))
    }
}

/// What [`guard`] makes: a service behind a policy.
pub struct Gated<P: Policy, S> {
    gate: Gate<P>,
    service: S,
}

impl<P: Policy, S: Clone> Clone for Gated<P, S> {
    fn clone(&self) -> Self {
        Self { gate: self.gate.clone(), service: self.service.clone() }
    }
}

impl<P: Policy, S> fmt::Debug for Gated<P, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gated").field("policy", P::POLICY).finish_non_exhaustive()
    }
}

impl<P: Policy, S: HttpServiceFactory + 'static> HttpServiceFactory for Gated<P, S> {
    fn register(self, config: &mut AppService) {
        web::scope("").service(self.service).wrap(self.gate).register(config);
    }
}

/// A foreign service in a router, waiting for its `Iam`.
pub(crate) struct Nested<T: 'static> {
    pub(crate) policy: &'static dyn Enforced<Iam<T>>,
    source: Source,
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
        let policy = Requires::<P>::among();
        Self {
            policy,
            source: Source::here(),
            register: Arc::new(move |path, iam, [inner, outer], config| {
                let admission = Admission::of(policy, Some(iam.clone()), true);
                let scope = web::scope(path).service(make());
                scope.wrap(inner).wrap(admission.at(&below(path))).wrap(outer).register(config);
            }),
            inner_layers: Vec::new(),
            layers: Vec::new(),
        }
    }

    /// Its row in the access matrix, at this whole path.
    pub(crate) fn at(&self, path: &str) -> MatrixRow {
        self.policy.row("*", path).mounted_at(self.source)
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
