//! Ory down, slow or overloaded, dressed up as something else.

use std::sync::Arc;
use std::time::Duration;

use iam_core::{ErrorKind, UpstreamFault};
use iam_testing::double::TestClock;
use iam_testing::fault::{Ending, Fault, FaultProxy, Recorded, Rule};

use super::{introspection_answers, kratos_refusal, whoami, whoami_answers};
use crate::Tenants;
use crate::stage::{Plan, Shared, Stage, USUAL, Verdict, cases};

fn ready() -> Rule {
    Rule::on("GET", "/health/ready")
}

cases! { a18_a_session_good_a_second_ago_is_not_logged_out_by_an_outage:
    asked_each_time: Stage::plan();
    remembered:      Stage::plan().cached();
}

async fn a18_a_session_good_a_second_ago_is_not_logged_out_by_an_outage(plan: Plan) {
    let clock = TestClock::present();
    let stage = plan.clock(clock.clone()).start().await;
    let ask = || stage.get("/dealer/me").token_of("dealer", "plain");
    let kratos = &stage.proxies("dealer").kratos_public;
    ask().ends("before", Verdict::allowed()).await;
    // What is remembered ends now; that it was good is still known.
    let services = stage.iam.tenant(Tenants::Dealer);
    forget_by_a_change(&services, &stage.account("dealer", "plain").identity.id).await;
    stage.events().await;

    for (row, unwell) in [("503", Fault::Status(503)), ("no answer at all", Fault::Reset)] {
        whoami_answers(&stage, "dealer", kratos_refusal());
        kratos.fault(ready(), unwell);
        let seen = ask().ends(row, Verdict::unavailable()).await;
        assert!(seen.answer.header("retry-after").is_some(), "{row}");
        clock.advance(Duration::from_secs(1));
    }
    kratos.heal();
    ask().ends("nothing of it is remembered", Verdict::allowed()).await;
}

/// An administrator's change of an identity, after which nothing cached of it is used.
async fn forget_by_a_change(services: &iam_core::Services, id: &str) {
    services.identities().set_roles(&iam_core::IdentityId::new(id), &["c"]).await.unwrap();
}

// Readiness is asked once a second, and so each row has a stage of its own.
cases! { a18_a_logout_while_all_is_well_is_a_logout:
    kratos_is_ready:      None;
    readiness_is_unknown: Some(Fault::Status(404));
}

async fn a18_a_logout_while_all_is_well_is_a_logout(readiness: Option<Fault>) {
    let stage = Stage::new().await;
    let ask = || stage.get("/dealer/me").token_of("dealer", "plain");
    ask().ends("before", Verdict::allowed()).await;
    whoami_answers(&stage, "dealer", kratos_refusal());
    if let Some(says) = readiness {
        stage.proxies("dealer").kratos_public.fault(ready(), says);
    }
    ask().ends("logged out", Verdict::unauthenticated("rejected_by_tenant")).await;
}

#[tokio::test]
async fn a18_whoever_was_good_of_late_is_asked_about_together_once_a_second() {
    let clock = TestClock::present();
    let stage = Stage::plan().clock(clock.clone()).start().await;
    let asked = || stage.proxies("dealer").kratos_public.count(|request| request.path() == "/health/ready");
    let of_late = ["plain", "a", "b", "ab"];
    let ask = |who: &str| stage.get("/dealer/me").token_of("dealer", who);
    for who in of_late {
        ask(who).ends(who, Verdict::allowed()).await;
    }
    clock.advance(Duration::from_secs(2));
    whoami_answers(&stage, "dealer", kratos_refusal());
    let before = asked();
    for who in of_late {
        ask(who).ends(who, Verdict::unauthenticated("rejected_by_tenant")).await;
    }
    assert_eq!(asked(), before + 1);
    // Of a stranger no readiness is asked: nothing speaks for an outage.
    let before = asked();
    let stranger = stage.get("/dealer/me").bearer("ory_st_stranger");
    stranger.ends("a stranger", Verdict::unauthenticated("rejected_by_tenant")).await;
    assert_eq!(asked(), before);
}

