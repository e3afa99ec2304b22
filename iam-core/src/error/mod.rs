//! Errors: one type a family, each safe to log.
//!
//! [`UpstreamError`] is Ory giving no usable answer, [`IamError`] a service call
//! that failed. What they become as a response is a [`ProblemDetails`].

mod iam_error;
mod upstream;

pub use iam_error::{ErrorKind, IamError};
pub use upstream::{Product, UpstreamError, UpstreamFault};
