//! The ways Kratos pages: keyset tokens (identities, all sessions), offset
//! tokens (the sessions of one identity), and numbers (identities, of old).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::LINK;
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;

use super::call::Call;
use super::query::Params;
use super::wire::ApiError;

const DEFAULT_SIZE: usize = 250;

/// `page_size`: 0 and negative numbers mean the default of 250, numbers over
/// `max` mean `max`.
///
/// # Errors
/// 400 for anything that is no number.
pub(super) fn keyset_size(params: &Params, max: usize) -> Result<usize, ApiError> {
    let text = params.get("page_size").or_else(|| params.get("per_page")).unwrap_or("0");
    let size: i64 = text.parse().map_err(|_| ApiError::bad_request("could not parse parameter page_size"))?;
    Ok(match usize::try_from(size) {
        Ok(0) | Err(_) => DEFAULT_SIZE,
        Ok(size) => size.min(max),
    })
}

/// One header, relative URLs, no `next` on the last page.
pub(super) fn set_keyset_links(call: &Call, size: usize, first: String, next: Option<String>, headers: &mut HeaderMap) {
    let link = |rel: &str, token: String| {
        let changes = [("page_size", size.to_string()), ("page_token", token)];
        let target = call.params.link(call.uri.path(), &changes);
        format!("<{target}>; rel=\"{rel}\"")
    };
    let mut links = vec![link("first", first)];
    links.extend(next.map(|token| link("next", token)));
    set(headers, &links);
}

fn set(headers: &mut HeaderMap, links: &[String]) {
    if let Ok(value) = HeaderValue::from_str(&links.join(",")) {
        headers.insert(LINK, value);
    }
}

/// A page of an offset-paged list.
#[derive(Clone, Copy, Debug)]
pub(super) struct OffsetPage {
    page: i64,
    size: i64,
    names: Names,
}

/// What an offset-paged list calls its pages in its links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    /// By a token and by a number.
    Both,
    Numbers,
}

impl OffsetPage {
    const MAX_SIZE: i64 = 1000;

    /// Where `page` asks for the way of before keyset tokens (`x/pagination.go`).
    ///
    /// # Errors
    /// 400 for what lies too far back.
    pub(super) fn by_number(params: &Params) -> Result<Option<Self>, ApiError> {
        const MAX_SIZE: i64 = 500;
        const MAX_OFFSET: i64 = 1000;
        if !params.has("page") || params.has("page_token") || params.has("page_size") {
            return Ok(None);
        }
        let Self { page, size, .. } = Self::of(params);
        let size = size.min(MAX_SIZE);
        if page.saturating_mul(size) > MAX_OFFSET {
            return Err(ApiError::bad_request("Legacy pagination is not supported for so many items."));
        }
        Ok(Some(Self { page, size, names: Names::Numbers }))
    }

    /// From `page_token` and `page_size`, or else `page` and `per_page`. Bad
    /// values mean the defaults, as in Ory's own parser.
    pub(super) fn of(params: &Params) -> Self {
        let number = |key| params.get(key).and_then(|v| v.parse::<i64>().ok());
        let size = |key| match number(key) {
            Some(n) if n > 0 => n.min(Self::MAX_SIZE),
            _ => DEFAULT_SIZE as i64,
        };
        if params.has("page_token") || params.has("page_size") {
            let size = size("page_size");
            let offset = params.get("page_token").and_then(decode).unwrap_or(0);
            let page = offset.max(0) / size;
            return Self { page, size, names: Names::Both };
        }
        Self { page: number("page").unwrap_or(0).max(0), size: size("per_page"), names: Names::Both }
    }

    /// The items of this page.
    pub(super) fn cut<T>(self, items: Vec<T>) -> Vec<T> {
        let usize = |n| usize::try_from(n).unwrap_or(usize::MAX);
        items.into_iter().skip(usize(self.page.saturating_mul(self.size))).take(usize(self.size)).collect()
    }

    /// `X-Total-Count` and links, with all that is odd about them: an empty
    /// list has a `next` on every page (`oryx/pagination/header.go`).
    pub(super) fn set_links(self, call: &Call, total: usize, headers: &mut HeaderMap) {
        headers.insert("x-total-count", HeaderValue::from(total));
        let total = i64::try_from(total).unwrap_or(i64::MAX);
        let Self { page, size, .. } = self;
        let offset = page.saturating_mul(size);
        let last = match total % size {
            0 => total - size,
            _ => total / size * size,
        };
        let link = |rel, size, offset| self.link(call, rel, size, offset);
        let first = link("first", size, 0);
        let next = link("next", size, (page + 1).saturating_mul(size));
        let prev = link("prev", size, (page - 1).saturating_mul(size));
        let links = if offset >= last {
            match total {
                0 => vec![first, next, prev],
                _ if total <= size => vec![link("first", total, 0)],
                _ => vec![first, link("prev", size, last - size)],
            }
        } else if offset < size {
            vec![next, link("last", size, last)]
        } else {
            vec![first, next, prev, link("last", size, last)]
        };
        set(headers, &links);
    }

    fn link(self, call: &Call, rel: &str, size: i64, offset: i64) -> String {
        let mut changes = vec![("per_page", size.to_string()), ("page", (offset / size).to_string())];
        if self.names == Names::Both {
            changes.extend([("page_size", size.to_string()), ("page_token", encode(offset))]);
        }
        let target = call.params.link(call.uri.path(), &changes);
        format!("<{target}>; rel=\"{rel}\"")
    }
}

fn encode(offset: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!(r#"{{"page":"{offset}","v":1}}"#))
}

fn decode(token: &str) -> Option<i64> {
    #[derive(Deserialize)]
    struct Token {
        page: String,
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let token: Token = serde_json::from_slice(&bytes).ok()?;
    token.page.parse().ok()
}
