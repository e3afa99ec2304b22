//! How a policy rides on a handler: in its return type.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

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
    /// What must authenticate a request, as one of [`kinds`](crate::adapter::kinds).
    type Credential;

    /// The tenant as a type: [`Named`] or [`ByHost`].
    type Tenant;
}

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

/// What an annotated handler gives: its answer, under a policy of kind `K`.
///
/// No framework takes it as a response, so an annotated handler cannot be
/// mounted without its policy.
#[must_use = "the answer is inside: `.unguarded()` takes it out"]
#[derive(Debug)]
pub struct Declared<K, R> {
    answer: R,
    policy: PhantomData<fn() -> K>,
}

impl<K, R> Declared<K, R> {
    /// The answer of a handler that was called directly, so that **no policy ran**.
    /// For unit tests, and for the adapters after they have decided.
    pub fn unguarded(self) -> R {
        self.answer
    }
}

pin_project! {
    /// The future that an annotated handler returns.
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct DeclaredFuture<K, F, L = ()> {
        #[pin]
        handler: F,
        types: PhantomData<fn() -> (K, L)>,
    }
}

impl<K, F: Future, L> Future for DeclaredFuture<K, F, L> {
    type Output = Declared<K, F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().handler.poll(cx).map(|answer| Declared { answer, policy: PhantomData })
    }
}

/// Puts a handler's future under a policy; the attributes expand to it.
pub fn declared<K, F: Future>(_policy: K, handler: F) -> DeclaredFuture<K, F> {
    DeclaredFuture { handler, types: PhantomData }
}

/// The same, at a route.
pub fn declared_at<K, L: AtRoute, F: Future>(_policy: K, _route: L, handler: F) -> DeclaredFuture<K, F, L> {
    DeclaredFuture { handler, types: PhantomData }
}

/// An answer of a closure that anybody may call: `get(|| async { public("ok") })`.
pub fn public<R>(answer: R) -> Declared<Public, R> {
    Declared { answer, policy: PhantomData }
}

/// The return type of a handler under a policy of the tenant enum `T`.
pub trait Guarded<T>: Future<Output = Declared<Requires<Self::Policy>, Self::Answer>> {
    /// The policy.
    type Policy: Policy<Tenants = T>;
    /// What the handler as written returns.
    type Answer;
}

impl<T, P: Policy<Tenants = T>, F: Future, L> Guarded<T> for DeclaredFuture<Requires<P>, F, L> {
    type Policy = P;
    type Answer = F::Output;
}

/// The return type of a handler under `#[public]`.
pub trait Open: Future<Output = Declared<Public, Self::Answer>> {
    /// What the handler as written returns.
    type Answer;
}

impl<F: Future, L> Open for DeclaredFuture<Public, F, L> {
    type Answer = F::Output;
}

#[diagnostic::do_not_recommend]
impl<K, F: Future, L: AtRoute> AtRoute for DeclaredFuture<K, F, L> {
    const ROUTE: Route = L::ROUTE;
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
        impl<F, Fut, K, R, M, $($argument,)*> DeclaresPolicy<(M, $($argument,)*)> for F
        where
            F: FnOnce($($argument,)*) -> Fut,
            Fut: Future<Output = Declared<K, R>>,
        {
            type Mount = Mount<F, K, (M, $($argument,)*)>;

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
impl<F, Fut, K, R> DeclaresPolicy<((),)> for F
where
    F: FnOnce() -> Fut,
    Fut: Future<Output = Declared<K, R>>,
{
    type Mount = Mount<F, K, ((),)>;

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
