//! Starts an Ory stand-in for every tenant of a seed file, fills it, prints what a developer needs, and serves
//! until Ctrl-C or `SIGTERM`.
//!
//! ```text
//! ory-dev [--tenants FILE] [--env] [--real]
//! ```

use std::process::ExitCode;

use iam_testing::dev::Program;

#[tokio::main]
async fn main() -> ExitCode {
    Program::OryDev.run().await
}
