//! CORS stands outside of the guard: a preflight carries no credential and asks for
//! none, and pages of other origins can read why they were refused.

use std::sync::Arc;

use iam_testing::fault::{Fault, Rule};

use crate::stage::{Answer, Ask, Shared, Stage, Verdict, cases, quotes};

const SHOP: &str = "https://shop.example";
const EVIL: &str = "https://evil.example";

/// The usual stage behind the framework's own CORS, which knows `SHOP`; `dealer` takes cookies from it.
async fn stage() -> Stage {
    let plan = Stage::plan().set("dealer.allowed_origins", SHOP).set("customer.http.max_retries", 0);
    let stage = plan.start().await;
    let address = crate::cors::start(stage.iam.clone(), Arc::clone(&stage.counters)).await;
    stage.elsewhere(address)
}

static BEHIND_CORS: Shared = Shared::new(|| Box::pin(stage()));

#[track_caller]
fn readable_by_the_shop(row: &str, answer: &Answer) {
    assert_eq!(answer.header("access-control-allow-origin"), Some(SHOP), "{row}: {answer:?}");
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"), "{row}: {answer:?}");
    let exposed = answer.header("access-control-expose-headers").unwrap_or_default();
    assert!(exposed.contains("x-request-id") && exposed.contains("retry-after"), "{row}: {answer:?}");
    assert!(answer.vary().contains("origin"), "{row}: {answer:?}");
}

cases! { BEHIND_CORS, a_preflight_is_answered_before_any_decision:
    of_a_session_route:  "/dealer/me";
    of_a_machines_route: "/dealer/partner/read";
    of_a_public_route:   "/open";
    of_a_fallback:       "/nested/anything";
    of_nothing:          "/nowhere";
}

async fn a_preflight_is_answered_before_any_decision(stage: &Stage, path: &str) {
    let before = stage.counters.seen();
    for method in ["GET", "POST", "DELETE"] {
        let ask = stage.ask("OPTIONS", path).header("origin", SHOP);
        let ask = ask.header("access-control-request-method", method);
        let answer = ask.header("access-control-request-headers", "authorization").expect(200).await;
        assert_eq!(answer.header("access-control-allow-origin"), Some(SHOP), "{method}");
        assert_eq!(answer.header("access-control-allow-credentials"), Some("true"), "{method}");
        assert!(answer.header("access-control-allow-methods").unwrap().contains(method), "{method}");
        let allowed = answer.header("access-control-allow-headers").unwrap().to_lowercase();
        assert!(allowed.contains("authorization"), "{method}");
        assert_eq!(answer.header("www-authenticate"), None, "{method}");
    }
    let ask = stage.ask("OPTIONS", path).header("origin", EVIL).header("access-control-request-method", "POST");
    assert_eq!(ask.send().await.header("access-control-allow-origin"), None, "another origin");
    assert!(stage.events().await.is_empty(), "there was nothing to decide");
    assert_eq!(stage.counters.seen(), before);
}

cases! { BEHIND_CORS, refusals_and_answers_alike_can_be_read_by_an_allowed_origin:
    let_in:                 |stage| stage.get("/dealer/me").token_of("dealer", "a"),                   200, "";
    missing:                |stage| stage.get("/dealer/me"),                                           401, "";
    rejected:               |stage| stage.get("/dealer/me").bearer("ory_st_nobody"),                   401, "";
    role:                   |stage| stage.get("/dealer/a-and-b").token_of("dealer", "a"),              403, "";
    bad_parameter:          |stage| stage.get("/dealer/listings/%ff").token_of("dealer", "a"),         400, "";
    down:                   |stage| stage.get("/customer/me").token_of("customer", "a"),               503, "";
    the_handlers_own_error: |stage| stage.get("/admin/customers/nobody").token_of("admin", "support"), 404, "";
    its_own_vary:           |stage| stage.get("/nested/kept").token_of("admin", "a"),                  200, "accept";
}

async fn refusals_and_answers_alike_can_be_read_by_an_allowed_origin(
    stage: &Stage,
    ask: fn(&Stage) -> Ask<'_>,
    status: u16,
    varies: &str,
) {
    stage.proxies("customer").kratos_public.fault(Rule::any(), Fault::Status(500));
    let answer = ask(stage).header("origin", SHOP).expect(status).await;
    readable_by_the_shop("asked", &answer);
    assert!(answer.vary().contains("authorization"), "{answer:?}");
    assert!(answer.vary().contains(varies), "{answer:?}");
    if status >= 400 {
        answer.code();
    }
}

#[tokio::test]
async fn what_another_origin_asks_for_is_answered_and_not_to_be_read_there() {
    let stage = stage().await;
    let unread = stage.get("/dealer/me").token_of("dealer", "a").header("origin", EVIL).expect(200).await;
    assert_eq!(unread.header("access-control-allow-origin"), None, "a token is no cookie, and the page cannot read on");
}

/// CORS says who may read; which page may act with a cookie is the tenant's `allowed_origins`.
#[tokio::test]
async fn an_origin_that_may_read_may_not_act_with_a_cookie_for_that() {
    let stage = stage().await;
    let post = |tenant: &str, origin| {
        stage.ask("POST", &format!("/{tenant}/me")).cookie_of(tenant, "a").header("origin", origin)
    };
    let seen = post("dealer", SHOP).ends("listed by both", Verdict::allowed()).await;
    readable_by_the_shop("listed by both", &seen.answer);
    let seen = post("customer", SHOP).ends("listed by CORS only", Verdict::forbidden("csrf")).await;
    readable_by_the_shop("listed by CORS only", &seen.answer);
    let seen = post("dealer", EVIL).ends("listed by neither", Verdict::forbidden("csrf")).await;
    assert_eq!(seen.answer.header("access-control-allow-origin"), None);
    assert_eq!(stage.whoamis("customer"), 0, "refused unasked");
}

#[test]
fn the_page_quotes_what_runs() {
    quotes::check("docs/cors.md", &["tests/axum/cors.rs", "tests/actix/cors.rs"], 2);
}
