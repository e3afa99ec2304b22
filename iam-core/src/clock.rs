//! The time, as a part that tests can replace.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Where the SDK reads the time.
pub trait Clock: Send + Sync + 'static {
    /// Wall time since 1970-01-01 UTC, compared with Ory's timestamps.
    fn wall(&self) -> Duration;

    /// Time since some fixed point that never runs backwards, for cache lifetimes.
    fn monotonic(&self) -> Duration;
}

/// The machine's clocks.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    start: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn wall(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}
