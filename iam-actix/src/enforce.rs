//! What a mounted handler's policy does: decide, show itself, fit the configuration.

use actix_web::{HttpRequest, web};
use iam_core::context::RequestContext;
use iam_core::policy::{Exposure, MatrixRow, Public, Requires};
use iam_core::{Decision, Iam, Policy, Tenant};

use crate::view::View;

/// A policy that can be enforced.
pub trait Enforce: 'static {
    /// What decides: the `Iam` of the policy's tenants, or nothing where anybody may call.
    type Iam: Clone + Send + Sync + 'static;

    /// What decides, for a handler outside of [`crate::Router`]: as registered with
    /// `App::app_data`. None if it is not.
    fn registered(request: &HttpRequest) -> Option<Self::Iam>;

    /// Decides about a request. `path` is the route's template, where actix does not know it.
    fn decide(iam: &Self::Iam, request: &HttpRequest, path: Option<&str>) -> Decision;

    /// The route's row in the access matrix.
    fn row(method: &str, path: &str) -> MatrixRow;

    /// What its tenant's configuration or the route's path lacks.
    fn misfit(iam: &Self::Iam, path: &str) -> Vec<String>;

    /// The `Vary` of guarded answers.
    fn vary(iam: &Self::Iam) -> Option<&'static str>;
}

/// The tenants `T`, and no others.
#[diagnostic::on_unimplemented(
    message = "the router holds an `Iam<{T}>`, and this policy is of the tenants `{Self}`",
    label = "is of the tenants `{Self}`",
    note = "mount it on a `Router` with an `Iam<{Self}>`"
)]
pub trait Are<T>: Tenant {
    /// Their `Iam`, by its own name.
    fn same(iam: &Iam<T>) -> Iam<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: Tenant> Are<T> for T {
    fn same(iam: &Iam<T>) -> Iam<T> {
        iam.clone()
    }
}

/// A policy that a router with an `Iam<T>` can enforce.
pub trait Among<T>: Enforce {
    /// What decides.
    fn iam(iam: &Iam<T>) -> Self::Iam;
}

impl Enforce for Public {
    type Iam = ();

    fn registered(_request: &HttpRequest) -> Option<()> {
        Some(())
    }

    fn decide((): &(), request: &HttpRequest, path: Option<&str>) -> Decision {
        Decision::Now(Ok(RequestContext::public(&View::new(request, path))))
    }

    fn row(method: &str, path: &str) -> MatrixRow {
        MatrixRow::open(method, path, Exposure::Public)
    }

    fn misfit((): &(), _path: &str) -> Vec<String> {
        Vec::new()
    }

    fn vary((): &()) -> Option<&'static str> {
        None
    }
}

impl<T> Among<T> for Public {
    fn iam(_iam: &Iam<T>) {}
}

impl<P: Policy> Enforce for Requires<P> {
    type Iam = Iam<P::Tenants>;

    fn registered(request: &HttpRequest) -> Option<Iam<P::Tenants>> {
        request.app_data::<web::Data<Iam<P::Tenants>>>().map(|iam| Iam::clone(iam))
    }

    fn decide(iam: &Iam<P::Tenants>, request: &HttpRequest, path: Option<&str>) -> Decision {
        iam.decide(P::POLICY, &View::new(request, path))
    }

    fn row(method: &str, path: &str) -> MatrixRow {
        MatrixRow::guarded(method, path, P::POLICY)
    }

    fn misfit(iam: &Iam<P::Tenants>, path: &str) -> Vec<String> {
        iam.misfits(P::POLICY, path)
    }

    fn vary(iam: &Iam<P::Tenants>) -> Option<&'static str> {
        Some(iam.vary(P::POLICY))
    }
}

impl<T, P: Policy> Among<T> for Requires<P>
where
    P::Tenants: Are<T>,
{
    fn iam(iam: &Iam<T>) -> Iam<P::Tenants> {
        P::Tenants::same(iam)
    }
}
