//! Looked-up sessions and tokens: remembered, shared while under way, forgotten.
//!
//! Everything here belongs to one tenant, so no key can reach another one's entry.

mod answers;
mod digest;
mod flight;

pub(crate) use answers::{Answers, Peeked};
pub(crate) use digest::{Digest, Digester};
pub(crate) use flight::{Flight, Flights, Ticket};
