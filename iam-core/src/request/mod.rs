//! The request as the decision sees it, without a web framework.
//!
//! An adapter implements [`RequestView`] over its framework's request; it is
//! borrowed only while `decide` runs. What a decision needs later it keeps in a
//! [`RequestSnapshot`] of its own.

mod id;
mod snapshot;
#[cfg(test)]
pub(crate) mod testing;
mod trace;
mod view;

pub use id::RequestId;
pub use snapshot::RequestSnapshot;
pub use view::{PathParameters, RequestView};

pub(crate) use trace::child_of;
pub(crate) use view::{printable, single_header};
