//! What is remembered of a credential, for whom and for how long.

use std::time::Duration;

use futures_util::future::join_all;
use iam_core::SessionId;
use iam_testing::client::NewIdentity;
use iam_testing::double::TestClock;
use iam_testing::fault::{Fault, Rule};
use serde_json::json;

use super::{introspection, introspection_answers, kratos_refusal, whoami, whoami_answers};
use crate::Tenants;
use crate::behaviour::shared_cache::{Store, two};
use crate::stage::made_up::{session_of, token_of_reader};
use crate::stage::{Plan, Stage, Verdict, cases};

#[tokio::test]
async fn a04_a_cached_token_is_good_at_its_own_tenant_only() {
    let stage = Stage::plan().cached().start().await;
    for round in 1..=2 {
        stage.get("/dealer/machine").machine("reader").ends("its own", Verdict::allowed()).await;
        let elsewhere = Verdict::unauthenticated("inactive");
        stage.get("/customer/machine").machine("reader").ends("elsewhere", elsewhere).await;
        assert_eq!((stage.introspections("dealer"), stage.introspections("customer")), (1, 1), "round {round}");
    }
}

#[tokio::test]
async fn a04_equal_tokens_of_two_tenants_are_two_subjects() {
    let stage = Stage::plan().cached().start().await;
    let issuer = stage.tenant("customer").project.issuer().to_owned();
    let theirs = move |token: &mut serde_json::Value| {
        *token = json!({ "iss": issuer, "client_id": "theirs", "sub": "theirs", "active": true,
            "token_use": "access_token", "exp": 4_102_444_800_i64 });
    };
    introspection_answers(&stage, "customer", token_of_reader(theirs));
    introspection_answers(&stage, "dealer", token_of_reader(|_| {}));
    for _ in 0..2 {
        for (path, tenant, id) in [("/dealer/machine", "dealer", "reader"), ("/customer/machine", "customer", "theirs")]
        {
            let seen = stage.get(path).bearer("ory_at_same").ends(path, Verdict::allowed()).await;
            assert_eq!(seen.answer.json(), json!({ "kind": "machine", "id": id, "tenant": tenant }));
        }
    }
    assert_eq!((stage.introspections("dealer"), stage.introspections("customer")), (1, 1));
}

cases! { a05_a_cached_token_is_checked_for_each_routes_scope:
    let_in_first:  ["read", "write", "read", "write"];
    refused_first: ["write", "read", "write", "read"];
}

async fn a05_a_cached_token_is_checked_for_each_routes_scope(order: [&str; 4]) {
    let stage = Stage::plan().cached().start().await;
    for scope in order {
        let meant = if scope == "read" { Verdict::allowed() } else { Verdict::forbidden("role") };
        stage.get(&format!("/dealer/partner/{scope}")).machine("reader").ends(scope, meant).await;
    }
    assert_eq!(stage.introspections("dealer"), 1, "the cache is on");
}

/// One route, so many tokens, four times as many requests.
const TOKENS: usize = 50;

#[tokio::test]
async fn a07_shared_look_ups_answer_each_with_its_own_identity() {
    let stage = Stage::plan().cached().start().await;
    let ory = &stage.tenant("dealer").client;
    let mut people = Vec::new();
    for number in 0..TOKENS {
        let new = NewIdentity::new(format!("u{number}@dealer.test")).password("one pass phrase for all");
        let identity = ory.create_identity(new).await.unwrap();
        people.push((ory.login(&identity).await.unwrap().token, identity.id));
    }
    let gate = Fault::hold();
    stage.proxies("dealer").kratos_public.fault(whoami(), gate.before());
    let asking =
        join_all((0..4 * TOKENS).map(|index| stage.get("/dealer/me").bearer(&people[index % TOKENS].0).send()));
    let open = async {
        gate.arrived(TOKENS).await;
        stage.counters.arrivals(4 * TOKENS).await;
        gate.open();
    };
    let (answers, ()) = tokio::join!(asking, open);
    for (index, answer) in answers.iter().enumerate() {
        assert_eq!((answer.status, &answer.json()["id"]), (200, &json!(people[index % TOKENS].1)), "request {index}");
    }
    assert_eq!(stage.whoamis("dealer"), TOKENS, "one call a credential");
}

cases! { a07_equal_tokens_of_two_tenants_share_no_look_up:
    cache_off: Stage::plan();
    cache_on:  Stage::plan().cached();
}

