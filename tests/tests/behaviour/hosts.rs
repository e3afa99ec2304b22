//! Tenants by host: the host picks one of the tenants that the policy lists, or the request is refused.

use iam_core::host::TenantResolver;

use crate::stage::{Plan, Stage, Verdict};
use crate::{Iam, Tenants};

/// An address that the stage's proxies would have.
const LOOPBACK: &str = "127.0.0.0/8";

#[tokio::test]
async fn the_host_picks_one_of_the_listed_tenants() {
    let stage = Stage::new().await;
    let rejected = || Verdict::unauthenticated("rejected_by_tenant");
    for (host, of, meant, tenant) in [
        ("dealer.test", "dealer", Verdict::allowed(), "dealer"),
        ("customer.test", "customer", Verdict::allowed(), "customer"),
        ("customer.test", "dealer", rejected(), "customer"),
        ("dealer.test", "customer", rejected(), "dealer"),
        ("DEALER.Test.:8080", "dealer", Verdict::allowed(), "dealer"),
        ("north.customers.test", "customer", Verdict::allowed(), "customer"),
        ("a.north.customers.test", "customer", Verdict::misdirected(), "(none)"),
        ("customers.test", "customer", Verdict::misdirected(), "(none)"),
        ("XN--HNDLER-bua.test", "dealer", Verdict::allowed(), "dealer"),
        ("dealer.test.evil.example", "dealer", Verdict::misdirected(), "(none)"),
        ("127.0.0.1", "dealer", Verdict::misdirected(), "(none)"),
        // A host that is mapped, to a tenant that is not listed.
        ("admin.test", "admin", Verdict::misdirected(), "(none)"),
    ] {
        let row = format!("a session of {of} at {host}");
        let ask = stage.get("/by-host/me").header("host", host).token_of(of, "plain");
        let seen = ask.ends(&row, meant).await;
        assert_eq!(seen.decision.tenant, tenant, "{row}");
    }
}

#[tokio::test]
async fn nothing_is_asked_and_nothing_read_before_the_tenant_is_known() {
    let stage = Stage::new().await;
    for (row, host, meant) in [
        ("unknown", "elsewhere.test", Verdict::misdirected()),
        ("with two ports", "dealer.test:80:80", Verdict::bad_host("host_malformed")),
        ("a list", "dealer.test, customer.test", Verdict::bad_host("host_malformed")),
        ("escaped", "%64ealer.test", Verdict::bad_host("host_malformed")),
        ("with user info", "dealer.test@customer.test", Verdict::bad_host("host_malformed")),
    ] {
        for (path, vary) in [("/by-host/me", "authorization, cookie"), ("/by-host/machine", "authorization")] {
            let seen = stage.get(path).header("host", host).token_of("dealer", "plain").ends(row, meant.clone()).await;
            assert_eq!(seen.answer.header("vary"), Some(vary), "{row}");
            assert_eq!(seen.answer.header("www-authenticate"), None, "{row}");
            stage.get(path).header("host", host).ends(row, meant.clone()).await;
        }
        stage.ask("POST", "/by-host/me").header("host", host).body("a body").ends(row, meant).await;
    }
    assert_eq!((stage.whoamis("dealer"), stage.whoamis("customer"), stage.introspections("dealer")), (0, 0, 0));
}

#[tokio::test]
async fn hosts_that_disagree_are_refused() {
    let stage = Stage::new().await;
    let token = &stage.account("dealer", "plain").session.token;
    for (row, request, status) in [
        ("one host", "GET /by-host/me HTTP/1.1\r\nhost: dealer.test\r\n", 200),
        ("the same in the target", "GET http://dealer.test/by-host/me HTTP/1.1\r\nhost: Dealer.test\r\n", 200),
        ("another in the target", "GET http://dealer.test/by-host/me HTTP/1.1\r\nhost: customer.test\r\n", 400),
        ("twice", "GET /by-host/me HTTP/1.1\r\nhost: dealer.test\r\nhost: customer.test\r\n", 400),
        ("none", "GET /by-host/me HTTP/1.0\r\n", 421),
        ("an empty one", "GET /by-host/me HTTP/1.1\r\nhost:\r\n", 421),
    ] {
        let request = format!("{request}authorization: Bearer {token}\r\nconnection: close\r\n\r\n");
        let before = stage.counters.seen();
        assert_eq!(stage.raw(request.as_bytes()).await, status, "{row}");
        assert_eq!(stage.counters.seen() == before, status != 200, "{row}");
    }
}

