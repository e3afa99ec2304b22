//! The host that a request is for, by its own words or by those of a trusted proxy.

use std::sync::atomic::{AtomicBool, Ordering};

use ipnet::IpNet;
use url::Host;

use super::forwarded;
use crate::request::RequestView;

/// A request's host in its one spelling, and its port.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Authority {
    pub(crate) host: Host<String>,
    pub(crate) port: Option<u16>,
}

/// Why a request has no host that could be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HostFault {
    /// There is none.
    Missing,
    /// It is none by its grammar (RFC 9110, section 7.2).
    Malformed,
    /// There are several.
    Conflicting,
    /// No such host can exist, such as one whose A-label stands for nothing (RFC 5891, section 5.4).
    Unknown,
}

/// Whose word about a request's host is taken, besides the request's own.
pub(crate) struct TrustedProxies {
    blocks: Vec<IpNet>,
    hinted: AtomicBool,
}

impl TrustedProxies {
    pub(crate) fn new(blocks: Vec<IpNet>) -> Self {
        Self { blocks, hinted: AtomicBool::new(false) }
    }

    /// The host that the caller asked for. What a trusted proxy says of it replaces the
    /// `Host` that the proxy itself sent; from anybody else, forwarded headers say nothing.
    pub(crate) fn authority(&self, view: &dyn RequestView) -> Result<Authority, HostFault> {
        let forwarded = if self.trusts(view) { forwarded_authority(view)? } else { None };
        forwarded.map_or_else(|| own_authority(view), Ok)
    }

    fn trusts(&self, view: &dyn RequestView) -> bool {
        if self.blocks.is_empty() {
            return false;
        }
        match view.peer().map(|peer| peer.to_canonical()) {
            Some(peer) => self.blocks.iter().any(|block| block.contains(&peer)),
            None => {
                self.hint_at_unknown_peer();
                false
            }
        }
    }

    /// Looks like a proxy that is not listed: say so, once.
    fn hint_at_unknown_peer(&self) {
        if !self.hinted.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                target: "iam",
                "`trusted_proxies` is set, but the address of a request's peer is not known, so that forwarded headers \
                 have no effect: serve with connection info (axum: `into_make_service_with_connect_info::<SocketAddr>()`)"
            );
        }
    }
}

/// The request target's authority and the `Host` headers, if they agree.
fn own_authority(view: &dyn RequestView) -> Result<Authority, HostFault> {
    let mut found = One::default();
    view.authority().into_iter().for_each(|value| found.add(parse(value)));
    view.header("host", &mut |value| found.add(parse(value)));
    found.0.unwrap_or(Err(HostFault::Missing))
}

/// `X-Forwarded-Host` and the hosts of `Forwarded`, if any: one value each, and the same.
fn forwarded_authority(view: &dyn RequestView) -> Result<Option<Authority>, HostFault> {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    // A list has a comma, which no authority does: several values, whoever wrote them.
    view.header("x-forwarded-host", &mut |value| {
        old.extend(value.split(|byte| *byte == b',').map(|value| parse(value.trim_ascii())));
    });
    view.header("forwarded", &mut |value| {
        match str::from_utf8(value).ok().and_then(forwarded::hosts) {
            Some(hosts) => new.extend(hosts.iter().map(|host| parse(host.as_bytes()))),
            None => new.push(Err(HostFault::Malformed)),
        };
    });
    if old.len() > 1 || new.len() > 1 {
        return Err(HostFault::Conflicting);
    }
    let mut found = One::default();
    old.into_iter().chain(new).for_each(|value| found.add(value));
    found.0.transpose()
}

/// One value, said as often as you like.
#[derive(Default)]
struct One(Option<Result<Authority, HostFault>>);

impl One {
    fn add(&mut self, value: Result<Authority, HostFault>) {
        match &self.0 {
            None => self.0 = Some(value),
            Some(first) if *first == value => {}
            Some(_) => self.0 = Some(Err(HostFault::Conflicting)),
        }
    }
}

fn parse(authority: &[u8]) -> Result<Authority, HostFault> {
    let text = str::from_utf8(authority).map_err(|_| HostFault::Malformed)?;
    let port_begins = match text.strip_prefix('[') {
        Some(_) => text.find(']').ok_or(HostFault::Malformed)? + 1,
        None => text.find(':').unwrap_or(text.len()),
    };
    let (host, port) = text.split_at(port_begins);
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => None,
        Some("") => None,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.parse().map_err(|_| HostFault::Malformed)?)
        }
        _ => return Err(HostFault::Malformed),
    };
    if host.is_empty() {
        return Err(HostFault::Missing);
    }
    let sound = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if !host.starts_with('[') && !host.bytes().all(sound) {
        return Err(HostFault::Malformed);
    }
    Ok(Authority { host: canonical_host(host).ok_or(HostFault::Unknown)?, port })
}

