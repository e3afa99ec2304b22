use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::{AuditSink, Event, EventOutcome};

/// Events waiting for the sink at the most.
const CAPACITY: usize = 8 * 1024;

/// Of these, how many places allowed decisions may not take.
const FOR_REFUSALS: usize = 2 * 1024;

/// Of these, how many places no decision may take: a flood of bad tokens hides no operation and no alert.
const FOR_OPERATIONS: usize = 1024;

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
        let room = room(event.outcome);
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

/// How many events may be waiting before one of this outcome is lost.
fn room(outcome: EventOutcome) -> usize {
    match outcome {
        EventOutcome::Allowed => CAPACITY - FOR_REFUSALS,
        EventOutcome::Denied | EventOutcome::Unavailable => CAPACITY - FOR_OPERATIONS,
        EventOutcome::Succeeded | EventOutcome::Failed | EventOutcome::Alert => CAPACITY,
    }
}

impl State {
    fn count_lost(&mut self, event: &Event) {
        *self.dropped.entry((event.tenant, event.outcome.name())).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use time::OffsetDateTime;

    use super::*;

    /// Waits for a word before it takes each event, and panics at what is named so.
    struct Slow(Mutex<mpsc::Receiver<()>>, Mutex<mpsc::Sender<&'static str>>);

    impl AuditSink for Slow {
        fn record(&self, event: &Event) {
            self.0.lock().unwrap().recv().ok();
            assert!(event.name != "panics");
            self.1.lock().unwrap().send(event.name).unwrap();
        }
    }

    fn queue() -> (Arc<Queue>, mpsc::Sender<()>, mpsc::Receiver<&'static str>) {
        let ((go, waits), (says, taken)) = (mpsc::channel(), mpsc::channel());
        (Queue::start(Arc::new(Slow(waits.into(), says.into()))).unwrap(), go, taken)
    }

    fn event(name: &'static str, outcome: EventOutcome) -> Event {
        Event::new(OffsetDateTime::UNIX_EPOCH, name, outcome, "admin")
    }

    #[tokio::test]
    async fn a_sink_that_blocks_loses_decisions_first_and_counts_what_is_lost() {
        let (queue, go, taken) = queue();
        let push = |count: usize, outcome| (0..count).for_each(|_| queue.push(event("x", outcome)));
        // One event is in the sink's hands, or will be: all others wait.
        push(2 * CAPACITY, EventOutcome::Allowed);
        push(2 * CAPACITY, EventOutcome::Denied);
        push(2 * CAPACITY, EventOutcome::Succeeded);
        let lost = |outcome: EventOutcome| queue.dropped().get(&("admin", outcome.name())).copied().unwrap_or_default();
        let kept = |outcome| 2 * CAPACITY as u64 - lost(outcome);
        let all = kept(EventOutcome::Allowed) + kept(EventOutcome::Denied) + kept(EventOutcome::Succeeded);
        assert!((kept(EventOutcome::Allowed) as usize).abs_diff(CAPACITY - FOR_REFUSALS) <= 1);
        assert!((kept(EventOutcome::Denied) as usize).abs_diff(FOR_REFUSALS - FOR_OPERATIONS) <= 1);
        assert!((kept(EventOutcome::Succeeded) as usize).abs_diff(FOR_OPERATIONS) <= 1);
        drop(go);
        queue.flush().await;
        assert_eq!(taken.try_iter().count() as u64, all, "what was not lost arrived");
    }

    #[tokio::test]
    async fn a_sink_that_panics_loses_one_event_and_counts_it() {
        let (queue, go, taken) = queue();
        drop(go);
        queue.push(event("panics", EventOutcome::Denied));
        queue.push(event("next", EventOutcome::Denied));
        queue.flush().await;
        assert_eq!(taken.try_iter().collect::<Vec<_>>(), ["next"]);
        assert_eq!(queue.dropped(), Dropped::from([(("admin", "denied"), 1)]));
    }
}
