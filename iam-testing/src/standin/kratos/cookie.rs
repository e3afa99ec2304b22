//! The session cookie: which session it stands for and until when, sealed
//! under a key of this server alone, so that a cookie of another project
//! cannot be decoded. Real Kratos encrypts the session token instead; in
//! neither can the token be read from the cookie.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use sha2::Sha256;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::standin::go_cookie;

const TAG_BYTES: usize = 32;
const BODY_BYTES: usize = 8 + 16 + 16;

/// What a session cookie says.
#[derive(Clone, Copy, Debug)]
pub(super) struct SessionCookie {
    pub(super) session: Uuid,
    /// The expiry at the time of issue; older than the session's after an
    /// extension.
    pub(super) expires_at: OffsetDateTime,
}

/// Seals and opens session cookies.
pub(super) struct CookieKey([u8; 32]);

impl CookieKey {
    pub(super) fn generate() -> Self {
        Self(rand::random())
    }

    fn mac(&self, body: &[u8]) -> Hmac<Sha256> {
        // HMAC takes keys of any length, so the fallback is never reached;
        // an all-zero key would still only make cookies that do not open.
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).unwrap_or_else(|_| Hmac::<Sha256>::new(&Default::default()));
        mac.update(body);
        mac
    }

    /// A new value, different each time.
    pub(super) fn seal(&self, cookie: SessionCookie) -> String {
        let mut bytes = Vec::with_capacity(BODY_BYTES + TAG_BYTES);
        bytes.extend(rand::random::<[u8; 8]>());
        bytes.extend(cookie.session.as_bytes());
        bytes.extend(cookie.expires_at.unix_timestamp_nanos().to_be_bytes());
        let tag = self.mac(&bytes).finalize().into_bytes();
        bytes.extend(tag);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// `None` for whatever [`Self::seal`] of this key did not make.
    pub(super) fn open(&self, value: &str) -> Option<SessionCookie> {
        let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
        let (body, tag) = bytes.split_at_checked(BODY_BYTES)?;
        self.mac(body).verify_slice(tag).ok()?;
        let session = Uuid::from_slice(body.get(8..24)?).ok()?;
        let nanos = i128::from_be_bytes(body.get(24..40)?.try_into().ok()?);
        let expires_at = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?;
        Some(SessionCookie { session, expires_at })
    }
}

/// The first cookie called `name`; later ones of the name are not looked at.
pub(super) fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    all(headers).find(|(n, _)| *n == name).map(|(_, v)| v)
}

/// All cookies of the request.
pub(super) fn all(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .map(|(name, value)| (name, value.trim_matches('"')))
}

/// A `Set-Cookie` line that lives for `max_age_secs`; 0 or less removes it.
pub(super) fn line(name: &str, value: &str, max_age_secs: i64, secure: bool) -> Option<HeaderValue> {
    written(name, value, &go_cookie::age(max_age_secs)?, secure)
}

/// The same without a date, as for the anti-CSRF cookie.
pub(super) fn lasting(name: &str, value: &str, max_age_secs: i64, secure: bool) -> Option<HeaderValue> {
    written(name, value, &format!("Max-Age={max_age_secs}"), secure)
}

fn written(name: &str, value: &str, age: &str, secure: bool) -> Option<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; {age}; HttpOnly{secure}; SameSite=Lax")).ok()
}
