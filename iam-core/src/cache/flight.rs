use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};

use super::Digest;
use crate::Principal;
use crate::decision::Failure;

/// One upstream look-up that everybody who asks for the same credential shares.
/// Whoever is left polls it on; once nobody is, it is dropped and its call with it.
pub(crate) type Flight = Shared<BoxFuture<'static, Result<Arc<Principal>, Failure>>>;

/// One tenant's look-ups under way.
///
/// Each belongs to a generation. Eviction begins a new one: a look-up begun
/// earlier may neither be joined nor remembered any more.
#[derive(Clone, Default)]
pub(crate) struct Flights(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    generation: u64,
    started: u64,
    under_way: HashMap<Digest, UnderWay>,
}

struct UnderWay {
    generation: u64,
    number: u64,
    flight: WeakShared<BoxFuture<'static, Result<Arc<Principal>, Failure>>>,
}

impl Flights {
    /// The look-up of this credential: one under way, or a new one made by `start`.
    pub(crate) fn join<F>(&self, digest: Digest, panicked: Failure, start: impl FnOnce(Ticket) -> F) -> Flight
    where
        F: Future<Output = Result<Arc<Principal>, Failure>> + Send + 'static,
    {
        let mut state = self.lock();
        let generation = state.generation;
        if let Some(known) = state.under_way.get(&digest)
            && known.generation == generation
            && let Some(flight) = known.flight.upgrade()
            && flight.peek().is_none()
        {
            return flight;
        }
        state.started += 1;
        let number = state.started;
        let ticket = Ticket { flights: self.clone(), digest, generation, number };
        let guarded = AssertUnwindSafe(start(ticket)).catch_unwind();
        let flight = guarded.map(|outcome| outcome.unwrap_or(Err(panicked))).boxed().shared();
        if let Some(weak) = flight.downgrade() {
            state.under_way.insert(digest, UnderWay { generation, number, flight: weak });
        }
        flight
    }

    /// Begins a new generation.
    pub(crate) fn begin_generation(&self) {
        let mut state = self.lock();
        state.generation += 1;
        state.under_way.clear();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A look-up's place on the list, given up when it is done or abandoned.
pub(crate) struct Ticket {
    flights: Flights,
    digest: Digest,
    generation: u64,
    number: u64,
}

impl Ticket {
    /// Runs `write`, unless something was evicted since the look-up began.
    pub(crate) fn remember(&self, write: impl FnOnce()) {
        // Under the lock: eviction begins its generation first and deletes
        // afterwards, so that nothing is written behind its back.
        let state = self.flights.lock();
        if state.generation == self.generation {
            write();
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.flights.lock();
        if state.under_way.get(&self.digest).is_some_and(|known| known.number == self.number) {
            state.under_way.remove(&self.digest);
        }
    }
}
