/// Defines the arguments by which a handler asks about its caller: `CurrentUser`,
/// `CurrentMachine`, `CurrentDelegate`, `CurrentPrincipal` and `CurrentTenant`; and
/// `NoPrincipal`, which says that there is none of that kind.
///
/// Each has `current() -> Result<Self, NoPrincipal>`, which reads the context in
/// scope; the adapter makes extractors of that. Callers are of any tenant, or of the
/// one that their type names: `CurrentUser<tenants::Admin>`.
///
/// Also `Agree`, `Within` and `Fine`, for the adapter's `__private`: they tell while
/// compiling where an argument and a policy cannot meet.
#[macro_export]
macro_rules! define_callers {
    () => {
        // Messages show the bound, which is why it is written out: no path, no variable of a macro.
        use $crate::adapter::{
            AlwaysHasUser, HasDelegate, HasDelegation, HasMachine, HasOneKind, HasPrincipal, HasSession, HasTenant,
            Meets, MeetsEach,
        };

        $crate::define_callers! { @of
            /// The user whose session the policy let in. Derefs to [`User`](iam_core::User).
            ///
            /// `Option<CurrentUser>` is for `#[optional_session]`: `None` is an anonymous visitor.
            CurrentUser => User, $crate::Principal::user;
            /// The machine whose token the policy let in (`#[oauth2]`). Derefs to [`Machine`](iam_core::Machine).
            CurrentMachine => Machine, $crate::Principal::machine;
            /// The client that acts for a user (`#[oauth2(delegated, ..)]`). Derefs to [`Delegate`](iam_core::Delegate).
            CurrentDelegate => Delegate, $crate::Principal::delegate;
            /// Whoever the policy let in. Derefs to [`Principal`](iam_core::Principal).
            CurrentPrincipal => Principal, ::std::option::Option::Some;
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

        /// An extractor found no caller of its kind: the handler is public, or of another kind or tenant.
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

        /// An argument of type `A` under a policy of the tenant `W`; the attributes' output checks it.
        #[doc(hidden)]
        #[derive(Debug)]
        pub struct Within<A, W>(::std::marker::PhantomData<(A, W)>);

        /// All pairs that nothing is said against.
        #[doc(hidden)]
        pub trait Fine {
            /// Passes.
            fn check<K>() {}
        }

        impl<A, K> Fine for Agree<A, K> {}
        impl<A, W> Fine for Within<A, W> {}

        $crate::define_callers! { @always
            CurrentUser, Session: "a session is required here, so the user is always there: take `CurrentUser`";
            CurrentPrincipal, Session: "a session is required here, so the caller is always there: take `CurrentPrincipal`";
            CurrentMachine, Machine: "a token is required here, so the machine is always there: take `CurrentMachine`";
            CurrentPrincipal, Machine: "a token is required here, so the caller is always there: take `CurrentPrincipal`";
            CurrentDelegate, Delegated: "a token is required here, so the client is always there: take `CurrentDelegate`";
            CurrentPrincipal, Delegated: "a token is required here, so the caller is always there: take `CurrentPrincipal`";
            CurrentPrincipal, SessionOrMachine: "one of both is required here, so the caller is always there: take `CurrentPrincipal`";
            CurrentTenant, Session: "the tenant is always known here: take `CurrentTenant`";
            CurrentTenant, OptionalSession: "the tenant is always known here: take `CurrentTenant`";
            CurrentTenant, Machine: "the tenant is always known here: take `CurrentTenant`";
            CurrentTenant, Delegated: "the tenant is always known here: take `CurrentTenant`";
            CurrentTenant, SessionOrMachine: "the tenant is always known here: take `CurrentTenant`";
        }

        $crate::define_callers! { @differ
            CurrentUser<T>, Public: HasPrincipal;
            CurrentMachine<T>, Public: HasPrincipal;
            CurrentDelegate<T>, Public: HasPrincipal;
            CurrentPrincipal<T>, Public: HasPrincipal;
            Option<CurrentUser<T>>, Public: HasPrincipal;
            Option<CurrentMachine<T>>, Public: HasPrincipal;
            Option<CurrentDelegate<T>>, Public: HasPrincipal;
            Option<CurrentPrincipal<T>>, Public: HasPrincipal;
            CurrentTenant<T>, Public: HasTenant;
            Option<CurrentTenant<T>>, Public: HasTenant;
            CurrentMachine<T>, Session: HasMachine;
            Option<CurrentMachine<T>>, Session: HasMachine;
            CurrentMachine<T>, OptionalSession: HasMachine;
            Option<CurrentMachine<T>>, OptionalSession: HasMachine;
            CurrentUser<T>, Machine: HasSession;
            Option<CurrentUser<T>>, Machine: HasSession;
            CurrentDelegate<T>, Session: HasDelegation;
            CurrentDelegate<T>, OptionalSession: HasDelegation;
            CurrentDelegate<T>, Machine: HasDelegation;
            Option<CurrentDelegate<T>>, Session: HasDelegation;
            Option<CurrentDelegate<T>>, OptionalSession: HasDelegation;
            Option<CurrentDelegate<T>>, Machine: HasDelegation;
            CurrentUser<T>, Delegated: HasDelegate;
            Option<CurrentUser<T>>, Delegated: HasDelegate;
            CurrentMachine<T>, Delegated: HasDelegate;
            Option<CurrentMachine<T>>, Delegated: HasDelegate;
            CurrentUser<T>, OptionalSession: AlwaysHasUser;
            CurrentPrincipal<T>, OptionalSession: AlwaysHasUser;
            CurrentUser<T>, SessionOrMachine: HasOneKind;
            CurrentMachine<T>, SessionOrMachine: HasOneKind;
            CurrentDelegate<T>, SessionOrMachine: HasDelegation;
            Option<CurrentDelegate<T>>, SessionOrMachine: HasDelegation;
        }
    };
    (@always $($name:ident, $kind:ident: $note:literal;)*) => {$(
        impl<T> Agree<Option<$name<T>>, $crate::adapter::kinds::$kind> {
            /// Warns: the `Option` is always `Some`.
            #[deprecated(note = $note)]
            pub fn check<K>() {}
        }
    )*};
    (@differ $($argument:ty, $kind:ident: $lacks:ident;)*) => {$(
        impl<T> Agree<$argument, $crate::adapter::kinds::$kind> {
            $crate::define_callers! { @check $lacks }
        }
    )*};
    (@check HasPrincipal) => {
        /// Does not compile: they never meet.
        pub fn check<K: HasPrincipal>() {}
    };
    (@check HasTenant) => {
        /// Does not compile: they never meet.
        pub fn check<K: HasTenant>() {}
    };
    (@check HasMachine) => {
        /// Does not compile: they never meet.
        pub fn check<K: HasMachine>() {}
    };
    (@check HasSession) => {
        /// Does not compile: they never meet.
        pub fn check<K: HasSession>() {}
    };
    (@check HasDelegation) => {
        /// Does not compile: they never meet.
        pub fn check<K: HasDelegation>() {}
    };
    (@check HasDelegate) => {
        /// Does not compile: they never meet.
        pub fn check<K: HasDelegate>() {}
    };
    (@check AlwaysHasUser) => {
        /// Does not compile: they never meet.
        pub fn check<K: AlwaysHasUser>() {}
    };
    (@check HasOneKind) => {
        /// Does not compile: they never meet.
        pub fn check<K: HasOneKind>() {}
    };
    (@within $argument:ty) => {
        impl<T, W> Within<$argument, $crate::policy::Named<W>> {
            /// Compiles if they are of one tenant.
            pub fn check<K>()
            where
                T: Meets<W>,
            {
            }
        }

        impl<T, L> Within<$argument, $crate::policy::ByHost<L>> {
            /// Compiles if any of the tenants will do.
            pub fn check<K>()
            where
                T: MeetsEach<L>,
            {
            }
        }
    };
    (@of $($(#[$doc:meta])* $name:ident => $target:ident, $pick:path;)*) => {$(
        $(#[$doc])*
        ///
        /// Of any tenant, or of the one that the type names (`define_tenants! { .. types = tenants }`): a
        /// function that takes a caller of one tenant cannot be called for one of another.
        pub struct $name<T = $crate::AnyTenant> {
            principal: ::std::sync::Arc<$crate::Principal>,
            presence: $crate::Presence,
            tenant: ::std::marker::PhantomData<fn() -> T>,
        }

        impl<T: $crate::TenantScope> $name<T> {
            pub(crate) fn current() -> Result<Self, NoPrincipal> {
                let principal = $crate::context::current_principal().filter(|principal| $pick(principal).is_some());
                let both = principal.zip($crate::context::current_presence());
                let both = both.filter(|(_, presence)| presence.is_at::<T>());
                both.map(|(principal, presence)| Self::of(principal, presence)).ok_or(NoPrincipal(stringify!($name)))
            }
        }

        impl<T> $name<T> {
            fn of(principal: ::std::sync::Arc<$crate::Principal>, presence: $crate::Presence) -> Self {
                Self { principal, presence, tenant: ::std::marker::PhantomData }
            }

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

            /// The same caller, if the tenant that let it in is this one: `me.at::<tenants::Dealer>()`.
            /// For handlers whose tenant the request's host decides.
            #[must_use]
            pub fn at<S: $crate::OneTenant>(&self) -> Option<$name<S>> {
                self.presence.is_at::<S>().then(|| $name::of(self.principal.clone(), self.presence.clone()))
            }

            /// The same caller, for functions that take one of any tenant.
            #[must_use]
            pub fn at_any(&self) -> $name {
                $name::of(self.principal.clone(), self.presence.clone())
            }

            /// The same caller where one of the tenant `S` is asked for: the one way across, for staff who act
            /// for another tenant.
            ///
            /// An audit event, `tenant.cross`, says who went where and why. The caller stays who it is: `tenant` and
            /// the ids are those of its own tenant, roles too.
            #[must_use]
            pub fn cross_to<S: $crate::OneTenant>(&self, reason: &str) -> $name<S> {
                self.presence.record_crossing::<S>(reason);
                $name::of(self.principal.clone(), self.presence.clone())
            }
        }

        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                Self::of(self.principal.clone(), self.presence.clone())
            }
        }

        impl<T> ::std::fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.principal).finish()
            }
        }

        impl<T> ::std::ops::Deref for $name<T> {
            type Target = $crate::$target;

            #[allow(clippy::expect_used)]
            fn deref(&self) -> &$crate::$target {
                $pick(&self.principal).expect("made of a principal of this kind only")
            }
        }

        $crate::define_callers! { @within $name<T> }
        $crate::define_callers! { @within Option<$name<T>> }
    )*};
}
