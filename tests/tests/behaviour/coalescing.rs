//! Requests that share a look-up, and those that must not.

use futures_util::future::join_all;
use iam_testing::fault::{Fault, Rule};
use serde_json::json;

use crate::stage::made_up::session_of;
use crate::stage::{Answer, Plan, Stage, Verdict, cases};

const MANY: usize = 100;

fn whoami() -> Rule {
    Rule::on("GET", "/sessions/whoami")
}

async fn many(stage: &Stage, path: &str, token: &str) -> Vec<Answer> {
    join_all((0..MANY).map(|_| stage.get(path).bearer(token).send())).await
}

cases! { a_hundred_cold_requests_with_one_credential_ask_once:
    cache_off: Stage::plan();
    cache_on:  Stage::plan().cached();
}

async fn a_hundred_cold_requests_with_one_credential_ask_once(plan: Plan) {
    let stage = plan.start().await;
    let gate = Fault::hold();
    stage.proxies("dealer").kratos_public.fault(whoami(), gate.before());
    let token = &stage.account("dealer", "plain").session.token;
    let open = async {
        gate.arrived(1).await;
        stage.counters.arrivals(MANY).await;
        gate.open();
    };
    let (answers, ()) = tokio::join!(many(&stage, "/dealer/me", token), open);
    let id = &stage.account("dealer", "plain").identity.id;
    for answer in answers {
        assert_eq!((answer.status, answer.json()["id"].as_str()), (200, Some(&**id)), "{answer:?}");
    }
    assert_eq!(stage.whoamis("dealer"), 1);
    let events = stage.events().await;
    assert_eq!(events.len(), MANY, "one event a decision, however many share a call");
    assert!(events.iter().all(|event| event.outcome.name() == "allowed"));
    let ids: std::collections::HashSet<_> = events.iter().map(|event| &event.request_id).collect();
    assert_eq!(ids.len(), MANY);
}

/// A request may find nothing remembered, and no look-up under way any more, when one lands in between.
#[tokio::test]
async fn a_request_that_meets_a_landing_look_up_asks_no_second_time() {
    let stage = Stage::plan().cached().start().await;
    let kratos = &stage.proxies("dealer").kratos_public;
    for round in 0..100 {
        kratos.heal();
        kratos.clear();
        kratos.fault(whoami(), session_of(&format!("user-{round}"), |_| {}));
        let token = format!("ory_st_round-{round}");
        let asking = (0..12).map(|_| stage.get("/dealer/me").bearer(&token).expect(200));
        join_all(asking).await;
        assert_eq!(stage.whoamis("dealer"), 1, "round {round}");
    }
}

cases! { a_hundred_requests_share_a_refusal_and_an_outage_as_well:
    a_refusal: 401;
    an_outage: 503;
}

async fn a_hundred_requests_share_a_refusal_and_an_outage_as_well(meant: u16) {
    let stage = Stage::plan().set("dealer.http.max_retries", 0).start().await;
    let kratos = &stage.proxies("dealer").kratos_public;
    let gate = Fault::hold();
    kratos.fault(whoami(), gate.before());
    let end = async {
        gate.arrived(1).await;
        stage.counters.arrivals(MANY).await;
        match meant {
            401 => gate.open(),
            _ => kratos.refuse().await.unwrap(),
        }
    };
    let (answers, ()) = tokio::join!(many(&stage, "/dealer/me", "ory_st_x"), end);
    assert!(answers.iter().all(|answer| answer.status == meant), "{answers:?}");
    assert_eq!(stage.whoamis("dealer"), 1);
    assert_eq!(stage.events().await.len(), MANY);
}

#[tokio::test]
async fn different_credentials_share_nothing() {
    let stage = Stage::plan().cached().start().await;
    let gate = Fault::hold();
    stage.proxies("dealer").kratos_public.fault(whoami(), gate.before());
    let who = ["plain", "a", "b", "ab"];
    let asking = join_all((0..MANY).map(|index| stage.get("/dealer/me").token_of("dealer", who[index % 4]).send()));
    let open = async {
        gate.arrived(4).await;
        stage.counters.arrivals(MANY).await;
        gate.open();
    };
    let (answers, ()) = tokio::join!(asking, open);
    for (index, answer) in answers.iter().enumerate() {
        assert_eq!(answer.json()["id"], stage.account("dealer", who[index % 4]).identity.id, "{index}");
    }
    assert_eq!(stage.whoamis("dealer"), 4);
}

#[tokio::test]
async fn one_text_as_cookie_as_session_token_and_as_access_token_is_three_credentials() {
    let stage = Stage::plan().cached().start().await;
    let browser = &stage.account("dealer", "a").browser;
    let text = "ory_st_one-text";
    let kratos = &stage.proxies("dealer").kratos_public;
    let with = |header: &'static str| whoami().when(move |request| request.header(header).is_some());
    kratos.fault(with("x-session-token"), session_of("6b1f4c1e-0000-4000-8000-000000000001", |_| {}));
    let ask = || stage.get("/dealer/me").bearer(text);
    let cookie = || stage.get("/dealer/me").header("cookie", format!("{}={text}", browser.cookie_name));
    for _ in 0..2 {
        ask().ends("a session token", Verdict::allowed()).await;
        cookie().ends("a cookie", Verdict::unauthenticated("rejected_by_tenant")).await;
        let token = stage.get("/dealer/machine").bearer(text);
        token.ends("an access token", Verdict::unauthenticated("inactive")).await;
    }
}

