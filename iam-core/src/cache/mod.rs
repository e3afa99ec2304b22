//! Looked-up sessions and tokens: remembered, shared while under way, forgotten.
//!
//! Everything in this process belongs to one tenant, so that no key can reach
//! another one's entry. A [`SharedCache`] is one for all, so its keys name the tenant.

mod answers;
mod digest;
mod flight;
mod joint;
mod sealed;
mod shared;

pub use shared::{CredentialSort, Gone, SharedCache, SharedCacheError, SharedEntry, SharedKey};

pub(crate) use answers::{Answers, Asked, Peeked};
pub(crate) use digest::{Digest, Digester};
pub(crate) use flight::{Boarding, Flight, Flights, Ticket};
pub(crate) use joint::JointCache;
pub(crate) use sealed::Sealer;
