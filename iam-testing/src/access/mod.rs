//! Who may call what: reviewed in a file, and tried on a running application.
//!
//! [`assert_access_matrix!`](crate::assert_access_matrix) compares an application's routes with a file that people
//! review, so that no change of who may call what goes unseen. [`attack_every_route`] takes that file, not the
//! application's word, and tries every route with everybody who must not get in.
//!
//! ```no_run
//! # use iam_testing::{attack_every_route, seed::World};
//! # async fn example(world: World) -> Result<(), Box<dyn std::error::Error>> {
//! # let expected = "";
//! # #[cfg(any())]
//! let expected = include_str!("../access-matrix.txt");
//! let report = attack_every_route("http://127.0.0.1:3000", &expected.parse()?).world(&world).await?;
//! println!("{report}");
//! # Ok(())
//! # }
//! ```

mod assert;
mod attack;
mod breach;
mod caller;
mod plan;
mod target;

#[doc(hidden)]
pub use assert::assert_access_matrix;
pub use attack::{Attack, attack_every_route};
pub use breach::{AttackFailure, Breach, Report};
pub use caller::Caller;
