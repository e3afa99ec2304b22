//! Page sizes and tokens of Hydra's and Keto's lists.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A token is good for one hour (`keysetpagination_v2` of Ory's shared library).
const TOKEN_LIFESPAN: Duration = Duration::from_secs(3600);

/// Entries on a page when the caller names no number.
const DEFAULT_SIZE: usize = 100;

/// Entries on a page at most; a larger wish is clamped, not refused.
const MAX_SIZE: usize = 500;

/// The number of entries that a caller gets for `page_size`; `None` if it is no number.
pub(super) fn size(wanted: Option<&str>) -> Option<usize> {
    match wanted.filter(|wanted| !wanted.is_empty()) {
        None => Some(DEFAULT_SIZE),
        Some(wanted) => match wanted.parse::<i64>().ok()? {
            ..=0 => Some(DEFAULT_SIZE),
            wanted => Some(usize::try_from(wanted).unwrap_or(MAX_SIZE).min(MAX_SIZE)),
        },
    }
}

/// Where a page begins: a position in one query's list.
pub(super) fn token(query: &str, position: &str) -> String {
    let issued = unix_seconds(SystemTime::now());
    URL_SAFE_NO_PAD.encode(format!("{issued}.{:x}.{position}", digest(query)))
}

/// The position in a token; `None` if it is broken, too old, or another query's.
pub(super) fn position(query: &str, token: &str) -> Option<String> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let mut parts = text.splitn(3, '.');
    let issued: u64 = parts.next()?.parse().ok()?;
    let of_query = parts.next()? == format!("{:x}", digest(query));
    let position = parts.next()?;
    let age = unix_seconds(SystemTime::now()).checked_sub(issued)?;
    (of_query && age < TOKEN_LIFESPAN.as_secs()).then(|| position.to_owned())
}

fn digest(query: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    query.hash(&mut hasher);
    hasher.finish()
}

fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_clamped_and_words_refused() {
        assert_eq!(size(None), Some(100));
        assert_eq!(size(Some("0")), Some(100));
        assert_eq!(size(Some("-4")), Some(100));
        assert_eq!(size(Some("7")), Some(7));
        assert_eq!(size(Some("1000")), Some(500));
        assert_eq!(size(Some("many")), None);
    }

    #[test]
    fn a_token_belongs_to_its_query_and_dies_after_an_hour() {
        let fresh = token("namespace=a", "a.b");
        assert_eq!(position("namespace=a", &fresh).as_deref(), Some("a.b"));
        assert_eq!(position("namespace=b", &fresh), None);
        assert_eq!(position("namespace=a", "nonsense"), None);
        let old = unix_seconds(SystemTime::now()) - 3601;
        let old = URL_SAFE_NO_PAD.encode(format!("{old}.{:x}.a.b", digest("namespace=a")));
        assert_eq!(position("namespace=a", &old), None);
    }
}
