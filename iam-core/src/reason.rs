use std::time::Duration;

use crate::error::UpstreamError;

/// Why a request was refused. Stands in the audit event; outside, several
/// reasons share a code, so that a caller learns nothing about a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// No credential where one is required.
    Missing,
    /// A credential that cannot be one.
    Malformed,
    /// More than one credential.
    Ambiguous,
    /// Ory's 401, which has many causes and one face.
    RejectedByTenant,
    /// A session or token whose end has passed.
    Expired,
    /// An inactive session, identity or token; a JWT that no key of the issuer's signed.
    Inactive,
    /// A principal of another tenant came out of a shared cache.
    TenantMismatch,
    /// A token from the future.
    NotYetValid,
    /// No access token, such as a refresh token or an ID token.
    WrongTokenUse,
    /// A token for somebody else.
    WrongAudience,
    /// A token of somebody else.
    WrongIssuer,
    /// A token without a subject or client.
    NoSubject,
    /// A cookie on a request that another site may have caused.
    Csrf,
    /// The session needs a second factor.
    SecondFactor,
    /// A token that is no machine's own, on a route for machines.
    NotAMachine,
    /// A machine's own token, on a route for clients that act for a user.
    NotADelegate,
    /// None of the roles or not all of the scopes.
    Role,
    /// Keto says no.
    Permission,
    /// The session was authenticated too long ago.
    SessionTooOld,
    /// A check of the application's own says no.
    Check,
    /// A check of the application's own could not tell.
    CheckUnavailable,
    /// A path parameter that no permission can be checked with.
    BadParameter,
    /// No usable answer from Ory.
    Upstream,
    /// Ory refused this service's own credential.
    UpstreamCredentialRefused,
    /// A host that is missing, or of none of the policy's tenants.
    HostUnknown,
    /// A host that cannot be one.
    HostMalformed,
    /// More than one host.
    HostConflict,
    /// The application's own resolver of hosts failed.
    HostResolver,
}

impl Reason {
    /// The name in events.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Ambiguous => "ambiguous",
            Self::RejectedByTenant => "rejected_by_tenant",
            Self::Expired => "expired",
            Self::Inactive => "inactive",
            Self::TenantMismatch => "tenant_mismatch",
            Self::NotYetValid => "not_yet_valid",
            Self::WrongTokenUse => "wrong_token_use",
            Self::WrongAudience => "wrong_audience",
            Self::WrongIssuer => "wrong_issuer",
            Self::NoSubject => "no_subject",
            Self::Csrf => "csrf",
            Self::SecondFactor => "second_factor",
            Self::NotAMachine => "not_a_machine",
            Self::NotADelegate => "not_a_delegate",
            Self::Role => "role",
            Self::Permission => "permission",
            Self::SessionTooOld => "session_too_old",
            Self::Check => "check",
            Self::CheckUnavailable => "check_unavailable",
            Self::BadParameter => "bad_parameter",
            Self::Upstream => "upstream",
            Self::UpstreamCredentialRefused => "upstream_credential_refused",
            Self::HostUnknown => "host_unknown",
            Self::HostMalformed => "host_malformed",
            Self::HostConflict => "host_conflict",
            Self::HostResolver => "host_resolver",
        }
    }

    /// The status of the refusal.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Missing
            | Self::Malformed
            | Self::Ambiguous
            | Self::RejectedByTenant
            | Self::Expired
            | Self::Inactive
            | Self::TenantMismatch
            | Self::NotYetValid
            | Self::WrongTokenUse
            | Self::WrongAudience
            | Self::WrongIssuer
            | Self::NoSubject => 401,
            Self::Csrf
            | Self::SecondFactor
            | Self::NotAMachine
            | Self::NotADelegate
            | Self::Role
            | Self::Permission
            | Self::SessionTooOld
            | Self::Check => 403,
            Self::BadParameter | Self::HostMalformed | Self::HostConflict => 400,
            Self::HostUnknown => 421,
            Self::Upstream | Self::UpstreamCredentialRefused | Self::HostResolver | Self::CheckUnavailable => 503,
        }
    }

    /// The code in the response body.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Ambiguous => "credential_ambiguous",
            Self::Csrf => "csrf",
            Self::SecondFactor => "second_factor_required",
            Self::BadParameter => "bad_parameter",
            Self::UpstreamCredentialRefused => "upstream_credential_refused",
            Self::SessionTooOld => "session_too_old",
            Self::Upstream | Self::HostResolver | Self::CheckUnavailable => "upstream_unavailable",
            Self::HostUnknown | Self::HostMalformed | Self::HostConflict => self.name(),
            other if other.status() == 401 => "unauthenticated",
            _ => "forbidden",
        }
    }
}

/// Why a credential did not become a principal; shared by all who waited for the answer.
#[derive(Debug, Clone)]
pub(crate) enum Failure {
    /// It was refused.
    Refused(Reason),
    /// The session needs more, a second factor or a new log-in; a browser can be sent there.
    StepUp(Reason, Option<Box<str>>),
    /// A demand that is not met. What it is stands in the event, and nowhere else.
    Demand(Reason, Box<str>),
    /// Nobody can tell.
    Upstream(UpstreamError),
}

impl Failure {
    pub(crate) fn reason(&self) -> Reason {
        match self {
            Self::Refused(reason) => *reason,
            Self::StepUp(reason, _) | Self::Demand(reason, _) => *reason,
            Self::Upstream(error) if error.is_credential_refused() => Reason::UpstreamCredentialRefused,
            Self::Upstream(_) => Reason::Upstream,
        }
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        if let Self::Upstream(error) = self { Some(error.retry_after()) } else { None }
    }
}

impl From<Reason> for Failure {
    fn from(reason: Reason) -> Self {
        Self::Refused(reason)
    }
}

impl From<UpstreamError> for Failure {
    fn from(error: UpstreamError) -> Self {
        Self::Upstream(error)
    }
}
