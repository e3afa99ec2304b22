//! The stand-in's Hydra and Keto, the project around them, and the fault proxy, over real HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed step is a failed test")]

mod fault;
mod http;
mod hydra_clients;
mod hydra_flow;
mod hydra_tokens;
mod keto;
mod project;
