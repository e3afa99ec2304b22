use std::pin::Pin;
use std::sync::LazyLock;

use tokio::runtime::Runtime;
use tokio::sync::{Mutex, OnceCell};

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
    stage: OnceCell<Mutex<Stage>>,
}

/// The usual stage.
pub static USUAL: Shared = Shared::new(|| Box::pin(Stage::new()));

/// A test's own runtime would end with it, and the stage's servers too.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// Runs a row that has no stage yet, on the thread that bears its test's name.
pub fn alone(row: impl AsyncFnOnce()) {
    RUNTIME.block_on(row());
}

impl Shared {
    pub const fn new(start: fn() -> Starting) -> Self {
        Self { start, stage: OnceCell::const_new() }
    }

    /// Runs a row, on the thread that bears its test's name.
    pub fn row(&self, row: impl AsyncFnOnce(&Stage)) {
        RUNTIME.block_on(async {
            let stage = self.stage.get_or_init(async || Mutex::new((self.start)().await)).await;
            let stage = stage.lock().await;
            rows::set(&stage.world);
            // What a row before this one left when it failed.
            stage.world.tenants().filter_map(|tenant| tenant.proxies.as_ref()).for_each(|proxies| proxies.reset());
            stage.events().await;
            row(&stage).await;
        });
    }
}
