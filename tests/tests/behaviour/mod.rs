//! What every adapter does, in tables; no framework is named here.

mod audit;
mod coalescing;
mod documents;
mod extract;
mod machines;
mod outages;
mod permissions;
mod refused_sessions;
mod responses;
mod roles;
mod router;
mod security;
mod sessions;
mod transports;
mod weaknesses;