#[tokio::test]
async fn forwarded_headers_count_from_trusted_proxies_only() {
    let forwarded: [&[(&str, &str)]; 2] =
        [&[("x-forwarded-host", "dealer.test")], &[("forwarded", "host=dealer.test")]];
    for (proxies, meant) in [("10.0.0.0/8", Verdict::misdirected()), (LOOPBACK, Verdict::allowed())] {
        let stage = Stage::plan().set_all("trusted_proxies", proxies).start().await;
        for headers in forwarded {
            let ask = stage.get("/by-host/me").header("host", "inner.test").token_of("dealer", "plain");
            let ask = headers.iter().fold(ask, |ask, (name, value)| ask.header(name, value));
            ask.ends(&format!("{headers:?} by {proxies}"), meant.clone()).await;
        }
    }
    let stage = Stage::plan().set_all("trusted_proxies", LOOPBACK).start().await;
    for (headers, reason) in [
        (&[("x-forwarded-host", "dealer.test, customer.test")][..], "host_conflict"),
        (&[("x-forwarded-host", "dealer.test"), ("forwarded", "host=customer.test")], "host_conflict"),
        (&[("x-forwarded-host", "dealer.test"), ("x-forwarded-host", "dealer.test")], "host_conflict"),
        (&[("forwarded", "host=dealer.test;host=customer.test")], "host_malformed"),
    ] {
        let ask = stage.get("/by-host/me").header("host", "dealer.test").token_of("dealer", "plain");
        let ask = headers.iter().fold(ask, |ask, (name, value)| ask.header(name, value));
        ask.ends(&format!("{headers:?}"), Verdict::bad_host(reason)).await;
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_forwarded_host_is_the_own_origin() {
    for (proxies, meant) in [("10.0.0.0/8", Verdict::forbidden("csrf")), (LOOPBACK, Verdict::allowed())] {
        let stage = Stage::plan().set_all("trusted_proxies", proxies).start().await;
        let ask = stage.ask("POST", "/dealer/me").cookie_of("dealer", "plain");
        let ask = ask.header("origin", "https://www.dealer.test").header("x-forwarded-host", "www.dealer.test");
        ask.ends(proxies, meant).await;
    }
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

#[tokio::test]
async fn an_application_may_resolve_hosts_itself() {
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
    let world = Stage::world(|seed| seed.tenants.values_mut().for_each(|tenant| tenant.hosts.clear())).await;
    let stage = Plan::default().start_built(world, |builder| builder.tenant_resolver(ByPrefix)).await;
    let unresolved =
        Verdict { outcome: "unavailable", ..Verdict::bad_host("host_resolver") }.with(503, "upstream_unavailable");
    for (host, meant) in [
        ("D.dealers.example:81", Verdict::allowed()),
        ("dealer.test", Verdict::misdirected()),
        ("a.example", Verdict::misdirected()),
        ("panic.example", unresolved),
    ] {
        stage.get("/by-host/me").header("host", host).token_of("dealer", "plain").ends(host, meant).await;
    }
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
    let misfits = crate::misfits(Iam::<Tenants>::builder(config).build().await.unwrap());
    assert!(
        misfits.contains("`#[tenant(host(..))]` needs `hosts.\"..\" = \"dealer\"` in the configuration"),
        "{misfits}"
    );
}
