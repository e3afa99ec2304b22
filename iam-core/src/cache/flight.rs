use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};

use super::Digest;
use crate::Principal;
use crate::reason::Failure;

/// One upstream look-up that everybody who asks for the same credential shares.
/// Whoever is left polls it on; once nobody is, it is dropped and its call with it.
pub(crate) type Flight = Shared<BoxFuture<'static, Result<Arc<Principal>, Failure>>>;

/// Who wants to join a look-up: when, by the monotonic clock, and how long ago it may have begun.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Boarding {
    pub(crate) now: Duration,
    pub(crate) fresh: Option<Duration>,
}

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
    begun: Duration,
    flight: WeakShared<BoxFuture<'static, Result<Arc<Principal>, Failure>>>,
}

impl Flights {
    /// The look-up of this credential: one under way, or a new one made by `start`.
    pub(crate) fn join<F>(
        &self,
        digest: Digest,
        boarding: Boarding,
        panicked: Failure,
        start: impl FnOnce(Arc<Ticket>) -> F,
    ) -> Flight
    where
        F: Future<Output = Result<Arc<Principal>, Failure>> + Send + 'static,
    {
        let mut state = self.lock();
        let generation = state.generation;
        if let Some(known) = state.under_way.get(&digest)
            && known.generation == generation
            && boarding.fresh.is_none_or(|fresh| boarding.now.saturating_sub(known.begun) < fresh)
            && let Some(flight) = known.flight.upgrade()
            && flight.peek().is_none()
        {
            return flight;
        }
        state.started += 1;
        let number = state.started;
        // The look-up's own hold on its ticket: whatever `start` does with the other
        // one, giving the place up takes the lock and so must not happen here.
        let ticket = Arc::new(Ticket { flights: self.clone(), digest, generation, number });
        let looking_up = start(Arc::clone(&ticket));
        let holding = async move {
            let _ticket = ticket;
            looking_up.await
        };
        let guarded = AssertUnwindSafe(holding).catch_unwind();
        let flight = guarded.map(|outcome| outcome.unwrap_or(Err(panicked))).boxed().shared();
        if let Some(weak) = flight.downgrade() {
            state.under_way.insert(digest, UnderWay { generation, number, begun: boarding.now, flight: weak });
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
    pub(crate) fn remember<R>(&self, write: impl FnOnce() -> R) -> Option<R> {
        // Under the lock: eviction begins its generation first and deletes
        // afterwards, so that nothing is written behind its back.
        let state = self.flights.lock();
        (state.generation == self.generation).then(write)
    }

    /// Whether nothing was evicted since the look-up began.
    pub(crate) fn is_current(&self) -> bool {
        self.flights.lock().generation == self.generation
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::oneshot;

    use super::*;
    use crate::cache::Digester;
    use crate::credential::Credential;
    use crate::reason::Reason;

    fn digest() -> Digest {
        Digester::new().digest(&Credential::Cookie("c"))
    }

    fn panicked() -> Failure {
        Reason::Upstream.into()
    }

    /// A look-up that ends as told, with the number of times one was begun.
    struct Sky {
        flights: Flights,
        begun: AtomicUsize,
    }

    impl Sky {
        fn new() -> Self {
            Self { flights: Flights::default(), begun: AtomicUsize::new(0) }
        }

        fn join(&self, digest: Digest) -> (Flight, oneshot::Sender<Reason>) {
            let (end, told) = oneshot::channel();
            let flight = self.flights.join(digest, Boarding::default(), panicked(), |ticket| {
                self.begun.fetch_add(1, Ordering::Relaxed);
                async move {
                    let _ticket = ticket;
                    Err(told.await.map_or(Reason::Missing, |reason| reason).into())
                }
            });
            (flight, end)
        }

        fn begun(&self) -> usize {
            self.begun.load(Ordering::Relaxed)
        }
    }

    async fn reason(flight: Flight) -> Reason {
        flight.await.unwrap_err().reason()
    }

    #[tokio::test]
    async fn all_who_ask_meanwhile_share_one_look_up() {
        let (sky, digest) = (Sky::new(), digest());
        let (first, end) = sky.join(digest);
        let (second, _) = sky.join(digest);
        end.send(Reason::Expired).unwrap();
        assert_eq!((reason(first).await, reason(second).await), (Reason::Expired, Reason::Expired));
        assert_eq!(sky.begun(), 1);
        drop(sky.join(digest));
        assert_eq!(sky.begun(), 2, "one that has landed is not joined");
    }

    #[tokio::test]
    async fn who_wants_a_fresh_answer_joins_none_that_was_asked_for_too_long_ago() {
        let (flights, digest) = (Flights::default(), digest());
        let begun = AtomicUsize::new(0);
        let join = |now: u64, fresh: Option<u64>| {
            let boarding = Boarding { now: Duration::from_secs(now), fresh: fresh.map(Duration::from_secs) };
            flights.join(digest, boarding, panicked(), |ticket| {
                begun.fetch_add(1, Ordering::Relaxed);
                async move {
                    let _ticket = ticket;
                    std::future::pending().await
                }
            })
        };
        let held =
            [join(0, None), join(5, None), join(5, Some(6)), join(5, Some(5)), join(5, Some(0)), join(5, Some(1))];
        assert_eq!(begun.load(Ordering::Relaxed), 3, "the last one joins what was just begun");
        drop(held);
    }

    #[tokio::test]
    async fn a_leader_that_leaves_strands_nobody() {
        let (sky, digest) = (Sky::new(), digest());
        let (mut leader, end) = sky.join(digest);
        assert!(futures_util::poll!(&mut leader).is_pending());
        let (follower, _) = sky.join(digest);
        drop(leader);
        end.send(Reason::Expired).unwrap();
        assert_eq!(reason(follower).await, Reason::Expired);
    }

    #[tokio::test]
    async fn a_look_up_that_everybody_left_is_dropped_and_off_the_list() {
        let (sky, digest) = (Sky::new(), digest());
        let (flight, end) = sky.join(digest);
        drop(flight);
        assert!(end.is_closed());
        assert!(sky.flights.lock().under_way.is_empty());
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_for_all() {
        let (flights, digest) = (Flights::default(), digest());
        let start = |_| async { panic!("in the look-up") };
        let (first, second) = (
            flights.join(digest, Boarding::default(), panicked(), start),
            flights.join(digest, Boarding::default(), panicked(), start),
        );
        assert_eq!((reason(first).await, reason(second).await), (Reason::Upstream, Reason::Upstream));
    }

    #[tokio::test]
    async fn eviction_ends_joining_and_remembering() {
        let (sky, digest) = (Sky::new(), digest());
        let remembered = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&remembered);
        let (go, told) = oneshot::channel::<()>();
        let old = sky.flights.join(digest, Boarding::default(), panicked(), |ticket| async move {
            drop(told.await);
            ticket.remember(|| {
                count.fetch_add(1, Ordering::Relaxed);
            });
            Err(Reason::Expired.into())
        });
        sky.flights.begin_generation();
        let (new, end) = sky.join(digest);
        assert_eq!(sky.begun(), 1, "the new request begins its own");
        go.send(()).unwrap();
        assert_eq!(reason(old).await, Reason::Expired);
        assert_eq!(remembered.load(Ordering::Relaxed), 0);
        end.send(Reason::Inactive).unwrap();
        assert_eq!(reason(new).await, Reason::Inactive);
    }
}
