//! Ory down, slow or talking nonsense: 503 to the caller, never a pass and never a logout.

use std::sync::Arc;
use std::time::Duration;

use iam_testing::fault::{Fault, FaultProxy, Rule};
use iam_testing::standin::Product;

use crate::stage::{Ask, Seen, Shared, Stage, USUAL, Verdict, cases, exempt};

/// Stands in every answer that is made up here, and must stand in none of ours.
const CANARY: &str = "canary-of-the-upstream";

/// The call that a route of `dealer` needs of each product.
fn call(product: &str) -> &'static str {
    match product {
        "kratos" => "/sessions/whoami",
        "hydra" => "/admin/oauth2/introspect",
        _ => "/relation-tuples/check",
    }
}

pub(super) fn route<'a>(stage: &'a Stage, product: &str) -> Ask<'a> {
    match product {
        "kratos" => stage.get("/dealer/me").token_of("dealer", "a"),
        "hydra" => stage.get("/dealer/partner/read").machine("reader"),
        _ => stage.get("/dealer/listings/42").token_of("dealer", "a"),
    }
}

/// What stands before the product.
fn proxy<'a>(stage: &'a Stage, product: &str) -> &'a Arc<FaultProxy> {
    let proxies = stage.proxies("dealer");
    match product {
        "kratos" => &proxies.kratos_public,
        "hydra" => &proxies.hydra_admin,
        _ => &proxies.keto_read,
    }
}

/// Short enough for a test, long enough for a busy machine to answer in.
pub(super) async fn hasty_stage() -> Stage {
    let plan = Stage::plan().set("dealer.http.total_timeout_ms", 1_200).set("dealer.http.max_retries", 1);
    plan.start().await
}

/// Sends and expects the 503 of this product, with nothing of the upstream's in it.
pub(super) async fn refused(ask: Ask<'_>, product: &str, row: &str, meant: Verdict) -> Seen {
    let row = format!("{product}: {row}");
    let seen = ask.ends(&row, meant).await;
    assert_eq!(seen.decision.product, Some(product), "{row}");
    let wait: u64 = seen.answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{row}: {wait} s");
    for said in [format!("{:?}", seen.answer), format!("{:?}", seen.decision)] {
        assert!(!said.contains(CANARY) && !said.contains("<html"), "{row}: echoes the upstream: {said}");
    }
    seen
}

static HASTY: Shared = Shared::new(|| Box::pin(hasty_stage()));

/// A table for each product; a fault may name the URL of the call that goes wrong.
macro_rules! wrong {
    ($($name:ident: $fault:expr;)+) => {
        cases! { HASTY, whatever_kratos_does_wrong_is_503 = goes_wrong: $($name: "kratos", $fault;)+ }
        cases! { HASTY, whatever_hydra_does_wrong_is_503 = goes_wrong: $($name: "hydra", $fault;)+ }
        cases! { HASTY, whatever_keto_does_wrong_is_503 = goes_wrong: $($name: "keto", $fault;)+ }
    };
}

