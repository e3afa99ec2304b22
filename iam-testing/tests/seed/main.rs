//! Filling an Ory through its own APIs, looked at through those same APIs by a client of the tests' own.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test that calls them")]

mod identities;
mod machines;
mod seed_file;
mod sessions;
mod support;
mod world;
