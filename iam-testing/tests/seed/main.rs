//! Filling an Ory through its own APIs, looked at through those same APIs by a client of the tests' own.

mod identities;
mod machines;
mod ory_dev;
mod seed_file;
mod sessions;
mod support;
mod world;
