//! Does a handler's argument agree with its policy? Told while compiling.
//!
//! An inherent `check` wins over the trait's, so that exactly the pairs below
//! are looked at, through type aliases too.

#![allow(missing_docs, reason = "no part of the public API: the messages say it all")]

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

// Written out, not by a macro: the compiler shows these lines below its message,
// and with a macro's the whole of its invocation.

/// Met by no kind of caller.
#[diagnostic::on_unimplemented(
    message = "there is no caller to name under `#[public]`",
    label = "nobody was authenticated here",
    note = "take `Option<CurrentUser>` with `#[optional_session]`, or replace `#[public]` by `#[tenant(\"..\")]`"
)]
pub trait HasPrincipal {}

impl Agree<CurrentUser, Public> {
    pub fn check<K: HasPrincipal>() {}
}

impl Agree<CurrentMachine, Public> {
    pub fn check<K: HasPrincipal>() {}
}

impl Agree<CurrentDelegate, Public> {
    pub fn check<K: HasPrincipal>() {}
}

impl Agree<Option<CurrentUser>, Public> {
    pub fn check<K: HasPrincipal>() {}
}

/// Met by no kind of caller.
#[diagnostic::on_unimplemented(
    message = "this handler is called by users with a session, not by machines",
    label = "no machine can arrive here",
    note = "take `CurrentUser`, or add `#[oauth2]` to the handler"
)]
pub trait HasMachine {}

impl Agree<CurrentMachine, Session> {
    pub fn check<K: HasMachine>() {}
}

impl Agree<CurrentMachine, OptionalSession> {
    pub fn check<K: HasMachine>() {}
}

/// Met by no kind of caller.
#[diagnostic::on_unimplemented(
    message = "this handler is called by machines (`#[oauth2]`), not by users with a session",
    label = "no user can arrive here",
    note = "take `CurrentMachine`, or remove `#[oauth2]`"
)]
pub trait HasSession {}

impl Agree<CurrentUser, Machine> {
    pub fn check<K: HasSession>() {}
}

impl Agree<Option<CurrentUser>, Machine> {
    pub fn check<K: HasSession>() {}
}

/// Met by no kind of caller.
#[diagnostic::on_unimplemented(
    message = "this handler is not called by clients that act for a user",
    label = "no delegated token arrives here",
    note = "add `#[oauth2(delegated, scope = \"..\")]`, or take `CurrentUser` under a session and `CurrentMachine` under `#[oauth2]`"
)]
pub trait HasDelegation {}

impl Agree<CurrentDelegate, Session> {
    pub fn check<K: HasDelegation>() {}
}

impl Agree<CurrentDelegate, OptionalSession> {
    pub fn check<K: HasDelegation>() {}
}

impl Agree<CurrentDelegate, Machine> {
    pub fn check<K: HasDelegation>() {}
}

/// Met by no kind of caller.
#[diagnostic::on_unimplemented(
    message = "this handler is called by clients that act for a user (`#[oauth2(delegated, ..)]`)",
    label = "neither a session nor a machine can arrive here",
    note = "take `CurrentDelegate`"
)]
pub trait HasDelegate {}

impl Agree<CurrentUser, Delegated> {
    pub fn check<K: HasDelegate>() {}
}

impl Agree<CurrentMachine, Delegated> {
    pub fn check<K: HasDelegate>() {}
}

/// Met by no kind of caller.
#[diagnostic::on_unimplemented(
    message = "a visitor without a session arrives here as well",
    label = "there may be no user",
    note = "take `Option<CurrentUser>`, or replace `#[optional_session]` by `#[authenticated]`"
)]
pub trait AlwaysHasUser {}

impl Agree<CurrentUser, OptionalSession> {
    pub fn check<K: AlwaysHasUser>() {}
}

impl Agree<Option<CurrentUser>, Session> {
    /// Warns: the `Option` is always `Some`.
    #[deprecated(note = "a session is required here, so the user is always there: take `CurrentUser`")]
    pub fn check<K>() {}
}
