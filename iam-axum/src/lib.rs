//! iam-axum

mod agree;
mod enforce;
mod extract;
mod mount;
mod problem;
mod router;
pub mod routing;
mod view;

pub use enforce::Enforce;
pub use extract::{CurrentDelegate, CurrentMachine, CurrentPrincipal, CurrentTenant, CurrentUser, NoPrincipal};
pub use iam_core::policy::{Guarded, Open, public as public_answer};
pub use iam_core::*;
pub use mount::{HandlerFor, Served, guarded};
pub use problem::Problem;
pub use router::{Misfits, Router};
