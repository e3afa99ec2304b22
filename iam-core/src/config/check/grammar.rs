//! What single values must look like, without regard to any other.

use ipnet::IpNet;
use url::{Host, Url};

use crate::config::problem::Problem;
use crate::config::wording::shown;

/// What a value is instead, and what was probably meant.
#[derive(Debug)]
pub(super) struct Bad {
    found: String,
    allowed: &'static str,
    nearest: Option<String>,
}

impl Bad {
    fn new(found: impl Into<String>, allowed: &'static str) -> Self {
        Self { found: found.into(), allowed, nearest: None }
    }

    fn near(mut self, nearest: Option<String>) -> Self {
        self.nearest = nearest;
        self
    }

    pub(super) fn at(self, path: &str) -> Problem {
        Problem::new(path, self.found, self.allowed).near(self.nearest)
    }
}

pub(super) const URL: &str = "an http or https URL without user info, query or fragment";

/// A server's base URL, its path ending in a slash so that joining keeps it.
///
/// Of a URL that is refused no more than its origin is shown: what else is in it
/// may be a password or a token.
pub(super) fn server(text: &str) -> Result<Url, Bad> {
    let bad = |found: String| Err(Bad::new(found, URL));
    // The URL standard drops or rewrites these without a word.
    if text.chars().any(|letter| letter.is_whitespace() || letter.is_control() || letter == '\\') {
        return bad("text with a space, a control character or a backslash".to_owned());
    }
    let Ok(mut url) = Url::parse(text) else {
        return bad("text that is no URL".to_owned());
    };
    if !matches!(url.scheme(), "http" | "https") {
        return bad("text that begins with neither `http://` nor `https://`".to_owned());
    }
    let origin = url.origin().ascii_serialization();
    // Also an empty user info, which the parsed form no longer shows.
    let authority = text.split_once(':').map_or("", |(_, rest)| rest.trim_start_matches('/'));
    if authority.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@')) {
        return bad(format!("`{origin}` with user info"));
    }
    if url.query().is_some() {
        return bad(format!("`{origin}` with a query"));
    }
    if url.fragment().is_some() {
        return bad(format!("`{origin}` with a fragment"));
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

/// Whether the host is this machine: 127.0.0.0/8, `::1`, `localhost`.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// A URL such that equal ones mean one server: without its scheme, as one port speaks
/// only one of the two, and with one spelling for this machine.
pub(super) fn same_server(url: &Url) -> String {
    let host = match url.host() {
        Some(Host::Domain(name)) => name.trim_end_matches('.').to_owned(),
        Some(Host::Ipv4(address)) if address.octets() == [127, 0, 0, 1] => "localhost".to_owned(),
        Some(Host::Ipv6(address)) if address.is_loopback() => "localhost".to_owned(),
        Some(host) => host.to_string(),
        None => String::new(),
    };
    let port = url.port_or_known_default().unwrap_or_default();
    format!("{host}:{port}{}", url.path().trim_end_matches('/'))
}

/// An Ory Network project's slug. It becomes a part of a host name, which anything but
/// a DNS label could turn into another host (RFC 1035, section 2.3.1).
pub(super) fn slug(text: &str) -> Result<&str, Bad> {
    let inner = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
    let sound =
        (1..=63).contains(&text.len()) && text.bytes().all(inner) && !text.starts_with('-') && !text.ends_with('-');
    if sound {
        return Ok(text);
    }
    let lower = text.to_ascii_lowercase();
    let near = (lower != text && slug(&lower).is_ok()).then_some(lower);
    Err(Bad::new(shown(text), "a DNS label of lower-case letters, digits and inner hyphens").near(near))
}

/// A cookie's name: a token (RFC 6265, section 4.1.1).
pub(super) fn cookie_name(text: &str) -> Result<&str, Bad> {
    let token = |letter: u8| letter.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&letter);
    if !text.is_empty() && text.bytes().all(token) {
        return Ok(text);
    }
    Err(Bad::new(shown(text), "a cookie name: letters, digits and ``!#$%&'*+-.^_`|~``"))
}

/// An origin exactly as browsers send it (RFC 6454, section 6.2), for it is compared as text.
pub(super) fn origin(text: &str) -> Result<Url, Bad> {
    const ALLOWED: &str = "an origin as browsers send it, such as `https://app.example.com`";
    let url = server(text).map_err(|bad| Bad { allowed: ALLOWED, ..bad })?;
    let serialised = url.origin().ascii_serialization();
    if serialised == text {
        return Ok(url);
    }
    Err(Bad::new(shown(text), ALLOWED).near(Some(serialised)))
}

/// A block of addresses, spelt by its own first address.
pub(super) fn block(text: &str) -> Result<IpNet, Bad> {
    const ALLOWED: &str = "a CIDR block, such as `10.0.0.0/8`";
    let single = || text.parse().ok().map(|address: std::net::IpAddr| IpNet::from(address).to_string());
    let net: IpNet = text.parse().map_err(|_| Bad::new(shown(text), ALLOWED).near(single()))?;
    if net.trunc() == net {
        return Ok(net);
    }
    Err(Bad::new(shown(text), ALLOWED).near(Some(net.trunc().to_string())))
}

/// What a header can carry as a bearer token. The value is never shown.
pub(super) fn token(text: &str) -> Result<(), Bad> {
    const ALLOWED: &str = "a text of visible ASCII characters";
    if text.is_empty() {
        return Err(Bad::new("an empty text", ALLOWED));
    }
    if !text.bytes().all(|letter| letter.is_ascii_graphic()) {
        return Err(Bad::new("a text with a character that a token cannot have", ALLOWED));
    }
    Ok(())
}

/// What stands before an id to make a Keto subject. `#` and `@` divide a tuple's text form.
pub(super) fn subject_prefix(text: &str) -> Result<&str, Bad> {
    let usable = |letter: char| letter.is_ascii_graphic() && !matches!(letter, '#' | '@' | '(' | ')');
    if !text.is_empty() && text.chars().all(usable) {
        return Ok(text);
    }
    Err(Bad::new(shown(text), "a text such as `user:`, without spaces, `#`, `@` and brackets"))
}

/// Text that must say something.
pub(super) fn filled(text: &str) -> Result<&str, Bad> {
    if text.trim().is_empty() { Err(Bad::new("an empty text", "a text")) } else { Ok(text) }
}
