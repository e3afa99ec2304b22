//! Policies that build on others: of what a base demands, nothing gets lost. And callers whose type names
//! their tenant.

use std::time::Duration;

use iam_testing::client::NewClient;
use iam_testing::double::TestClock;

use crate::stage::{Stage, USUAL, Verdict, cases};

const ROLE: fn() -> Verdict = || Verdict::forbidden("role");

// Of each row: the path, and whom it lets in of users with no role, with a, with b and with both.
cases! { USUAL, roles_of_a_base_and_of_what_builds_on_it_add_up:
    the_base:                 "clerks",        &["a", "ab"];
    the_base_in_a_block:      "block/plain",   &["a", "ab"];
    the_base_on_methods:      "methods/plain", &["a", "ab"];
    a_role_more:              "with-role",     &["ab"];
    a_base_on_a_base:         "nested",        &["ab"];
    two_bases:                "two",           &["ab"];
    a_role_more_in_a_block:   "block/more",    &["ab"];
    a_role_more_on_methods:   "methods/more",  &["ab"];
}

async fn roles_of_a_base_and_of_what_builds_on_it_add_up(stage: &Stage, path: &str, let_in: &[&str]) {
    let path = format!("/customer/composed/{path}");
    let before = stage.counters.seen().0;
    for who in ["plain", "a", "b", "ab"] {
        let meant = if let_in.contains(&who) { Verdict::allowed() } else { ROLE() };
        stage.get(&path).token_of("customer", who).ends(who, meant).await;
    }
    stage.get(&path).ends("nobody", Verdict::unauthenticated("missing")).await;
    let foreign = stage.get(&path).token_of("dealer", "a");
    foreign.ends("of another tenant", Verdict::unauthenticated("rejected_by_tenant")).await;
    assert_eq!(stage.counters.seen().0 - before, let_in.len(), "extractors ran for those who were let in");
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

cases! { USUAL, a_base_may_ask_the_application:
    which_allows: "good", Verdict::allowed(),          None;
    which_denies: "bad",  Verdict::forbidden("check"), Some("mood: in a bad mood");
}

async fn a_base_may_ask_the_application(stage: &Stage, mood: &str, meant: Verdict, detail: Option<&str>) {
    let ask = stage.get(&format!("/customer/composed/cheerful/{mood}")).token_of("customer", "plain");
    assert_eq!(ask.ends(mood, meant).await.decision.detail.as_deref(), detail);
}

cases! { USUAL, a_base_may_ask_keto:
    an_owner:           "a", "42", Verdict::allowed();
    of_another_listing: "a", "43", Verdict::forbidden("permission");
    somebody_else:      "b", "42", Verdict::forbidden("permission");
}

async fn a_base_may_ask_keto(stage: &Stage, who: &str, id: &str, meant: Verdict) {
    stage.get(&format!("/dealer/composed/listings/{id}")).token_of("dealer", who).ends(who, meant).await;
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

cases! { USUAL, scopes_of_a_base_and_of_what_builds_on_it_add_up:
    both:            &["profile", "orders"], Verdict::allowed();
    the_bases_alone: &["profile"],           ROLE();
    the_other_alone: &["orders"],            ROLE();
}

async fn scopes_of_a_base_and_of_what_builds_on_it_add_up(stage: &Stage, scopes: &[&str], meant: Verdict) {
    let customer = &stage.tenant("customer").client;
    let new = NewClient::new(format!("app-{}", uuid::Uuid::new_v4())).grant("authorization_code");
    let new = new.redirect_uri("https://app.example/callback");
    let new = new.audience("https://api.customer.test").scope("profile orders");
    let app = customer.create_client(new).await.unwrap();
    let user = &stage.account("customer", "plain").identity.id;
    let tokens = customer.delegated_token(&app, user, scopes).await.unwrap();
    stage.get("/customer/composed/delegates").bearer(&tokens.access_token).ends("a delegate", meant).await;
}

cases! { USUAL, a_base_may_leave_its_tenant_to_the_host:
    a_customer_at_home:          "customer.test", "customer", "a", Verdict::allowed(), "true false";
    a_dealer_at_home:            "dealer.test",   "dealer",   "a", Verdict::allowed(), "false true";
    a_customer_elsewhere:        "dealer.test",   "customer", "a", Verdict::unauthenticated("rejected_by_tenant"), "";
    a_tenant_that_is_not_listed: "admin.test",    "admin",    "a", Verdict::misdirected(), "";
    of_another_role:             "dealer.test",   "dealer",   "b", ROLE(), "";
}

async fn a_base_may_leave_its_tenant_to_the_host(
    stage: &Stage,
    host: &str,
    of: &str,
    who: &str,
    meant: Verdict,
    told: &str,
) {
    let ask = stage.get("/by-host/composed").header("host", host).token_of(of, who);
    let seen = ask.ends(host, meant).await;
    assert!(told.is_empty() || seen.answer.text() == told, "{}", seen.answer.text());
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
