//! What every adapter does, in tables; no framework is named here.

mod attack;
mod audit;
mod cases;
mod clashes;
mod coalescing;
mod composed;
mod cors;
mod declared_permissions;
mod demands;
mod documents;
mod explained;
mod extract;
mod framework;
mod hosts;
mod machines;
mod migrating;
mod mounted;
mod outages;
mod parts;
mod permissions;
mod policies;
mod refused_sessions;
mod responses;
mod roles;
mod router;
mod routing;
mod same_bytes;
mod security;
mod services;
mod sessions;
mod shared_cache;
mod streams;
mod transports;
mod verify;
mod weaknesses;

pub use framework::{Framework, WebHost};