async fn a07_equal_tokens_of_two_tenants_share_no_look_up(plan: Plan) {
    let stage = plan.start().await;
    let people = [("customer", "identity-of-customer"), ("dealer", "identity-of-dealer")];
    for (tenant, id) in people {
        whoami_answers(&stage, tenant, session_of(id, |_| {}));
    }
    let asking = (0..100).map(|index| {
        let (tenant, id) = people[index % 2];
        let ask = stage.get(&format!("/{tenant}/me")).bearer("ory_st_same");
        async move { (ask.expect(200).await.json(), tenant, id) }
    });
    for (answer, tenant, id) in join_all(asking).await {
        assert_eq!(answer, json!({ "kind": "user", "id": id, "tenant": tenant }));
    }
}

#[tokio::test]
async fn a19_nobody_is_remembered_as_anonymous() {
    let stage = Stage::plan().cached().start().await;
    let cookie = &stage.account("dealer", "plain").browser;
    let id = &stage.account("dealer", "plain").identity.id;
    let made_up = format!("dealer_session={}", "planted-by-somebody");
    for _ in 0..2 {
        let anonymous = stage.get("/dealer/optional").expect(200).await;
        assert_eq!(anonymous.json(), json!({ "kind": "anonymous" }));
        assert_eq!(anonymous.header("set-cookie"), None, "no id of our own is issued");
        // What a visitor was told to carry before logging in names nobody, and goes on doing so.
        stage.get("/dealer/optional").header("cookie", &made_up).expect(401).await;
        let user = stage.get("/dealer/optional").header("cookie", cookie.cookie()).expect(200).await;
        assert_eq!(user.json(), json!({ "kind": "user", "id": id, "tenant": "dealer" }));
        assert_eq!(user.header("set-cookie"), None);
    }
    let known =
        stage.proxies("dealer").kratos_public.count(|request| request.header("cookie") == Some(&cookie.cookie()));
    assert_eq!(known, 1);
}

#[tokio::test]
async fn a19_a_cookie_tried_before_its_login_is_not_remembered_as_nobody() {
    let clock = TestClock::present();
    let stage = Stage::plan().cached().clock(clock.clone()).start().await;
    let ask = || stage.get("/dealer/stale").header("cookie", "dealer_session=c1");
    whoami_answers(&stage, "dealer", kratos_refusal());
    assert_eq!(ask().expect(200).await.json()["kind"], "anonymous");
    whoami_answers(&stage, "dealer", session_of("somebody", |_| {}));
    // A refusal is remembered for a moment, and no longer.
    clock.advance(Duration::from_secs(1));
    assert_eq!(ask().expect(200).await.json()["id"], "somebody");
}

#[tokio::test]
async fn a36_no_entry_outlives_its_session() {
    let clock = TestClock::default();
    let stage = Stage::plan().cached().clock(clock.clone()).start().await;
    // The clock stands at 08:00:00 of that day.
    let start = iam_core::Clock::wall(&clock);
    whoami_answers(&stage, "dealer", session_of("x", |session| session["expires_at"] = json!("2027-01-15T08:00:02Z")));
    let ask = || stage.get("/dealer/me").bearer("ory_st_x");
    ask().ends("at 0 s", Verdict::allowed()).await;
    clock.advance(Duration::from_millis(1_999));
    ask().ends("at 1.999 s", Verdict::allowed()).await;
    assert_eq!(stage.whoamis("dealer"), 1, "remembered so far");
    clock.advance(Duration::from_millis(1));
    ask().ends("at 2 s", Verdict::unauthenticated("expired")).await;
    clock.advance(Duration::from_secs(1));
    ask().ends("at 3 s", Verdict::unauthenticated("expired")).await;
    // Set back, the clock says that the session still has its time: Kratos knows better, and is asked.
    whoami_answers(&stage, "dealer", kratos_refusal());
    clock.set_wall(start);
    ask().ends("set back", Verdict::unauthenticated("rejected_by_tenant")).await;
}

