//! What stands in every answer: the request's id, and for whom it may be kept.

use iam_testing::fault::{Fault, Rule};

use crate::stage::{Ask, Stage, Verdict};

/// Let in, refused unasked, refused after asking, unavailable, public: every way to an answer.
fn ways(stage: &Stage) -> [(&'static str, Ask<'_>, u16); 6] {
    [
        ("let in", stage.get("/dealer/me").token_of("dealer", "a"), 200),
        ("missing", stage.get("/dealer/me"), 401),
        ("role", stage.get("/dealer/a-and-b").token_of("dealer", "a"), 403),
        ("down", stage.get("/customer/me").token_of("customer", "a"), 503),
        ("the handler's own error", stage.get("/admin/customers/nobody").token_of("admin", "support"), 404),
        ("public", stage.get("/open"), 200),
    ]
}

/// A stage on which `customer` is down.
async fn with_an_outage() -> Stage {
    let stage = Stage::plan().set("customer.http.max_retries", 0).start().await;
    stage.proxies("customer").kratos_public.fault(Rule::any(), Fault::Status(500));
    stage
}

#[tokio::test]
async fn a_sound_request_id_is_used_and_any_other_replaced() {
    let stage = with_an_outage().await;
    let longest = "x".repeat(64);
    for sound in ["checkout-0001", "a.b_c-D9", &longest] {
        for (way, ask, status) in ways(&stage) {
            let answer = ask.header("x-request-id", sound).expect(status).await;
            assert_eq!(answer.header("x-request-id"), Some(sound), "{way}");
            for event in stage.events().await {
                assert_eq!(event.request_id.as_deref(), Some(sound), "{way}");
            }
        }
    }
    let too_long = "x".repeat(65);
    let odd: [&[u8]; 8] = [
        b"",
        b"short",
        b"with space",
        b"tab\tinside",
        b"a/b/c/d/e",
        b"umlaut-\xc3\xa4-long",
        b"\xff\xff\xff\xff\xff\xff\xff\xff",
        too_long.as_bytes(),
    ];
    for odd in odd {
        for (way, ask, status) in ways(&stage) {
            let answer = ask.header("x-request-id", odd).expect(status).await;
            let made = answer.header("x-request-id").unwrap();
            assert!(uuid::Uuid::parse_str(made).is_ok(), "{way}: {odd:?} became {made}");
            for event in stage.events().await {
                assert_eq!(event.request_id.as_deref(), Some(made), "{way}");
            }
        }
    }
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

#[tokio::test]
async fn guarded_answers_are_for_one_caller() {
    let stage = with_an_outage().await;
    for (way, ask, status) in ways(&stage) {
        let answer = ask.expect(status).await;
        if way == "public" {
            assert_eq!((answer.header("cache-control"), answer.header("vary")), (None, None));
            continue;
        }
        assert_eq!(answer.header("cache-control"), Some("private, no-store"), "{way}");
        assert!(answer.header("vary").is_some_and(|vary| vary.contains("authorization")), "{way}: {answer:?}");
    }
    let own = stage.get("/nested/kept");
    assert_eq!(own.expect(401).await.header("cache-control"), Some("private, no-store"), "a refusal keeps for nobody");
    let own = stage.get("/nested/kept").token_of("admin", "a").expect(200).await;
    assert_eq!(own.header("cache-control"), Some("private, max-age=60"), "the handler says how long");
    assert_eq!(own.vary(), "accept, authorization", "and on what it depends besides the credential");
}

#[tokio::test]
async fn an_answer_names_the_headers_that_it_depends_on_and_the_credential_that_it_wants() {
    let stage = Stage::new().await;
    let cookie = |tenant: &str| {
        format!("Cookie realm=\"{tenant}\", cookie-name=\"{}\"", stage.tenant(tenant).project.cookie_name())
    };
    for (path, vary, challenge) in [
        ("/admin/me", "authorization", "Bearer realm=\"admin\"".to_owned()),
        ("/dealer/me", "authorization, cookie", format!("Bearer realm=\"dealer\", {}", cookie("dealer"))),
        ("/customer/me", "authorization, cookie", format!("Bearer realm=\"customer\", {}", cookie("customer"))),
        ("/dealer/partner/read", "authorization", "Bearer realm=\"dealer\"".to_owned()),
        ("/customer/machine", "authorization", "Bearer realm=\"customer\"".to_owned()),
    ] {
        let answer = stage.get(path).expect(401).await;
        assert_eq!(answer.header("vary"), Some(vary), "{path}");
        assert_eq!(answer.header("www-authenticate"), Some(&*challenge), "{path}");
    }
    let answer = stage.get("/dealer/a-and-b").token_of("dealer", "a").expect(403).await;
    assert_eq!(answer.header("www-authenticate"), None, "another credential would not help");
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
