//! Servers that were used, for the next who needs one like them: starting one takes a second, emptying it
//! some milliseconds.

use std::sync::{Mutex, PoisonError};

use super::binary::Binary;
use super::{RealError, RealServer, Spec};
use super::{hydra, kratos};
use crate::client::http_client;

/// As many as the tests of one program use at a time on a large machine. The oldest goes first.
const MOST_IDLE: usize = 24;

static IDLE: Mutex<Vec<RealServer>> = Mutex::new(Vec::new());

/// A server that nobody else uses meanwhile.
#[derive(Debug)]
pub(crate) struct Lease(Option<RealServer>);

impl Lease {
    pub(crate) fn server(&self) -> Option<&RealServer> {
        self.0.as_ref()
    }
}

/// An idle server, emptied, or a new one.
pub(super) async fn lease(binary: &Binary, spec: Spec) -> Result<Lease, RealError> {
    while let Some(server) = take(&spec) {
        // Whoever had it may have killed or paused it.
        if server.is_well().await && empty(&server).await.is_ok() {
            return Ok(Lease(Some(server)));
        }
    }
    Ok(Lease(Some(RealServer::start(binary, spec).await?)))
}

/// Ends every server that nobody uses. A `static` would keep them for as long as the process lives.
pub(crate) fn end_idle() {
    let idle = std::mem::take(&mut *IDLE.lock().unwrap_or_else(PoisonError::into_inner));
    drop(idle);
}

fn take(spec: &Spec) -> Option<RealServer> {
    let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    let place = idle.iter().position(|server| server.spec == *spec)?;
    Some(idle.remove(place))
}

async fn empty(server: &RealServer) -> Result<(), RealError> {
    let what = || format!("emptying {}", server.product());
    let client = http_client().map_err(RealError::of(what()))?;
    let outcome = match &server.spec {
        Spec::Kratos(_) => kratos::empty(&client, server.admin_url()).await,
        Spec::Hydra(_) => hydra::empty(&client, server.admin_url()).await,
        Spec::Keto(spec) => spec.empty(&client, server.admin_url()).await,
    };
    outcome.map_err(RealError::of(what()))
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(server) = self.0.take() else { return };
        let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(server);
        let surplus = (idle.len() > MOST_IDLE).then(|| idle.remove(0));
        drop(idle);
        drop(surplus);
    }
}
