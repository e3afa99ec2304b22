//! What start-up finds out about the Ory servers.

use std::collections::BTreeSet;

use iam_core::verify::{Finding, Unverified, UpstreamProblem};
use iam_core::{Product, UpstreamFault};
use iam_testing::fault::{Fault, FaultProxy, Rule};
use iam_testing::standin::Namespace;

use crate::stage::made_up::{session_of, token_of_reader};
use crate::stage::{Plan, Stage};

/// An outage is told after this, in milliseconds.
const TIME: u32 = 400;

async fn unverified(stage: &Stage) -> Unverified {
    stage.iam.verify_upstreams().await.unwrap_err()
}

/// Tenant, product and key of each problem.
fn places(unverified: &Unverified) -> Vec<String> {
    let place = |problem: &UpstreamProblem| format!("{} {}", problem.product(), problem.path());
    unverified.problems().iter().map(place).collect()
}

/// What a proxy was asked, without ids.
fn asked(proxy: &FaultProxy) -> BTreeSet<String> {
    let line = |request: &iam_testing::fault::Recorded| {
        let path = request.path();
        let path = path.strip_prefix("/admin/identities/").map_or(path, |_| "/admin/identities/..");
        format!("{} {path}", request.method)
    };
    proxy.requests().iter().map(line).collect()
}

#[tokio::test]
async fn servers_as_configured_pass_and_nothing_is_changed_there() {
    let stage = Stage::new().await;
    stage.iam.verify_upstreams().await.unwrap();
    let dealer = stage.proxies("dealer");
    assert_eq!(asked(&dealer.kratos_public), ["GET /health/ready", "GET /sessions/whoami"].map(String::from).into());
    assert_eq!(asked(&dealer.kratos_admin), ["GET /admin/identities/..".to_owned()].into());
    assert_eq!(asked(&dealer.hydra_public), ["GET /.well-known/openid-configuration".to_owned()].into());
    assert_eq!(asked(&dealer.hydra_admin), ["POST /admin/oauth2/introspect".to_owned()].into());
    assert_eq!(asked(&dealer.keto_read), ["GET /namespaces", "GET /relation-tuples/check"].map(String::from).into());
    assert_eq!(asked(&dealer.keto_write), ["PATCH /admin/relation-tuples".to_owned()].into());
    assert_eq!(dealer.keto_write.requests()[0].body, "[]", "no changes");
    for request in dealer.kratos_public.requests() {
        for name in ["cookie", "authorization", "x-session-token"] {
            assert_eq!(request.header(name), None, "{request:?}");
        }
    }
    let admin = stage.proxies("admin");
    assert!(admin.hydra_public.requests().is_empty() && admin.keto_read.requests().is_empty(), "not configured");
    assert!(stage.recorder.events().is_empty(), "nobody asked for anything");
}

#[tokio::test]
async fn every_outage_of_every_tenant_is_told_at_once() {
    let plan = ["customer", "admin", "dealer"]
        .iter()
        .fold(Plan::default(), |plan, tenant| plan.set(&format!("{tenant}.http.total_timeout_ms"), TIME));
    let stage = plan.start().await;
    stage.proxies("admin").kratos_public.fault(Rule::any(), Fault::Reset);
    stage.proxies("admin").kratos_admin.fault(Rule::any(), Fault::Status(502));
    stage.proxies("dealer").kratos_public.fault(Rule::on("GET", "/health/ready"), Fault::Status(503));
    stage.proxies("dealer").hydra_public.fault(Rule::any(), Fault::Hang);
    stage.proxies("dealer").hydra_admin.fault(Rule::any(), Fault::Status(429));
    stage.proxies("dealer").keto_read.fault(Rule::any(), Fault::Status(503));
    stage.proxies("dealer").keto_write.fault(Rule::any(), Fault::Status(503));
    let unverified = unverified(&stage).await;
    let said = unverified.to_string();
    let meant = [
        "kratos tenants.admin.kratos.public_url",
        "kratos tenants.admin.kratos.admin_url",
        "kratos tenants.dealer.kratos.public_url",
        "hydra tenants.dealer.hydra.public_url",
        "hydra tenants.dealer.hydra.admin_url",
        "keto tenants.dealer.keto.read_url",
        "keto tenants.dealer.keto.write_url",
    ];
    assert_eq!(places(&unverified), meant, "{said}");
    assert!(unverified.is_outage(), "{said}");
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines[0], "the Ory servers are not as configured, there are 7 problems:");
    let url = &stage.tenant("admin").urls().kratos_public;
    assert_eq!(lines[1], format!("  tenants.admin.kratos.public_url: kratos could not be reached, configured `{url}`"));
    assert!(lines[3].contains("says that it is not ready"), "{said}");
    assert!(lines[4].contains(&format!("gave no whole answer within {TIME} ms")), "{said}");

    for tenant in ["admin", "dealer"] {
        stage.proxies(tenant).reset();
    }
    stage.iam.verify_upstreams().await.unwrap();
}

