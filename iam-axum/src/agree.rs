//! Does a handler's argument agree with its policy? Told while compiling.
//!
//! An inherent `check` wins over the trait's, so that exactly the pairs below
//! are looked at, through type aliases too.

use std::marker::PhantomData;

use crate::extract::{CurrentDelegate, CurrentMachine, CurrentUser};

/// The kinds of credential, as types.
pub mod kinds {
    /// `#[public]`.
    #[derive(Debug)]
    pub enum Public {}
    /// A session.
    #[derive(Debug)]
    pub enum Session {}
    /// `#[optional_session]`.
    #[derive(Debug)]
    pub enum OptionalSession {}
    /// `#[oauth2]`.
    #[derive(Debug)]
    pub enum Machine {}
    /// `#[oauth2(delegated, ..)]`.
    #[derive(Debug)]
    pub enum Delegated {}
}

use kinds::{Delegated, Machine, OptionalSession, Public, Session};

/// An argument of type `A` under a policy of kind `K`.
#[derive(Debug)]
pub struct Agree<A, K>(PhantomData<(A, K)>);

/// All pairs that nothing is said against.
pub trait Fine {
    /// Passes.
    fn check<K>() {}
}

impl<A, K> Fine for Agree<A, K> {}

macro_rules! disagree {
    ($($bound:ident { $message:literal $label:literal $note:literal $($argument:ty, $kind:ty;)+ })*) => {$(
        #[doc = $message]
        #[diagnostic::on_unimplemented(message = $message, label = $label, note = $note)]
        pub trait $bound {}

        $(
            impl Agree<$argument, $kind> {
                #[doc = $message]
                pub fn check<K: $bound>() {}
            }
        )+
    )*};
}

disagree! {
    HasPrincipal {
        "there is no caller to name under `#[public]`"
        "nobody was authenticated here"
        "take `Option<CurrentUser>` with `#[optional_session]`, or replace `#[public]` by `#[tenant(\"..\")]`"
        CurrentUser, Public;
        CurrentMachine, Public;
        CurrentDelegate, Public;
        Option<CurrentUser>, Public;
    }
    HasMachine {
        "this handler is called by users with a session, not by machines"
        "no machine can arrive here"
        "take `CurrentUser`, or add `#[oauth2]` to the handler"
        CurrentMachine, Session;
        CurrentMachine, OptionalSession;
        CurrentDelegate, Session;
        CurrentDelegate, OptionalSession;
    }
    HasSession {
        "this handler is called by machines (`#[oauth2]`), not by users with a session"
        "no user can arrive here"
        "take `CurrentMachine`, or remove `#[oauth2]`"
        CurrentUser, Machine;
        Option<CurrentUser>, Machine;
        CurrentDelegate, Machine;
    }
    HasDelegate {
        "this handler is called by clients that act for a user (`#[oauth2(delegated, ..)]`)"
        "neither a session nor a machine can arrive here"
        "take `CurrentDelegate`"
        CurrentUser, Delegated;
        CurrentMachine, Delegated;
    }
    AlwaysHasUser {
        "a visitor without a session arrives here as well"
        "there may be no user"
        "take `Option<CurrentUser>`, or replace `#[optional_session]` by `#[authenticated]`"
        CurrentUser, OptionalSession;
    }
}

impl Agree<Option<CurrentUser>, Session> {
    /// Warns: the `Option` is always `Some`.
    #[deprecated(note = "a session is required here, so the user is always there: take `CurrentUser`")]
    pub fn check<K>() {}
}
