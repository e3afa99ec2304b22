//! W34 to W41: what a caller is told, and what nobody is.

use iam_testing::fault::{Fault, FaultProxy, Rule};

use crate::stage::{Ask, Shared, Stage, USUAL, cases};
static HASTY: Shared = Shared::new(|| {
    let plan = Stage::plan();
    let plan = ["customer", "dealer"]
        .iter()
        .fold(plan, |plan, tenant| plan.set(&format!("{tenant}.http.total_timeout_ms"), 1_200));
    Box::pin(plan.start())
});

/// A route of `dealer` for which that product is asked, and what stands before the product.
fn asks_of<'a>(stage: &'a Stage, product: &str) -> (&'a FaultProxy, Ask<'a>) {
    let dealer = stage.proxies("dealer");
    match product {
        "kratos" => (&dealer.kratos_public, stage.get("/dealer/me").token_of("dealer", "a")),
        "hydra" => (&dealer.hydra_admin, stage.get("/dealer/machine").machine("reader")),
        _ => (&dealer.keto_read, stage.get("/dealer/listings/42").token_of("dealer", "a")),
    }
}

cases! { HASTY, w34_a_timeout_is_an_outage_whichever_product_is_slow:
    kratos: "kratos";
    hydra:  "hydra";
    keto:   "keto";
}

async fn w34_a_timeout_is_an_outage_whichever_product_is_slow(stage: &Stage, product: &str) {
    let (proxy, ask) = asks_of(stage, product);
    proxy.fault(Rule::any(), Fault::Hang);
    let answer = ask.expect(503).await;
    assert_eq!(answer.code(), "upstream_unavailable");
    assert_eq!(answer.header("retry-after"), Some("5"));
    let events = stage.events().await;
    assert_eq!((events[0].reason, events[0].product), (Some("upstream"), Some(product)));
}

cases! { HASTY, w34_a_timeout_of_a_handlers_own_call_too:
    kratos: "/admin/*";
}

async fn w34_a_timeout_of_a_handlers_own_call_too(stage: &Stage, path: &str) {
    stage.proxies("customer").kratos_admin.fault(Rule::on("*", path), Fault::Hang);
    let id = &stage.account("customer", "plain").identity.id;
    let answer = stage.get(&format!("/admin/customers/{id}")).token_of("admin", "support").expect(503).await;
    assert_eq!(answer.code(), "upstream_unavailable");
}

#[tokio::test]
async fn w37_our_own_refused_key_is_not_the_callers_fault() {
    let stage = Stage::plan().set("customer.cloud.api_key", "ory_apikey_wrong").start().await;
    let path = format!("/admin/customers/{}", stage.account("customer", "plain").identity.id);
    for _ in 0..3 {
        let answer = stage.get(&path).token_of("admin", "support").expect(503).await;
        assert_eq!(answer.code(), "upstream_credential_refused");
        assert!(answer.header("www-authenticate").is_none());
    }
    let events = stage.events().await;
    let alerts: Vec<_> = events.iter().filter(|event| event.outcome.name() == "alert").collect();
    assert_eq!(alerts.len(), 1, "one alert a minute: {events:#?}");
    assert_eq!((alerts[0].tenant, alerts[0].product), ("customer", Some("kratos")));
    assert!(!format!("{events:?}").contains("ory_apikey"));
}

cases! { USUAL, w38_what_a_users_own_function_does_is_not_taken_for_an_answer_of_ory:
    it_gives_none: "none",  400, "bad_parameter",        "bad_parameter";
    it_panics:     "panic", 503, "upstream_unavailable", "upstream";
}

async fn w38_what_a_users_own_function_does_is_not_taken_for_an_answer_of_ory(
    stage: &Stage,
    id: &str,
    status: u16,
    code: &str,
    reason: &str,
) {
    let ask = stage.get(&format!("/dealer/listings/{id}/computed")).token_of("dealer", "a");
    assert_eq!(ask.expect(status).await.code(), code);
    assert_eq!(stage.event().await.1, Some(reason));
    assert_eq!(stage.proxies("dealer").keto_read.requests().len(), 0);
    stage.get("/dealer/listings/42/computed").token_of("dealer", "a").expect(200).await;
}

static WITH_A_WRONG_KEY: Shared =
    Shared::new(|| Box::pin(Stage::plan().set("customer.cloud.api_key", "ory_apikey_wrong").start()));

cases! { WITH_A_WRONG_KEY, w39_every_refusal_is_complete:
    unauthenticated: |stage| stage.get("/customer/me"), 401, "unauthenticated";
    ambiguous:       |stage| {
        let stale = format!("{}=x", stage.account("customer", "plain").browser.cookie_name);
        stage.get("/customer/me").cookie_of("customer", "a").header("cookie", stale)
    }, 401, "credential_ambiguous";
    role:            |stage| stage.get("/admin/a-or-b").token_of("admin", "plain"), 403, "forbidden";
    csrf:            |stage| {
        stage.ask("POST", "/customer/me").cookie_of("customer", "a").header("origin", "https://x.test")
    }, 403, "csrf";
    bad_parameter:   |stage| {
        stage.get("/dealer/listings/none/computed").token_of("dealer", "a")
    }, 400, "bad_parameter";
    not_found:       |stage| stage.get("/admin/customers/x").token_of("admin", "support"), 404, "not_found";
    our_key_refused: |stage| {
        let id = &stage.account("customer", "plain").identity.id;
        stage.get(&format!("/admin/customers/{id}")).token_of("admin", "support")
    }, 503, "upstream_credential_refused";
}

async fn w39_every_refusal_is_complete(stage: &Stage, ask: fn(&Stage) -> Ask<'_>, status: u16, code: &str) {
    let id = "a-request-of-mine";
    let answer = ask(stage).header("x-request-id", id).send().await;
    // `code` looks at content type, cache control, challenge, retry time and the request id's echo.
    assert_eq!((answer.status, &*answer.code()), (status, code), "{answer:?}");
    assert_eq!(answer.header("x-request-id"), Some(id));
    let problem = answer.json();
    assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
}

static ASKING_ONCE: Shared = Shared::new(|| Box::pin(Stage::plan().set("dealer.http.max_retries", 0).start()));

cases! { ASKING_ONCE, w36_nothing_of_an_upstream_answer_is_told:
    ok:           200;
    bad_request:  400;
    unauthorized: 401;
    forbidden:    403;
    not_found:    404;
    conflict:     409;
    too_many:     429;
    broken:       500;
    bad_gateway:  502;
}

async fn w36_nothing_of_an_upstream_answer_is_told(stage: &Stage, status: u16) {
    let canary = "9bZ-canary-of-ory";
    let body = format!(r#"{{"error":{{"code":500,"message":"{canary}"}},"allowed":"{canary}"}}"#);
    for product in ["kratos", "hydra", "keto"] {
        let (proxy, ask) = asks_of(stage, product);
        proxy.fault(Rule::any(), Fault::json(status, body.clone()));
        let answer = ask.send().await;
        assert_eq!(answer.status, 503, "{product}: {answer:?}");
        assert!(!format!("{answer:?}{:?}", stage.events().await).contains(&canary[..8]), "{product}: {answer:?}");
        proxy.heal();
    }
}
