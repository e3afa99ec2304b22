use std::time::Duration;

use super::{Failure, Reason};
use crate::RequestId;
use crate::config::{TenantSettings, Transport};
use crate::error::{Problem, ProblemResponse, RETRY_AFTER};
use crate::policy::CredentialKind;

/// A request that its policy does not let through, ready to be answered.
#[derive(Debug, Clone)]
pub struct Refusal {
    reason: Reason,
    request_id: RequestId,
    retry_after: Option<Duration>,
    step_up_url: Option<Box<str>>,
    challenge: Option<String>,
    vary: &'static str,
}

impl Refusal {
    pub(super) fn new(
        failure: Failure,
        kind: CredentialKind,
        tenant: &TenantSettings,
        request_id: RequestId,
    ) -> Box<Self> {
        let reason = failure.reason();
        Box::new(Self {
            reason,
            request_id,
            retry_after: failure.retry_after().or((reason.status() == 503).then_some(RETRY_AFTER)),
            step_up_url: if let Failure::StepUp(_, url) = failure { url } else { None },
            challenge: (reason.status() == 401).then(|| challenge(kind, tenant)),
            vary: vary(kind, tenant),
        })
    }

    /// Of a request whose host leads to no tenant.
    pub(crate) fn without_tenant(reason: Reason, request_id: RequestId, vary: &'static str) -> Box<Self> {
        let retry_after = (reason.status() == 503).then_some(RETRY_AFTER);
        Box::new(Self { reason, request_id, retry_after, step_up_url: None, challenge: None, vary })
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The answer, the same for every framework.
    #[must_use]
    pub fn response(&self) -> ProblemResponse {
        let title = match self.reason.status() {
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            421 => "Misdirected Request",
            _ => "Service Unavailable",
        };
        let problem = Problem {
            status: self.reason.status(),
            title,
            code: self.reason.code(),
            detail: detail(self.reason),
            request_id: Some(self.request_id),
            step_up_url: self.step_up_url.as_deref(),
        };
        let mut response = problem.response(self.retry_after);
        if let Some(challenge) = &self.challenge {
            response.headers.push(("www-authenticate", challenge.clone()));
        }
        response.headers.push(("vary", self.vary.into()));
        response
    }
}

/// At least one challenge goes with each 401 (RFC 9110, section 15.5.2). A cookie's
/// has no registered scheme; its name is the one of draft-broyer-http-cookie-auth.
fn challenge(kind: CredentialKind, tenant: &TenantSettings) -> String {
    let bearer = || format!("Bearer realm=\"{}\"", tenant.name);
    let cookie = || format!("Cookie realm=\"{}\", cookie-name=\"{}\"", tenant.name, tenant.cookie_name);
    match tenant.transport {
        _ if !kind.takes_sessions() => bearer(),
        Transport::Bearer => bearer(),
        Transport::Cookie if !kind.takes_tokens() => cookie(),
        Transport::Cookie | Transport::CookieOrBearer => format!("{}, {}", bearer(), cookie()),
    }
}

/// The request headers that the answer depends on.
pub(crate) fn vary(kind: CredentialKind, tenant: &TenantSettings) -> &'static str {
    match tenant.transport {
        _ if !kind.takes_sessions() => "authorization",
        Transport::Bearer => "authorization",
        Transport::Cookie if !kind.takes_tokens() => "cookie",
        Transport::Cookie | Transport::CookieOrBearer => VARY_ON_ANY,
    }
}

/// Wherever a credential may stand.
pub(crate) const VARY_ON_ANY: &str = "authorization, cookie";

fn detail(reason: Reason) -> &'static str {
    match reason {
        Reason::Ambiguous => "the request carries more than one credential",
        Reason::Csrf => "the request does not come from an allowed origin",
        Reason::SecondFactor => "a second factor is required",
        Reason::SessionTooOld => "the session is too old for this: log in again",
        Reason::CheckUnavailable => "whether this is allowed could not be found out",
        Reason::BadParameter => "a path parameter cannot be used",
        Reason::HostUnknown => "this host is not served here",
        Reason::HostMalformed => "the request's host cannot be read",
        Reason::HostConflict => "the request names more than one host",
        Reason::HostResolver => "the host could not be looked up",
        Reason::Upstream | Reason::UpstreamCredentialRefused => "the identity service gave no usable answer",
        other if other.status() == 401 => "valid credentials are required",
        _ => "the credentials do not allow this",
    }
}
