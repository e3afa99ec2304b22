//! A browser sends the session cookie along with what other sites' pages ask for.

use crate::stage::{Answer, Ask, Shared, Stage, cases};

const HOST: &str = "shop.example.test";

/// What a browser adds to the request, and whether the cookie may count then.
type Headers = &'static [(&'static str, &'static str)];

static LISTING_AN_ORIGIN: Shared =
    Shared::new(|| Box::pin(Stage::plan().set("customer.allowed_origins", "https://app.example.test").start()));

/// A table for each request with which a page may change something.
macro_rules! by_request {
    ($($name:ident: $headers:expr, $passes:literal;)+) => {
        cases! { LISTING_AN_ORIGIN, a_post_changes_something_only_for_its_own_site = a_cookie_changes_something:
            $($name: "POST", $headers, $passes;)+
        }
        cases! { LISTING_AN_ORIGIN, a_delete_changes_something_only_for_its_own_site = a_cookie_changes_something:
            $($name: "DELETE", $headers, $passes;)+
        }
        cases! { LISTING_AN_ORIGIN, a_web_socket_opens_only_for_its_own_site: $($name: $headers, $passes;)+ }
    };
}

by_request! {
    no_browser:                     &[], true;
    own_origin:                     &[("origin", "https://shop.example.test")], true;
    own_origin_and_site:
        &[("origin", "https://shop.example.test"), ("sec-fetch-site", "same-origin")], true;
    typed_by_the_user:              &[("sec-fetch-site", "none")], true;
    listed_origin:                  &[("origin", "https://app.example.test"), ("sec-fetch-site", "same-site")], true;
    other_origin:                   &[("origin", "https://evil.test")], false;
    other_origin_and_site:          &[("origin", "https://evil.test"), ("sec-fetch-site", "cross-site")], false;
    other_site_without_an_origin:   &[("sec-fetch-site", "cross-site")], false;
    sibling_subdomain:              &[("origin", "https://blog.example.test"), ("sec-fetch-site", "same-site")], false;
    sibling_subdomain_in_an_old_browser: &[("origin", "https://blog.example.test")], false;
    subdomain_of_our_own:           &[("origin", "https://x.shop.example.test")], false;
    our_name_inside_another:        &[("origin", "https://shop.example.test.evil.test")], false;
    another_port:                   &[("origin", "https://shop.example.test:8443")], false;
    sandboxed_frame:                &[("origin", "null")], false;
}

fn from<'a>(ask: Ask<'a>, headers: &[(&str, &str)]) -> Ask<'a> {
    headers.iter().fold(ask.header("host", HOST), |ask, (name, value)| ask.header(name, value))
}

fn assert_forged(answer: &Answer, case: &str) {
    assert_eq!((answer.status, &*answer.code()), (403, "csrf"), "{case}");
}

async fn a_cookie_changes_something(stage: &Stage, method: &str, headers: Headers, passes: bool) {
    let before = stage.counters.seen();
    let answer = from(stage.ask(method, "/customer/me"), headers).cookie_of("customer", "plain").send().await;
    let after = stage.counters.seen();
    let ran = (after.0 - before.0, after.1 - before.1);
    if passes {
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(stage.event().await, ("allowed", None));
        assert_eq!((stage.whoamis("customer"), ran), (1, (1, 1)));
    } else {
        assert_forged(&answer, method);
        assert_eq!(stage.event().await, ("denied", Some("csrf")));
        assert_eq!(stage.whoamis("customer"), 0, "refused before Kratos is asked");
        assert_eq!(ran, (0, 0), "no extractor ran for a forged request");
    }
}

async fn a_web_socket_opens_only_for_its_own_site(stage: &Stage, headers: Headers, passes: bool) {
    let cookie = stage.account("customer", "plain").browser.cookie();
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let request = format!(
        "GET /customer/live HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookie}\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         {lines}\r\n"
    );
    let status = stage.raw(request.as_bytes()).await;
    assert_eq!(status, if passes { 101 } else { 403 });
    assert_eq!(stage.whoamis("customer"), usize::from(passes));
}

// Reading is safe: the page of another site does not get to see the answer. Without a credential there is nothing
// to forge.
cases! { LISTING_AN_ORIGIN, what_no_browser_sends_by_itself_is_not_asked_for_its_origin:
    post_with_a_token:      "POST",   |ask| ask.token_of("customer", "plain"),  200;
    delete_with_a_token:    "DELETE", |ask| ask.token_of("customer", "plain"),  200;
    get_with_a_cookie:      "GET",    |ask| ask.cookie_of("customer", "plain"), 200;
    head_with_a_cookie:     "HEAD",   |ask| ask.cookie_of("customer", "plain"), 200;
    post_of_nobody:         "POST",   |ask| ask,                                401;
}

async fn what_no_browser_sends_by_itself_is_not_asked_for_its_origin(
    stage: &Stage,
    method: &str,
    with: fn(Ask<'_>) -> Ask<'_>,
    status: u16,
) {
    let foreign = [("origin", "https://evil.test"), ("sec-fetch-site", "cross-site")];
    let answer = with(from(stage.ask(method, "/customer/me"), &foreign)).expect(status).await;
    assert!(status == 200 || answer.code() == "unauthenticated", "{answer:?}");
}

#[tokio::test]
async fn the_check_ends_by_the_dangerous_word_only() {
    let stage = Stage::plan().set("customer.dangerously_disable_csrf_check", true).start().await;
    let foreign = [("origin", "https://evil.test"), ("sec-fetch-site", "cross-site")];
    from(stage.ask("POST", "/customer/me"), &foreign).cookie_of("customer", "plain").expect(200).await;
    let ask = from(stage.ask("POST", "/dealer/me"), &foreign).cookie_of("dealer", "plain");
    assert_forged(&ask.send().await, "the other tenant's check is still on");
}
