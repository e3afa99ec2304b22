//! What stands in every answer: the request's id, and for whom it may be kept.

use iam_testing::fault::{Fault, Rule};

use crate::stage::{Ask, Shared, Stage, USUAL, Verdict, cases};

/// Every way to an answer.
const WAYS: [&str; 6] = ["let in", "missing", "role", "down", "the handler's own error", "public"];

/// A request that takes this way, and the status of its answer.
fn ask<'a>(stage: &'a Stage, way: &str) -> (Ask<'a>, u16) {
    match way {
        "let in" => (stage.get("/dealer/me").token_of("dealer", "a"), 200),
        "missing" => (stage.get("/dealer/me"), 401),
        "role" => (stage.get("/dealer/a-and-b").token_of("dealer", "a"), 403),
        "down" => {
            stage.proxies("customer").kratos_public.fault(Rule::any(), Fault::Status(500));
            (stage.get("/customer/me").token_of("customer", "a"), 503)
        }
        "the handler's own error" => (stage.get("/admin/customers/nobody").token_of("admin", "support"), 404),
        "public" => (stage.get("/open"), 200),
        _ => panic!("no way to an answer: {way}"),
    }
}

static HASTY: Shared = Shared::new(|| Box::pin(Stage::plan().set("customer.http.max_retries", 0).start()));

cases! { HASTY, a_sound_request_id_is_used:
    of_letters_and_a_number: "checkout-0001";
    of_all_signs:            "a.b_c-D9";
    the_longest:             &"x".repeat(64);
}

async fn a_sound_request_id_is_used(stage: &Stage, sound: &str) {
    for way in WAYS {
        let (ask, status) = ask(stage, way);
        let answer = ask.header("x-request-id", sound).expect(status).await;
        assert_eq!(answer.header("x-request-id"), Some(sound), "{way}");
        for event in stage.events().await {
            assert_eq!(event.request_id.as_deref(), Some(sound), "{way}");
        }
    }
}

cases! { HASTY, any_other_request_id_is_replaced:
    empty:        b"";
    too_short:    b"short";
    a_blank:      b"with space";
    a_tab:        b"tab\tinside";
    slashes:      b"a/b/c/d/e";
    an_umlaut:    b"umlaut-\xc3\xa4-long";
    no_text:      b"\xff\xff\xff\xff\xff\xff\xff\xff";
    too_long:     "x".repeat(65).as_bytes();
}

async fn any_other_request_id_is_replaced(stage: &Stage, odd: &[u8]) {
    for way in WAYS {
        let (ask, status) = ask(stage, way);
        let answer = ask.header("x-request-id", odd).expect(status).await;
        let made = answer.header("x-request-id").unwrap();
        assert!(uuid::Uuid::parse_str(made).is_ok(), "{way}: it became {made}");
        for event in stage.events().await {
            assert_eq!(event.request_id.as_deref(), Some(made), "{way}");
        }
    }
}

#[tokio::test]
async fn of_two_request_ids_none_is_picked() {
    let stage = Stage::new().await;
    let two = stage.get("/open").header("x-request-id", "checkout-0001").header("x-request-id", "checkout-0002");
    let answer = two.expect(200).await;
    assert!(uuid::Uuid::parse_str(answer.header("x-request-id").unwrap()).is_ok(), "one of two ids was picked");
}

#[tokio::test]
async fn the_request_id_goes_upstream_and_with_it_a_child_of_the_trace() {
    let stage = Stage::new().await;
    let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let ask = stage.get("/dealer/listings/42").token_of("dealer", "a").header("x-request-id", "checkout-0001");
    let ask = ask.header("traceparent", format!("00-{trace}-{parent}-01")).header("tracestate", "vendor=secret");
    ask.header("baggage", "user=ann").header("x-other", "1").ends("traced", Verdict::allowed()).await;
    for proxy in [&stage.proxies("dealer").kratos_public, &stage.proxies("dealer").keto_read] {
        let sent = proxy.requests();
        let [sent] = &sent[..] else { panic!("one call: {sent:?}") };
        assert_eq!(sent.header("x-request-id"), Some("checkout-0001"));
        let child = sent.header("traceparent").unwrap();
        assert!(child.starts_with(&format!("00-{trace}-")) && !child.contains(parent), "{child}");
        for dropped in ["tracestate", "baggage", "x-other", "referer", "user-agent"] {
            assert_eq!(sent.header(dropped), None, "{dropped} went upstream");
        }
    }
}

