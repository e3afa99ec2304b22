//! Policies that build on others: of what a base demands, nothing gets lost. And callers whose type names
//! their tenant.

use std::time::Duration;

use iam_testing::client::NewClient;
use iam_testing::double::TestClock;

use crate::stage::{Stage, Verdict};

#[tokio::test]
async fn roles_of_a_base_and_of_what_builds_on_it_add_up() {
    let stage = Stage::new().await;
    let role = || Verdict::forbidden("role");
    for path in ["clerks", "block/plain", "methods/plain"] {
        let path = format!("/customer/composed/{path}");
        for (who, meant) in [("plain", role()), ("a", Verdict::allowed()), ("b", role()), ("ab", Verdict::allowed())] {
            stage.get(&path).token_of("customer", who).ends(&format!("{who} at {path}"), meant).await;
        }
        stage.get(&path).ends(&path, Verdict::unauthenticated("missing")).await;
        let foreign = stage.get(&path).token_of("dealer", "a");
        foreign.ends("of another tenant", Verdict::unauthenticated("rejected_by_tenant")).await;
    }
    for path in ["with-role", "nested", "two", "block/more", "methods/more"] {
        let path = format!("/customer/composed/{path}");
        for (who, meant) in [("plain", role()), ("a", role()), ("b", role()), ("ab", Verdict::allowed())] {
            stage.get(&path).token_of("customer", who).ends(&format!("{who} at {path}"), meant).await;
        }
    }
    assert_eq!(stage.counters.seen().0, 11, "extractors ran for those who were let in");
}

#[tokio::test]
async fn a_base_may_demand_something_of_the_session() {
    let clock = TestClock::present();
    let stage = Stage::plan().cached().clock(clock.clone()).start().await;
    let ask = |path: &str| stage.get(&format!("/customer/composed/{path}")).token_of("customer", "a");
    ask("strong").ends("one factor", Verdict::forbidden("second_factor")).await;
    ask("young").ends("just logged in", Verdict::allowed()).await;
    let asked = stage.whoamis("customer");
    ask("clerks").ends("from the cache", Verdict::allowed()).await;
    assert_eq!(stage.whoamis("customer"), asked);
    ask("freshest").ends("asked each time", Verdict::allowed()).await;
    ask("freshest").ends("asked each time", Verdict::allowed()).await;
    assert_eq!(stage.whoamis("customer"), asked + 2);
    clock.advance(Duration::from_secs(16 * 60));
    ask("young").ends("a while ago", Verdict::forbidden("session_too_old")).await;
}

#[tokio::test]
async fn a_base_may_ask_the_application_and_keto() {
    let stage = Stage::new().await;
    for (mood, meant, detail) in
        [("good", Verdict::allowed(), None), ("bad", Verdict::forbidden("check"), Some("mood: in a bad mood"))]
    {
        let ask = stage.get(&format!("/customer/composed/cheerful/{mood}")).token_of("customer", "plain");
        assert_eq!(ask.ends(mood, meant).await.decision.detail.as_deref(), detail, "{mood}");
    }
    for (who, id, meant) in [
        ("a", "42", Verdict::allowed()),
        ("a", "43", Verdict::forbidden("permission")),
        ("b", "42", Verdict::forbidden("permission")),
    ] {
        let ask = stage.get(&format!("/dealer/composed/listings/{id}")).token_of("dealer", who);
        ask.ends(&format!("{who} at {id}"), meant).await;
    }
}

#[tokio::test]
async fn the_kind_of_credential_is_the_bases() {
    let stage = Stage::new().await;
    let path = "/dealer/composed/writers";
    assert_eq!(stage.get(path).machine("writer").ends("a machine", Verdict::allowed()).await.answer.text(), "writer");
    stage.get(path).machine("reader").ends("of another scope", Verdict::forbidden("role")).await;
    stage.get(path).token_of("dealer", "a").ends("a user", Verdict::unauthenticated("inactive")).await;

    let path = "/customer/composed/visitors";
    assert_eq!(stage.get(path).expect(200).await.text(), "false");
    assert_eq!(stage.get(path).token_of("customer", "plain").expect(200).await.text(), "true");
}

#[tokio::test]
async fn scopes_of_a_base_and_of_what_builds_on_it_add_up() {
    let stage = Stage::new().await;
    let customer = &stage.tenant("customer").client;
    let new = NewClient::new("app").grant("authorization_code").redirect_uri("https://app.example/callback");
    let new = new.audience("https://api.customer.test").scope("profile orders");
    let app = customer.create_client(new).await.unwrap();
    let user = &stage.account("customer", "plain").identity.id;
    for (scopes, meant) in [
        (&["profile", "orders"][..], Verdict::allowed()),
        (&["profile"], Verdict::forbidden("role")),
        (&["orders"], Verdict::forbidden("role")),
    ] {
        let tokens = customer.delegated_token(&app, user, scopes).await.unwrap();
        let ask = stage.get("/customer/composed/delegates").bearer(&tokens.access_token);
        ask.ends(&format!("{scopes:?}"), meant).await;
    }
}

#[tokio::test]
async fn a_base_may_leave_its_tenant_to_the_host() {
    let stage = Stage::new().await;
    let path = "/by-host/composed";
    for (host, of, meant, told) in [
        ("customer.test", "customer", Verdict::allowed(), "true false"),
        ("dealer.test", "dealer", Verdict::allowed(), "false true"),
        ("dealer.test", "customer", Verdict::unauthenticated("rejected_by_tenant"), ""),
        ("admin.test", "admin", Verdict::misdirected(), ""),
    ] {
        let seen = stage.get(path).header("host", host).token_of(of, "a").ends(host, meant).await;
        assert!(told.is_empty() || seen.answer.text() == told, "{host}: {}", seen.answer.text());
    }
    let ask = stage.get(path).header("host", "dealer.test").token_of("dealer", "b");
    ask.ends("its role", Verdict::forbidden("role")).await;
}

#[tokio::test]
async fn a_function_that_asks_for_a_caller_of_one_tenant_gets_one() {
    let stage = Stage::new().await;
    let id = &stage.account("admin", "plain").identity.id;
    let seen = stage.get("/admin/typed/books").token_of("admin", "plain").ends("at home", Verdict::allowed()).await;
    assert_eq!(seen.answer.text(), format!("closed by {id}"));
}

#[tokio::test]
async fn crossing_to_another_tenant_is_an_event_of_its_own() {
    let stage = Stage::new().await;
    let id = &stage.account("admin", "plain").identity.id;
    let answer = stage.get("/admin/typed/across").token_of("admin", "plain").expect(200).await;
    assert_eq!(answer.text(), format!("restocked by {id} of admin"), "who crosses over stays who it is");
    let events = stage.events().await;
    let [decision, crossing] = &events[..] else { panic!("{events:?}") };
    assert_eq!((decision.name, decision.tenant), ("decision", "admin"));
    assert_eq!((crossing.name, crossing.tenant, crossing.outcome.name()), ("tenant.cross", "dealer", "succeeded"));
    assert_eq!((crossing.actor_kind, crossing.actor.as_ref()), (Some("user"), Some(id)));
    assert_eq!((crossing.actor_tenant, crossing.detail.as_deref()), (Some("admin"), Some("case 7\\u{a}")));
    assert_eq!((&crossing.request_id, crossing.request_id.is_some()), (&decision.request_id, true));
}

#[tokio::test]
async fn a_caller_of_another_tenant_is_not_given_out_where_no_attribute_can_see() {
    let stage = Stage::new().await;
    stage.get("/admin/typed/hidden").token_of("admin", "plain").expect(500).await;
}
