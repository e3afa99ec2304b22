use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::watch;

/// What went on in the application.
#[derive(Debug, Default)]
pub struct Counters {
    extracted: AtomicUsize,
    ran: AtomicUsize,
    taken_bytes: AtomicUsize,
    arrived: watch::Sender<usize>,
    abandoned: watch::Sender<usize>,
}

impl Counters {
    pub fn extracted(&self) {
        self.extracted.fetch_add(1, Ordering::SeqCst);
    }

    pub fn ran(&self) {
        self.ran.fetch_add(1, Ordering::SeqCst);
    }

    /// So much of a body was taken off the connection.
    pub fn take(&self, bytes: usize) {
        self.taken_bytes.fetch_add(bytes, Ordering::SeqCst);
    }

    /// All that was taken so far, of bodies that are counted.
    pub fn taken_bytes(&self) -> usize {
        self.taken_bytes.load(Ordering::SeqCst)
    }

    /// Extractors and handlers so far.
    pub fn seen(&self) -> (usize, usize) {
        (self.extracted.load(Ordering::SeqCst), self.ran.load(Ordering::SeqCst))
    }

    /// A request has come in, before any decision about it.
    pub fn arrive(self: &Arc<Self>) -> Arrival {
        self.arrived.send_modify(|count| *count += 1);
        Arrival { counters: Arc::clone(self), answered: false }
    }

    /// Returns once so many requests in all have come in.
    pub async fn arrivals(&self, count: usize) {
        let _ = self.arrived.subscribe().wait_for(|arrived| *arrived >= count).await;
    }

    /// Returns once so many requests in all were given up because their sender went away.
    pub async fn abandonments(&self, count: usize) {
        let _ = self.abandoned.subscribe().wait_for(|abandoned| *abandoned >= count).await;
    }
}

/// A request under way.
pub struct Arrival {
    counters: Arc<Counters>,
    answered: bool,
}

impl Arrival {
    pub fn answered(mut self) {
        self.answered = true;
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        if !self.answered {
            self.counters.abandoned.send_modify(|count| *count += 1);
        }
    }
}
