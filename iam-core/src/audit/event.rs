use serde::Serialize;
use time::OffsetDateTime;

use crate::error::Product;

/// Stands for the tenant in the event of a request whose host led to none. No tenant has this name.
pub const NO_TENANT: &str = "(none)";

/// Something that happened to identities or access. These fields and no others
/// leave the process: none can hold a credential, a trait or an upstream body,
/// and text that a caller chose has its control and direction characters escaped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Event {
    /// When, by the SDK's clock.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What: `decision`, the name of an operation such as `identity.delete`, or
    /// `alert.upstream_credential_refused`.
    pub name: &'static str,
    /// How it came out.
    pub outcome: EventOutcome,
    /// Why a decision was not "allowed"; see [`crate::Reason`].
    pub reason: Option<&'static str>,
    /// The tenant that decided, or whose service was called; [`NO_TENANT`] where the request's
    /// host led to none.
    pub tenant: &'static str,
    /// The product, where it is about one.
    pub product: Option<&'static str>,
    /// The request's method.
    pub method: Option<String>,
    /// The matched route's template.
    pub route: Option<String>,
    /// The request's id.
    pub request_id: Option<String>,
    /// `user`, `machine` or `delegate`.
    pub actor_kind: Option<&'static str>,
    /// The actor's id at its own tenant.
    pub actor: Option<String>,
    /// The tenant that vouched for the actor; on cross-tenant calls another than `tenant`.
    pub actor_tenant: Option<&'static str>,
    /// The id of what an operation touched.
    pub target: Option<String>,
    /// The demand that was not met, in the words of the access matrix; of a check of the
    /// application's own its name, and why it said no; of `tenant.cross`, why.
    pub detail: Option<String>,
}

/// How it came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EventOutcome {
    /// A request was let in.
    Allowed,
    /// A request was refused.
    Denied,
    /// Nobody could tell, so a request was refused.
    Unavailable,
    /// An operation worked.
    Succeeded,
    /// An operation failed.
    Failed,
    /// Somebody has to act.
    Alert,
}

impl EventOutcome {
    /// The name in events.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Unavailable => "unavailable",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Alert => "alert",
        }
    }
}

impl Event {
    pub(super) fn new(at: OffsetDateTime, name: &'static str, outcome: EventOutcome, tenant: &'static str) -> Self {
        Self {
            at,
            name,
            outcome,
            reason: None,
            tenant,
            product: None,
            method: None,
            route: None,
            request_id: None,
            actor_kind: None,
            actor: None,
            actor_tenant: None,
            target: None,
            detail: None,
        }
    }

    pub(super) fn about(mut self, product: Product) -> Self {
        self.product = Some(product.name());
        self
    }
}
