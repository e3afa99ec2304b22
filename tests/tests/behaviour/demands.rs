//! Demands beyond a list of roles: on the session itself, on how old an answer of Ory's may be, and the
//! application's own.

use std::time::Duration;

use iam_testing::client::{NewClient, NewIdentity};
use iam_testing::double::TestClock;
use iam_testing::fault::{Fault, Rule};

use crate::stage::{Ask, Plan, Shared, Stage, USUAL, Verdict, cases};

#[tokio::test]
async fn a_second_factor_may_be_demanded_of_one_route() {
    let stage = Stage::new().await;
    let seen = stage.get("/customer/demands/strong").token_of("customer", "plain");
    let seen = seen.ends("one factor", Verdict::forbidden("second_factor")).await;
    let url = stage.proxies("customer").kratos_public.url().join("self-service/login/browser?aal=aal2").unwrap();
    assert_eq!(seen.answer.json()["step_up_url"], url.as_str());

    let ory = &stage.tenant("customer").client;
    let identity = ory.create_identity(NewIdentity::new("careful@customer.test")).await.unwrap();
    let session = ory.login(&identity).await.unwrap();
    let secret = ory.set_up_totp(&session).await.unwrap();
    let lifted = ory.login_second_factor(&ory.login(&identity).await.unwrap(), &secret).await.unwrap();
    stage.get("/customer/demands/strong").bearer(&lifted.token).ends("two factors", Verdict::allowed()).await;
}

// Who may have stepped up meanwhile is asked for again, whatever memory says.
cases! { a_session_may_be_too_old_for_one_route:
    asked_each_time: Stage::plan(),          3;
    remembered:      Stage::plan().cached(), 2;
}

async fn a_session_may_be_too_old_for_one_route(plan: Plan, whoamis: usize) {
    let clock = TestClock::present();
    let stage = plan.clock(clock.clone()).start().await;
    let ask = || stage.get("/customer/demands/young").token_of("customer", "plain");
    ask().ends("just logged in", Verdict::allowed()).await;
    clock.advance(Duration::from_secs(16 * 60));
    let seen = ask().ends("a while ago", Verdict::forbidden("session_too_old")).await;
    let kratos = stage.proxies("customer").kratos_public.url().clone();
    let url = kratos.join("self-service/login/browser?refresh=true").unwrap();
    assert_eq!(seen.answer.json()["step_up_url"], url.as_str());
    stage.get("/customer/me").token_of("customer", "plain").ends("elsewhere", Verdict::allowed()).await;
    assert_eq!(stage.whoamis("customer"), whoamis);
}

#[tokio::test]
async fn a_session_without_a_time_of_authentication_is_too_old() {
    let stage = Stage::new().await;
    let id = &stage.account("customer", "plain").identity.id;
    let body = format!(
        r#"{{"id":"7f2dcd4c-7d1c-4a5d-9f7b-0b6cc0f00d2c","active":true,"expires_at":"2099-01-01T00:00:00Z",
            "authenticator_assurance_level":"aal1","identity":{{"id":"{id}","schema_id":"default","state":"active"}}}}"#
    );
    stage.proxies("customer").kratos_public.fault(Rule::on("GET", "/sessions/whoami"), Fault::json(200, body));
    let young = stage.get("/customer/demands/young").token_of("customer", "plain");
    young.ends("of unknown age", Verdict::forbidden("session_too_old")).await;
    stage.get("/customer/me").token_of("customer", "plain").ends("elsewhere", Verdict::allowed()).await;
}

#[tokio::test]
async fn a_route_may_ask_for_a_younger_answer_than_the_cache_keeps() {
    let clock = TestClock::present();
    let stage = Stage::plan().cached().clock(clock.clone()).start().await;
    let ask = |path: &str| stage.get(&format!("/customer/{path}")).token_of("customer", "a");
    for (row, path, wait_s, asked) in [
        ("cold", "me", 0, 1),
        ("young enough", "demands/fresh", 4, 1),
        ("too old for this route", "demands/fresh", 1, 2),
        ("still good for others", "me", 0, 2),
        ("just asked", "demands/fresh", 0, 2),
        ("never young enough", "demands/freshest", 0, 3),
        ("again", "demands/freshest", 0, 4),
        ("the others' cache", "me", 600, 4),
    ] {
        clock.advance(Duration::from_secs(wait_s));
        ask(path).ends(row, Verdict::allowed()).await;
        assert_eq!(stage.whoamis("customer"), asked, "{row}");
    }
    // A session that Ory ended meanwhile is good where the cache may answer, and nowhere else.
    let account = stage.account("customer", "a");
    stage.tenant("customer").client.revoke_session(&account.session.session_id).await.unwrap();
    ask("me").ends("remembered", Verdict::allowed()).await;
    let rejected = || Verdict::unauthenticated("rejected_by_tenant");
    ask("demands/freshest").ends("asked again", rejected()).await;
    clock.advance(Duration::from_secs(2));
    ask("me").ends("not remembered any more, and the refusal is over", rejected()).await;
}

