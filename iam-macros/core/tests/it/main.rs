//! The library as an adapter's macro crate calls it, with token streams.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "a test's own helpers")]

mod compiler;

mod blocks;
mod expansion;
mod messages;
mod output;
mod policies;
mod routes;
mod tenants;
mod tenants_file;
