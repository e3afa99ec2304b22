//! What the proxy saw.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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
    entries: Mutex<Vec<Arc<Entry>>>,
    in_flight: AtomicUsize,
    max_in_flight: AtomicUsize,
    closing: AtomicBool,
}

struct Entry {
    request: Recorded,
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
            ending: Ending::Pending,
            answered_bytes: 0,
        };
        let entry = Arc::new(Entry { request, ending: Mutex::new(Ending::Pending), answered_bytes: AtomicU64::new(0) });
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).push(entry.clone());
        let now = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.max_in_flight.fetch_max(now, Ordering::SeqCst);
        Exchange { log: self.clone(), entry }
    }

    pub(super) fn snapshot(&self) -> Vec<Recorded> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().map(|entry| entry.snapshot()).collect()
    }

    pub(super) fn clear(&self) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.max_in_flight.store(self.in_flight.load(Ordering::SeqCst), Ordering::SeqCst);
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
