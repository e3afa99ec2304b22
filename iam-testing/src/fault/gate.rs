//! A gate that requests wait at until a test opens it.

use std::sync::Arc;

use tokio::sync::watch;

use super::Fault;

/// Holds requests until [`open`](Gate::open) is called; once open it stays open. Clones are the same gate.
///
/// A test that wants something to happen *while* a request is under way waits with
/// [`arrived`](Gate::arrived), acts, and opens the gate: no sleeping, no race.
#[derive(Clone, Debug)]
pub struct Gate {
    open: Arc<watch::Sender<bool>>,
    arrivals: Arc<watch::Sender<usize>>,
}

impl Gate {
    /// A closed gate.
    #[must_use]
    pub fn new() -> Gate {
        Gate { open: Arc::new(watch::Sender::new(false)), arrivals: Arc::new(watch::Sender::new(0)) }
    }

    /// The fault that holds a request before the upstream is asked.
    #[must_use]
    pub fn before(&self) -> Fault {
        Fault::HoldBefore(self.clone())
    }

    /// The fault that asks the upstream at once and holds its answer: the upstream's state is that of the
    /// request's arrival, the client learns it when the gate opens.
    #[must_use]
    pub fn after(&self) -> Fault {
        Fault::HoldAfter(self.clone())
    }

    /// Lets everything through that waits here or comes later.
    pub fn open(&self) {
        self.open.send_replace(true);
    }

    /// Returns once `count` requests in all have reached this gate.
    pub async fn arrived(&self, count: usize) {
        // `wait_for` fails only without a sender, and `self` is one.
        let _ = self.arrivals.subscribe().wait_for(|arrivals| *arrivals >= count).await;
    }

    pub(super) async fn pass(&self) {
        self.arrivals.send_modify(|arrivals| *arrivals += 1);
        let _ = self.open.subscribe().wait_for(|open| *open).await;
    }
}

impl Default for Gate {
    fn default() -> Gate {
        Gate::new()
    }
}
