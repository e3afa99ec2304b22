//! A browser sends the session cookie along with what other sites' pages ask for.

use crate::stage::{Answer, Ask, Stage};

const HOST: &str = "shop.example.test";

/// What a browser adds to the request, and whether the cookie may count then.
type Headers = &'static [(&'static str, &'static str)];

const ORIGINS: [(&str, Headers, bool); 14] = [
    ("no browser", &[], true),
    ("own origin", &[("origin", "https://shop.example.test")], true),
    ("own origin, both headers", &[("origin", "https://shop.example.test"), ("sec-fetch-site", "same-origin")], true),
    ("typed by the user", &[("sec-fetch-site", "none")], true),
    ("listed origin", &[("origin", "https://app.example.test"), ("sec-fetch-site", "same-site")], true),
    ("other site", &[("origin", "https://evil.test")], false),
    ("other site, both headers", &[("origin", "https://evil.test"), ("sec-fetch-site", "cross-site")], false),
    ("other site without an origin", &[("sec-fetch-site", "cross-site")], false),
    ("sibling subdomain", &[("origin", "https://blog.example.test"), ("sec-fetch-site", "same-site")], false),
    ("sibling subdomain, old browser", &[("origin", "https://blog.example.test")], false),
    ("subdomain of our own", &[("origin", "https://x.shop.example.test")], false),
    ("our name inside another", &[("origin", "https://shop.example.test.evil.test")], false),
    ("another port", &[("origin", "https://shop.example.test:8443")], false),
    ("sandboxed frame", &[("origin", "null")], false),
];

async fn stage() -> Stage {
    Stage::plan().set("customer.allowed_origins", "https://app.example.test").start().await
}

fn from<'a>(ask: Ask<'a>, headers: &[(&str, &str)]) -> Ask<'a> {
    headers.iter().fold(ask.header("host", HOST), |ask, (name, value)| ask.header(name, value))
}

fn assert_forged(answer: &Answer, case: &str) {
    assert_eq!((answer.status, &*answer.code()), (403, "csrf"), "{case}");
}

#[tokio::test]
async fn a_cookie_changes_something_only_for_its_own_site() {
    let stage = stage().await;
    for method in ["POST", "DELETE"] {
        for (case, headers, passes) in ORIGINS {
            let (case, before) = (format!("{method}, {case}"), stage.whoamis("customer"));
            let answer = from(stage.ask(method, "/customer/me"), headers).cookie_of("customer", "plain").send().await;
            if passes {
                assert_eq!(answer.status, 200, "{case}: {answer:?}");
                assert_eq!(stage.event().await, ("allowed", None), "{case}");
                assert_eq!(stage.whoamis("customer"), before + 1, "{case}");
            } else {
                assert_forged(&answer, &case);
                assert_eq!(stage.event().await, ("denied", Some("csrf")), "{case}");
                assert_eq!(stage.whoamis("customer"), before, "{case}: refused before Kratos is asked");
            }
        }
    }
    let passing = ORIGINS.iter().filter(|(_, _, passes)| *passes).count();
    assert_eq!(stage.counters.seen(), (2 * passing, 2 * passing), "no extractor ran for a forged request");
}

#[tokio::test]
async fn a_web_socket_opens_only_for_its_own_site() {
    let stage = stage().await;
    let cookie = stage.account("customer", "plain").browser.cookie();
    for (case, headers, passes) in ORIGINS {
        let before = stage.whoamis("customer");
        let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let request = format!(
            "GET /customer/live HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookie}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             {lines}\r\n"
        );
        let status = stage.raw(request.as_bytes()).await;
        assert_eq!(status, if passes { 101 } else { 403 }, "{case}");
        assert_eq!(stage.whoamis("customer") - before, usize::from(passes), "{case}");
    }
}

#[tokio::test]
async fn what_no_browser_sends_by_itself_is_not_asked_for_its_origin() {
    let stage = stage().await;
    let foreign = [("origin", "https://evil.test"), ("sec-fetch-site", "cross-site")];
    for method in ["POST", "DELETE"] {
        let ask = from(stage.ask(method, "/customer/me"), &foreign);
        ask.token_of("customer", "plain").expect(200).await;
    }
    // Reading is safe: the page of another site does not get to see the answer.
    for method in ["GET", "HEAD"] {
        from(stage.ask(method, "/customer/me"), &foreign).cookie_of("customer", "plain").expect(200).await;
    }
    // Without a credential there is nothing to forge.
    let answer = from(stage.ask("POST", "/customer/me"), &foreign).expect(401).await;
    assert_eq!(answer.code(), "unauthenticated");
}

#[tokio::test]
async fn the_check_ends_by_the_dangerous_word_only() {
    let stage = Stage::plan().set("customer.dangerously_disable_csrf_check", true).start().await;
    let foreign = [("origin", "https://evil.test"), ("sec-fetch-site", "cross-site")];
    from(stage.ask("POST", "/customer/me"), &foreign).cookie_of("customer", "plain").expect(200).await;
    let ask = from(stage.ask("POST", "/dealer/me"), &foreign).cookie_of("dealer", "plain");
    assert_forged(&ask.send().await, "the other tenant's check is still on");
}
