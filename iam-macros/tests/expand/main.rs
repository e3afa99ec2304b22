//! What the attributes expand to compiles, means what was written, and warns of
//! nothing; a small root stands in for an adapter.

#![deny(warnings, clippy::all, missing_docs, unreachable_pub, unused_qualifications)]
#![allow(clippy::panic, reason = "a test's own helpers")]

extern crate self as iam_axum;

mod root;

mod blocks;
mod facade;
mod handlers;
mod hygiene;
mod permissions;
mod policies;
mod routes;
mod tenants;
mod values;

pub use root::{__private, Guarded, Open, OpenRouted, Routed};
