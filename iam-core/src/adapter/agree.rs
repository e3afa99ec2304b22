//! Does a handler's argument agree with its policy? Told while compiling.
//!
//! [`define_callers!`](crate::define_callers) writes an inherent `check` for each
//! pair of an argument and a kind of credential that cannot meet, bound by one of
//! these traits, which no kind has. It wins over `Fine`'s, so that exactly those
//! pairs are looked at, through type aliases too.

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
    /// `#[accept(session, oauth2)]`.
    #[derive(Debug)]
    pub enum SessionOrMachine {}
}

/// Met by no kind of credential.
#[diagnostic::on_unimplemented(
    message = "there is no caller to name under `#[public]`",
    label = "nobody was authenticated here",
    note = "take `Option<CurrentUser>` with `#[optional_session]`, or replace `#[public]` by `#[tenant(\"..\")]`"
)]
pub trait HasPrincipal {}

/// Met by no kind of credential.
#[diagnostic::on_unimplemented(
    message = "this handler is called by users with a session, not by machines",
    label = "no machine can arrive here",
    note = "take `CurrentUser`, or add `#[oauth2]` to the handler"
)]
pub trait HasMachine {}

/// Met by no kind of credential.
#[diagnostic::on_unimplemented(
    message = "this handler is called by machines (`#[oauth2]`), not by users with a session",
    label = "no user can arrive here",
    note = "take `CurrentMachine`, or remove `#[oauth2]`"
)]
pub trait HasSession {}

/// Met by no kind of credential.
#[diagnostic::on_unimplemented(
    message = "this handler is not called by clients that act for a user",
    label = "no delegated token arrives here",
    note = "add `#[oauth2(delegated, scope = \"..\")]`, or take `CurrentUser` under a session and `CurrentMachine` under `#[oauth2]`"
)]
pub trait HasDelegation {}

/// Met by no kind of credential.
#[diagnostic::on_unimplemented(
    message = "this handler is called by clients that act for a user (`#[oauth2(delegated, ..)]`)",
    label = "neither a session nor a machine can arrive here",
    note = "take `CurrentDelegate`"
)]
pub trait HasDelegate {}

/// Met by no kind of credential.
#[diagnostic::on_unimplemented(
    message = "a visitor without a session arrives here as well",
    label = "there may be no user",
    note = "take `Option<CurrentUser>`, or replace `#[optional_session]` by `#[authenticated]`"
)]
pub trait AlwaysHasUser {}

/// Met by no kind of credential.
#[diagnostic::on_unimplemented(
    message = "this handler is called by users and by machines (`#[accept(session, oauth2)]`)",
    label = "it may be the other one",
    note = "take `CurrentPrincipal`, or `Option<CurrentUser>` and `Option<CurrentMachine>`"
)]
pub trait HasOneKind {}
