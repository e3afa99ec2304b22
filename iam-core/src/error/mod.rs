//! Errors: one type a family, each safe to log.
//!
//! [`UpstreamError`] is Ory giving no usable answer, [`IamError`] a service call
//! that failed. What they become as a response is a [`ProblemResponse`].

mod iam_error;
mod problem;
mod upstream;

use std::time::Duration;

/// How long a caller should wait when nobody knows better.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(5);

pub use iam_error::{ErrorKind, IamError};
pub(crate) use problem::Problem;
pub use problem::ProblemResponse;
pub use upstream::{Product, UpstreamError, UpstreamFault};
