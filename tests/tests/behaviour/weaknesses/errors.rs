//! W34 to W41: what a caller is told, and what nobody is.

use iam_testing::fault::{Fault, Rule};

use crate::stage::Stage;

#[tokio::test]
async fn w34_a_timeout_is_an_outage_whichever_product_is_slow() {
    let mut plan = Stage::plan();
    for tenant in ["customer", "dealer"] {
        plan = plan.set(&format!("{tenant}.http.total_timeout_ms"), 200);
    }
    let stage = plan.start().await;
    let dealer = stage.proxies("dealer");
    for (product, proxy, ask) in [
        ("kratos", &dealer.kratos_public, stage.get("/dealer/me").token_of("dealer", "a")),
        ("hydra", &dealer.hydra_admin, stage.get("/dealer/machine").machine("reader")),
        ("keto", &dealer.keto_read, stage.get("/dealer/listings/42").token_of("dealer", "a")),
    ] {
        proxy.fault(Rule::any(), Fault::Hang);
        let answer = ask.expect(503).await;
        assert_eq!(answer.code(), "upstream_unavailable", "{product}");
        assert_eq!(answer.header("retry-after"), Some("5"), "{product}");
        let events = stage.events().await;
        assert_eq!((events[0].reason, events[0].product), (Some("upstream"), Some(product)));
        proxy.heal();
    }
    // A service call in a handler, too.
    stage.proxies("customer").kratos_admin.fault(Rule::on("*", "/admin/*"), Fault::Hang);
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

#[tokio::test]
async fn w38_what_a_users_own_function_does_is_not_taken_for_an_answer_of_ory() {
    let stage = Stage::new().await;
    for (id, status, code, reason) in
        [("none", 400, "bad_parameter", "bad_parameter"), ("panic", 503, "upstream_unavailable", "upstream")]
    {
        let ask = stage.get(&format!("/dealer/listings/{id}/computed")).token_of("dealer", "a");
        assert_eq!(ask.expect(status).await.code(), code, "{id}");
        assert_eq!(stage.event().await.1, Some(reason), "{id}");
    }
    assert_eq!(stage.proxies("dealer").keto_read.requests().len(), 0);
    stage.get("/dealer/listings/42/computed").token_of("dealer", "a").expect(200).await;
}

#[tokio::test]
async fn w39_every_refusal_is_complete() {
    let stage = Stage::plan().set("customer.cloud.api_key", "ory_apikey_wrong").start().await;
    let customer = stage.account("customer", "plain");
    let look_up = format!("/admin/customers/{}", customer.identity.id);
    let (stale, id) = (format!("{}=x", customer.browser.cookie_name), "a-request-of-mine");
    for (ask, status, code) in [
        (stage.get("/customer/me"), 401, "unauthenticated"),
        (stage.get("/customer/me").cookie_of("customer", "a").header("cookie", stale), 401, "credential_ambiguous"),
        (stage.get("/admin/a-or-b").token_of("admin", "plain"), 403, "forbidden"),
        (stage.ask("POST", "/customer/me").cookie_of("customer", "a").header("origin", "https://x.test"), 403, "csrf"),
        (stage.get("/dealer/listings/none/computed").token_of("dealer", "a"), 400, "bad_parameter"),
        (stage.get("/admin/customers/x").token_of("admin", "support"), 404, "not_found"),
        (stage.get(&look_up).token_of("admin", "support"), 503, "upstream_credential_refused"),
    ] {
        let answer = ask.header("x-request-id", id).send().await;
        // `code` looks at content type, cache control, challenge, retry time and the request id's echo.
        assert_eq!((answer.status, &*answer.code()), (status, code), "{answer:?}");
        assert_eq!(answer.header("x-request-id"), Some(id), "{code}");
        let problem = answer.json();
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
    }
}

#[tokio::test]
async fn w36_nothing_of_an_upstream_answer_is_told() {
    let stage = Stage::plan().set("dealer.http.max_retries", 0).start().await;
    let canary = "9bZ-canary-of-ory";
    let body = format!(r#"{{"error":{{"code":500,"message":"{canary}"}},"allowed":"{canary}"}}"#);
    let dealer = stage.proxies("dealer");
    for status in [200, 400, 401, 403, 404, 409, 429, 500, 502] {
        for (proxy, ask) in [
            (&dealer.kratos_public, stage.get("/dealer/me").token_of("dealer", "a")),
            (&dealer.hydra_admin, stage.get("/dealer/machine").machine("reader")),
            (&dealer.keto_read, stage.get("/dealer/listings/42").token_of("dealer", "a")),
        ] {
            proxy.fault(Rule::any(), Fault::json(status, body.clone()));
            let answer = ask.send().await;
            assert_eq!(answer.status, 503, "{status}: {answer:?}");
            assert!(!format!("{answer:?}{:?}", stage.events().await).contains(&canary[..8]), "{status}: {answer:?}");
            proxy.heal();
        }
    }
}
