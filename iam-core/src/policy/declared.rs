//! How a policy rides on a handler: in its return type.

use std::future::Future;
use std::marker::PhantomData;

use super::{AtRoute, PolicyData, Route};
use crate::Tenant;

/// A type that stands for one policy; attributes write one in each handler, and
/// `policy!` makes them by name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no policy",
    label = "not made by `policy!`",
    note = "make one, `policy! {{ Staff: tenant(\"admin\") }}`, and name it here: `Staff`"
)]
pub trait Policy: Send + 'static {
    /// The tenant enum.
    type Tenants: Tenant;

    /// What is demanded.
    const POLICY: &'static PolicyData<Self::Tenants>;
}

/// A policy that others can build on (`#[require_policy(Staff)]`); `policy!` makes them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no policy",
    label = "not made by `policy!`",
    note = "make one, `policy! {{ Staff: tenant(\"admin\") }}`, and name it here: `Staff`"
)]
pub trait BasePolicy: Policy {
    /// Asked for wherever the policy is named, see [`Base`].
    const IS_POLICY: bool = true;

    /// What must authenticate a request, as one of [`kinds`](crate::adapter::kinds).
    type Credential;

    /// The tenant as a type: [`Named`] or [`ByHost`].
    type Tenant;
}

/// Every type, as long as the constant has no mistake in it: a type that depends on one that was
/// told is of no known kind, and the compiler leaves alone what is done with it.
pub trait Known<const IS: bool> {
    /// Itself.
    type Itself;
}

impl<T> Known<true> for T {
    type Itself = T;
}

/// `P`, under the one question whether it is a policy at all; the attributes' output spells it so.
pub type Base<P, const IS_POLICY: bool> = <P as Known<IS_POLICY>>::Itself;

/// The tenant of a policy that names one: `T` is a [`OneTenant`](crate::OneTenant).
#[derive(Debug)]
pub struct Named<T>(PhantomData<fn() -> T>);

/// The tenants of a policy that leaves the choice to the request's host: a tuple of
/// [`OneTenant`](crate::OneTenant)s.
#[derive(Debug)]
pub struct ByHost<L>(PhantomData<fn() -> L>);

/// Marks a handler that anybody may call.
#[derive(Debug)]
pub struct Public;

/// Marks a handler that the policy `P` guards.
#[derive(Debug)]
pub struct Requires<P>(pub P);

/// What an annotated handler gives: its answer, under a policy of kind `Kind`; a `Declared` of
/// core's or of an adapter's own ([`define_answers!`](crate::define_answers)).
pub trait Answered {
    /// [`Requires`] or [`Public`].
    type Kind;
    /// What the handler as written returns.
    type Answer;

    /// The answer, for adapters after they have decided.
    fn unguarded(self) -> Self::Answer;
}

/// A handler that carries a policy; adapters mount nothing else.
#[diagnostic::on_unimplemented(
    message = "`{Self}` declares no access policy",
    label = "this handler declares no access policy",
    note = "add `#[tenant(\"..\")]`, `#[authenticated]`, `#[oauth2]` or `#[public]` above the handler, and above a route macro of the framework's own"
)]
pub trait DeclaresPolicy<M>: Sized {
    /// The handler with its policy and its arguments in the type.
    type Mount;

    /// Makes it ready for mounting.
    fn mount(self) -> Self::Mount;
}

/// A handler `F` under a policy of kind `K`, with arguments `A`.
#[derive(Debug)]
pub struct Mount<F, K, A> {
    /// The handler as annotated.
    pub handler: F,
    types: PhantomData<fn() -> (K, A)>,
}

impl<F: Clone, K, A> Clone for Mount<F, K, A> {
    fn clone(&self) -> Self {
        Self { handler: self.handler.clone(), types: PhantomData }
    }
}

macro_rules! declares_policy {
    ($([$($argument:ident)*])*) => {$(
        #[diagnostic::do_not_recommend]
        impl<F, Fut, M, $($argument,)*> DeclaresPolicy<(M, $($argument,)*)> for F
        where
            F: FnOnce($($argument,)*) -> Fut,
            Fut: Future<Output: Answered>,
        {
            type Mount = Mount<F, <Fut::Output as Answered>::Kind, (M, $($argument,)*)>;

            fn mount(self) -> Self::Mount {
                Mount { handler: self, types: PhantomData }
            }
        }

        #[diagnostic::do_not_recommend]
        impl<F, Fut, K, M, $($argument,)*> AtRoute for Mount<F, K, (M, $($argument,)*)>
        where
            F: FnOnce($($argument,)*) -> Fut,
            Fut: AtRoute,
        {
            const ROUTE: Route = Fut::ROUTE;
        }
    )*};
}

// As many arguments as axum's own handlers take; none is told apart by `((),)`.
declares_policy! {
    [T1]
    [T1 T2]
    [T1 T2 T3]
    [T1 T2 T3 T4]
    [T1 T2 T3 T4 T5]
    [T1 T2 T3 T4 T5 T6]
    [T1 T2 T3 T4 T5 T6 T7]
    [T1 T2 T3 T4 T5 T6 T7 T8]
    [T1 T2 T3 T4 T5 T6 T7 T8 T9]
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10]
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11]
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12]
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13]
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13 T14]
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13 T14 T15]
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13 T14 T15 T16]
}

#[diagnostic::do_not_recommend]
impl<F, Fut> DeclaresPolicy<((),)> for F
where
    F: FnOnce() -> Fut,
    Fut: Future<Output: Answered>,
{
    type Mount = Mount<F, <Fut::Output as Answered>::Kind, ((),)>;

    fn mount(self) -> Self::Mount {
        Mount { handler: self, types: PhantomData }
    }
}

#[diagnostic::do_not_recommend]
impl<F, Fut, K> AtRoute for Mount<F, K, ((),)>
where
    F: FnOnce() -> Fut,
    Fut: AtRoute,
{
    const ROUTE: Route = Fut::ROUTE;
}
