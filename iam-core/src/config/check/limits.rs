//! Numbers and files: caches, timeouts, pools, trust.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use super::context::Context;
use super::grammar;
use crate::config::problem::{Noted, Problem};
use crate::config::settings::{CacheSettings, HttpSettings};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const MINUTE_MS: u64 = 60 * 1000;
const KIB: u64 = 1024;

pub(super) fn cache(context: &mut Context<'_>, introspects: bool) -> Result<CacheSettings, Noted> {
    let config = &context.config.cache;
    if config.introspection_ttl_ms.is_some() && !introspects {
        context.idle("cache.introspection_ttl_ms", "`hydra.admin_url` is not set");
    }
    let session = number(context, "cache.session_ttl_ms", config.session_ttl_ms, 0, 0..=DAY_MS);
    let introspection = number(context, "cache.introspection_ttl_ms", config.introspection_ttl_ms, 0, 0..=DAY_MS);
    let negative = number(context, "cache.negative_ttl_ms", config.negative_ttl_ms, 1000, 0..=MINUTE_MS);
    let entries = size(context, "cache.max_entries", config.max_entries, 10_000, 1..=10_000_000);
    let off = [session, introspection, negative].iter().all(|ttl| matches!(ttl, Ok(0)));
    if off && config.max_entries.is_some() {
        context.idle("cache.max_entries", "every cache is off");
    }
    Ok(CacheSettings {
        session_ttl: Duration::from_millis(session?),
        introspection_ttl: Duration::from_millis(introspection?),
        negative_ttl: Duration::from_millis(negative?),
        max_entries: entries?,
    })
}

/// To be called last: whether a file of certificate authorities does anything depends on the URLs.
pub(super) fn http(context: &mut Context<'_>) -> Result<HttpSettings, Noted> {
    let config = &context.config.http;
    let total = number(context, "http.total_timeout_ms", config.total_timeout_ms, 5000, 1..=2 * MINUTE_MS);
    let longest = total.unwrap_or(2 * MINUTE_MS);
    let connect = number(context, "http.connect_timeout_ms", config.connect_timeout_ms, longest.min(1000), 1..=longest);
    let retries = number(context, "http.max_retries", config.max_retries, 2, 0..=10);
    let body = size(context, "http.max_response_bytes", config.max_response_bytes, KIB * KIB, KIB..=64 * KIB * KIB);
    let idle = size(context, "http.pool_max_idle", config.pool_max_idle, 32, 0..=10_000);
    // Half is kept for recently valid credentials: there must be two halves.
    let in_flight = size(context, "http.max_in_flight", config.max_in_flight, 256, 2..=100_000);
    // A proxy is spoken to in plain http also where what it tunnels is https.
    let proxy = config.proxy_url.as_deref().map(grammar::server).transpose();
    let proxy = proxy.map_err(|bad| context.note("http.proxy_url", |path| bad.at(path)));
    let ca_file = ca_file(context);
    Ok(HttpSettings {
        connect_timeout: Duration::from_millis(connect?),
        total_timeout: Duration::from_millis(total?),
        max_retries: u32::try_from(retries?).unwrap_or(u32::MAX),
        max_response_bytes: body?,
        pool_max_idle: idle?,
        max_in_flight: in_flight?,
        proxy: proxy?,
        ca_file: ca_file?,
    })
}

fn ca_file(context: &mut Context<'_>) -> Result<Option<PathBuf>, Noted> {
    let Some(file) = context.config.tls.ca_file.as_deref() else { return Ok(None) };
    let file = PathBuf::from(file);
    if !file.is_file() {
        return Err(context.note("tls.ca_file", |path| Problem::new(path, "no such file", "the path of a PEM file")));
    }
    if !context.https {
        return Err(context.idle("tls.ca_file", "no URL of this tenant is https"));
    }
    Ok(Some(file))
}

fn number(
    context: &mut Context<'_>,
    key: &'static str,
    given: Option<u64>,
    default: u64,
    range: RangeInclusive<u64>,
) -> Result<u64, Noted> {
    let number = given.unwrap_or(default);
    if range.contains(&number) {
        return Ok(number);
    }
    let allowed = format!("{} to {}", range.start(), range.end());
    Err(context.note(key, |path| Problem::new(path, format!("`{number}`"), allowed)))
}

fn size(
    context: &mut Context<'_>,
    key: &'static str,
    given: Option<u64>,
    default: u64,
    range: RangeInclusive<u64>,
) -> Result<usize, Noted> {
    number(context, key, given, default, range).map(|number| usize::try_from(number).unwrap_or(usize::MAX))
}
