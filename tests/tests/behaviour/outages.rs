//! Ory down, slow or talking nonsense: 503 to the caller, never a pass and never a logout.

use std::sync::Arc;
use std::time::Duration;

use iam_testing::fault::{Fault, FaultProxy, Rule};
use iam_testing::standin::Product;

use crate::stage::{Ask, Seen, Stage, Verdict, exempt};

/// Stands in every answer that is made up here, and must stand in none of ours.
const CANARY: &str = "canary-of-the-upstream";

/// A route of `dealer` for each product, the call that it needs, and the proxy on the way.
const PRODUCTS: [(&str, &str); 3] =
    [("kratos", "/sessions/whoami"), ("hydra", "/admin/oauth2/introspect"), ("keto", "/relation-tuples/check")];

fn route<'a>(stage: &'a Stage, product: &str) -> Ask<'a> {
    match product {
        "kratos" => stage.get("/dealer/me").token_of("dealer", "a"),
        "hydra" => stage.get("/dealer/partner/read").machine("reader"),
        _ => stage.get("/dealer/listings/42").token_of("dealer", "a"),
    }
}

fn proxy<'a>(stage: &'a Stage, product: &str) -> &'a Arc<FaultProxy> {
    let proxies = stage.proxies("dealer");
    match product {
        "kratos" => &proxies.kratos_public,
        "hydra" => &proxies.hydra_admin,
        _ => &proxies.keto_read,
    }
}

/// Short enough for a test, long enough for a busy machine to answer in.
async fn hasty_stage() -> Stage {
    let plan = Stage::plan().set("dealer.http.total_timeout_ms", 800).set("dealer.http.max_retries", 1);
    plan.start().await
}

