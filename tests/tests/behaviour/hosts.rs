//! Tenants by host: the host picks one of the tenants that the policy lists, or the request is refused.

use iam_core::host::TenantResolver;

use crate::stage::{Host, Plan, Shared, Stage, USUAL, Verdict, cases};
use crate::{Here, Iam, Tenants};

/// An address that the stage's proxies would have.
const LOOPBACK: &str = "127.0.0.0/8";

const REJECTED: fn() -> Verdict = || Verdict::unauthenticated("rejected_by_tenant");
const NO_TENANT: &str = "(none)";

cases! { USUAL, the_host_picks_one_of_the_listed_tenants:
    a_dealer_at_home:            "dealer.test",              "dealer",   Verdict::allowed(),     "dealer";
    a_customer_at_home:          "customer.test",            "customer", Verdict::allowed(),     "customer";
    a_dealer_elsewhere:          "customer.test",            "dealer",   REJECTED(),             "customer";
    a_customer_elsewhere:        "dealer.test",              "customer", REJECTED(),             "dealer";
    case_and_dot_and_port:       "DEALER.Test.:8080",        "dealer",   Verdict::allowed(),     "dealer";
    a_wildcard:                  "north.customers.test",     "customer", Verdict::allowed(),     "customer";
    two_labels_for_a_wildcard:   "a.north.customers.test",   "customer", Verdict::misdirected(), NO_TENANT;
    no_label_for_a_wildcard:     "customers.test",           "customer", Verdict::misdirected(), NO_TENANT;
    punycode:                    "XN--HNDLER-bua.test",      "dealer",   Verdict::allowed(),     "dealer";
    somebody_elses_domain:       "dealer.test.evil.example", "dealer",   Verdict::misdirected(), NO_TENANT;
    an_address:                  "127.0.0.1",                "dealer",   Verdict::misdirected(), NO_TENANT;
    // A host that is mapped, to a tenant that is not listed.
    a_tenant_that_is_not_listed: "admin.test",               "admin",    Verdict::misdirected(), NO_TENANT;
}

async fn the_host_picks_one_of_the_listed_tenants(stage: &Stage, host: &str, of: &str, meant: Verdict, tenant: &str) {
    let ask = stage.get("/by-host/me").header("host", host).token_of(of, "plain");
    let seen = ask.ends(host, meant).await;
    assert_eq!(seen.decision.tenant, tenant);
}

cases! { USUAL, nothing_is_asked_and_nothing_read_before_the_tenant_is_known:
    unknown:        "elsewhere.test",             Verdict::misdirected();
    with_two_ports: "dealer.test:80:80",          Verdict::bad_host("host_malformed");
    a_list:         "dealer.test, customer.test", Verdict::bad_host("host_malformed");
    escaped:        "%64ealer.test",              Verdict::bad_host("host_malformed");
    with_user_info: "dealer.test@customer.test",  Verdict::bad_host("host_malformed");
}

async fn nothing_is_asked_and_nothing_read_before_the_tenant_is_known(stage: &Stage, host: &str, meant: Verdict) {
    for (path, vary) in [("/by-host/me", "authorization, cookie"), ("/by-host/machine", "authorization")] {
        let seen = stage.get(path).header("host", host).token_of("dealer", "plain").ends(host, meant.clone()).await;
        assert_eq!(seen.answer.header("vary"), Some(vary));
        assert_eq!(seen.answer.header("www-authenticate"), None);
        stage.get(path).header("host", host).ends(host, meant.clone()).await;
    }
    stage.ask("POST", "/by-host/me").header("host", host).body("a body").ends(host, meant).await;
    assert_eq!((stage.whoamis("dealer"), stage.whoamis("customer"), stage.introspections("dealer")), (0, 0, 0));
}

cases! { USUAL, hosts_that_disagree_are_refused:
    one_host:               "/by-host/me HTTP/1.1\r\nhost: dealer.test\r\n",                          200;
    the_same_in_the_target: "http://dealer.test/by-host/me HTTP/1.1\r\nhost: Dealer.test\r\n",        200;
    another_in_the_target:  "http://dealer.test/by-host/me HTTP/1.1\r\nhost: customer.test\r\n",      400;
    twice:                  "/by-host/me HTTP/1.1\r\nhost: dealer.test\r\nhost: customer.test\r\n",   400;
    none:                   "/by-host/me HTTP/1.0\r\n",                                               421;
    an_empty_one:           "/by-host/me HTTP/1.1\r\nhost:\r\n",                                      421;
}

async fn hosts_that_disagree_are_refused(stage: &Stage, request: &str, status: u16) {
    let token = &stage.account("dealer", "plain").session.token;
    let request = format!("GET {request}authorization: Bearer {token}\r\nconnection: close\r\n\r\n");
    let before = stage.counters.seen();
    assert_eq!(stage.raw(request.as_bytes()).await, status);
    assert_eq!(stage.counters.seen() == before, status != 200);
}

static TRUSTING_STRANGERS: Shared =
    Shared::new(|| Box::pin(Stage::plan().set_all("trusted_proxies", "10.0.0.0/8").start()));
static TRUSTING_US: Shared = Shared::new(|| Box::pin(Stage::plan().set_all("trusted_proxies", LOOPBACK).start()));

cases! { TRUSTING_STRANGERS, forwarded_headers_of_nobodys_proxy_do_not_count = forwarded:
    x_forwarded_host: &[("x-forwarded-host", "dealer.test")], "inner.test", Verdict::misdirected();
    forwarded:        &[("forwarded", "host=dealer.test")],   "inner.test", Verdict::misdirected();
}

