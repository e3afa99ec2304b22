//! What every adapter does, in tables; no framework is named here.

mod attack;
mod audit;
mod cases;
mod coalescing;
mod documents;
mod extract;
mod hosts;
mod machines;
mod migrating;
mod mounted;
mod outages;
mod permissions;
mod policies;
mod refused_sessions;
mod responses;
mod roles;
mod router;
mod security;
mod sessions;
mod shared_cache;
mod transports;
mod weaknesses;
