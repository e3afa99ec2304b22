//! Starts Ory's own servers for every tenant of a seed file, as far as they can be had, fills them, prints where
//! each listener is, and serves until Ctrl-C. It builds what is missing with Go, once.
//!
//! ```text
//! ory-up [--tenants FILE]
//! ```

use std::process::ExitCode;

use iam_testing::dev::Program;

#[tokio::main]
async fn main() -> ExitCode {
    Program::OryUp.run().await
}