/// A host name or address in its one spelling: lower case, A-labels, no trailing dot.
pub(crate) fn canonical_host(text: &str) -> Option<Host<String>> {
    Host::parse(text.strip_suffix('.').unwrap_or(text)).ok()
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::request::testing::Headers;

    const PROXY: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 7));

    fn authority(own: &str, headers: &[(&str, &str)], peer: Option<IpAddr>) -> Result<String, HostFault> {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let mut view = Headers::request("GET", own, headers);
        view.peer = peer;
        let authority = proxies.authority(&view)?;
        Ok(format!("{} {:?}", authority.host, authority.port))
    }

    #[test]
    fn one_spelling() {
        for (own, expected) in [
            ("Admin.Example.COM", Ok("admin.example.com None")),
            ("admin.example.com.", Ok("admin.example.com None")),
            ("admin.example.com:8443", Ok("admin.example.com Some(8443)")),
            ("admin.example.com.:", Ok("admin.example.com None")),
            ("xn--bcher-kva.example", Ok("xn--bcher-kva.example None")),
            ("127.0.0.1:80", Ok("127.0.0.1 Some(80)")),
            ("[::0001]:80", Ok("[::1] Some(80)")),
            ("", Err(HostFault::Missing)),
            (":80", Err(HostFault::Missing)),
            ("xn--admin-.example", Err(HostFault::Unknown)),
            ("1.2.3.999", Err(HostFault::Unknown)),
            ("a.example:80:80", Err(HostFault::Malformed)),
            ("a.example:+80", Err(HostFault::Malformed)),
            ("a.example:65536", Err(HostFault::Malformed)),
            ("[::1", Err(HostFault::Malformed)),
            ("[::1]x", Err(HostFault::Malformed)),
            ("a@b.example", Err(HostFault::Malformed)),
            ("a b.example", Err(HostFault::Malformed)),
            ("%61dmin.example", Err(HostFault::Malformed)),
            ("\u{ff41}dmin.example", Err(HostFault::Malformed)),
            ("a.example,b.example", Err(HostFault::Malformed)),
        ] {
            assert_eq!(authority(own, &[], None), expected.map(String::from), "{own}");
        }
    }

    #[test]
    fn the_requests_own_words_agree_or_are_refused() {
        let with = |host| authority("a.example", &[("host", host)], None);
        assert_eq!(with("A.example"), Ok("a.example None".into()));
        assert_eq!(with("b.example"), Err(HostFault::Conflicting));
        assert_eq!(with("a.example:81"), Err(HostFault::Conflicting));
        assert_eq!(with("a b"), Err(HostFault::Conflicting));
    }

    #[test]
    fn forwarded_headers_count_from_trusted_peers_only() {
        let headers = [("x-forwarded-host", "admin.example"), ("forwarded", "host=admin.example")];
        for (peer, expected) in [
            (Some(PROXY), "admin.example None"),
            (Some("::ffff:10.0.0.7".parse().unwrap()), "admin.example None"),
            (Some("192.0.2.1".parse().unwrap()), "own.example None"),
            (None, "own.example None"),
        ] {
            assert_eq!(authority("own.example", &headers, peer), Ok(expected.into()), "{peer:?}");
        }
    }

    #[test]
    fn a_trusted_peer_says_one_thing() {
        for (headers, expected) in [
            (&[("x-forwarded-host", "a.example:8443")][..], Ok("a.example Some(8443)")),
            (&[("forwarded", "for=192.0.2.1, host=a.example")], Ok("a.example None")),
            (&[("forwarded", "for=192.0.2.1")], Ok("own.example None")),
            (&[("x-forwarded-host", "a.example, b.example")], Err(HostFault::Conflicting)),
            (&[("x-forwarded-host", "a.example, a.example")], Err(HostFault::Conflicting)),
            (&[("x-forwarded-host", "a.example"), ("x-forwarded-host", "a.example")], Err(HostFault::Conflicting)),
            (&[("x-forwarded-host", "a.example"), ("forwarded", "host=b.example")], Err(HostFault::Conflicting)),
            (&[("forwarded", "host=a.example, host=a.example")], Err(HostFault::Conflicting)),
            (&[("forwarded", "host")], Err(HostFault::Malformed)),
            (&[("x-forwarded-host", "")], Err(HostFault::Missing)),
        ] {
            assert_eq!(authority("own.example", headers, Some(PROXY)), expected.map(String::from), "{headers:?}");
        }
    }
}
