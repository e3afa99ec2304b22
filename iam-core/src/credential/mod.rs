//! Header bytes to at most one credential of the route's kind, or a refusal.
//!
//! What the tenant's transport does not name is never read: not as a
//! credential, and not as a reason to refuse.

mod bearer;
mod cookie;
mod csrf;

pub(crate) use cookie::foreign_session_cookie;
pub(crate) use csrf::check as check_csrf;

use crate::cache::CredentialSort;
use crate::config::{Prefer, TenantSettings, Transport};
use crate::decision::Reason;
use crate::policy::CredentialKind;
use crate::request::RequestView;

/// The one credential of a request, still in the request's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Credential<'a> {
    /// The value of the tenant's session cookie.
    Cookie(&'a str),
    /// A session token in `Authorization: Bearer`.
    SessionToken(&'a str),
    /// An access token in `Authorization: Bearer`.
    AccessToken(&'a str),
}

impl<'a> Credential<'a> {
    pub(crate) fn sort(&self) -> CredentialSort {
        match self {
            Self::Cookie(_) => CredentialSort::Cookie,
            Self::SessionToken(_) => CredentialSort::SessionToken,
            Self::AccessToken(_) => CredentialSort::AccessToken,
        }
    }

    pub(crate) fn text(&self) -> &'a str {
        match self {
            Self::Cookie(text) | Self::SessionToken(text) | Self::AccessToken(text) => text,
        }
    }
}

/// Reads the credential that a policy of this kind asks for.
pub(crate) fn read<'a>(
    kind: CredentialKind,
    tenant: &TenantSettings,
    view: &'a dyn RequestView,
) -> Result<Option<Credential<'a>>, Reason> {
    if kind.is_oauth2() {
        return Ok(bearer::read(view)?.map(Credential::AccessToken));
    }
    let cookie = match tenant.transport {
        Transport::Bearer => None,
        Transport::Cookie | Transport::CookieOrBearer => cookie::read(&tenant.cookie_name, view)?,
    };
    let token = match tenant.transport {
        Transport::Cookie => None,
        Transport::Bearer | Transport::CookieOrBearer => bearer::read(view)?,
    };
    match (cookie, token, tenant.prefer) {
        (Some(_), Some(_), None) => Err(Reason::Ambiguous),
        (Some(cookie), _, Some(Prefer::Cookie)) | (Some(cookie), None, _) => Ok(Some(Credential::Cookie(cookie))),
        (_, Some(token), _) => Ok(Some(Credential::SessionToken(token))),
        (None, None, _) => Ok(None),
    }
}
