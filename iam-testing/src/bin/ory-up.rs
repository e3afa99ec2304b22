//! Starts Ory's own Kratos and Hydra for every tenant of a seed file, fills them, prints where each listener is,
//! and serves until Ctrl-C or `SIGTERM`. It builds what is missing with Go, once. Keto is the stand-in, unless `IAM_ORY_KETO`
//! names one.
//!
//! ```text
//! ory-up [--tenants FILE]
//! ```
//!
//! The lines `IAM_ORY_<TENANT>_<LISTENER>=url` are for scripts; the SDK reads `IAM__TENANTS__..`, which
//! `ory-dev --real --env` prints.

use std::process::ExitCode;

use iam_testing::dev::Program;

#[tokio::main]
async fn main() -> ExitCode {
    Program::OryUp.run().await
}
