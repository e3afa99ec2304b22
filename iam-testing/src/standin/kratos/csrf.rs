//! Anti-CSRF tokens of browser flows as Ory's nosurf makes them: the cookie
//! holds the token, each form holds it masked with a fresh pad.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};
use url::Url;

use super::cookie;
use super::wire::ApiError;

const TOKEN_BYTES: usize = 32;
const YEAR_SECS: i64 = 365 * 24 * 60 * 60;

type Token = [u8; TOKEN_BYTES];

/// The token of one browser.
#[derive(Clone, Copy)]
pub(super) struct CsrfToken(Token);

impl CsrfToken {
    pub(super) fn generate() -> Self {
        Self(rand::random())
    }

    /// The token in the request's cookie, if it has one.
    pub(super) fn of_request(headers: &HeaderMap, cookie_name: &str) -> Option<Self> {
        let bytes = STANDARD.decode(cookie::find(headers, cookie_name)?).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The value of the hidden node; different each time.
    pub(super) fn masked(&self) -> String {
        let pad: Token = rand::random();
        let mut bytes = pad.to_vec();
        bytes.extend(xor(&self.0, &pad));
        STANDARD.encode(bytes)
    }

    /// Whether `masked` was made from this token.
    pub(super) fn matches(&self, masked: &str) -> bool {
        let Ok(bytes) = STANDARD.decode(masked) else {
            return false;
        };
        match bytes.split_at_checked(TOKEN_BYTES) {
            Some((pad, rest)) if rest.len() == TOKEN_BYTES => xor(&self.0, pad) == rest,
            _ => false,
        }
    }

    pub(super) fn set_cookie(&self, name: &str, secure: bool) -> Option<HeaderValue> {
        cookie::lasting(name, &STANDARD.encode(self.0), YEAR_SECS, secure)
    }
}

fn xor(token: &Token, pad: &[u8]) -> Vec<u8> {
    token.iter().zip(pad).map(|(t, p)| t ^ p).collect()
}

/// `csrf_token_` and the hash of the public base URL (`x/nosurfx/nosurf.go`).
pub(super) fn cookie_name(public_url: &Url) -> String {
    let base = public_url.as_str().trim_end_matches('/');
    format!("csrf_token_{:x}", Sha256::digest(base))
}

/// Whether an answer at this path hands out the cookie to whoever has none; calls of apps are left alone, and so are
/// forms, which come with it.
pub(super) fn is_set_at(path: &str) -> bool {
    const WITHOUT: [&str; 11] = [
        "/self-service/login",
        "/self-service/login/api",
        "/self-service/registration",
        "/self-service/registration/api",
        "/self-service/settings",
        "/self-service/settings/api",
        "/self-service/logout/api",
        "/self-service/recovery",
        "/self-service/recovery/api",
        "/self-service/verification/api",
        "/sessions",
    ];
    let below = [
        "/sessions/",
        "/schemas",
        "/admin/identities",
        "/admin/recovery/",
        "/identities",
        "/recovery/",
        "/health/",
        "/version",
    ];
    !WITHOUT.contains(&path) && !below.iter().any(|start| path.starts_with(start))
}

/// Whether the browser that sent `headers` has an anti-CSRF cookie already.
pub(super) fn is_there(headers: &HeaderMap, cookie_name: &str) -> bool {
    CsrfToken::of_request(headers, cookie_name).is_some()
}

/// Checks that the browser which sent `headers` also was given `masked`.
///
/// # Errors
/// 403 `security_csrf_violation` that says what was missing (`x/nosurfx/nosurf.go`, `CSRFErrorReason`).
pub(super) fn check(headers: &HeaderMap, cookie_name: &str, masked: &str) -> Result<(), ApiError> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let reason = match CsrfToken::of_request(headers, cookie_name) {
        Some(token) if token.matches(masked) => return Ok(()),
        // The server does not look into JSON for what it is to be told.
        Some(_)
            if !text("content-type").starts_with("application/json")
                && masked.is_empty()
                && text("x-csrf-token").is_empty() =>
        {
            None
        }
        Some(_) => Some(
            "The HTTP Cookie Header was set and a CSRF token was sent but they do not match. We recommend deleting all cookies for this domain and retrying the flow.",
        ),
        None if text("cookie").is_empty() => Some("The HTTP Cookie Header is empty or not set."),
        None => Some("The HTTP Cookie Header was set but did not include the anti-CSRF cookie."),
    };
    let is_script = matches!(text("sec-fetch-mode"), "cors" | "same-origin");
    let hint = match (reason, is_script) {
        (None, _) => {
            "The anti-CSRF cookie was found but the CSRF token was not included in the HTTP request body (csrf_token) nor in the HTTP Header (X-CSRF-Token)."
        }
        (_, true) => {
            "We detected an AJAX call, please ensure that CORS is enabled and configured correctly, and that your AJAX code sends cookies and has credentials enabled."
        }
        (_, false) => {
            "We detected a regular browser or server-side call. To debug browser calls check your Browser's Network Tab to see what cookies are included or excluded."
        }
    };
    let error = ApiError::forbidden(
        "Please retry the flow and optionally clear your cookies. The request was rejected to protect you from Cross-Site-Request-Forgery (CSRF).",
    )
    .message("the request was rejected to protect you from Cross-Site-Request-Forgery")
    .id("security_csrf_violation")
    .detail("docs", "https://www.ory.com/docs/troubleshooting/csrf")
    .detail("hint", hint);
    Err(match reason {
        Some(reason) => error.detail("reject_reason", reason),
        None => error,
    })
}
