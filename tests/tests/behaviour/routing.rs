//! What differs between frameworks before any handler: which requests reach a route.
//! Each row says one status for each framework; on both, whatever reaches a handler is
//! decided by that handler's policy.

use crate::stage::{Framework, Stage};

/// What becomes of a request.
#[derive(Clone, Copy, Debug)]
enum Meets {
    /// Its route's policy.
    Policy,
    /// No route: this status for everybody.
    Nothing(u16),
}
use Meets::{Nothing, Policy};

const NOT_FOUND: Meets = Nothing(404);
const NO_METHOD: Meets = Nothing(405);
const BAD: Meets = Nothing(400);

/// Of each row: method, target, then what the request meets on axum and on actix. The
/// routes at `/dealer/me` are `GET`, `POST` and `DELETE`; `/cases/json` is `POST`.
#[rustfmt::skip]
const TABLE: &[(&str, &[u8], Meets, Meets)] = &[
    ("GET",     b"/dealer/me",               Policy,    Policy),
    ("HEAD",    b"/dealer/me",               Policy,    Policy),
    ("HEAD",    b"/cases/json",              NO_METHOD, NO_METHOD),
    ("OPTIONS", b"/dealer/me",               NO_METHOD, NO_METHOD),
    ("TRACE",   b"/dealer/me",               NO_METHOD, NO_METHOD),
    ("PROPFIND", b"/dealer/me",              NO_METHOD, NO_METHOD),
    ("get",     b"/dealer/me",               NO_METHOD, NO_METHOD),
    ("OPTIONS", b"*",                        NOT_FOUND, NOT_FOUND),
    ("GET",     b"/dealer/me?",              Policy,    Policy),
    ("GET",     b"/dealer/me?a=%ff",         Policy,    Policy),
    ("GET",     b"/dealer/me#fragment",      Policy,    Policy),
    ("GET",     b"http://other.test/dealer/me", Policy, Policy),
    ("GET",     b"/dealer/me/",              NOT_FOUND, NOT_FOUND),
    ("GET",     b"/dealer/me%2F",            NOT_FOUND, NOT_FOUND),
    ("GET",     b"/dealer%2Fme",             NOT_FOUND, NOT_FOUND),
    ("GET",     b"/dealer/%6de",             NOT_FOUND, Policy),
    ("GET",     b"/%64%65aler/me",           NOT_FOUND, Policy),
    ("GET",     b"/dealer/%256de",           NOT_FOUND, NOT_FOUND),
    ("GET",     b"/Dealer/me",               NOT_FOUND, NOT_FOUND),
    ("GET",     b"/dealer/./me",             NOT_FOUND, NOT_FOUND),
    ("GET",     b"/open/../dealer/me",       NOT_FOUND, NOT_FOUND),
    ("GET",     b"/open/%2e%2e/dealer/me",   NOT_FOUND, NOT_FOUND),
    ("GET",     b"/dealer/me%00",            NOT_FOUND, NOT_FOUND),
    ("GET",     b"/dealer/me%20",            NOT_FOUND, NOT_FOUND),
    ("GET",     b"/dealer/me%3Fa",           NOT_FOUND, NOT_FOUND),
    ("GET",     b"/dealer/%ff",              NOT_FOUND, NOT_FOUND),
    ("GET",     b"/dealer/me%ff",            NOT_FOUND, NOT_FOUND),
    ("GET",     b"/dealer/me%",              NOT_FOUND, NOT_FOUND),
    ("GET",     b"/dealer/me\xff",           BAD,       BAD),
    ("GET",     b"/dealer\\me",              NOT_FOUND, NOT_FOUND),
    ("GET",     b"dealer/me",                BAD,       BAD),
];

#[tokio::test]
async fn every_request_meets_its_routes_policy_or_no_handler() {
    let stage = Stage::new().await;
    for (method, target, on_axum, on_actix) in TABLE {
        let meets = match crate::FRAMEWORK {
            Framework::Axum => on_axum,
            Framework::Actix => on_actix,
        };
        let row = format!("{method} {}", target.escape_ascii());
        meets_as_meant(&stage, &row, &[method.as_bytes(), b" ", target].concat(), *meets).await;
    }
}

/// Asks without a credential, with another tenant's and with one of `dealer`.
async fn meets_as_meant(stage: &Stage, row: &str, request: &[u8], meets: Meets) {
    let token = |tenant| format!("authorization: Bearer {}\r\n", stage.account(tenant, "plain").session.token);
    for (who, credential, of_policy) in
        [("nobody", String::new(), 401), ("admin's", token("admin"), 401), ("dealer's", token("dealer"), 200)]
    {
        let rest = format!(" HTTP/1.1\r\nhost: app.test\r\n{credential}connection: close\r\n\r\n");
        let before = stage.counters.seen();
        let status = stage.raw(&[request, rest.as_bytes()].concat()).await;
        let decided = stage.events().await.len();
        let ran = stage.counters.seen() != before;
        let meant = match meets {
            Policy => (of_policy, 1, of_policy == 200),
            Nothing(status) => (status, 0, false),
        };
        assert_eq!((status, decided, ran), meant, "{row}, {who}: status, decisions, whether something ran");
    }
}

/// Several policies at one path: of a merged router, beside `any`, and for `HEAD` by itself.
#[tokio::test]
async fn of_handlers_at_one_path_the_one_that_answers_is_the_one_that_decides() {
    let stage = Stage::new().await;
    for (method, path, tenant) in [
        ("GET", "merged", "dealer"),
        ("HEAD", "merged", "dealer"),
        ("POST", "merged", "admin"),
        ("DELETE", "merged", "admin"),
        ("GET", "any", "dealer"),
        ("HEAD", "any", "dealer"),
        ("POST", "any", "admin"),
        ("OPTIONS", "any", "admin"),
        ("PROPFIND", "any", "admin"),
        ("GET", "head", "dealer"),
        ("HEAD", "head", "admin"),
        ("OPTIONS", "head", "dealer"),
    ] {
        let (row, path) = (format!("{method} {path}"), format!("/cases/methods/{path}"));
        let ask = || stage.ask(method, &path);
        let other = if tenant == "admin" { "dealer" } else { "admin" };
        ask().expect(401).await;
        assert_eq!(stage.event().await, ("denied", Some("missing")), "{row}");
        ask().token_of(other, "ab").expect(401).await;
        assert_eq!(stage.event().await, ("denied", Some("rejected_by_tenant")), "{row}");
        let before = stage.counters.seen();
        ask().token_of(tenant, "plain").expect(200).await;
        assert_eq!(stage.event().await, ("allowed", None), "{row}");
        assert_ne!(stage.counters.seen(), before, "{row}");
    }
    for (method, path) in [("PUT", "merged"), ("POST", "head")] {
        let ask = stage.ask(method, &format!("/cases/methods/{path}")).token_of("dealer", "ab");
        ask.expect(405).await;
        assert!(stage.events().await.is_empty(), "{method} {path}");
    }
}
