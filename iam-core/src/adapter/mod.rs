//! For whoever writes an adapter: what each has to own, and what its macros name.
//!
//! Rust's orphan rule keeps core's types from implementing a framework's traits,
//! so that an adapter owns the arguments by which handlers ask for their caller:
//! [`define_callers!`](crate::define_callers) writes them, and with them `Agree`,
//! `Within` and `Fine`, by which the attributes compare arguments with policies while
//! compiling. The attributes themselves are `iam_macros_core::expand` below a root
//! path of the adapter's; what they name there is:
//!
//! ```
//! iam_core::define_callers!();
//!
//! pub use iam_core::policy::{Guarded, Open};
//!
//! #[doc(hidden)]
//! pub mod __private {
//!     pub use super::{Agree, Fine, Within};
//!     pub use iam_core::adapter::expansion::*;
//!     // and the adapter's own `inherit` attribute:
//!     // pub use iam_poem_macros::inherit;
//! }
//! # fn main() {}
//! ```
//!
//! [`define_answers!`](crate::define_answers) gives an adapter what handlers return as a type of its
//! own, where core's would leave its users with a poor message.
//!
//! The rest is the adapter's own work: to mount what
//! [declares a policy](crate::policy::DeclaresPolicy) and nothing else, to show a request
//! to [`Iam::decide`](crate::Iam::decide) before anything of it is read, to run the handler
//! [in its context](crate::context::InContext), and to answer with what
//! [`Refusal::response`](crate::Refusal::response) gives. `docs/writing-an-adapter.md` in
//! the repository goes through a whole one.

mod agree;
mod callers;
mod demands;
pub mod expansion;
mod marked;

pub use agree::{
    AlwaysHasUser, HasDelegate, HasDelegation, HasMachine, HasOneKind, HasPrincipal, HasSession, HasTenant, IsTenant,
    Meets, MeetsEach, SameTenant, kinds,
};
pub use demands::Demands;
pub use marked::{AnswerHeaders, mark};
