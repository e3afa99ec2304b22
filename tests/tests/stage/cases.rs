use std::pin::Pin;
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use tokio::runtime::{Builder, Runtime};

use super::{Stage, rows};

/// A test for each row of a table, by the row's name: `cases! { STAGE, check: name: "of", "the row"; .. }` calls
/// `check(&stage, "of", "the row")` on a stage that the rows share. A table that is not alone in having its check
/// has a name of its own: `cases! { STAGE, table = check: .. }`. Without a stage, `cases! { check: .. }` calls
/// `check("of", "the row")`, which sets the stage that a row needs for itself.
macro_rules! cases {
    ($table:ident = $check:ident: $($name:ident: $($of_row:expr),+;)+) => {
        mod $table {
            #[allow(unused_imports, reason = "a row may be of literals only")]
            use super::*;

            $(
                #[test]
                fn $name() {
                    $crate::stage::alone(async || super::$check($($of_row),+).await);
                }
            )+
        }
    };
    ($check:ident: $($rows:tt)+) => {
        $crate::stage::cases! { $check = $check: $($rows)+ }
    };
    ($stage:expr, $table:ident = $check:ident: $($name:ident: $($of_row:expr),+;)+) => {
        mod $table {
            use super::*;

            $(
                #[test]
                fn $name() {
                    $stage.row(async |stage| super::$check(stage, $($of_row),+).await);
                }
            )+
        }
    };
    ($stage:expr, $check:ident: $($rows:tt)+) => {
        $crate::stage::cases! { $stage, $check = $check: $($rows)+ }
    };
}

pub(crate) use cases;

type Starting = Pin<Box<dyn Future<Output = Stage> + Send>>;

/// A stage for many tests, each of which has it to itself for a while: starting one takes longer than a row.
pub struct Shared {
    start: fn() -> Starting,
    started: Mutex<Option<Started>>,
}

/// The usual stage.
pub static USUAL: Shared = Shared::new(|| Box::pin(Stage::new()));

/// How many others stand by: each of them may keep half a dozen of Ory's own servers.
const MOST_STANDING_BY: usize = 4;

/// The others that were started, the one used last at the end.
static STANDING_BY: Mutex<Vec<&Shared>> = Mutex::new(Vec::new());

/// A stage on a runtime of its own: a test's would end with it, and the stage's servers too.
struct Started {
    stage: Option<Stage>,
    runtime: Runtime,
}

impl Started {
    fn run(&self, row: impl AsyncFnOnce(&Stage)) {
        self.runtime.block_on(row(self.stage.as_ref().unwrap()));
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _inside = self.runtime.enter();
        self.stage.take();
    }
}

/// Runs a row that has no stage yet, on the thread that bears its test's name.
pub fn alone(row: impl AsyncFnOnce()) {
    Builder::new_current_thread().enable_all().build().unwrap().block_on(row());
}

impl Shared {
    pub const fn new(start: fn() -> Starting) -> Self {
        Self { start, started: Mutex::new(None) }
    }

    /// Runs a row, on the thread that bears its test's name.
    pub fn row(&'static self, row: impl AsyncFnOnce(&Stage)) {
        self.make_room();
        let mut place = lock(&self.started);
        let started = place.take().unwrap_or_else(|| {
            let runtime = Runtime::new().unwrap();
            Started { stage: Some(runtime.block_on((self.start)())), runtime }
        });
        started.run(async |stage| {
            rows::set(&stage.world);
            stage.world.tenants().filter_map(|tenant| tenant.proxies.as_ref()).for_each(|proxies| proxies.reset());
            stage.events().await;
            row(stage).await;
        });
        // A row that fails takes the stage with it, and whatever it left there.
        *place = Some(started);
    }

    /// Ends the stages that were not used for the longest time, unless somebody waits for one.
    fn make_room(&'static self) {
        if ptr::eq(self, &raw const USUAL) {
            return;
        }
        let mut standing_by = lock(&STANDING_BY);
        standing_by.retain(|other| !ptr::eq(*other, self));
        standing_by.push(self);
        let surplus = standing_by.len().saturating_sub(MOST_STANDING_BY);
        let oldest: Vec<_> = standing_by.drain(..surplus).collect();
        drop(standing_by);
        for other in oldest {
            let ended = match other.started.try_lock() {
                Ok(mut place) => place.take(),
                Err(TryLockError::Poisoned(place)) => place.into_inner().take(),
                // It stands by again after its next row.
                Err(TryLockError::WouldBlock) => None,
            };
            drop(ended);
        }
    }
}

/// Whoever held it may have been a row that failed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
