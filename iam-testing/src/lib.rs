//! An Ory stand-in over real HTTP for tests and development.

pub mod standin;
