//! What each adapter has to own: Rust's orphan rule keeps core's types from
//! implementing a framework's traits.

/// Defines the arguments by which a handler asks about its caller, and
/// `NoPrincipal`, which says that there is none of that kind.
///
/// Each has `current() -> Result<Self, NoPrincipal>`, which reads the context in
/// scope; the adapter makes extractors of that.
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
        pub struct CurrentPrincipal(pub ::std::sync::Arc<$crate::Principal>);

        impl CurrentPrincipal {
            pub(crate) fn current() -> Result<Self, NoPrincipal> {
                $crate::context::current_principal().map(Self).ok_or(NoPrincipal("CurrentPrincipal"))
            }
        }

        impl ::std::ops::Deref for CurrentPrincipal {
            type Target = $crate::Principal;

            fn deref(&self) -> &$crate::Principal {
                &self.0
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
    };
    (@of $($(#[$doc:meta])* $name:ident => $target:ident, $pick:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(::std::sync::Arc<$crate::Principal>);

        impl $name {
            pub(crate) fn current() -> Result<Self, NoPrincipal> {
                let principal = $crate::context::current_principal().filter(|principal| principal.$pick().is_some());
                principal.map(Self).ok_or(NoPrincipal(stringify!($name)))
            }

            /// The principal, for service calls that outlive the request.
            #[must_use]
            pub fn principal(&self) -> &::std::sync::Arc<$crate::Principal> {
                &self.0
            }
        }

        impl ::std::ops::Deref for $name {
            type Target = $crate::$target;

            #[allow(clippy::expect_used)]
            fn deref(&self) -> &$crate::$target {
                self.0.$pick().expect("made of a principal of this kind only")
            }
        }
    )*};
}
