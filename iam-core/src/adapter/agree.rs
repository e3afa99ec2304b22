//! Does a handler's argument agree with its policy? Told while compiling.
//!
//! [`define_callers!`](crate::define_callers) writes an inherent `check` for each
//! pair of an argument and a kind of credential that cannot meet, bound by one of
//! these traits, which no kind has. It wins over `Fine`'s, so that exactly those
//! pairs are looked at, through type aliases too. What the argument's type and the
//! policy say of the tenant is compared by [`Meets`] and [`MeetsEach`].

use crate::policy::{ByHost, Named};
use crate::{AnyTenant, OneTenant};

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
    /// Of a policy that has a mistake in it, which was told: nothing is compared with it.
    #[derive(Debug)]
    pub enum Closed {}
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
    message = "there is no tenant to name under `#[public]`",
    label = "the request belongs to no tenant here",
    note = "remove it, or replace `#[public]` by `#[tenant(\"..\")]`, also with `#[optional_session]`"
)]
pub trait HasTenant {}

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

/// Met where a caller whose type names `Self` may arrive under a policy of the tenant `W`.
#[diagnostic::on_unimplemented(
    message = "the callers of this handler are of the tenant `{W}`, and it asks for one of `{Self}`",
    label = "no caller of `{Self}` can arrive here",
    note = "ask for one of `{W}`, as in `CurrentUser<{W}>`, or let in those of `{Self}` by `#[tenant(..)]`; \
            who is to act for another tenant crosses over by `cross_to`, which is audited"
)]
pub trait Meets<W> {}

#[diagnostic::do_not_recommend]
impl<W> Meets<W> for AnyTenant {}

#[diagnostic::do_not_recommend]
impl<T: OneTenant> Meets<T> for T {}

/// Met where a caller whose type names `Self` is any that may arrive under a policy of the tenants `L`.
#[diagnostic::on_unimplemented(
    message = "the request's host decides about the tenant here, and this asks for a caller of `{Self}`",
    label = "the caller may be of another tenant than `{Self}`",
    note = "ask for one of any tenant, as in `CurrentUser`, and see whether it is of this one: `me.at::<{Self}>()`; \
            or name that tenant alone in `#[tenant(..)]`"
)]
pub trait MeetsEach<L> {}

#[diagnostic::do_not_recommend]
impl<L> MeetsEach<L> for AnyTenant {}

#[diagnostic::do_not_recommend]
impl<T: OneTenant> MeetsEach<(T,)> for T {}

/// Met where two policies name one tenant, or leave the choice to the host.
#[diagnostic::on_unimplemented(
    message = "this policy and what stands beside or around it differ in where the tenant comes from",
    label = "one names its tenant, the other leaves it to the request's host",
    note = "make it the same for both: `#[tenant(\"..\")]`, or `#[tenant(host(..))]` with the same tenants"
)]
pub trait SameTenant<W> {}

impl<T: IsTenant<W>, W> SameTenant<Named<W>> for Named<T> {}

impl<T: IsTenant<W>, W> SameTenant<ByHost<W>> for ByHost<T> {}

#[diagnostic::do_not_recommend]
impl<W> SameTenant<W> for kinds::Closed {}

/// Met where both are the same.
#[diagnostic::on_unimplemented(
    message = "this policy is of the tenant `{Self}`, and what stands beside or around it of `{W}`",
    label = "of the tenant `{Self}`",
    note = "a handler has one tenant, and what a policy demands holds at the policy's own: \
            remove one of them, or make a policy for `{W}`"
)]
pub trait IsTenant<W> {}

#[diagnostic::do_not_recommend]
impl<T> IsTenant<T> for T {}
