use std::time::Duration;

use super::{Product, UpstreamError, UpstreamFault};

/// What a service call (identities, sessions, tokens, permissions) can fail with.
///
/// Safe to log and to return from a handler: it holds nothing that Ory or the
/// caller sent. As a response it becomes the status named at each kind.
///
/// ```
/// use iam_core::{ErrorKind, IamError, Product};
///
/// let error = IamError::new("customer", Product::Kratos, ErrorKind::NotFound);
/// assert!(error.is_not_found());
/// assert_eq!(error.to_string(), "kratos of tenant `customer`: not found");
/// ```
#[derive(Debug, Clone, thiserror::Error)]
#[error("{product} of tenant `{tenant}`: {kind}")]
pub struct IamError {
    tenant: &'static str,
    product: Product,
    kind: ErrorKind,
}

/// The kinds of [`IamError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// 404: nothing of that id.
    #[error("not found")]
    NotFound,
    /// 409: it exists already, or changed meanwhile.
    #[error("conflict with what exists already")]
    Conflict,
    /// 410: it existed and is over.
    #[error("gone")]
    Gone,
    /// 422: Ory refused the input; the words say which part of it where the SDK can tell.
    #[error("invalid input: {0}")]
    Invalid(&'static str),
    /// 503 with `Retry-After`: 429 from Ory.
    #[error("too many requests")]
    RateLimited {
        /// The wait that Ory asked for, clamped.
        retry_after: Option<Duration>,
    },
    /// 401: no session, or one that is no longer good.
    #[error("no valid session")]
    Unauthenticated,
    /// 403: the session needs a second factor first.
    #[error("a second factor is needed")]
    SecondFactorRequired,
    /// 500: the tenant has no such server in its configuration; the words name the missing key.
    #[error("not configured: `{0}`")]
    NotConfigured(&'static str),
    /// 503 with `Retry-After`: no usable answer.
    #[error("no usable answer: it {0}")]
    Unavailable(UpstreamFault),
}

impl IamError {
    /// An error of this kind, of this tenant's product.
    #[must_use]
    pub fn new(tenant: &'static str, product: Product, kind: ErrorKind) -> Self {
        Self { tenant, product, kind }
    }

    /// The tenant whose service was called.
    #[must_use]
    pub fn tenant(&self) -> &'static str {
        self.tenant
    }

    /// The product that was called.
    #[must_use]
    pub fn product(&self) -> Product {
        self.product
    }

    /// What kind of failure it was.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether there is nothing of that id.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.kind == ErrorKind::NotFound
    }

    /// Whether Ory gave no usable answer, so that trying later makes sense.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        matches!(self.kind, ErrorKind::Unavailable(_) | ErrorKind::RateLimited { .. })
    }
}

impl From<UpstreamError> for IamError {
    fn from(error: UpstreamError) -> Self {
        let kind = match error.fault {
            UpstreamFault::RateLimited { retry_after } => ErrorKind::RateLimited { retry_after },
            fault => ErrorKind::Unavailable(fault),
        };
        Self::new(error.tenant, error.product, kind)
    }
}
