use url::Url;

use crate::config::{TenantSettings, is_loopback};
use crate::host::TrustedProxies;
use crate::request::{RequestView, single_header};

/// Whether a request that a cookie authenticates may do what it asks.
///
/// Browsers attach cookies to requests that other sites cause. Safe methods pass,
/// except protocol upgrades, which other sites can open as well. The rest needs an
/// `Origin` that is listed, or `Sec-Fetch-Site` of `same-origin` or `none`; without
/// that header, which browsers leave out on plain http and old ones always, an `Origin`
/// that is the request's own host, over https or on this machine. A request with neither header comes from no browser.
pub(crate) fn check(tenant: &TenantSettings, proxies: &TrustedProxies, view: &dyn RequestView) -> bool {
    let safe = matches!(view.method(), "GET" | "HEAD" | "OPTIONS");
    if !tenant.csrf_check || (safe && !is_upgrade(view)) {
        return true;
    }
    let (Ok(site), Ok(origin)) = (single_header(view, "sec-fetch-site"), single_header(view, "origin")) else {
        return false;
    };
    match (site, origin) {
        (None, None) => true,
        (Some(b"same-origin" | b"none"), _) => true,
        (Some(_), Some(origin)) => is_listed(origin, tenant),
        (None, Some(origin)) => is_listed(origin, tenant) || is_own(origin, proxies, view),
        (Some(_), None) => false,
    }
}

fn is_upgrade(view: &dyn RequestView) -> bool {
    let mut upgrade = false;
    view.header("upgrade", &mut |_| upgrade = true);
    view.header("connection", &mut |value| {
        upgrade |= value.split(|b| *b == b',').any(|token| token.trim_ascii().eq_ignore_ascii_case(b"upgrade"));
    });
    upgrade
}

fn is_listed(origin: &[u8], tenant: &TenantSettings) -> bool {
    tenant.allowed_origins.iter().any(|allowed| allowed.as_bytes() == origin)
}

fn is_own(origin: &[u8], proxies: &TrustedProxies, view: &dyn RequestView) -> bool {
    let Ok(origin) = str::from_utf8(origin) else { return false };
    let (Ok(origin), Ok(own)) = (Url::parse(origin), proxies.authority(view)) else { return false };
    // Behind a proxy that ends TLS the request's scheme is not known: its host and port are
    // compared under the origin's scheme. A page over plain http may be anybody's on the way,
    // so that beyond this machine it has to be listed.
    let default = match origin.scheme() {
        "https" => 443,
        "http" if is_loopback(&origin) => 80,
        _ => return false,
    };
    let plain = origin.username().is_empty() && origin.password().is_none() && origin.path() == "/";
    plain
        && origin.host().is_some_and(|host| host.to_owned() == own.host)
        && origin.port().unwrap_or(default) == own.port.unwrap_or(default)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::testing::{Headers, settings};

    fn passes(method: &str, headers: &[(&str, &str)]) -> bool {
        let mut tenant = settings();
        tenant.allowed_origins = vec!["https://app.example.com".into()];
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let mut request = Headers::request(method, "shop.example.com", headers);
        request.peer = Some([10, 0, 0, 7].into());
        check(&tenant, &proxies, &request)
    }

    #[test]
    fn safe_methods_pass_unless_they_upgrade() {
        let evil = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
        assert!(passes("GET", &evil) && passes("HEAD", &evil) && passes("OPTIONS", &evil));
        let upgrade = [("origin", "https://evil.example"), ("upgrade", "websocket"), ("connection", "Upgrade")];
        assert!(!passes("GET", &upgrade));
        assert!(!passes("GET", &[("origin", "https://evil.example"), ("connection", "keep-alive, upgrade")]));
    }

    #[test]
    fn own_and_listed_origins_pass() {
        assert!(passes("POST", &[]));
        assert!(passes("POST", &[("sec-fetch-site", "same-origin")]));
        assert!(passes("POST", &[("sec-fetch-site", "none")]));
        assert!(passes("POST", &[("origin", "https://shop.example.com")]));
        assert!(passes("POST", &[("origin", "https://shop.example.com:443")]));
        assert!(passes("POST", &[("origin", "https://app.example.com"), ("sec-fetch-site", "same-site")]));
    }

    #[test]
    fn the_own_host_over_plain_http_is_another_site() {
        let plain = ("origin", "http://shop.example.com");
        assert!(!passes("POST", &[plain]));
        assert!(!passes("POST", &[plain, ("sec-fetch-site", "cross-site")]));
        assert!(!passes("POST", &[("origin", "https://shop.example.com"), ("sec-fetch-site", "cross-site")]));
        for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"] {
            let origin = format!("http://{host}");
            let request = Headers::request("POST", host, &[("origin", &origin)]);
            assert!(check(&settings(), &TrustedProxies::new(Vec::new()), &request), "{host}");
        }
    }

    #[test]
    fn behind_a_trusted_proxy_the_own_origin_is_the_one_it_names() {
        let forwarded = ("x-forwarded-host", "www.example.com:8443");
        assert!(passes("POST", &[("origin", "https://www.example.com:8443"), forwarded]));
        assert!(!passes("POST", &[("origin", "https://shop.example.com"), forwarded]));
    }

    #[test]
    fn other_sites_do_not() {
        for origin in [
            "https://evil.example",
            "https://x.shop.example.com",
            "https://shop.example.com.evil.example",
            "https://shop.example.com@evil.example",
            "https://shop.example.com:8443",
            "null",
            "",
            "ftp://shop.example.com",
        ] {
            assert!(!passes("POST", &[("origin", origin)]), "{origin}");
            assert!(!passes("DELETE", &[("origin", origin), ("sec-fetch-site", "cross-site")]), "{origin}");
        }
        assert!(!passes("POST", &[("sec-fetch-site", "same-site")]));
        assert!(!passes("PUT", &[("origin", "https://shop.example.com"), ("origin", "https://evil.example")]));
    }
}
