//! The cookies of the browser flow.

use std::time::Duration;

use http::header::{self, HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};

use crate::standin::go_cookie;

/// Holds the id of a remembered login.
pub(super) const SESSION: &str = "ory_hydra_session_dev";

/// The browser's proof that it is the one that was sent to the login page; one per client, so that two flows
/// do not disturb each other.
pub(super) fn login_csrf(client_id: &str) -> String {
    format!("ory_hydra_login_csrf_dev_{}", suffix(client_id))
}

/// The same for the consent page.
pub(super) fn consent_csrf(client_id: &str) -> String {
    format!("ory_hydra_consent_csrf_dev_{}", suffix(client_id))
}

fn suffix(client_id: &str) -> u32 {
    let digest = Sha256::digest(client_id);
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// The first cookie of that name.
pub(super) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| {
        let (have, value) = pair.trim().split_once('=')?;
        (have == name).then_some(value)
    })
}

/// `Set-Cookie` for a CSRF value.
pub(super) fn csrf(name: &str, value: &str, lifespan: Duration) -> Option<HeaderValue> {
    line(name, value, lifespan.as_secs())
}

/// `Set-Cookie` for a remembered login; 0 seconds is for as long as the browser runs.
pub(super) fn session(id: &str, seconds: u32) -> Option<HeaderValue> {
    match seconds {
        0 => written(SESSION, id, ""),
        seconds => line(SESSION, id, seconds.into()),
    }
}

/// `Set-Cookie` that removes a remembered login.
pub(super) fn no_session() -> Option<HeaderValue> {
    line(SESSION, "", 0)
}

fn line(name: &str, value: &str, seconds: u64) -> Option<HeaderValue> {
    let age = go_cookie::age(i64::try_from(seconds).unwrap_or(i64::MAX))?;
    written(name, value, &format!("; {age}"))
}

fn written(name: &str, value: &str, age: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{name}={value}; Path=/{age}; HttpOnly; SameSite=Lax")).ok()
}
