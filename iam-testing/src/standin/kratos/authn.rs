//! Which session a request speaks for (`session/manager_http.go`).

use http::header::{AUTHORIZATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use time::OffsetDateTime;

use super::Kratos;
use super::cookie::{self, SessionCookie};
use super::csrf::CsrfToken;
use super::identity::{Identity, IdentityState};
use super::session::{Aal, Session};
use super::store::Store;
use super::wire::ApiError;
use crate::standin::RequiredAal;

const SESSION_TOKEN: &str = "x-session-token";

/// `ErrNoActiveSessionFound`: everywhere but in whoami and its neighbours.
pub(super) fn no_session() -> ApiError {
    ApiError::unauthorized("No active session was found in this request.")
        .message("request does not have a valid authentication session")
        .id("session_inactive")
}

/// The token of `Authorization: Bearer`: two parts, one space.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let usable = scheme.eq_ignore_ascii_case("bearer") && !token.contains(' ');
    Some(token).filter(|_| usable)
}

impl Kratos {
    /// What the session cookie says: `None` without one, an error if it
    /// cannot be decoded.
    fn session_cookie(&self, headers: &HeaderMap) -> Result<Option<SessionCookie>, ApiError> {
        let Some(value) = cookie::find(headers, &self.config.cookie_name) else {
            return Ok(None);
        };
        let invalid = || ApiError::internal("securecookie: the value is not valid");
        self.cookie_key.open(value).map(Some).ok_or_else(invalid)
    }

    /// The session that the request's winning credential names, active or
    /// not: token header, else cookie, else Bearer.
    fn named_session<'s>(&self, store: &'s Store, headers: &HeaderMap) -> Option<&'s Session> {
        let token = headers.get(SESSION_TOKEN).filter(|v| !v.is_empty());
        if let Some(token) = token {
            return store.session_by_token(token.to_str().ok()?);
        }
        match self.session_cookie(headers) {
            Ok(Some(cookie)) => store.session(cookie.session),
            Ok(None) | Err(_) => store.session_by_token(bearer(headers)?),
        }
    }

    /// Whether the request has anything that could name a session.
    pub(super) fn has_credential(&self, headers: &HeaderMap) -> bool {
        let has_token = headers.get(SESSION_TOKEN).is_some_and(|token| !token.is_empty());
        has_token || bearer(headers).is_some() || matches!(self.session_cookie(headers), Ok(Some(_)))
    }

    /// The active session of the request, whatever the state of its identity,
    /// which is not loaded. Nothing is found while the database is down.
    pub(super) fn session<'s>(&self, store: &'s Store, headers: &HeaderMap) -> Option<&'s Session> {
        self.named_session(store, headers).filter(|session| store.ready && session.is_active())
    }

    /// The active session of the request and its active identity.
    pub(super) fn user<'s>(&self, store: &'s Store, headers: &HeaderMap) -> Option<(&'s Session, &'s Identity)> {
        let session = self.session(store, headers)?;
        let identity = store.identity(session.identity)?;
        (identity.state == IdentityState::Active).then_some((session, identity))
    }

    /// The session that logout ends: that of the Bearer token if there is
    /// one, else that of the cookie.
    pub(super) fn session_to_purge<'s>(&self, store: &'s Store, headers: &HeaderMap) -> Option<&'s Session> {
        if let Some(token) = bearer(headers) {
            return store.session_by_token(token);
        }
        let cookie = self.session_cookie(headers).ok()??;
        store.session(cookie.session)
    }

    /// # Errors
    /// 403 `session_aal2_required` if the session lacks a second factor that
    /// its identity has and the configuration asks for.
    pub(super) fn require_aal(&self, session: &Session, identity: &Identity) -> Result<(), ApiError> {
        let enough = match self.config.switches.required_aal {
            RequiredAal::Aal1 => true,
            RequiredAal::HighestAvailable => session.aal() == Aal::Two || !identity.has_second_factor(),
        };
        if enough {
            return Ok(());
        }
        let to = self.second_factor_url();
        let error = ApiError::forbidden("An active session was found but it does not fulfill the requested Authenticator Assurance Level. Please verify yourself with a second factor to resolve this issue.")
            .message("Session does not fulfill the requested Authenticator Assurance Level")
            .id("session_aal2_required")
            .detail("redirect_browser_to", to.as_str())
            .beside("redirect_browser_to", to);
        Err(error)
    }

    /// Where a browser goes to add the second factor.
    pub(super) fn second_factor_url(&self) -> String {
        self.public("/self-service/login/browser?aal=aal2")
    }

    /// A session cookie line.
    pub(super) fn session_cookie_line(&self, session: &Session) -> Option<HeaderValue> {
        let value = self.cookie_key.seal(SessionCookie { session: session.id, expires_at: session.expires_at });
        let left = session.expires_at - OffsetDateTime::now_utc();
        let name = &self.config.cookie_name;
        cookie::line(name, &value, left.whole_seconds(), self.is_secure())
    }

    /// The cookie that whoami sends back: only if the request had a session
    /// cookie, and only if that one expires before the session does.
    ///
    /// # Errors
    /// 500 for a cookie that cannot be decoded, although the request
    /// authenticated by other means.
    pub(super) fn refreshed_cookie(
        &self,
        headers: &HeaderMap,
        session: &Session,
    ) -> Result<Option<HeaderValue>, ApiError> {
        let cookie = self.session_cookie(headers)?;
        Ok(cookie
            .filter(|cookie| cookie.expires_at < session.expires_at)
            .and_then(|_| self.session_cookie_line(session)))
    }

    /// Hands a browser its session: a fresh anti-CSRF token, unless the
    /// request was the same identity's already, and the session cookie.
    pub(super) fn issue_cookie(&self, store: &Store, request: &HeaderMap, session: &Session, response: &mut HeaderMap) {
        let same_user = self.session(store, request).is_some_and(|prior| prior.identity == session.identity);
        let csrf = (!same_user).then(|| CsrfToken::generate().set_cookie(&self.csrf_cookie, self.is_secure()));
        let lines = [csrf.flatten(), self.session_cookie_line(session)];
        for line in lines.into_iter().flatten() {
            response.append(SET_COOKIE, line);
        }
    }
}
