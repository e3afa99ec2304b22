//! What start-up finds out about the Ory servers.

use std::collections::BTreeSet;

use iam_core::verify::{Finding, Unverified, UpstreamProblem};
use iam_core::{Product, UpstreamFault};
use iam_testing::fault::{Fault, FaultProxy, Rule};
use iam_testing::seed::Proxies;
use iam_testing::standin::Namespace;

use crate::stage::made_up::{session_of, token_of_reader};
use crate::stage::{Plan, Shared, Stage, USUAL, cases};

/// An outage is told after this, in milliseconds.
const TIME: u32 = 1_200;

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

const WHOAMI: fn() -> Rule = || Rule::on("GET", "/sessions/whoami");
const INTROSPECTION: fn() -> Rule = || Rule::on("POST", "/admin/oauth2/introspect");

// Of each row: the proxy in whose place another server is, what that one says and to whom, and the key that names it.
cases! { USUAL, another_server_in_the_place_of_one_is_told:
    a_page_for_kratos:            |of| &of.kratos_public, WHOAMI(),        Fault::Html(200),   "kratos.public_url";
    a_firewall_for_kratos:        |of| &of.kratos_public, WHOAMI(),        Fault::Html(401),   "kratos.public_url";
    nothing_there_for_kratos:     |of| &of.kratos_public, WHOAMI(),        Fault::Status(404), "kratos.public_url";
    somebody_for_nobody:          |of| &of.kratos_public, WHOAMI(),        SOMEBODY(),         "kratos.public_url";
    the_public_one_for_admins:    |of| &of.kratos_admin,  Rule::any(),     ELSEWHERE(),        "kratos.admin_url";
    no_such_path_for_admins:      |of| &of.kratos_admin,  Rule::any(),     Fault::Html(404),   "kratos.admin_url";
    no_token_for_admins:          |of| &of.kratos_admin,  Rule::any(),     NO_TOKEN(),         "kratos.admin_url";
    a_page_for_hydra:             |of| &of.hydra_public,  Rule::any(),     Fault::Html(200),   "hydra.public_url";
    no_issuer:                    |of| &of.hydra_public,  Rule::any(),     SAYS("{}"),         "hydra.public_url";
    an_empty_issuer:              |of| &of.hydra_public,  Rule::any(),     SAYS(r#"{"issuer":""}"#),    "hydra.public_url";
    a_list_of_issuers:            |of| &of.hydra_public,  Rule::any(),     SAYS(r#"{"issuer":["x"]}"#), "hydra.public_url";
    whatever_is_asked_is_active:  |of| &of.hydra_admin,   INTROSPECTION(), token_of_reader(|_| {}),     "hydra.admin_url";
    no_such_path_to_introspect:   |of| &of.hydra_admin,   INTROSPECTION(), Fault::Html(404),   "hydra.admin_url";
    a_page_for_keto:              |of| &of.keto_read,     Rule::any(),     Fault::Html(200),   "keto.read_url";
    no_list_of_namespaces:        |of| &of.keto_read,     Rule::any(),     SAYS(r#"{"namespaces":{}}"#), "keto.read_url";
    no_token_for_keto:            |of| &of.keto_read,     Rule::any(),     NO_TOKEN(),         "keto.read_url";
    the_listener_that_reads:      |of| &of.keto_write,    Rule::any(),     Fault::Status(404), "keto.write_url";
    a_page_for_changes:           |of| &of.keto_write,    Rule::any(),     Fault::Html(200),   "keto.write_url";
    no_token_for_changes:         |of| &of.keto_write,    Rule::any(),     NO_TOKEN(),         "keto.write_url";
}

const SAYS: fn(&'static str) -> Fault = |body| Fault::json(200, body);
const NO_TOKEN: fn() -> Fault = || Fault::json(401, "{}");
const ELSEWHERE: fn() -> Fault = || Fault::Redirect("http://x.test/".into());
const SOMEBODY: fn() -> Fault = || session_of("0b5a2c1e-30d5-4d2b-8a53-6f1a2c9d7e11", |_| {});

async fn another_server_in_the_place_of_one_is_told(
    stage: &Stage,
    place: fn(&Proxies) -> &FaultProxy,
    rule: Rule,
    fault: Fault,
    key: &str,
) {
    place(stage.proxies("dealer")).fault(rule, fault);
    let unverified = unverified(stage).await;
    let [problem] = unverified.problems() else { panic!("{unverified}") };
    assert_eq!(problem.path(), format!("tenants.dealer.{key}"), "{unverified}");
    assert!(!unverified.is_outage(), "{unverified}");
}

/// Where tokens are verified here, keys are asked for, too.
static LOCAL: Shared = Shared::new(|| Box::pin(Plan::default().set("dealer.hydra.verification", "local").start()));

cases! { LOCAL, without_keys_no_token_can_be_verified:
    a_page:                Fault::Html(200);
    no_set:                SAYS("{}");
    an_empty_set:          SAYS(r#"{"keys":[]}"#);
    keys_of_another_kind:  SAYS(r#"{"keys":[{"kty":"oct","kid":"x","k":"AAAA"}]}"#);
}

async fn without_keys_no_token_can_be_verified(stage: &Stage, fault: Fault) {
    stage.iam.verify_upstreams().await.unwrap();
    let keys = "/.well-known/jwks.json";
    assert!(asked(&stage.proxies("dealer").hydra_public).contains(&format!("GET {keys}")));
    let asked = Rule::on("GET", keys);
    another_server_in_the_place_of_one_is_told(stage, |of| &of.hydra_public, asked, fault, "hydra.public_url").await;
}

cases! { USUAL, a_namespace_that_keto_lacks_is_told_with_who_demands_it:
    without_a_list: "{}",                 "none";
    an_empty_list:  r#"{"namespaces":[]}"#, "none";
    similar_ones:
        r#"{"namespaces":[{"name":"orders"},{"name":"listing"}]}"#, "`orders`, `listing`, nearest: `listing`";
    another_case:   r#"{"namespaces":[{"name":"Listings"}]}"#, "`Listings`, nearest: `Listings`";
    a_line_feed:    r#"{"namespaces":[{"name":"a\nb"}]}"#,     "`a\\nb`";
}

async fn a_namespace_that_keto_lacks_is_told_with_who_demands_it(stage: &Stage, names: &'static str, found: &str) {
    stage.proxies("dealer").keto_read.fault(Rule::on("GET", "/namespaces"), Fault::json(200, names));
    let unverified = unverified(stage).await;
    let is_of_listings = |problem: &&UpstreamProblem| matches!(problem.finding(), Finding::Namespace { namespace, .. } if namespace == "listings");
    let problems: Vec<_> = unverified.problems().iter().filter(is_of_listings).collect();
    let [problem] = problems[..] else { panic!("once: {unverified}") };
    let said = problem.to_string();
    let begin = "tenants.dealer.keto.read_url: keto has no namespace `listings`, which `";
    assert!(said.contains(begin) && said.ends_with(&format!("` demands; found {found}")), "{said}");
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
