use std::net::SocketAddr;
use std::sync::Arc;

use super::Counters;
use crate::{Iam, Tenants};

/// "Start this application on a port", and what else a table asks of the adapter it runs over. Each
/// test program has one, `crate::Here`.
pub trait Host {
    /// Whether a sender that waits for its body (`100-continue`) is asked for it before any handler;
    /// else once somebody begins to read it.
    const ASKS_FOR_EVERY_BODY: bool;

    /// Starts the application under test on a free port.
    async fn start(iam: Iam<Tenants>, counters: Arc<Counters>) -> SocketAddr;

    /// What start-up says of an application with routes that this configuration cannot serve.
    fn misfits(iam: Iam<Tenants>) -> String;
}
