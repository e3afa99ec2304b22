//! What every adapter does, in tables; no framework is named here.

mod machines;
mod refused_sessions;
mod roles;
mod sessions;
mod transports;