wrong! {
    a_500:                 |_| said(500, "application/json");
    a_502_in_html:         |_| Fault::Html(502);
    a_503:                 |_| said(503, "application/json");
    a_bare_500:            |_| Fault::Status(500);
    hang:                  |_| Fault::Hang;
    drip:                  |_| Fault::Drip { every: Duration::from_millis(100), bytes: 1_000 };
    garbage:               |_| Fault::Garbage;
    html_with_200:         |_| Fault::Html(200);
    another_shape:         |_| said(200, "application/json");
    no_json_by_its_type:   |_| said(200, "text/plain");
    a_200_and_nothing:     |_| Fault::Status(200);
    cut_json:              |_| Fault::json(200, r#"{"active":tr"#);
    reset:                 |_| Fault::Reset;
    truncated:             |_| Fault::Truncate(10);
    oversize:              |_| Fault::Oversize(64 << 20);
    a_gzip_bomb:           |_| Fault::GzipBomb(8 << 20);
    // Whoever followed it would find the right answer there.
    a_redirect_to_itself:  Fault::Redirect;
    a_redirect_elsewhere:  |_| Fault::Redirect(format!("https://{CANARY}.example/"));
}

fn said(status: u16, kind: &str) -> Fault {
    Fault::Respond {
        status,
        headers: vec![("content-type".into(), kind.into()), ("x-canary".into(), CANARY.into())],
        body: format!(r#"{{"error":{{"code":{status},"message":"{CANARY}"}}}}"#).into(),
    }
}

async fn goes_wrong(stage: &Stage, product: &str, fault: fn(String) -> Fault) {
    let proxy = proxy(stage, product);
    let itself = proxy.url().join(call(product)).unwrap().to_string();
    // One repetition goes wrong as well; what follows it goes right.
    proxy.fault(Rule::on("*", call(product)).times(2), fault(itself));
    refused(route(stage, product), product, "wrong", Verdict::unavailable()).await;
    proxy.heal();
    route(stage, product).ends("and is back", Verdict::allowed()).await;
}

cases! { a_closed_port_is_503_until_it_opens:
    kratos: "kratos";
    hydra:  "hydra";
    keto:   "keto";
}

async fn a_closed_port_is_503_until_it_opens(product: &str) {
    let stage = hasty_stage().await;
    proxy(&stage, product).refuse().await.unwrap();
    refused(route(&stage, product), product, "refused", Verdict::unavailable()).await;
    let row = "its outage is not another tenant's";
    stage.get("/admin/me").token_of("admin", "a").ends(row, Verdict::allowed()).await;
    proxy(&stage, product).resume().await.unwrap();
    route(&stage, product).ends("it is back", Verdict::allowed()).await;
}

cases! { USUAL, too_large_an_answer_is_not_read_to_its_end:
    kratos: "kratos";
    hydra:  "hydra";
    keto:   "keto";
}

async fn too_large_an_answer_is_not_read_to_its_end(stage: &Stage, product: &str) {
    let proxy = proxy(stage, product);
    proxy.fault(Rule::on("*", call(product)), Fault::Oversize(256 << 20));
    refused(route(stage, product), product, "256 MiB", Verdict::unavailable()).await;
    let asked: Vec<_> = proxy.requests().into_iter().filter(|request| request.path() == call(product)).collect();
    assert_eq!(asked.len(), 1, "asked again for what is too large");
    assert!(asked[0].answered_bytes < 64 << 20, "{} bytes were taken", asked[0].answered_bytes);
}

cases! { USUAL, one_failure_is_made_up_for_by_a_repetition:
    a_503_of_kratos:    "kratos", Fault::Status(503);
    a_503_of_hydra:     "hydra",  Fault::Status(503);
    a_503_of_keto:      "keto",   Fault::Status(503);
    a_reset_by_kratos:  "kratos", Fault::Reset;
    a_reset_by_hydra:   "hydra",  Fault::Reset;
    a_reset_by_keto:    "keto",   Fault::Reset;
}

async fn one_failure_is_made_up_for_by_a_repetition(stage: &Stage, product: &str, fault: Fault) {
    let proxy = proxy(stage, product);
    proxy.fault(Rule::on("*", call(product)).times(1), fault);
    route(stage, product).ends(product, Verdict::allowed()).await;
    assert_eq!(proxy.count(|request| request.path() == call(product)), 2);
}

/// A table for each product.
macro_rules! slow_down {
    ($($name:ident: $asked:expr, $told:literal;)+) => {
        cases! { USUAL, kratos_request_to_slow_down_is_handed_on_within_reason = slowed_down:
            $($name: "kratos", $asked, $told;)+
        }
        cases! { USUAL, hydras_request_to_slow_down_is_handed_on_within_reason = slowed_down:
            $($name: "hydra", $asked, $told;)+
        }
        cases! { USUAL, ketos_request_to_slow_down_is_handed_on_within_reason = slowed_down:
            $($name: "keto", $asked, $told;)+
        }
    };
}

slow_down! {
    seven_seconds: "7",     "7";
    no_time:       "0",     "1";
    a_day:         "86400", "60";
    a_word:        "soon",  "5";
    a_canary:      CANARY,  "5";
}

async fn slowed_down(stage: &Stage, product: &str, asked: &str, told: &str) {
    let headers = vec![("retry-after".to_owned(), asked.to_owned())];
    let fault = Fault::Respond { status: 429, headers, body: CANARY.into() };
    proxy(stage, product).fault(Rule::on("*", call(product)), fault);
    let seen = refused(route(stage, product), product, asked, Verdict::unavailable()).await;
    assert_eq!(seen.answer.header("retry-after"), Some(told));
}

cases! { an_outage_is_never_remembered:
    kratos: "kratos";
    hydra:  "hydra";
    keto:   "keto";
}

async fn an_outage_is_never_remembered(product: &str) {
    let stage = Stage::plan().cached().start().await;
    proxy(&stage, product).fault(Rule::on("*", call(product)).times(3), Fault::Status(500));
    refused(route(&stage, product), product, "down", Verdict::unavailable()).await;
    route(&stage, product).ends("back at once", Verdict::allowed()).await;
}

cases! { a_refusal_by_a_server_that_is_down_is_no_logout:
    kratos: "kratos", Product::Kratos;
    hydra:  "hydra",  Product::Hydra;
}

async fn a_refusal_by_a_server_that_is_down_is_no_logout(product: &str, standin: Product) {
    let stage = Stage::new().await;
    let project = &stage.tenant("dealer").project;
    let row = format!("{product} that says it is not ready");
    if exempt(&stage.world, standin, &row, "a real server cannot be told to say so") {
        return;
    }
    route(&stage, product).ends("let in", Verdict::allowed()).await;
    project.set_ready(standin, false);
    refused(route(&stage, product), product, "not ready", Verdict::unavailable()).await;
    project.set_ready(standin, true);
    route(&stage, product).ends("ready again", Verdict::allowed()).await;
}

cases! { USUAL, an_outage_on_an_optional_route_makes_nobody_anonymous:
    optional:           "/dealer/optional";
    stale_is_anonymous: "/dealer/stale";
}

async fn an_outage_on_an_optional_route_makes_nobody_anonymous(stage: &Stage, path: &str) {
    proxy(stage, "kratos").fault(Rule::any(), Fault::Status(500));
    refused(stage.get(path).cookie_of("dealer", "a"), "kratos", path, Verdict::unavailable()).await;
    stage.get(path).ends("nobody asks for nobody", Verdict::allowed()).await;
}

#[tokio::test]
async fn our_own_refused_credential_is_an_alert_and_not_the_callers_fault() {
    const KEY: &str = "ory_apikey_wrong-canary-of-ours";
    let stage = Stage::plan().set("customer.cloud.api_key", KEY).start().await;
    let customer = &stage.account("customer", "a").identity.id;
    let answered = Verdict::answered(503, "upstream_credential_refused");

    let ask = stage.get(&format!("/admin/customers/{customer}")).token_of("admin", "support");
    let seen = ask.judged("a call of the handler", answered.clone()).await;
    let of = |name: &str| seen.others.iter().filter(|event| event.name == name).collect::<Vec<_>>();
    let alerts = of("alert.upstream_credential_refused");
    assert_eq!(alerts.len(), 1, "{seen:#?}");
    assert_eq!((alerts[0].tenant, alerts[0].product, alerts[0].outcome.name()), ("customer", Some("kratos"), "alert"));
    assert_eq!(of("identity.get").len(), 1, "{seen:#?}");
    assert_eq!(seen.others.len(), 2, "{seen:#?}");
    assert!(!format!("{seen:?}").contains("canary"), "{seen:?}");
    assert!(seen.answer.header("retry-after").is_some());

    let ask = stage.get(&format!("/admin/customers/{customer}")).token_of("admin", "support");
    let again = ask.judged("again", answered).await;
    assert_eq!(again.others.len(), 1, "one alert a minute: {again:#?}");

    let ask = stage.get("/customer/machine").bearer("ory_at_any");
    let seen = ask.judged("a decision", Verdict::service_refused()).await;
    let [alert] = &seen.others[..] else { panic!("one alert a product: {seen:#?}") };
    assert_eq!((alert.name, alert.tenant), ("alert.upstream_credential_refused", "customer"));
    assert_eq!(alert.product, Some("hydra"));
    let ask = stage.get("/customer/machine").bearer("ory_at_any");
    ask.ends("again, asked and not remembered", Verdict::service_refused()).await;
    assert_eq!(stage.introspections("customer"), 2);

    stage.get("/customer/me").token_of("customer", "a").ends("sessions need no key", Verdict::allowed()).await;
    let serialised = serde_json::to_string(&[&seen.decision, alert]).unwrap();
    assert!(!serialised.contains("canary") && !serialised.contains("ory_at"), "{serialised}");
}

/// An alert comes once a minute, and nobody else causes one here.
static ALERTED: Shared = Shared::new(|| Box::pin(Stage::new()));

cases! { ALERTED, a_key_that_keto_or_hydra_refuses_is_ours:
    hydra: "hydra";
    keto:  "keto";
}

async fn a_key_that_keto_or_hydra_refuses_is_ours(stage: &Stage, product: &str) {
    proxy(stage, product).fault(Rule::on("*", call(product)), Fault::json(401, r#"{"error":{"code":401}}"#));
    let seen = route(stage, product).judged(product, Verdict::service_refused()).await;
    let [alert] = &seen.others[..] else { panic!("one alert: {seen:#?}") };
    assert_eq!((alert.tenant, alert.product), ("dealer", Some(product)));
}
