use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::{AuditSink, Event, EventOutcome};

/// Events waiting for the sink at the most.
const CAPACITY: usize = 8 * 1024;

/// Of these, how many places allowed decisions may not take.
const RESERVED: usize = 2 * 1024;

/// The bounded way from the request path to the sink.
pub(super) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Item>,
    dropped: Dropped,
    closed: bool,
}

enum Item {
    Event(Box<Event>),
    Flush(oneshot::Sender<()>),
}

/// Events lost to a full queue, by tenant and outcome.
pub type Dropped = BTreeMap<(&'static str, &'static str), u64>;

impl Queue {
    /// Starts the sink's thread, which ends after [`Queue::close`] with an empty queue.
    pub(super) fn start(sink: Arc<dyn AuditSink>) -> std::io::Result<Arc<Self>> {
        let queue = Arc::new(Self { state: Mutex::default(), filled: Condvar::new() });
        let own = Arc::clone(&queue);
        std::thread::Builder::new().name("iam-audit".into()).spawn(move || {
            while let Some(item) = own.next() {
                match item {
                    Item::Event(event) => {
                        // A sink that panics loses this event; the next one gets its turn.
                        if catch_unwind(AssertUnwindSafe(|| sink.record(&event))).is_err() {
                            own.lock().count_lost(&event);
                        }
                    }
                    Item::Flush(done) => drop(done.send(())),
                }
            }
        })?;
        Ok(queue)
    }

    pub(super) fn push(&self, event: Event) {
        let mut state = self.lock();
        let room = if event.outcome == EventOutcome::Allowed { CAPACITY - RESERVED } else { CAPACITY };
        if state.waiting.len() < room {
            state.waiting.push_back(Item::Event(Box::new(event)));
            drop(state);
            self.filled.notify_one();
        } else {
            state.count_lost(&event);
        }
    }

    /// Waits until everything pushed before has been recorded.
    pub(super) async fn flush(&self) {
        let (done, waiting) = oneshot::channel();
        self.lock().waiting.push_back(Item::Flush(done));
        self.filled.notify_one();
        // An error means that the thread is gone, and with it whatever waited.
        drop(waiting.await);
    }

    pub(super) fn dropped(&self) -> Dropped {
        self.lock().dropped.clone()
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_one();
    }

    fn next(&self) -> Option<Item> {
        let mut state = self.lock();
        loop {
            if let Some(item) = state.waiting.pop_front() {
                return Some(item);
            }
            if state.closed {
                return None;
            }
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn count_lost(&mut self, event: &Event) {
        *self.dropped.entry((event.tenant, event.outcome.name())).or_default() += 1;
    }
}
