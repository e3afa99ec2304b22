//! What the proxy saw.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method};

/// How a request came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It has none yet.
    Pending,
    /// The answer was handed over in full.
    Complete,
    /// The client closed the connection before the answer was complete.
    ClientLeft,
    /// The proxy broke it off: by a fault, by [`refuse`](super::FaultProxy::refuse), or because the upstream
    /// could not be reached.
    Cut,
}

/// One request as it arrived, and how it has gone so far.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Recorded {
    /// The method.
    pub method: Method,
    /// Path and query, byte for byte.
    pub target: String,
    /// The headers, names in lower case.
    pub headers: HeaderMap,
    /// The body, transfer coding undone.
    pub body: Bytes,
    /// Whether the upstream was asked; where a fault answers in its place it is not.
    pub passed_on: bool,
    /// How it ended, at the time of asking.
    pub ending: Ending,
    /// Bytes of the answer's body handed to the client so far.
    pub answered_bytes: u64,
}

impl Recorded {
    /// The path without its query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The first value of a header, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the client gave up before the answer was complete.
    #[must_use]
    pub fn client_left(&self) -> bool {
        self.ending == Ending::ClientLeft
    }
}

/// All requests since the last [`clear`](Log::clear).
#[derive(Default)]
pub(super) struct Log {
    entries: Mutex<Entries>,
    in_flight: AtomicUsize,
    max_in_flight: AtomicUsize,
    closing: AtomicBool,
}

#[derive(Default)]
struct Entries {
    kept: Vec<Arc<Entry>>,
    /// How many were forgotten before them.
    forgotten: usize,
}

struct Entry {
    request: Recorded,
    passed_on: AtomicBool,
    ending: Mutex<Ending>,
    answered_bytes: AtomicU64,
}

impl Log {
    pub(super) fn open(self: &Arc<Log>, parts: &Parts, body: Bytes) -> Exchange {
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
        let request = Recorded {
            method: parts.method.clone(),
            target,
            headers: parts.headers.clone(),
            body,
            passed_on: false,
            ending: Ending::Pending,
            answered_bytes: 0,
        };
        let entry = Arc::new(Entry {
            request,
            passed_on: AtomicBool::new(false),
            ending: Mutex::new(Ending::Pending),
            answered_bytes: AtomicU64::new(0),
        });
        self.entries().kept.push(entry.clone());
        let now = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.max_in_flight.fetch_max(now, Ordering::SeqCst);
        Exchange { log: self.clone(), entry }
    }

    pub(super) fn snapshot(&self) -> Vec<Recorded> {
        self.snapshot_after(0)
    }

    pub(super) fn snapshot_after(&self, seen: usize) -> Vec<Recorded> {
        let entries = self.entries();
        let start = seen.saturating_sub(entries.forgotten);
        entries.kept.iter().skip(start).map(|entry| entry.snapshot()).collect()
    }

    pub(super) fn arrived(&self) -> usize {
        let entries = self.entries();
        entries.forgotten + entries.kept.len()
    }

    pub(super) fn clear(&self) {
        let mut entries = self.entries();
        entries.forgotten += entries.kept.len();
        entries.kept.clear();
        drop(entries);
        self.max_in_flight.store(self.in_flight.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn max_in_flight(&self) -> usize {
        self.max_in_flight.load(Ordering::SeqCst)
    }

    /// While true, exchanges that break off do so because the proxy ends them.
    pub(super) fn set_closing(&self, closing: bool) {
        self.closing.store(closing, Ordering::SeqCst);
    }
}

impl Entry {
    fn snapshot(&self) -> Recorded {
        Recorded {
            passed_on: self.passed_on.load(Ordering::SeqCst),
            ending: *self.ending.lock().unwrap_or_else(PoisonError::into_inner),
            answered_bytes: self.answered_bytes.load(Ordering::SeqCst),
            ..self.request.clone()
        }
    }
}

/// One request under way. Whoever drops it unfinished was abandoned by the client: hyper drops a service's
/// future and body when the peer closes.
pub(super) struct Exchange {
    log: Arc<Log>,
    entry: Arc<Entry>,
}

impl Exchange {
    pub(super) fn request(&self) -> &Recorded {
        &self.entry.request
    }

    pub(super) fn passed_on(&self) {
        self.entry.passed_on.store(true, Ordering::SeqCst);
    }

    pub(super) fn answered(&self, bytes: usize) {
        self.entry.answered_bytes.fetch_add(bytes as u64, Ordering::SeqCst);
    }

    /// Notes the ending; the first one stays.
    pub(super) fn end(&self, ending: Ending) {
        let mut noted = self.entry.ending.lock().unwrap_or_else(PoisonError::into_inner);
        if *noted == Ending::Pending {
            *noted = ending;
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let closing = self.log.closing.load(Ordering::SeqCst);
        self.end(if closing { Ending::Cut } else { Ending::ClientLeft });
        self.log.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}
