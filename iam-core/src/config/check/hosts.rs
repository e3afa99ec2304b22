//! The map from hosts to tenants.

use crate::config::model::IamConfig;
use crate::config::problem::{Noted, Problem, Problems};
use crate::config::wording;
use crate::host::canonical_host;

const PATH: &str = "hosts";

/// Host patterns with their tenants' names.
pub(super) fn check(
    config: &IamConfig,
    names: &[&'static str],
    problems: &mut Problems,
) -> Result<Vec<(Box<str>, &'static str)>, Noted> {
    let hosts = config.hosts.iter().flatten();
    let hosts: Vec<_> = hosts
        .map(|(host, tenant)| {
            let host = pattern(host).map_err(|near| {
                let allowed = "a host as requests name it, without port, such as `shop.example.com` or `*.example.com`";
                problems.note(Problem::new(PATH, wording::shown(host), allowed).near(near))
            });
            let tenant = names.iter().find(|name| *name == tenant).copied().ok_or_else(|| {
                let allowed = wording::names(names.iter().copied());
                let near = wording::nearest(tenant, names.iter().copied());
                problems.note(Problem::new(PATH, wording::shown(tenant), allowed).near(near))
            });
            Ok((host?, tenant?))
        })
        .collect();
    hosts.into_iter().collect()
}

/// A host in its one spelling, maybe behind `*.`; else the nearest that is.
fn pattern(text: &str) -> Result<Box<str>, Option<String>> {
    let (star, name) = match text.strip_prefix("*.") {
        Some(parent) => ("*.", parent),
        None => ("", text),
    };
    let bare = name.split_once("://").map_or(name, |(_, rest)| rest);
    let bare = bare.strip_suffix('/').unwrap_or(bare);
    // Behind the last colon stands a port, unless it is an IPv6 address' own.
    let bare = match bare.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => host,
        _ => bare,
    };
    let host = canonical_host(bare).filter(|host| star.is_empty() || matches!(host, url::Host::Domain(_)));
    let near = host.map(|host| format!("{star}{host}")).filter(|near| !near.trim_start_matches("*.").is_empty());
    match near {
        Some(near) if near == text && !name.contains('*') => Ok(near.into()),
        near => Err(near.filter(|near| !near[star.len()..].contains('*'))),
    }
}
