/// Defines the arguments by which a handler asks about its caller: `CurrentUser`,
/// `CurrentMachine`, `CurrentDelegate`, `CurrentPrincipal` and `CurrentTenant`; and
/// `NoPrincipal`, which says that there is none of that kind.
///
/// Each has `current() -> Result<Self, NoPrincipal>`, which reads the context in
/// scope; the adapter makes extractors of that.
///
/// Also `Agree` and `Fine`, for the adapter's `__private`: they tell while compiling
/// where an argument and a policy cannot meet.
#[macro_export]
macro_rules! define_callers {
    () => {
        $crate::define_callers! { @of
            /// The user whose session the policy let in. Derefs to [`User`](iam_core::User).
            ///
            /// `Option<CurrentUser>` is for `#[optional_session]`: `None` is an anonymous visitor.
            CurrentUser => User, user;
            /// The machine whose token the policy let in (`#[oauth2]`). Derefs to [`Machine`](iam_core::Machine).
            CurrentMachine => Machine, machine;
            /// The client that acts for a user (`#[oauth2(delegated, ..)]`). Derefs to [`Delegate`](iam_core::Delegate).
            CurrentDelegate => Delegate, delegate;
        }

        /// Whoever the policy let in. Derefs to [`Principal`](iam_core::Principal).
        #[derive(Debug, Clone)]
        pub struct CurrentPrincipal {
            principal: ::std::sync::Arc<$crate::Principal>,
            presence: $crate::Presence,
        }

        impl CurrentPrincipal {
            pub(crate) fn current() -> Result<Self, NoPrincipal> {
                let both = $crate::context::current_principal().zip($crate::context::current_presence());
                both.map(|(principal, presence)| Self { principal, presence }).ok_or(NoPrincipal("CurrentPrincipal"))
            }
        }

        $crate::define_callers! { @accessors CurrentPrincipal }

        impl ::std::ops::Deref for CurrentPrincipal {
            type Target = $crate::Principal;

            fn deref(&self) -> &$crate::Principal {
                &self.principal
            }
        }

        /// The tenant whose Ory project decided.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct CurrentTenant<T>(pub T);

        impl<T: $crate::Tenant> CurrentTenant<T> {
            pub(crate) fn current() -> Result<Self, NoPrincipal> {
                let tenant = $crate::context::current_tenant().and_then(T::from_name);
                tenant.map(Self).ok_or(NoPrincipal("CurrentTenant"))
            }
        }

        /// An extractor found no caller of its kind: the handler is public, or of another kind.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct NoPrincipal(&'static str);

        impl ::std::fmt::Display for NoPrincipal {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, "`{}` was extracted where no policy lets one in", self.0)
            }
        }

        impl ::std::error::Error for NoPrincipal {}

        /// An argument of type `A` under a policy of kind `K`; the attributes' output checks it.
        #[doc(hidden)]
        #[derive(Debug)]
        pub struct Agree<A, K>(::std::marker::PhantomData<(A, K)>);

        /// All pairs that nothing is said against.
        #[doc(hidden)]
        pub trait Fine {
            /// Passes.
            fn check<K>() {}
        }

        impl<A, K> Fine for Agree<A, K> {}

        impl Agree<Option<CurrentUser>, $crate::adapter::kinds::Session> {
            /// Warns: the `Option` is always `Some`.
            #[deprecated(note = "a session is required here, so the user is always there: take `CurrentUser`")]
            pub fn check<K>() {}
        }

        $crate::define_callers! { @differ
            CurrentUser, Public: HasPrincipal;
            CurrentMachine, Public: HasPrincipal;
            CurrentDelegate, Public: HasPrincipal;
            Option<CurrentUser>, Public: HasPrincipal;
            CurrentMachine, Session: HasMachine;
            CurrentMachine, OptionalSession: HasMachine;
            CurrentUser, Machine: HasSession;
            Option<CurrentUser>, Machine: HasSession;
            CurrentDelegate, Session: HasDelegation;
            CurrentDelegate, OptionalSession: HasDelegation;
            CurrentDelegate, Machine: HasDelegation;
            CurrentUser, Delegated: HasDelegate;
            CurrentMachine, Delegated: HasDelegate;
            CurrentUser, OptionalSession: AlwaysHasUser;
            CurrentUser, SessionOrMachine: HasOneKind;
            CurrentMachine, SessionOrMachine: HasOneKind;
            CurrentDelegate, SessionOrMachine: HasDelegation;
        }
    };
    (@differ $($argument:ty, $kind:ident: $lacks:ident;)*) => {$(
        impl Agree<$argument, $crate::adapter::kinds::$kind> {
            /// Does not compile: they never meet.
            pub fn check<K: $crate::adapter::$lacks>() {}
        }
    )*};
    (@accessors $name:ident) => {
        impl $name {
            /// The principal, for service calls that outlive the request.
            #[must_use]
            pub fn principal(&self) -> &::std::sync::Arc<$crate::Principal> {
                &self.principal
            }

            /// How long the caller may stay, for answers that outlive the decision: streams,
            /// server-sent events, WebSockets.
            #[must_use]
            pub fn presence(&self) -> &$crate::Presence {
                &self.presence
            }
        }
    };
    (@of $($(#[$doc:meta])* $name:ident => $target:ident, $pick:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            principal: ::std::sync::Arc<$crate::Principal>,
            presence: $crate::Presence,
        }

        impl $name {
            pub(crate) fn current() -> Result<Self, NoPrincipal> {
                let principal = $crate::context::current_principal().filter(|principal| principal.$pick().is_some());
                let both = principal.zip($crate::context::current_presence());
                both.map(|(principal, presence)| Self { principal, presence }).ok_or(NoPrincipal(stringify!($name)))
            }
        }

        $crate::define_callers! { @accessors $name }

        impl ::std::ops::Deref for $name {
            type Target = $crate::$target;

            #[allow(clippy::expect_used)]
            fn deref(&self) -> &$crate::$target {
                self.principal.$pick().expect("made of a principal of this kind only")
            }
        }
    )*};
}
