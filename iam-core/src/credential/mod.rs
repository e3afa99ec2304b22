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
use crate::policy::CredentialKind;
use crate::reason::Reason;
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
    if !kind.takes_sessions() {
        return Ok(bearer::read(view)?.map(Credential::AccessToken));
    }
    let cookie = match tenant.transport {
        Transport::Bearer => None,
        Transport::Cookie | Transport::CookieOrBearer => cookie::read(&tenant.cookie_name, view)?,
    };
    let token = match tenant.transport {
        _ if kind.takes_tokens() => bearer::read(view)?.map(|token| told_apart(token, tenant.transport)).transpose()?,
        Transport::Cookie => None,
        Transport::Bearer | Transport::CookieOrBearer => bearer::read(view)?.map(Credential::SessionToken),
    };
    match (cookie, token, tenant.prefer) {
        (Some(_), Some(_), None) => Err(Reason::Ambiguous),
        (Some(cookie), _, Some(Prefer::Cookie)) | (Some(cookie), None, _) => Ok(Some(Credential::Cookie(cookie))),
        (_, Some(token), _) => Ok(Some(token)),
        (None, None, _) => Ok(None),
    }
}

/// Where sessions and access tokens both come as `Bearer`, the token itself says which it is:
/// Kratos' session tokens begin with `ory_st_`, Hydra's opaque access tokens with `ory_at_`, and
/// its signed ones are three parts with dots between (RFC 7515, section 7.1). What is none of
/// these is asked about nowhere.
fn told_apart(token: &str, transport: Transport) -> Result<Credential<'_>, Reason> {
    if token.starts_with("ory_st_") && transport != Transport::Cookie {
        return Ok(Credential::SessionToken(token));
    }
    let is_signed = token.split('.').count() == 3 && token.split('.').all(|part| !part.is_empty());
    if token.starts_with("ory_at_") || (is_signed && !token.starts_with("ory_")) {
        return Ok(Credential::AccessToken(token));
    }
    Err(Reason::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_itself_which_it_is() {
        for (token, expected) in [
            ("ory_st_abc", Ok(Credential::SessionToken("ory_st_abc"))),
            ("ory_at_abc.def", Ok(Credential::AccessToken("ory_at_abc.def"))),
            ("eyJh.eyJp.c2ln", Ok(Credential::AccessToken("eyJh.eyJp.c2ln"))),
            ("eyJh.eyJp.", Err(Reason::Malformed)),
            ("eyJh.eyJp", Err(Reason::Malformed)),
            ("ory_rt_a.b.c", Err(Reason::Malformed)),
            ("abc", Err(Reason::Malformed)),
        ] {
            assert_eq!(told_apart(token, Transport::Bearer), expected, "{token}");
        }
        assert_eq!(told_apart("ory_st_abc", Transport::Cookie), Err(Reason::Malformed));
    }
}
