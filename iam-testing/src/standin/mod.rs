//! The Ory stand-in: in-memory servers that answer as Ory's do.

pub mod kratos;