/// Sends and expects the 503 of this product, with nothing of the upstream's in it.
async fn refused(ask: Ask<'_>, product: &str, row: &str, meant: Verdict) -> Seen {
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

#[tokio::test]
async fn whatever_ory_does_wrong_is_503() {
    let stage = hasty_stage().await;
    for (product, path) in PRODUCTS {
        let proxy = proxy(&stage, product);
        let itself = proxy.url().join(path).unwrap().to_string();
        let said = |status, kind: &str| Fault::Respond {
            status,
            headers: vec![("content-type".into(), kind.into()), ("x-canary".into(), CANARY.into())],
            body: format!(r#"{{"error":{{"code":{status},"message":"{CANARY}"}}}}"#).into(),
        };
        let faults = [
            ("500", said(500, "application/json")),
            ("502 in HTML", Fault::Html(502)),
            ("503", said(503, "application/json")),
            ("a bare 500", Fault::Status(500)),
            ("hang", Fault::Hang),
            ("drip", Fault::Drip { every: Duration::from_millis(100), bytes: 1_000 }),
            ("garbage", Fault::Garbage),
            ("HTML with 200", Fault::Html(200)),
            ("200 with another shape", said(200, "application/json")),
            ("200 that is no JSON by its type", said(200, "text/plain")),
            ("200 and nothing", Fault::Status(200)),
            ("cut JSON", Fault::json(200, r#"{"active":tr"#)),
            ("reset", Fault::Reset),
            ("truncated", Fault::Truncate(10)),
            ("oversize", Fault::Oversize(64 << 20)),
            ("a gzip bomb", Fault::GzipBomb(8 << 20)),
            // Whoever followed it would find the right answer there.
            ("a redirect to itself", Fault::Redirect(itself)),
            ("a redirect elsewhere", Fault::Redirect(format!("https://{CANARY}.example/"))),
        ];
        for (row, fault) in faults {
            // One repetition goes wrong as well; what follows it goes right.
            proxy.fault(Rule::on("*", path).times(2), fault);
            refused(route(&stage, product), product, row, Verdict::unavailable()).await;
            proxy.heal();
        }
        route(&stage, product).ends(&format!("{product} is back"), Verdict::allowed()).await;
    }
}

#[tokio::test]
async fn a_closed_port_is_503_until_it_opens() {
    let stage = hasty_stage().await;
    for (product, _) in PRODUCTS {
        proxy(&stage, product).refuse().await.unwrap();
        refused(route(&stage, product), product, "refused", Verdict::unavailable()).await;
        let row = format!("{product}'s outage is not another tenant's");
        stage.get("/admin/me").token_of("admin", "a").ends(&row, Verdict::allowed()).await;
        proxy(&stage, product).resume().await.unwrap();
        route(&stage, product).ends(&format!("{product} is back"), Verdict::allowed()).await;
    }
}

#[tokio::test]
async fn too_large_an_answer_is_not_read_to_its_end() {
    let stage = Stage::new().await;
    for (product, path) in PRODUCTS {
        let proxy = proxy(&stage, product);
        proxy.fault(Rule::on("*", path), Fault::Oversize(256 << 20));
        refused(route(&stage, product), product, "256 MiB", Verdict::unavailable()).await;
        let asked: Vec<_> = proxy.requests().into_iter().filter(|request| request.path() == path).collect();
        assert_eq!(asked.len(), 1, "{product}: asked again for what is too large");
        assert!(asked[0].answered_bytes < 64 << 20, "{product}: {} bytes were taken", asked[0].answered_bytes);
        proxy.heal();
    }
}

#[tokio::test]
async fn one_failure_is_made_up_for_by_a_repetition() {
    let stage = Stage::new().await;
    for (product, path) in PRODUCTS {
        let proxy = proxy(&stage, product);
        for fault in [Fault::Status(503), Fault::Reset] {
            proxy.clear();
            proxy.fault(Rule::on("*", path).times(1), fault);
            route(&stage, product).ends(product, Verdict::allowed()).await;
            assert_eq!(proxy.count(|request| request.path() == path), 2, "{product}");
        }
    }
}

#[tokio::test]
async fn a_request_to_slow_down_is_handed_on_within_reason() {
    let stage = Stage::new().await;
    for (product, path) in PRODUCTS {
        for (asked, told) in [("7", "7"), ("0", "1"), ("86400", "60"), ("soon", "5"), (CANARY, "5")] {
            let headers = vec![("retry-after".to_owned(), asked.to_owned())];
            let fault = Fault::Respond { status: 429, headers, body: CANARY.into() };
            proxy(&stage, product).fault(Rule::on("*", path), fault);
            let seen = refused(route(&stage, product), product, asked, Verdict::unavailable()).await;
            assert_eq!(seen.answer.header("retry-after"), Some(told), "{product}: {asked}");
            proxy(&stage, product).heal();
        }
    }
}

#[tokio::test]
async fn an_outage_is_never_remembered() {
    let stage = Stage::plan().cached().start().await;
    for (product, path) in PRODUCTS {
        proxy(&stage, product).fault(Rule::on("*", path).times(3), Fault::Status(500));
        refused(route(&stage, product), product, "down", Verdict::unavailable()).await;
        route(&stage, product).ends(&format!("{product} is back at once"), Verdict::allowed()).await;
    }
}

#[tokio::test]
async fn a_refusal_by_a_server_that_is_down_is_no_logout() {
    let stage = Stage::new().await;
    let project = &stage.tenant("dealer").project;
    for (product, standin) in [("kratos", Product::Kratos), ("hydra", Product::Hydra)] {
        let row = format!("{product} that says it is not ready");
        if exempt(&stage.world, standin, &row, "a real server cannot be told to say so") {
            continue;
        }
        route(&stage, product).ends(&format!("{product} let in"), Verdict::allowed()).await;
        project.set_ready(standin, false);
        refused(route(&stage, product), product, "not ready", Verdict::unavailable()).await;
        project.set_ready(standin, true);
        route(&stage, product).ends(&format!("{product} is ready again"), Verdict::allowed()).await;
    }
}

/// On Ory's own servers these are `SIGKILL` and `SIGSTOP`; on the stand-in, ports that close.
#[tokio::test]
async fn a_server_that_dies_is_503_until_it_is_back() {
    let stage = hasty_stage().await;
    let project = &stage.tenant("dealer").project;
    for (product, server) in [("kratos", Product::Kratos), ("hydra", Product::Hydra)] {
        route(&stage, product).ends(&format!("{product} let in"), Verdict::allowed()).await;
        project.stop(server).await.unwrap();
        refused(route(&stage, product), product, "dead", Verdict::unavailable()).await;
        stage.get("/admin/me").token_of("admin", "a").ends("another tenant", Verdict::allowed()).await;
        project.restart(server).await.unwrap();
        route(&stage, product).ends(&format!("{product} is back"), Verdict::allowed()).await;

        let Some(real) = project.server(server) else { continue };
        real.pause().unwrap();
        refused(route(&stage, product), product, "paused", Verdict::unavailable()).await;
        real.resume().unwrap();
        route(&stage, product).ends(&format!("{product} goes on"), Verdict::allowed()).await;
    }
}

/// What Ory's own servers make of a database that does not answer, though `/health/ready` says that all is well:
/// nobody has such a session, and there is no such token.
const WITHOUT_DATABASE: [(&str, Product, &str); 2] =
    [("kratos", Product::Kratos, "rejected_by_tenant"), ("hydra", Product::Hydra, "inactive")];

#[tokio::test]
async fn a_database_that_is_lost_lets_nobody_in() {
    let stage = Stage::plan().set("dealer.cache.negative_ttl_ms", 0).start().await;
    for (product, server, reason) in WITHOUT_DATABASE {
        // The stand-in has no database.
        let Some(real) = stage.tenant("dealer").project.server(server) else { continue };
        route(&stage, product).ends(&format!("{product} let in"), Verdict::allowed()).await;
        real.lose_database().unwrap();
        let row = format!("{product} lost its database");
        route(&stage, product).ends(&row, Verdict::unauthenticated(reason)).await;
        stage.get("/admin/me").token_of("admin", "a").ends("another tenant", Verdict::allowed()).await;
        real.recover_database().await.unwrap();
        route(&stage, product).ends(&format!("{product} has its database back"), Verdict::allowed()).await;
    }
}

/// The servers wait for it, and longer than we do.
#[tokio::test]
async fn a_database_that_is_locked_is_503_until_it_is_free() {
    let stage = hasty_stage().await;
    for (product, server, _) in WITHOUT_DATABASE {
        let Some(real) = stage.tenant("dealer").project.server(server) else { continue };
        route(&stage, product).ends(&format!("{product} let in"), Verdict::allowed()).await;
        let lock = real.lock_database().await.unwrap();
        refused(route(&stage, product), product, "locked", Verdict::unavailable()).await;
        stage.get("/admin/me").token_of("admin", "a").ends("another tenant", Verdict::allowed()).await;
        drop(lock);
        route(&stage, product).ends(&format!("{product}'s database is free"), Verdict::allowed()).await;
    }
}

/// Where we wait longer than they do: Kratos says after 5 s that nobody has such a session, and Hydra, which asks its
/// database more than once, closes the connection after 10 s.
#[tokio::test]
async fn a_database_that_stays_locked_lets_nobody_in() {
    let plan = Stage::plan().set("dealer.http.total_timeout_ms", 25_000).set("dealer.http.max_retries", 0);
    let stage = plan.set("dealer.cache.negative_ttl_ms", 0).start().await;
    let said = [
        ("kratos", Product::Kratos, Verdict::unauthenticated("rejected_by_tenant")),
        ("hydra", Product::Hydra, Verdict::unavailable()),
    ];
    for (product, server, meant) in said {
        let Some(real) = stage.tenant("dealer").project.server(server) else { continue };
        let lock = real.lock_database().await.unwrap();
        route(&stage, product).ends(&format!("{product}'s database is locked"), meant).await;
        drop(lock);
        route(&stage, product).ends(&format!("{product}'s database is free"), Verdict::allowed()).await;
    }
}

#[tokio::test]
async fn an_outage_on_an_optional_route_makes_nobody_anonymous() {
    let stage = Stage::new().await;
    for path in ["/dealer/optional", "/dealer/stale"] {
        proxy(&stage, "kratos").fault(Rule::any(), Fault::Status(500));
        refused(stage.get(path).cookie_of("dealer", "a"), "kratos", path, Verdict::unavailable()).await;
        stage.get(path).ends("nobody asks for nobody", Verdict::allowed()).await;
        proxy(&stage, "kratos").heal();
    }
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

#[tokio::test]
async fn a_key_that_keto_or_hydra_refuses_is_ours() {
    let stage = Stage::new().await;
    for (product, path) in [("hydra", PRODUCTS[1].1), ("keto", PRODUCTS[2].1)] {
        proxy(&stage, product).fault(Rule::on("*", path), Fault::json(401, r#"{"error":{"code":401}}"#));
        let seen = route(&stage, product).judged(product, Verdict::service_refused()).await;
        let [alert] = &seen.others[..] else { panic!("{product}: one alert: {seen:#?}") };
        assert_eq!((alert.tenant, alert.product), ("dealer", Some(product)));
    }
}
