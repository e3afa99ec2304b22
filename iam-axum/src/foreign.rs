//! One policy before any service: static files, proxies, gRPC.

use std::fmt;
use std::marker::PhantomData;
use std::task::{Context, Poll};

use axum::response::{IntoResponse, Response};
use iam_core::policy::Requires;
use iam_core::{Iam, Policy};
use tower::{Layer, Service, ServiceExt};

use crate::gate::{Admission, Answering};

/// A service behind a policy: of a request that the policy refuses, the service sees nothing.
///
/// The service finds the principal (`Arc<Principal>`) in the request's extensions. A permission's `{id}`
/// is a path parameter of the route where the service is mounted. Misfits of policy and configuration
/// are found by [`Router::nest_guarded`](crate::Router::nest_guarded) only.
///
/// ```
/// use iam_axum::{guard, prelude::*};
///
/// define_tenants! { pub enum Tenants { admin } }
///
/// policy! { Staff: tenant("admin"), require_role("staff") }
///
/// async fn app(iam: &Iam<Tenants>) -> axum::Router {
///     let manuals = axum::Router::new().route("/first-steps", axum::routing::get(async || "step one"));
///     axum::Router::new().nest_service("/manuals", guard(Staff, iam, manuals))
/// }
/// ```
pub fn guard<P: Policy, I>(policy: P, iam: &Iam<P::Tenants>, service: I) -> Gated<P, I> {
    gate(policy, iam).layer(service)
}

/// [`guard`] as a layer, for [`axum::Router::layer`] and [`tower::ServiceBuilder`].
///
/// ```
/// use iam_axum::{gate, prelude::*};
///
/// define_tenants! { pub enum Tenants { admin } }
///
/// policy! { Staff: tenant("admin"), require_role("staff") }
///
/// fn behind(iam: &Iam<Tenants>, foreign: axum::Router) -> axum::Router {
///     foreign.route_layer(gate(Staff, iam))
/// }
/// ```
pub fn gate<P: Policy>(_policy: P, iam: &Iam<P::Tenants>) -> Gate<P> {
    iam.mounted(P::POLICY, "(gate)");
    Gate { iam: iam.clone() }
}

/// What [`gate`] makes: the layer of a policy.
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

impl<P: Policy, I> Layer<I> for Gate<P> {
    type Service = Gated<P, I>;

    fn layer(&self, inner: I) -> Gated<P, I> {
        Gated { iam: self.iam.clone(), inner, policy: PhantomData }
    }
}

/// What [`guard`] makes: a service behind a policy.
pub struct Gated<P: Policy, I> {
    iam: Iam<P::Tenants>,
    inner: I,
    policy: PhantomData<fn() -> P>,
}

impl<P: Policy, I: Clone> Clone for Gated<P, I> {
    fn clone(&self) -> Self {
        Self { iam: self.iam.clone(), inner: self.inner.clone(), policy: PhantomData }
    }
}

impl<P: Policy, I> fmt::Debug for Gated<P, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gated").field("policy", P::POLICY).finish_non_exhaustive()
    }
}

impl<P, I, B> Service<http::Request<B>> for Gated<P, I>
where
    P: Policy,
    I: Service<http::Request<B>> + Clone + Send + 'static,
    I::Response: IntoResponse,
    I::Error: 'static,
    I::Future: Send,
    B: Send + 'static,
{
    type Response = Response;
    type Error = I::Error;
    type Future = Answering<I::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), I::Error>> {
        // As in a router: a refused request takes none of the service's slots.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let mut admission = Admission::of::<Requires<P>>(&self.iam);
        admission.for_inner_layers = true;
        let inner = self.inner.clone();
        admission.admit(request, move |request| async move { Ok(inner.oneshot(request).await?.into_response()) })
    }
}
