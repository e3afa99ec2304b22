//! What a mounted handler's policy does: decide, show itself, fit the configuration.

use axum::extract::FromRef;
use axum::http::request::Parts;
use iam_core::context::RequestContext;
use iam_core::policy::{Exposure, MatrixRow, Public, Requires};
use iam_core::{Decision, Iam, Policy, PolicyData, Tenant};

use crate::view::View;

/// Tenants whose `Iam` a state of type `S` holds.
#[diagnostic::on_unimplemented(
    message = "the state `{S}` holds no `Iam<{Self}>`",
    label = "the policy asks the `Iam` of its own tenants, `{Self}`",
    note = "pass that `Iam`, `.with_state(iam)`, or a state that holds one: \
            `#[derive(FromRef)]` on a struct with a field of type `Iam<{Self}>`"
)]
pub trait HeldBy<S>: Tenant {
    /// Their `Iam`.
    fn iam(state: &S) -> Iam<Self>;
}

#[diagnostic::do_not_recommend]
impl<S, T: Tenant> HeldBy<S> for T
where
    Iam<T>: FromRef<S>,
{
    fn iam(state: &S) -> Iam<T> {
        Iam::from_ref(state)
    }
}

/// A policy that a state of type `S` can enforce.
pub trait Enforce<S>: 'static {
    /// What it does, as a value: so the compiler makes the code of it once for all policies.
    fn policy() -> &'static dyn Enforced<S>;
}

/// What a policy does to a request of a route, and to the route.
pub trait Enforced<S>: Send + Sync {
    /// Decides about a request. `path` is the route's template, where axum does not tell it.
    fn decide(&self, parts: &mut Parts, state: &S, path: Option<&str>) -> Decision;

    /// The route's row in the access matrix.
    fn row(&self, method: &str, path: &str) -> MatrixRow;

    /// What its tenant's configuration or the route's path lacks.
    fn misfit(&self, state: &S, path: &str) -> Vec<String>;

    /// The `Vary` of guarded answers.
    fn vary(&self, state: &S) -> Option<&'static str>;
}

impl<S> Enforce<S> for Public {
    fn policy() -> &'static dyn Enforced<S> {
        &Public
    }
}

impl<S> Enforced<S> for Public {
    fn decide(&self, parts: &mut Parts, _state: &S, path: Option<&str>) -> Decision {
        Decision::Now(Ok(RequestContext::public(&View::new(parts, path, false))))
    }

    fn row(&self, method: &str, path: &str) -> MatrixRow {
        MatrixRow::open(method, path, Exposure::Public)
    }

    fn misfit(&self, _state: &S, _path: &str) -> Vec<String> {
        Vec::new()
    }

    fn vary(&self, _state: &S) -> Option<&'static str> {
        None
    }
}

impl<S, P: Policy> Enforce<S> for Requires<P>
where
    P::Tenants: HeldBy<S>,
{
    fn policy() -> &'static dyn Enforced<S> {
        &P::POLICY
    }
}

impl<S, T: HeldBy<S>> Enforced<S> for &'static PolicyData<T> {
    fn decide(&self, parts: &mut Parts, state: &S, path: Option<&str>) -> Decision {
        let view = View::new(parts, path, self.rules.reads_request());
        T::iam(state).decide(self, &view)
    }

    fn row(&self, method: &str, path: &str) -> MatrixRow {
        MatrixRow::guarded(method, path, self)
    }

    fn misfit(&self, state: &S, path: &str) -> Vec<String> {
        T::iam(state).misfits(self, path)
    }

    fn vary(&self, state: &S) -> Option<&'static str> {
        Some(T::iam(state).vary(self))
    }
}

/// No state: it only keeps the compiler from taking `Iam<T>` for the state of a
/// router as soon as one handler needs one, because nothing else would give it.
/// The error of a state without `Iam` would then speak of two routers.
#[doc(hidden)]
pub enum AnyState<T> {
    /// Never made.
    #[doc(hidden)]
    Never(std::convert::Infallible, std::marker::PhantomData<T>),
}

impl<T: Tenant> FromRef<AnyState<T>> for Iam<T> {
    fn from_ref(state: &AnyState<T>) -> Self {
        match state {
            AnyState::Never(never, _) => match *never {},
        }
    }
}