#[tokio::test]
async fn who_steps_up_is_let_in_whatever_the_cache_remembers() {
    let stage = Stage::plan().cached().start().await;
    let ory = &stage.tenant("customer").client;
    let identity = ory.create_identity(NewIdentity::new("careful@customer.test")).await.unwrap();
    let session = ory.login(&identity).await.unwrap();
    let ask = |path: &str| stage.get(&format!("/customer/{path}")).bearer(&session.token);
    ask("me").ends("one factor", Verdict::allowed()).await;
    ask("demands/strong").ends("too weak", Verdict::forbidden("second_factor")).await;
    // Kratos lifts the session in which a second factor is set up.
    ory.set_up_totp(&session).await.unwrap();
    ask("demands/strong").ends("the same token, stronger", Verdict::allowed()).await;
    let asked = stage.whoamis("customer");
    ask("demands/strong").ends("remembered as such", Verdict::allowed()).await;
    assert_eq!(stage.whoamis("customer"), asked);
}

const ROLE: fn() -> Verdict = || Verdict::forbidden("role");

cases! { USUAL, roles_may_be_demanded_together_and_not_at_all:
    a_without_b_of_plain: "a-without-b", "plain", ROLE();
    a_without_b_of_a:     "a-without-b", "a",     Verdict::allowed();
    a_without_b_of_b:     "a-without-b", "b",     ROLE();
    a_without_b_of_both:  "a-without-b", "ab",    ROLE();
    both_of_plain:        "both",        "plain", ROLE();
    both_of_a:            "both",        "a",     ROLE();
    both_of_b:            "both",        "b",     ROLE();
    both_of_both:         "both",        "ab",    Verdict::allowed();
    one_of_plain:         "one",         "plain", ROLE();
    one_of_a:             "one",         "a",     Verdict::allowed();
    one_of_b:             "one",         "b",     Verdict::allowed();
    one_of_both:          "one",         "ab",    Verdict::allowed();
}

async fn roles_may_be_demanded_together_and_not_at_all(stage: &Stage, path: &str, who: &str, meant: Verdict) {
    stage.get(&format!("/customer/demands/{path}")).token_of("customer", who).ends(who, meant).await;
}

static CACHED: Shared = Shared::new(|| Box::pin(Stage::plan().cached().start()));

const CANNOT_TELL: fn() -> Verdict = || Verdict { reason: Some("check_unavailable"), ..Verdict::unavailable() };
const BAD_MOOD: Option<&str> = Some("mood: in a bad mood");

cases! { CACHED, checks_of_the_applications_own_have_the_last_word:
    both_allow:                  "good/open",    Verdict::allowed(),          None;
    the_first_denies:            "bad/open",     Verdict::forbidden("check"), BAD_MOOD;
    the_second_denies:           "good/closed",  Verdict::forbidden("check"), Some("route: closed");
    both_deny:                   "bad/closed",   Verdict::forbidden("check"), BAD_MOOD;
    the_first_cannot_tell:       "strange/open", CANNOT_TELL(),               None;
    one_denies_one_cannot_tell:  "bad/unknown",  CANNOT_TELL(),               None;
    one_panics:                  "panic/open",   Verdict::unavailable(),      None;
}

async fn checks_of_the_applications_own_have_the_last_word(
    stage: &Stage,
    path: &str,
    meant: Verdict,
    detail: Option<&str>,
) {
    for _ in 0..2 {
        let ask = stage.get(&format!("/customer/demands/checked/{path}")).token_of("customer", "plain");
        let seen = ask.ends(path, meant.clone()).await;
        assert_eq!(seen.decision.detail.as_deref(), detail);
        assert!(!seen.answer.text().contains("mood"), "{:?}", seen.answer);
    }
    assert!(stage.whoamis("customer") <= 1, "checks are asked each time, Ory is not");
}

