//! Ory without Ory, for tests: a stand-in that speaks real HTTP, and a proxy that breaks things on purpose.
//!
//! * [`standin`]: independent in-memory Ory projects (Kratos, Hydra, Keto) on loopback ports.
//! * [`fault`]: a reverse proxy that records every request and injects faults, in front of the stand-in or
//!   of a real Ory.
//! * [`client`]: a client that fills either of them through Ory's own APIs.
//! * [`access`]: who may call what, reviewed in a file and tried on a running application.
//! * [`double`]: the Ory edge in memory, for an application's own unit tests.
//! * [`real`]: Ory's own servers in the stand-in's place, where they can be had.
//! * [`seed`]: several filled projects from one file; [`dev`]: the same as a program, `ory-dev`.
//!
//! Nothing in this crate protects anything. It has no place outside tests and a developer's machine.

pub mod access;
pub mod client;
pub mod dev;
pub mod double;
pub mod fault;
mod forward;
mod port;
pub mod real;
pub mod seed;
mod shell;
pub mod standin;
mod tls;

pub use access::attack_every_route;