#[tokio::test]
async fn a36_no_entry_outlives_its_token() {
    let clock = TestClock::default();
    let stage = Stage::plan().cached().clock(clock.clone()).start().await;
    let start = iam_core::Clock::wall(&clock);
    introspection_answers(&stage, "dealer", token_of_reader(|token| token["exp"] = json!(start.as_secs() + 2)));
    let ask = || stage.get("/dealer/machine").bearer("ory_at_x");
    ask().ends("at 0 s", Verdict::allowed()).await;
    clock.advance(Duration::from_millis(1_999));
    ask().ends("at 1.999 s", Verdict::allowed()).await;
    assert_eq!(stage.introspections("dealer"), 1, "remembered so far");
    clock.advance(Duration::from_millis(1));
    ask().ends("at 2 s", Verdict::unauthenticated("expired")).await;
    introspection_answers(&stage, "dealer", Fault::json(200, r#"{"active":false}"#));
    clock.set_wall(start);
    ask().ends("set back", Verdict::unauthenticated("inactive")).await;
}

#[tokio::test]
async fn a37_a_dead_cookie_is_asked_about_once() {
    const REQUESTS: usize = 10_000;
    const AT_ONCE: usize = 100;
    let clock = TestClock::present();
    let stage = Stage::plan().clock(clock.clone()).start().await;
    let dead = || stage.get("/dealer/me").header("cookie", "dealer_session=long-gone");
    for _ in 0..REQUESTS / AT_ONCE {
        for answer in join_all((0..AT_ONCE).map(|_| dead().send())).await {
            assert_eq!(answer.status, 401, "{answer:?}");
        }
    }
    assert_eq!(stage.whoamis("dealer"), 1, "while the clock stands still");
    stage.get("/dealer/me").cookie_of("dealer", "plain").expect(200).await;
    stage.get("/dealer/me").header("cookie", "dealer_session=also-gone").expect(401).await;
    assert_eq!(stage.whoamis("dealer"), 3, "others are asked about on their own");

    clock.advance(Duration::from_millis(999));
    dead().expect(401).await;
    assert_eq!(stage.whoamis("dealer"), 3);
    clock.advance(Duration::from_millis(1));
    dead().expect(401).await;
    dead().expect(401).await;
    assert_eq!(stage.whoamis("dealer"), 4, "once more when the memory has faded");
}

#[tokio::test]
async fn a37_a_dead_token_is_asked_about_once() {
    let clock = TestClock::present();
    let stage = Stage::plan().clock(clock.clone()).start().await;
    let dead = || stage.get("/dealer/machine").bearer("ory_at_long-gone");
    for _ in 0..100 {
        dead().ends("dead", Verdict::unauthenticated("inactive")).await;
    }
    assert_eq!(stage.introspections("dealer"), 1);
    stage.get("/dealer/machine").machine("reader").ends("another", Verdict::allowed()).await;
    clock.advance(Duration::from_secs(1));
    dead().ends("dead", Verdict::unauthenticated("inactive")).await;
    assert_eq!(stage.introspections("dealer"), 3);
}

#[tokio::test]
async fn a40_a_renewed_cookie_reaches_no_cache_and_nobody_else() {
    let stage = Stage::plan().cached().start().await;
    let Fault::Respond { status, mut headers, body } = session_of("x", |_| {}) else { unreachable!() };
    headers.push(("set-cookie".to_owned(), "dealer_session=renewed; Path=/; HttpOnly".to_owned()));
    headers.push(("cache-control".to_owned(), "public, max-age=600".to_owned()));
    whoami_answers(&stage, "dealer", Fault::Respond { status, headers, body });
    let asking = (0..10).map(|_| stage.get("/dealer/me").header("cookie", "dealer_session=old").expect(200));
    for answer in join_all(asking).await {
        assert_eq!(answer.header("set-cookie"), None, "dropped: the answer may be shared");
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
        assert_eq!(answer.header("vary"), Some("authorization, cookie"));
        assert!(!answer.text().contains("renewed"), "{answer:?}");
    }
    assert_eq!(stage.whoamis("dealer"), 1, "one look-up for all of them");
}

#[tokio::test]
async fn a05_roles_of_a_cached_session_are_checked_for_each_route() {
    let stage = Stage::plan().cached().start().await;
    for _ in 0..2 {
        stage.get("/dealer/a-or-b").token_of("dealer", "a").ends("one of them", Verdict::allowed()).await;
        stage.get("/dealer/a-and-b").token_of("dealer", "a").ends("both", Verdict::forbidden("role")).await;
    }
    assert_eq!(stage.whoamis("dealer"), 1);
    // A token of a session is no access token, cached or not.
    let rule: Rule = introspection();
    stage.proxies("dealer").hydra_admin.fault(rule, Fault::json(200, r#"{"active":false}"#));
    let ask = stage.get("/dealer/machine").token_of("dealer", "a");
    ask.ends("as an access token", Verdict::unauthenticated("inactive")).await;
}

#[tokio::test]
async fn a38_an_unreachable_store_of_revocations_lets_nobody_in() {
    let (stage, store) = (Stage::new().await, Store::default());
    let (here, elsewhere) = two(&stage, &store).await;
    let session = &stage.account("admin", "a").session;
    assert_eq!(here.get("/admin/me", &session.token).await, 200);
    store.set_down(true);
    here.iam.tenant(Tenants::Admin).sessions().revoke(&SessionId::new(&session.session_id)).await.unwrap();
    assert_eq!(here.get("/admin/me", &session.token).await, 401);
    // Who cannot read the store asks Ory.
    assert_eq!(elsewhere.get("/admin/me", &session.token).await, 401);
    store.set_down(false);
    assert_eq!(here.get("/admin/me", &session.token).await, 401, "the store still has it, and is not believed");
}