#[tokio::test]
async fn a_difference_beside_an_outage_is_more_than_an_outage() {
    let stage = Stage::new().await;
    stage.proxies("admin").kratos_public.fault(Rule::any(), Fault::Reset);
    let discovery = Rule::on("GET", "/.well-known/openid-configuration");
    stage.proxies("dealer").hydra_public.fault(discovery, Fault::json(200, r#"{"issuer":"https://other.test/"}"#));
    let unverified = unverified(&stage).await;
    assert!(!unverified.is_outage(), "{unverified}");
    assert_eq!(places(&unverified), ["kratos tenants.admin.kratos.public_url", "hydra tenants.dealer.hydra.issuer"]);
}

#[tokio::test]
async fn another_server_in_the_place_of_one_is_told() {
    let stage = Stage::new().await;
    let whoami = || Rule::on("GET", "/sessions/whoami");
    let introspection = || Rule::on("POST", "/admin/oauth2/introspect");
    let dealer = stage.proxies("dealer");
    let identity = &stage.account("dealer", "a").identity.id;
    for (row, proxy, rule, fault, place) in [
        ("a page", &dealer.kratos_public, whoami(), Fault::Html(200), "kratos.public_url"),
        ("a firewall", &dealer.kratos_public, whoami(), Fault::Html(401), "kratos.public_url"),
        ("not there", &dealer.kratos_public, whoami(), Fault::Status(404), "kratos.public_url"),
        ("somebody", &dealer.kratos_public, whoami(), session_of(identity, |_| {}), "kratos.public_url"),
        (
            "the public one",
            &dealer.kratos_admin,
            Rule::any(),
            Fault::Redirect("http://x.test/".into()),
            "kratos.admin_url",
        ),
        ("no such path", &dealer.kratos_admin, Rule::any(), Fault::Html(404), "kratos.admin_url"),
        ("no token", &dealer.kratos_admin, Rule::any(), Fault::json(401, "{}"), "kratos.admin_url"),
        ("a page", &dealer.hydra_public, Rule::any(), Fault::Html(200), "hydra.public_url"),
        ("no issuer", &dealer.hydra_public, Rule::any(), Fault::json(200, "{}"), "hydra.public_url"),
        ("an empty one", &dealer.hydra_public, Rule::any(), Fault::json(200, r#"{"issuer":""}"#), "hydra.public_url"),
        ("a list", &dealer.hydra_public, Rule::any(), Fault::json(200, r#"{"issuer":["x"]}"#), "hydra.public_url"),
        ("all is active", &dealer.hydra_admin, introspection(), token_of_reader(|_| {}), "hydra.admin_url"),
        ("no such path", &dealer.hydra_admin, introspection(), Fault::Html(404), "hydra.admin_url"),
        ("a page", &dealer.keto_read, Rule::any(), Fault::Html(200), "keto.read_url"),
        ("no list", &dealer.keto_read, Rule::any(), Fault::json(200, r#"{"namespaces":{}}"#), "keto.read_url"),
        ("no token", &dealer.keto_read, Rule::any(), Fault::json(401, "{}"), "keto.read_url"),
    ] {
        proxy.fault(rule, fault);
        let unverified = unverified(&stage).await;
        let [problem] = unverified.problems() else { panic!("{row} at {place}: {unverified}") };
        assert_eq!(problem.path(), format!("tenants.dealer.{place}"), "{row}: {unverified}");
        assert!(!unverified.is_outage(), "{row} at {place}: {unverified}");
        proxy.heal();
    }
}

#[tokio::test]
async fn a_namespace_that_keto_lacks_is_told_with_who_demands_it() {
    let stage = Stage::new().await;
    let keto = &stage.proxies("dealer").keto_read;
    for (names, found) in [
        ("{}", "none"),
        (r#"{"namespaces":[]}"#, "none"),
        (r#"{"namespaces":[{"name":"orders"},{"name":"listing"}]}"#, "`orders`, `listing`, nearest: `listing`"),
        (r#"{"namespaces":[{"name":"Listings"}]}"#, "`Listings`, nearest: `Listings`"),
        (r#"{"namespaces":[{"name":"a\nb"}]}"#, "`a\\nb`"),
    ] {
        keto.fault(Rule::on("GET", "/namespaces"), Fault::json(200, names));
        let unverified = unverified(&stage).await;
        let is_of_listings = |problem: &&UpstreamProblem| matches!(problem.finding(), Finding::Namespace { namespace, .. } if namespace == "listings");
        let problems: Vec<_> = unverified.problems().iter().filter(is_of_listings).collect();
        let [problem] = problems[..] else { panic!("once: {unverified}") };
        let said = problem.to_string();
        let begin = "tenants.dealer.keto.read_url: keto has no namespace `listings`, which `";
        assert!(said.contains(begin) && said.ends_with(&format!("` demands; found {found}")), "{said}");
        keto.heal();
    }
}

#[tokio::test]
async fn a_relation_that_its_namespace_lacks_is_told_with_who_demands_it() {
    let change = |seed: &mut iam_testing::seed::Seed| {
        let dealer = seed.tenants.get_mut("dealer").unwrap();
        dealer.namespaces[0] = Namespace::with_relations("listings", &["edit"]);
        dealer.tuples.retain(|tuple| tuple.relation == "edit");
    };
    let stage = Stage::plan().start_seeded(change).await;
    let said = unverified(&stage).await.to_string();
    let line = "tenants.dealer.keto.read_url: keto has no relation `view` in its namespace `listings`, which `";
    assert_eq!(said.matches("\n").count(), 1, "{said}");
    assert!(said.contains(line), "{said}");

    // Without declared relations every one is as good as any.
    let change = |seed: &mut iam_testing::seed::Seed| {
        seed.tenants.get_mut("dealer").unwrap().namespaces[0] = Namespace::any("listings");
    };
    Stage::plan().start_seeded(change).await.iam.verify_upstreams().await.unwrap();
}

#[tokio::test]
async fn a_refused_key_is_told_and_not_shown() {
    const KEY: &str = "ory_apikey_canary-that-is-wrong";
    let stage = Stage::plan().set("customer.cloud.api_key", KEY).start().await;
    let unverified = unverified(&stage).await;
    let meant = ["kratos tenants.customer.kratos.admin_url", "hydra tenants.customer.hydra.admin_url"];
    assert_eq!(places(&unverified), meant, "{unverified}");
    for problem in unverified.problems() {
        let Finding::Unusable { fault, .. } = problem.finding() else { panic!("{problem}") };
        assert_eq!(*fault, UpstreamFault::CredentialRefused);
        assert!(problem.product() != Product::Keto && !problem.is_outage());
    }
    for shown in [unverified.to_string(), format!("{unverified:?}")] {
        assert!(!shown.contains("canary"), "{shown}");
    }
}

#[tokio::test]
async fn a_key_that_a_server_echoes_is_not_shown() {
    let stage = Stage::plan().set("dealer.keto.api_key", "a-canary-for-a-gateway").start().await;
    let echo = r#"{"namespaces":[{"name":"Bearer a-canary-for-a-gateway"},{"name":"a-canary-for-a-gateway"}]}"#;
    stage.proxies("dealer").keto_read.fault(Rule::on("GET", "/namespaces"), Fault::json(200, echo));
    let unverified = unverified(&stage).await;
    assert!(unverified.problems().iter().all(|problem| problem.to_string().ends_with("found none and 2 more")));
    assert!(!format!("{unverified:?}").contains("canary"));
}
