use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use iam_core::Clock;
use iam_core::clock::SystemClock;

/// A clock that stands until a test moves it; clones move together.
///
/// ```
/// use iam_core::Clock;
/// use iam_testing::double::TestClock;
/// use std::time::Duration;
///
/// let clock = TestClock::default();
/// let before = clock.wall();
/// clock.advance(Duration::from_secs(3));
/// assert_eq!(clock.wall() - before, Duration::from_secs(3));
/// ```
#[derive(Debug, Clone)]
pub struct TestClock(Arc<Mutex<(Duration, Duration)>>);

impl Default for TestClock {
    /// 2027-01-15 08:00:00 UTC.
    fn default() -> Self {
        Self(Arc::new(Mutex::new((Duration::from_secs(1_800_000_000), Duration::ZERO))))
    }
}

impl TestClock {
    /// A clock that stands at the present, for tests beside servers whose own time goes on.
    #[must_use]
    pub fn present() -> Self {
        let clock = Self::default();
        clock.set_wall(SystemClock::default().wall());
        clock
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        times.0 += by;
        times.1 += by;
    }

    /// Sets the wall clock alone, as an administrator or NTP would; the monotonic one goes on.
    pub fn set_wall(&self, since_1970: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 = since_1970;
    }
}

impl Clock for TestClock {
    fn wall(&self) -> Duration {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    fn monotonic(&self) -> Duration {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1
    }
}