#[tokio::test]
async fn a18_a_token_good_a_second_ago_is_not_refused_by_an_outage() {
    let stage = Stage::new().await;
    let ask = || stage.get("/dealer/machine").machine("reader");
    ask().ends("before", Verdict::allowed()).await;
    introspection_answers(&stage, "dealer", Fault::json(200, r#"{"active":false}"#));
    stage.proxies("dealer").hydra_admin.fault(ready(), Fault::Status(503));
    ask().ends("down", Verdict::unavailable()).await;
    stage.proxies("dealer").hydra_admin.heal();
    ask().ends("back", Verdict::allowed()).await;
    // The token endpoint's 401 is about us, never about who asked us.
    let refusal = Fault::json(401, r#"{"error":"invalid_client","error_description":"down"}"#);
    stage.proxies("dealer").hydra_public.fault(Rule::any(), refusal);
    let tokens = stage.iam.tenant(Tenants::Dealer).tokens();
    let error = tokens.client_credentials(&["inventory:read"]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable(UpstreamFault::CredentialRefused));
}

#[tokio::test]
async fn a18_without_the_guard_the_refusal_stands_and_fades() {
    let clock = TestClock::present();
    let stage = Stage::plan().cached().set("dealer.outage_guard", false).clock(clock.clone()).start().await;
    let ask = |name| stage.get("/dealer/me").token_of("dealer", name);
    ask("plain").ends("before", Verdict::allowed()).await;
    whoami_answers(&stage, "dealer", kratos_refusal());
    stage.proxies("dealer").kratos_public.fault(ready(), Fault::Status(503));
    let refused = Verdict::unauthenticated("rejected_by_tenant");
    ask("a").ends("not seen before", refused.clone()).await;
    ask("plain").ends("remembered as good", Verdict::allowed()).await;
    assert_eq!(stage.whoamis("dealer"), 2);
    stage.proxies("dealer").kratos_public.heal();
    ask("a").ends("remembered as bad", refused.clone()).await;
    clock.advance(Duration::from_secs(1));
    ask("a").ends("the short memory has faded", Verdict::allowed()).await;

    // And where it was good a moment ago, but nothing is cached any more.
    clock.advance(Duration::from_secs(3600));
    whoami_answers(&stage, "dealer", kratos_refusal());
    ask("a").ends("no guard", refused).await;
    stage.proxies("dealer").kratos_public.heal();
    clock.advance(Duration::from_secs(1));
    ask("a").ends("back", Verdict::allowed()).await;
}

/// The first request that a proxy saw on this path, once it has come to its end.
async fn ended(proxy: &Arc<FaultProxy>, path: &str) -> Recorded {
    let waiting = async {
        loop {
            let request = proxy.requests().into_iter().find(|request| request.path() == path);
            match request {
                Some(request) if request.ending != Ending::Pending => return request,
                // The proxy tells by its record only.
                _ => tokio::task::yield_now().await,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap_or_else(|_| panic!("{path} never ended"))
}

/// One call at a time for strangers: the next one needs the slot that this one had.
static HASTY: Shared = Shared::new(|| {
    let plan = Stage::plan().set("dealer.http.total_timeout_ms", 1_200).set("dealer.http.max_in_flight", 2);
    Box::pin(plan.start())
});

const DRIP: Fault = Fault::Drip { every: Duration::from_secs(5), bytes: 1_000 };

cases! { HASTY, a32_a_call_that_takes_too_long_is_ended_for_good:
    kratos_never_answers: Fault::Hang, "/sessions/whoami",        "/dealer/me";
    hydra_never_answers:  Fault::Hang, "/admin/oauth2/introspect", "/dealer/machine";
    keto_never_answers:   Fault::Hang, "/relation-tuples/check",  "/dealer/listings/42";
    kratos_drips:         DRIP,        "/sessions/whoami",        "/dealer/me";
    hydra_drips:          DRIP,        "/admin/oauth2/introspect", "/dealer/machine";
    keto_drips:           DRIP,        "/relation-tuples/check",  "/dealer/listings/42";
}

async fn a32_a_call_that_takes_too_long_is_ended_for_good(stage: &Stage, fault: Fault, path: &str, route: &str) {
    let proxies = stage.proxies("dealer");
    let (proxy, ask) = match route {
        "/dealer/me" => (&proxies.kratos_public, stage.get(route).token_of("dealer", "a")),
        "/dealer/machine" => (&proxies.hydra_admin, stage.get(route).machine("reader")),
        _ => (&proxies.keto_read, stage.get(route).token_of("dealer", "a")),
    };
    proxy.fault(Rule::on("*", path).times(1), fault);
    ask.ends("too long", Verdict::unavailable()).await;
    let request = ended(proxy, path).await;
    assert!(request.client_left(), "{:?}", request.ending);
    assert!(request.answered_bytes <= 1, "{} bytes", request.answered_bytes);
    let again = match route {
        "/dealer/machine" => stage.get(route).machine("reader"),
        _ => stage.get(route).token_of("dealer", "a"),
    };
    again.ends("after it", Verdict::allowed()).await;
    assert_eq!(proxy.count(|request| request.path() == path), 2, "no repetition");
}

cases! { USUAL, a34_retry_after_is_clamped:
    beyond_64_bits:     "18446744073709551616", "60";
    all_of_64_bits:     "18446744073709551615", "60";
    hundreds_of_years:  "9999999999",           "60";
    a_second_too_much:  "61",                   "60";
    a_minute:           "60",                   "60";
    three_seconds:      "3",                    "3";
    no_time:            "0",                    "1";
    // Nothing that can be believed: our own.
    less_than_no_time:  "-1",                   "5";
    an_exponent:        "1e9",                  "5";
    nothing:            "",                     "5";
    a_distant_date:     "Fri, 31 Dec 9999 23:59:59 GMT", "60";
    a_date_gone_by:     "Thu, 01 Jan 1970 00:00:00 GMT", "1";
}

async fn a34_retry_after_is_clamped(stage: &Stage, asked: &str, told: &str) {
    let headers = vec![("retry-after".to_owned(), asked.to_owned())];
    whoami_answers(stage, "dealer", Fault::Respond { status: 429, headers, body: "slow down".into() });
    let ask = stage.get("/dealer/me").token_of("dealer", "plain");
    let seen = ask.ends("slowed down", Verdict::unavailable()).await;
    assert_eq!(seen.answer.header("retry-after"), Some(told));
    assert_eq!(stage.whoamis("dealer"), 1, "it was repeated at once");
}

#[tokio::test]
async fn a34_retry_after_is_clamped_for_calls_of_the_application() {
    let stage = Stage::new().await;
    let headers = vec![("retry-after".to_owned(), "18446744073709551616".to_owned())];
    stage.proxies("dealer").kratos_admin.fault(Rule::any(), Fault::Respond { status: 429, headers, body: "".into() });
    let id = iam_core::IdentityId::new(&stage.account("dealer", "plain").identity.id);
    let error = stage.iam.tenant(Tenants::Dealer).identities().get(&id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited { retry_after: Some(Duration::from_secs(60)) });
}

#[tokio::test]
async fn a34_a_wait_of_a_minute_delays_nobody() {
    let stage = Stage::new().await;
    let headers = vec![("retry-after".to_owned(), "60".to_owned())];
    let once = Fault::Respond { status: 429, headers, body: "".into() };
    stage.proxies("dealer").kratos_public.fault(whoami().times(1), once);
    let ask = || stage.get("/dealer/me").token_of("dealer", "plain");
    ask().ends("asked to wait", Verdict::unavailable()).await;
    ask().ends("the next one", Verdict::allowed()).await;
}
