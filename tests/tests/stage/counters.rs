use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

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

    /// Counts a request whose answer this is. It has arrived once its answer was asked for:
    /// what a request does without waiting, such as joining a look-up, is done by then.
    pub async fn arrive<F: Future>(&self, answer: F) -> F::Output {
        let under_way = UnderWay { counters: self, answered: false };
        let mut answer = pin!(answer);
        let first = futures_util::poll!(answer.as_mut());
        self.arrived.send_modify(|count| *count += 1);
        let answer = match first {
            Poll::Ready(answer) => answer,
            Poll::Pending => answer.await,
        };
        under_way.answered();
        answer
    }

    /// Returns once so many requests in all have arrived.
    pub async fn arrivals(&self, count: usize) {
        let _ = self.arrived.subscribe().wait_for(|arrived| *arrived >= count).await;
    }

    /// Returns once so many requests in all were given up because their sender went away.
    pub async fn abandonments(&self, count: usize) {
        let _ = self.abandoned.subscribe().wait_for(|abandoned| *abandoned >= count).await;
    }
}

struct UnderWay<'a> {
    counters: &'a Counters,
    answered: bool,
}

impl UnderWay<'_> {
    fn answered(mut self) {
        self.answered = true;
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.counters.abandoned.send_modify(|count| *count += 1);
        }
    }
}