#[tokio::test]
async fn a_leader_that_goes_away_strands_nobody() {
    let stage = Stage::new().await;
    let gate = Fault::hold();
    stage.proxies("dealer").kratos_public.fault(whoami(), gate.before());
    let me = || stage.get("/dealer/me").token_of("dealer", "plain");

    let mut leader = Box::pin(me().send());
    let first = async {
        tokio::select! {
            answer = &mut leader => panic!("the gate is closed: {answer:?}"),
            () = gate.arrived(1) => {}
        }
    };
    first.await;
    let followers = join_all((0..10).map(|_| me().send()));
    let leave = async {
        stage.counters.arrivals(11).await;
        drop(leader);
        stage.counters.abandonments(1).await;
        gate.open();
    };
    let (answers, ()) = tokio::join!(followers, leave);
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert_eq!(stage.whoamis("dealer"), 1);
}

#[tokio::test]
async fn a_look_up_that_everybody_left_is_given_up() {
    let stage = Stage::new().await;
    let gate = Fault::hold();
    let kratos = &stage.proxies("dealer").kratos_public;
    kratos.fault(whoami().times(1), gate.before());
    let me = || stage.get("/dealer/me").token_of("dealer", "plain");
    tokio::select! {
        answer = me().send() => panic!("the gate is closed: {answer:?}"),
        () = gate.arrived(1) => {}
    }
    stage.counters.abandonments(1).await;
    // The gate stays closed: only a look-up of its own can answer this one.
    assert_eq!(me().send().await.status, 200);
    assert_eq!(stage.whoamis("dealer"), 2);
}

cases! { tenants_with_equal_tokens_share_neither_entry_nor_look_up:
    cache_off: Stage::plan();
    cache_on:  Stage::plan().cached();
}

async fn tenants_with_equal_tokens_share_neither_entry_nor_look_up(plan: Plan) {
    let stage = plan.start().await;
    let ids = [("admin", "6b1f4c1e-0000-4000-8000-00000000000a"), ("dealer", "6b1f4c1e-0000-4000-8000-00000000000d")];
    for (tenant, id) in ids {
        stage.proxies(tenant).kratos_public.fault(whoami(), session_of(id, |_| {}));
    }
    for round in 0..2 {
        let (admin, dealer) =
            tokio::join!(many(&stage, "/admin/me", "ory_st_equal"), many(&stage, "/dealer/me", "ory_st_equal"));
        for (answers, (tenant, id)) in [admin, dealer].into_iter().zip(ids) {
            for answer in answers {
                let meant = json!({ "kind": "user", "id": id, "tenant": tenant });
                assert_eq!(answer.json(), meant, "round {round}");
            }
        }
    }
    assert!(stage.whoamis("admin") >= 1 && stage.whoamis("dealer") >= 1);
    let row = "and at the third tenant it is nobody's";
    let ask = stage.get("/customer/me").bearer("ory_st_equal");
    stage.events().await;
    ask.ends(row, Verdict::unauthenticated("rejected_by_tenant")).await;
}

#[tokio::test]
async fn a_refusal_at_one_tenant_is_none_at_another() {
    let stage = Stage::plan().cached().start().await;
    let id = "6b1f4c1e-0000-4000-8000-00000000000d";
    stage.proxies("dealer").kratos_public.fault(whoami(), session_of(id, |_| {}));
    for _ in 0..2 {
        let ask = stage.get("/admin/me").bearer("ory_st_equal");
        ask.ends("refused here", Verdict::unauthenticated("rejected_by_tenant")).await;
        stage.get("/dealer/me").bearer("ory_st_equal").ends("good there", Verdict::allowed()).await;
    }
}

#[tokio::test]
async fn equal_access_tokens_at_two_tenants_are_two_machines() {
    let stage = Stage::plan().cached().start().await;
    let introspect = || Rule::on("POST", "/admin/oauth2/introspect");
    let token = |client: &'static str, issuer: &'static str| {
        crate::stage::made_up::token_of_reader(move |token| {
            token["client_id"] = json!(client);
            token["sub"] = json!(client);
            token["iss"] = json!(issuer);
        })
    };
    stage.proxies("dealer").hydra_admin.fault(introspect(), token("reader", "https://auth.dealer.test/"));
    let issuer = "https://playful-otter-1234abcd.projects.oryapis.com";
    stage.proxies("customer").hydra_admin.fault(introspect(), token("theirs", issuer));
    for round in 0..2 {
        for (tenant, client) in [("dealer", "reader"), ("customer", "theirs")] {
            let ask = stage.get(&format!("/{tenant}/machine")).bearer("ory_at_equal");
            let seen = ask.ends(&format!("round {round}"), Verdict::allowed()).await;
            assert_eq!(seen.answer.json(), json!({ "kind": "machine", "id": client, "tenant": tenant }));
            assert_eq!(stage.introspections(tenant), 1, "round {round}");
        }
    }
}
