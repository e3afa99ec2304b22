//! How Go's `http.SetCookie` writes a time, where gorilla's sessions make the cookie.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// The attributes of a cookie that lives for so many seconds; 0 or less removes it.
pub(super) fn age(seconds: i64) -> Option<String> {
    let expires = OffsetDateTime::now_utc().checked_add(time::Duration::seconds(seconds))?;
    let expires = expires.format(&Rfc2822).ok()?.replace("+0000", "GMT");
    Some(format!("Expires={expires}; Max-Age={}", seconds.max(0)))
}
