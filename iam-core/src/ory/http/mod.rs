//! One HTTP client for each tenant and product, with a pool of its own.
//!
//! ```text
//! Listener  a base URL and this service's credential there
//! Call      one request: path, query, body, exactly one credential
//! Client    sends it: deadline, repetitions, size limit   -> Answer | UpstreamFault
//! ```
//!
//! No redirect is followed, no cookie is stored, no `Referer` is sent and no
//! proxy variable of the environment is read. Nothing that a server sends
//! becomes part of an error.

mod answer;
mod body;
mod build;
mod call;
mod client;
mod link;
mod listener;
mod retry_after;
mod tls;

pub(crate) use answer::{Answer, required};
pub use build::ClientBuildError;
pub(crate) use call::Call;
pub(crate) use client::Client;
pub(crate) use listener::{Listener, sensitive};
pub(crate) use tls::Tls;