#[tokio::test]
async fn a_route_may_be_for_users_and_for_machines() {
    let stage = Stage::plan().cached().start().await;
    let path = "/dealer/demands/either";
    for _ in 0..2 {
        let seen = stage.get(path).token_of("dealer", "a").ends("a user", Verdict::allowed()).await;
        assert_eq!(seen.answer.text(), format!("user {}", stage.account("dealer", "a").identity.id));
        stage.get(path).cookie_of("dealer", "a").ends("a user by cookie", Verdict::allowed()).await;
    }
    assert_eq!((stage.whoamis("dealer"), stage.introspections("dealer")), (2, 0), "sessions are shown to Kratos only");
    for _ in 0..2 {
        let seen = stage.get(path).machine("reader").ends("a machine", Verdict::allowed()).await;
        assert_eq!(seen.answer.text(), "machine reader");
        stage.get(path).token_of("dealer", "b").ends("another role", Verdict::forbidden("role")).await;
        stage.get(path).machine("stranger").ends("an unlisted client", Verdict::forbidden("not_a_machine")).await;
        let rejected = || Verdict::unauthenticated("rejected_by_tenant");
        stage.get(path).token_of("customer", "a").ends("another tenant's user", rejected()).await;
        stage.get(path).bearer("ory_at_nobodys").ends("nobody's token", Verdict::unauthenticated("inactive")).await;
    }
    let both = stage.get(path).cookie_of("dealer", "a").machine("reader");
    both.ends("two credentials", Verdict::unauthenticated("ambiguous")).await;
    let asked = (stage.whoamis("dealer"), stage.introspections("dealer"));
    let seen = stage.get(path).bearer("of-no-kind").ends("of no kind", Verdict::unauthenticated("malformed")).await;
    assert_eq!((stage.whoamis("dealer"), stage.introspections("dealer")), asked, "asked about nowhere");
    let challenge = seen.answer.header("www-authenticate").unwrap();
    assert!(challenge.contains("Bearer realm=\"dealer\"") && challenge.contains("Cookie realm"), "{challenge}");
}

cases! { USUAL, a_route_may_be_for_users_for_machines_and_for_nobody_in_particular:
    a_user:    |ask| ask.token_of("dealer", "plain"), "true false";
    a_machine: |ask| ask.machine("writer"),           "false true";
}

async fn a_route_may_be_for_users_for_machines_and_for_nobody_in_particular(
    stage: &Stage,
    with: fn(Ask<'_>) -> Ask<'_>,
    told: &str,
) {
    let seen = with(stage.get("/dealer/demands/optionally")).ends(told, Verdict::allowed()).await;
    assert_eq!(seen.answer.text(), told);
}

/// A client of `dealer` to which its user `a` granted these scopes: its token, its id and the user's.
async fn delegate(stage: &Stage, scopes: &[&str]) -> (String, String, String) {
    let dealer = &stage.tenant("dealer").client;
    let id = format!("shop-{}", uuid::Uuid::new_v4());
    let new = NewClient::new(&id).grant("authorization_code").redirect_uri("https://shop.example/callback");
    let new = scopes.iter().fold(new.audience("https://api.dealer.test"), |new, scope| new.scope(*scope));
    let shop = dealer.create_client(new).await.unwrap();
    let user = &stage.account("dealer", "a").identity.id;
    let tokens = dealer.delegated_token(&shop, user, scopes).await.unwrap();
    (tokens.access_token, id, user.clone())
}

#[tokio::test]
async fn a_client_that_acts_for_a_user_is_neither_user_nor_machine() {
    let stage = Stage::new().await;
    let (token, ..) = delegate(&stage, &["inventory:read"]).await;
    let ask = stage.get("/dealer/demands/either").bearer(&token);
    ask.ends("a delegate", Verdict::forbidden("not_a_machine")).await;
}

cases! { USUAL, a_caller_that_may_be_missing_is_an_option:
    nobody:     async |stage: &Stage| (stage.get("/customer/demands/somebody"), "nobody".to_owned());
    a_user:     async |stage: &Stage| {
        let user = &stage.account("customer", "plain").identity.id;
        (stage.get("/customer/demands/somebody").token_of("customer", "plain"), format!("user {user}"))
    };
    a_delegate: async |stage: &Stage| {
        let (token, client, user) = delegate(stage, &["profile", "orders"]).await;
        (stage.get("/dealer/demands/delegate").bearer(&token), format!("{client} for {user}"))
    };
}

async fn a_caller_that_may_be_missing_is_an_option(
    stage: &Stage,
    row: impl for<'a> AsyncFn(&'a Stage) -> (Ask<'a>, String),
) {
    let (ask, told) = row(stage).await;
    assert_eq!(ask.ends(&told, Verdict::allowed()).await.answer.text(), told);
}

#[tokio::test]
async fn a_caller_whose_token_is_stale_is_not_missing() {
    let stage = Stage::new().await;
    let stale = stage.get("/customer/demands/somebody").bearer("ory_st_nobody");
    stale.ends("a stale token", Verdict::unauthenticated("rejected_by_tenant")).await;
}