cases! { HASTY, guarded_answers_are_for_one_caller:
    let_in:                 "let in";
    missing:                "missing";
    role:                   "role";
    down:                   "down";
    the_handlers_own_error: "the handler's own error";
}

async fn guarded_answers_are_for_one_caller(stage: &Stage, way: &str) {
    let (ask, status) = ask(stage, way);
    let answer = ask.expect(status).await;
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    assert!(answer.header("vary").is_some_and(|vary| vary.contains("authorization")), "{answer:?}");
}

#[tokio::test]
async fn how_long_an_answer_is_kept_is_a_handlers_to_say_and_never_a_refusals() {
    let stage = Stage::new().await;
    let (public, status) = ask(&stage, "public");
    let answer = public.expect(status).await;
    assert_eq!((answer.header("cache-control"), answer.header("vary")), (None, None));
    let own = stage.get("/nested/kept");
    assert_eq!(own.expect(401).await.header("cache-control"), Some("private, no-store"), "a refusal keeps for nobody");
    let own = stage.get("/nested/kept").token_of("admin", "a").expect(200).await;
    assert_eq!(own.header("cache-control"), Some("private, max-age=60"), "the handler says how long");
    assert_eq!(own.vary(), "accept, authorization", "and on what it depends besides the credential");
}

// Of each row: path, `Vary`, tenant, and whether a cookie is a credential there.
cases! { USUAL, an_answer_names_the_headers_that_it_depends_on_and_the_credential_that_it_wants:
    by_bearer:           "/admin/me",            "authorization",         "admin",    false;
    by_cookie_or_bearer: "/dealer/me",           "authorization, cookie", "dealer",   true;
    on_ory_network:      "/customer/me",         "authorization, cookie", "customer", true;
    a_machines_role:     "/dealer/partner/read", "authorization",         "dealer",   false;
    a_machine:           "/customer/machine",    "authorization",         "customer", false;
}

async fn an_answer_names_the_headers_that_it_depends_on_and_the_credential_that_it_wants(
    stage: &Stage,
    path: &str,
    vary: &str,
    tenant: &str,
    by_cookie: bool,
) {
    let mut challenge = format!("Bearer realm=\"{tenant}\"");
    if by_cookie {
        let name = stage.tenant(tenant).project.cookie_name();
        challenge += &format!(", Cookie realm=\"{tenant}\", cookie-name=\"{name}\"");
    }
    let answer = stage.get(path).expect(401).await;
    assert_eq!(answer.header("vary"), Some(vary));
    assert_eq!(answer.header("www-authenticate"), Some(&*challenge));
}

#[tokio::test]
async fn whom_another_credential_would_not_help_is_asked_for_none() {
    let stage = Stage::new().await;
    let answer = stage.get("/dealer/a-and-b").token_of("dealer", "a").expect(403).await;
    assert_eq!(answer.header("www-authenticate"), None);
    let anonymous = stage.get("/dealer/optional").expect(200).await;
    assert_eq!(anonymous.header("vary"), Some("authorization, cookie"), "with a session it is another page");
}

#[tokio::test]
async fn a_problem_says_what_and_nothing_of_why() {
    let stage = Stage::new().await;
    let answer =
        stage.get("/dealer/me").bearer("ory_st_canary").header("x-request-id", "checkout-0001").expect(401).await;
    let body = serde_json::json!({
        "status": 401,
        "title": "Unauthorized",
        "code": "unauthenticated",
        "detail": "valid credentials are required",
        "request_id": "checkout-0001",
    });
    assert_eq!(answer.json(), body);
}