cases! { TRUSTING_US, forwarded_headers_of_a_trusted_proxy_count = forwarded:
    x_forwarded_host: &[("x-forwarded-host", "dealer.test")], "inner.test", Verdict::allowed();
    forwarded:        &[("forwarded", "host=dealer.test")],   "inner.test", Verdict::allowed();
    a_list:           &[("x-forwarded-host", "dealer.test, customer.test")], "dealer.test", CONFLICT();
    two_headers:      &[("x-forwarded-host", "dealer.test"), ("forwarded", "host=customer.test")], "dealer.test", CONFLICT();
    one_twice:        &[("x-forwarded-host", "dealer.test"), ("x-forwarded-host", "dealer.test")], "dealer.test", CONFLICT();
    two_in_one:       &[("forwarded", "host=dealer.test;host=customer.test")], "dealer.test", Verdict::bad_host("host_malformed");
}

const CONFLICT: fn() -> Verdict = || Verdict::bad_host("host_conflict");

async fn forwarded(stage: &Stage, headers: &[(&str, &str)], host: &str, meant: Verdict) {
    let ask = stage.get("/by-host/me").header("host", host).token_of("dealer", "plain");
    let ask = headers.iter().fold(ask, |ask, (name, value)| ask.header(name, value));
    ask.ends(host, meant).await;
}

cases! { TRUSTING_STRANGERS, behind_nobodys_proxy_the_forwarded_host_is_another_origin = forwarded_origin:
    refused: Verdict::forbidden("csrf");
}

cases! { TRUSTING_US, behind_a_trusted_proxy_the_forwarded_host_is_the_own_origin = forwarded_origin:
    let_in: Verdict::allowed();
}

async fn forwarded_origin(stage: &Stage, meant: Verdict) {
    let ask = stage.ask("POST", "/dealer/me").cookie_of("dealer", "plain");
    let ask = ask.header("origin", "https://www.dealer.test").header("x-forwarded-host", "www.dealer.test");
    ask.ends("a change", meant).await;
}

#[tokio::test]
async fn one_credential_at_two_hosts_shares_nothing() {
    let stage = Stage::plan().cached().start().await;
    for _ in 0..2 {
        let at = |host: &str| stage.get("/by-host/me").header("host", host).token_of("dealer", "plain");
        at("dealer.test").ends("at home", Verdict::allowed()).await;
        at("customer.test").ends("elsewhere", Verdict::unauthenticated("rejected_by_tenant")).await;
    }
    assert_eq!(stage.whoamis("dealer"), 1, "remembered at home");
}

#[tokio::test]
async fn machines_and_handlers_know_the_tenant_that_the_host_chose() {
    let stage = Stage::new().await;
    let at = |host: &str| stage.get("/by-host/machine").header("host", host).machine("reader");
    let seen = at("dealer.test").ends("at home", Verdict::allowed()).await;
    assert_eq!(seen.answer.text(), "reader of dealer");
    at("customer.test").ends("elsewhere", Verdict::unauthenticated("inactive")).await;
}

struct ByPrefix;

impl TenantResolver<Tenants> for ByPrefix {
    fn tenant_of(&self, host: &str) -> Option<Tenants> {
        match host.split_once('.')?.0 {
            "d" => Some(Tenants::Dealer),
            "a" => Some(Tenants::Admin),
            "panic" => panic!("a resolver that panics"),
            _ => None,
        }
    }
}

static RESOLVING_BY_PREFIX: Shared = Shared::new(|| {
    Box::pin(async {
        let world = Stage::world(|seed| seed.tenants.values_mut().for_each(|tenant| tenant.hosts.clear())).await;
        Plan::default().start_built(world, |builder| builder.tenant_resolver(ByPrefix)).await
    })
});

const UNRESOLVED: fn() -> Verdict =
    || Verdict { outcome: "unavailable", ..Verdict::bad_host("host_resolver") }.with(503, "upstream_unavailable");

cases! { RESOLVING_BY_PREFIX, an_application_may_resolve_hosts_itself:
    its_own_way:              "D.dealers.example:81", Verdict::allowed();
    nothing_to_it:            "dealer.test",          Verdict::misdirected();
    a_tenant_that_is_not_listed: "a.example",         Verdict::misdirected();
    a_panic:                  "panic.example",        UNRESOLVED();
}

async fn an_application_may_resolve_hosts_itself(stage: &Stage, host: &str, meant: Verdict) {
    stage.get("/by-host/me").header("host", host).token_of("dealer", "plain").ends(host, meant).await;
}

#[tokio::test]
async fn start_up_wants_one_way_to_tell_hosts_and_a_host_for_each_listed_tenant() {
    struct Nobodys;
    impl TenantResolver<Tenants> for Nobodys {
        fn tenant_of(&self, _: &str) -> Option<Tenants> {
            None
        }
    }
    let world = Stage::world(|_| {}).await;
    let config = iam_core::config::IamConfig::from_toml(&world.iam_config().unwrap()).unwrap();
    let both = Iam::<Tenants>::builder(config).tenant_resolver(Nobodys).build().await.unwrap_err();
    assert!(both.to_string().contains("keep one of them"), "{both}");

    let world = Stage::world(|seed| seed.tenants.get_mut("dealer").unwrap().hosts.clear()).await;
    let config = iam_core::config::IamConfig::from_toml(&world.iam_config().unwrap()).unwrap();
    let misfits = Here::misfits(Iam::<Tenants>::builder(config).build().await.unwrap());
    assert!(
        misfits.contains("`#[tenant(host(..))]` needs `hosts.\"..\" = \"dealer\"` in the configuration"),
        "{misfits}"
    );
}
