//! The answer that a policy rides on, and the futures that give it.

#[doc(hidden)]
pub use pin_project_lite::pin_project;

/// Defines `Declared`, what an annotated handler gives, with its future, the functions that the
/// attributes' output calls (`declared`, `declared_at`), `public`, and the return types `Guarded`,
/// `Open`, `Routed` and `OpenRouted`.
///
/// Core has them, in [`policy`](crate::policy), and most adapters re-export those. An adapter that
/// owns its `Declared` can say what is wrong where one of its framework's traits is asked of it:
/// a trait that is not its own it cannot implement for a type of core's.
///
/// ```
/// mod answer {
///     iam_core::define_answers!();
/// }
///
/// pub use answer::{Guarded, Open, OpenRouted, Routed, public};
///
/// #[doc(hidden)]
/// pub mod __private {
///     pub use super::answer::{declared, declared_at};
///     pub use iam_core::adapter::expansion::*;
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! define_answers {
    () => {
        use ::std::future::Future;
        use ::std::marker::PhantomData;
        use ::std::pin::Pin;
        use ::std::task::{Context, Poll};

        use $crate::policy::{Answered, AtRoute, Policy, Public, Requires, Route};

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

        impl<K, R> Answered for Declared<K, R> {
            type Kind = K;
            type Answer = R;

            fn unguarded(self) -> R {
                self.answer
            }
        }

        $crate::policy::pin_project! {
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

        #[diagnostic::do_not_recommend]
        impl<K, F: Future, L: AtRoute> AtRoute for DeclaredFuture<K, F, L> {
            const ROUTE: Route = L::ROUTE;
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

        /// The return type of a handler under a policy of the tenant enum `T`, with a route attribute.
        pub trait Routed<T>: Guarded<T> + AtRoute {}

        impl<T, F: Guarded<T> + AtRoute> Routed<T> for F {}

        /// The return type of a handler under `#[public]`, with a route attribute.
        pub trait OpenRouted: Open + AtRoute {}

        impl<F: Open + AtRoute> OpenRouted for F {}
    };
}

define_answers!();
