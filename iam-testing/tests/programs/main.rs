//! The programs `ory-dev` and `ory-up`, run as a user runs them.
//!
//! ```text
//! cargo test -p iam-testing --test programs                  what they do without Ory's own servers
//! IAM_ORY=real cargo test -p iam-testing --test programs     and with them, built once with Go
//! ```
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test that calls them")]

mod mistakes;
mod ory_dev;
mod process;
mod real;
