//! Nothing of a refused request is read: no extractor, no handler, no byte of its body.

use iam_testing::fault::{Fault, Rule};

use crate::Here;
use crate::stage::{Ask, Host, Stage, USUAL, Verdict, cases};

/// Above what frameworks read by default.
const TOO_LARGE: usize = (2 << 20) + 1;

#[tokio::test]
async fn an_extractor_and_a_handler_run_for_who_was_let_in_and_for_nobody_else() {
    let stage = Stage::new().await;
    let kratos = &stage.proxies("dealer").kratos_public;
    let me = || stage.get("/dealer/me");
    me().ends("missing", Verdict::unauthenticated("missing")).await;
    me().header("authorization", "Bearer a b").ends("malformed", Verdict::unauthenticated("malformed")).await;
    me().bearer("ory_st_x").ends("rejected", Verdict::unauthenticated("rejected_by_tenant")).await;
    let ask = stage.get("/dealer/a-or-b").token_of("dealer", "plain");
    ask.ends("role", Verdict::forbidden("role")).await;
    let ask = stage.ask("POST", "/dealer/me").cookie_of("dealer", "a").header("origin", "https://evil.example");
    ask.body("x").ends("csrf", Verdict::forbidden("csrf")).await;
    kratos.fault(Rule::any().times(3), Fault::Status(500));
    me().token_of("dealer", "a").ends("down", Verdict::unavailable()).await;
    assert_eq!(stage.counters.seen(), (0, 0));

    me().token_of("dealer", "a").ends("let in", Verdict::allowed()).await;
    assert_eq!(stage.counters.seen(), (1, 1));
}

#[tokio::test]
async fn a_body_beyond_the_limit_matters_only_to_who_was_let_in() {
    let stage = Stage::new().await;
    let post = || stage.ask("POST", "/dealer/me");
    let announced = |credential: &str| {
        format!("POST /dealer/me HTTP/1.1\r\nhost: app\r\ncontent-length: {TOO_LARGE}\r\n{credential}\r\n").into_bytes()
    };
    // None of the announced bytes is ever sent: an answer comes only if nobody waits for them.
    assert_eq!(stage.raw(&announced("")).await, 401);
    assert_eq!(stage.event().await, ("denied", Some("missing")));
    assert_eq!(stage.raw(&announced("authorization: Bearer ory_st_x\r\n")).await, 401);
    assert_eq!(stage.event().await, ("denied", Some("rejected_by_tenant")));
    let cookie = stage.account("dealer", "a").browser.cookie();
    let cross = format!("cookie: {cookie}\r\norigin: https://evil.example\r\n");
    assert_eq!(stage.raw(&announced(&cross)).await, 403);
    assert_eq!(stage.event().await, ("denied", Some("csrf")));
    assert_eq!(stage.counters.seen(), (0, 0));

    let large = post().token_of("dealer", "a").body(vec![b'x'; TOO_LARGE]);
    assert_eq!(large.send().await.status, 413);
    assert_eq!(stage.event().await, ("allowed", None));
    assert_eq!(stage.counters.seen(), (1, 0), "the first extractor ran, the body was too large for the second");

    let seen = post().token_of("dealer", "a").body("four").ends("a small one", Verdict::allowed()).await;
    assert_eq!(seen.answer.text(), "4");
    assert_eq!(stage.counters.seen(), (2, 1));
}

#[tokio::test]
async fn a_sender_that_waits_to_be_asked_for_its_body_is_asked_only_when_let_in() {
    let stage = Stage::new().await;
    let expecting = |credential: &str| {
        let head = "POST /dealer/me HTTP/1.1\r\nhost: app\r\ncontent-length: 4\r\nexpect: 100-continue\r\n";
        format!("{head}{credential}\r\n").into_bytes()
    };
    // The server asks for a body (100) when somebody begins to read it, or some servers at once.
    let refused = if Here::ASKS_FOR_EVERY_BODY { 100 } else { 401 };
    assert_eq!(stage.raw(&expecting("")).await, refused);
    assert_eq!(stage.raw(&expecting("authorization: Bearer ory_st_x\r\n")).await, refused);
    assert_eq!(stage.counters.seen(), (0, 0));
    let token = &stage.account("dealer", "a").session.token;
    assert_eq!(stage.raw(&expecting(&format!("authorization: Bearer {token}\r\n"))).await, 100);
}

cases! { USUAL, every_method_of_a_path_is_decided_by_its_own_policy:
    get:    "GET";
    head:   "HEAD";
    post:   "POST";
    delete: "DELETE";
}

async fn every_method_of_a_path_is_decided_by_its_own_policy(stage: &Stage, method: &str) {
    let answer = stage.ask(method, "/dealer/me").expect(401).await;
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(stage.event().await, ("denied", Some("missing")));
    stage.ask(method, "/dealer/me").token_of("dealer", "a").expect(200).await;
    assert_eq!(stage.event().await, ("allowed", None));
}

cases! { USUAL, a_method_without_a_handler_is_405_and_no_decision:
    of_nobody: |stage| stage.ask("PUT", "/dealer/me");
    of_a_user: |stage| stage.ask("PATCH", "/dealer/me").token_of("dealer", "a");
}

async fn a_method_without_a_handler_is_405_and_no_decision(stage: &Stage, ask: fn(&Stage) -> Ask<'_>) {
    ask(stage).expect(405).await;
    assert!(stage.events().await.is_empty());
}
