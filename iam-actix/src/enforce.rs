//! What a mounted handler's policy does: decide, show itself, fit the configuration.

use actix_web::{HttpRequest, web};
use iam_core::context::RequestContext;
use iam_core::policy::{Exposure, MatrixRow, Public, Requires};
use iam_core::{Decision, Iam, Policy, PolicyData, Tenant};

use crate::view::View;

/// A policy that can be enforced.
pub trait Enforce: 'static {
    /// What decides: the `Iam` of the policy's tenants, or nothing where anybody may call.
    type Iam: Decides;

    /// What it does, as a value: so the compiler makes the code of it once for all policies.
    fn policy() -> &'static dyn Enforced<Self::Iam>;
}

/// What a policy does to a request of a route, and to the route. `I` is what decides.
pub trait Enforced<I>: Send + Sync {
    /// Decides about a request. `path` is the route's template, where actix does not know it.
    fn decide(&self, iam: &I, request: &HttpRequest, path: Option<&str>) -> Decision;

    /// The route's row in the access matrix.
    fn row(&self, method: &str, path: &str) -> MatrixRow;

    /// What its tenant's configuration or the route's path lacks.
    fn misfit(&self, iam: &I, path: &str) -> Vec<String>;

    /// The `Vary` of guarded answers.
    fn vary(&self, iam: &I) -> Option<&'static str>;
}

/// What decides about requests of a handler outside of [`crate::Router`].
pub trait Decides: Clone + Send + Sync + 'static {
    /// As registered with `App::app_data`. None if it is not.
    fn registered(request: &HttpRequest) -> Option<Self>;
}

impl Decides for () {
    fn registered(_request: &HttpRequest) -> Option<()> {
        Some(())
    }
}

impl<T: Tenant> Decides for Iam<T> {
    fn registered(request: &HttpRequest) -> Option<Self> {
        request.app_data::<web::Data<Self>>().map(|iam| Self::clone(iam))
    }
}

/// The tenants `T`, and no others.
#[diagnostic::on_unimplemented(
    message = "the router holds an `Iam<{T}>`, and this policy is of the tenants `{Self}`",
    label = "is of the tenants `{Self}`",
    note = "mount it on a `Router` with an `Iam<{Self}>`"
)]
pub trait Are<T>: Tenant {
    /// A policy of theirs, by its own name.
    fn same(policy: &'static dyn Enforced<Iam<Self>>) -> &'static dyn Enforced<Iam<T>>;
}

#[diagnostic::do_not_recommend]
impl<T: Tenant> Are<T> for T {
    fn same(policy: &'static dyn Enforced<Iam<T>>) -> &'static dyn Enforced<Iam<T>> {
        policy
    }
}

/// A policy that a router with an `Iam<T>` can enforce.
pub trait Among<T>: Enforce {
    /// As [`Enforce::policy`], for this `Iam`.
    fn among() -> &'static dyn Enforced<Iam<T>>;
}

impl Enforce for Public {
    type Iam = ();

    fn policy() -> &'static dyn Enforced<()> {
        &Public
    }
}

impl<T> Among<T> for Public {
    fn among() -> &'static dyn Enforced<Iam<T>> {
        &Public
    }
}

impl<I> Enforced<I> for Public {
    fn decide(&self, _iam: &I, request: &HttpRequest, path: Option<&str>) -> Decision {
        Decision::Now(Ok(RequestContext::public(&View::new(request, path))))
    }

    fn row(&self, method: &str, path: &str) -> MatrixRow {
        MatrixRow::open(method, path, Exposure::Public)
    }

    fn misfit(&self, _iam: &I, _path: &str) -> Vec<String> {
        Vec::new()
    }

    fn vary(&self, _iam: &I) -> Option<&'static str> {
        None
    }
}

impl<P: Policy> Enforce for Requires<P> {
    type Iam = Iam<P::Tenants>;

    fn policy() -> &'static dyn Enforced<Iam<P::Tenants>> {
        &P::POLICY
    }
}

impl<T, P: Policy> Among<T> for Requires<P>
where
    P::Tenants: Are<T>,
{
    fn among() -> &'static dyn Enforced<Iam<T>> {
        P::Tenants::same(Self::policy())
    }
}

impl<T: Tenant> Enforced<Iam<T>> for &'static PolicyData<T> {
    fn decide(&self, iam: &Iam<T>, request: &HttpRequest, path: Option<&str>) -> Decision {
        iam.decide(self, &View::new(request, path))
    }

    fn row(&self, method: &str, path: &str) -> MatrixRow {
        MatrixRow::guarded(method, path, self)
    }

    fn misfit(&self, iam: &Iam<T>, path: &str) -> Vec<String> {
        iam.misfits(self, path)
    }

    fn vary(&self, iam: &Iam<T>) -> Option<&'static str> {
        Some(iam.vary(self))
    }
}
