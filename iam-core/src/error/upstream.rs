use std::fmt;
use std::time::Duration;

use super::RETRY_AFTER;

/// An Ory product that a tenant talks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Product {
    /// Sessions and identities.
    Kratos,
    /// OAuth2.
    Hydra,
    /// Permissions.
    Keto,
}

impl Product {
    /// The product's name in events and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kratos => "kratos",
            Self::Hydra => "hydra",
            Self::Keto => "keto",
        }
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Ory gave no usable answer. The caller of the application sees 503; safe to log.
///
/// Holds nothing of what Ory sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{product} of tenant `{tenant}` {fault}")]
pub struct UpstreamError {
    /// Whose server.
    pub tenant: &'static str,
    /// Which server.
    pub product: Product,
    /// What went wrong.
    pub fault: UpstreamFault,
}

/// Why an answer was not usable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UpstreamFault {
    /// No connection: refused, reset, unknown name, TLS failure.
    NoConnection,
    /// No whole answer within the total time of the call, in ms.
    TimedOut {
        /// The time allowed, in ms.
        after_ms: u64,
    },
    /// A status that says nothing about the caller, such as 500 or a gateway's 403.
    Status(u16),
    /// A body that is not what this endpoint answers: not JSON, a missing or unreadable field.
    Unreadable(&'static str),
    /// A body larger than allowed, in bytes.
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// Our own service credential (admin token, API key, client secret) was refused.
    CredentialRefused,
    /// 429: too many requests, with the wait that Ory asked for, clamped.
    RateLimited {
        /// How long to wait.
        retry_after: Option<Duration>,
    },
    /// Too many calls under way already; nothing was sent.
    Saturated,
    /// Part of the call ended in a panic, which was caught.
    Panicked,
    /// Readiness says that the server is down, so its refusal is no logout.
    NotReady,
}

impl fmt::Display for UpstreamFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoConnection => f.write_str("could not be reached"),
            Self::TimedOut { after_ms } => write!(f, "gave no whole answer within {after_ms} ms"),
            Self::Status(status) => write!(f, "answered with the unexpected status {status}"),
            Self::Unreadable(what) => write!(f, "sent an unreadable answer: {what}"),
            Self::TooLarge { limit } => write!(f, "sent more than {limit} bytes"),
            Self::CredentialRefused => f.write_str("refused this service's own credential"),
            Self::RateLimited { .. } => f.write_str("asks to slow down (429)"),
            Self::Saturated => f.write_str("has too many calls under way already"),
            Self::Panicked => f.write_str("was asked by code that panicked"),
            Self::NotReady => f.write_str("says that it is not ready"),
        }
    }
}

impl UpstreamError {
    /// How long the caller should wait: what Ory asked for, else 5 s.
    #[must_use]
    pub fn retry_after(&self) -> Duration {
        match self.fault {
            UpstreamFault::RateLimited { retry_after: Some(wait) } => wait,
            _ => RETRY_AFTER,
        }
    }

    /// Whether our own service credential was refused.
    #[must_use]
    pub fn is_credential_refused(&self) -> bool {
        self.fault == UpstreamFault::CredentialRefused
    }
}
