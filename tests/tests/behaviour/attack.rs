//! The attack on every route finds each flaw, and nothing where there is none.

use iam_core::policy::AccessMatrix;
use iam_testing::access::{Attack, AttackFailure, Breach, Caller, Report};
use iam_testing::attack_every_route;
use iam_testing::client::NewClient;

use super::WebHost;
use crate::Here;
use crate::flawed::{Flaw, REVIEWED};
use crate::stage::{Stage, USUAL, cases};

/// One of each kind, at each tenant, with each role.
struct Attackers<'a> {
    stage: &'a Stage,
    callers: Vec<Caller>,
}

impl<'a> Attackers<'a> {
    async fn of(stage: &'a Stage) -> Self {
        let mut callers = vec![delegate(stage, &["profile", "orders"]).await, delegate(stage, &["profile"]).await];
        for (tenant, name) in
            [("customer", "plain"), ("admin", "plain"), ("dealer", "plain"), ("dealer", "a"), ("dealer", "b")]
        {
            let account = stage.account(tenant, name);
            let user = Caller::user(tenant, name).token(&account.session.token).cookie(account.browser.cookie());
            callers.push(account.roles.iter().fold(user, Caller::role));
        }
        let reader = stage.tenant("dealer").machine("reader");
        callers.push(Caller::machine("dealer", "reader").token(reader.token.clone().unwrap()).role("inventory:read"));
        Self { stage, callers }
    }

    /// Attacks the small application.
    async fn attack(&self, flaw: Flaw) -> Result<Report, AttackFailure> {
        let attack = self.unarmed(flaw).await.host("customer", "customer.test").host("dealer", "dealer.test");
        self.callers.iter().cloned().fold(attack, Attack::caller).await
    }

    async fn unarmed(&self, flaw: Flaw) -> Attack {
        let address = Here::start_flawed(self.stage.iam.clone(), flaw).await;
        attack_every_route(format!("http://{address}/"), &REVIEWED.parse().unwrap())
    }

    async fn breaches(&self, flaw: Flaw) -> Vec<Breach> {
        match self.attack(flaw).await {
            Err(AttackFailure::Breached { breaches, .. }) => breaches,
            other => panic!("{flaw:?} is not found: {other:?}"),
        }
    }
}

/// A client to which a user granted these scopes.
async fn delegate(stage: &Stage, scopes: &[&str]) -> Caller {
    let name = format!("app-for-{}", scopes.join("-and-"));
    let new = NewClient::new(format!("{name}-{}", uuid::Uuid::new_v4()))
        .grant("authorization_code")
        .redirect_uri("https://app.example/callback");
    let new = scopes.iter().fold(new.audience("https://api.dealer.test"), |new, scope| new.scope(*scope));
    let dealer = &stage.tenant("dealer").client;
    let app = dealer.create_client(new).await.unwrap();
    let subject = &stage.account("dealer", "plain").identity.id;
    let tokens = dealer.delegated_token(&app, subject, scopes).await.unwrap();
    let caller = Caller::delegate("dealer", &name).token(tokens.access_token);
    scopes.iter().fold(caller, |caller, scope| caller.role(*scope))
}

#[tokio::test]
async fn an_application_as_reviewed_passes() {
    let stage = Stage::new().await;
    // What is reviewed does not say where a route is mounted.
    let mounted = Here::flawed_matrix(&stage.iam, Flaw::Nothing).to_string();
    assert_eq!(mounted.parse::<AccessMatrix>().unwrap(), REVIEWED.parse().unwrap());
    let attackers = Attackers::of(&stage).await;
    let report = attackers.attack(Flaw::Nothing).await.unwrap();
    let paths = |rows: &[iam_core::policy::MatrixRow]| rows.iter().map(|row| row.path.clone()).collect::<Vec<_>>();
    assert_eq!(paths(&report.unguarded), ["/(foreign)"]);
    assert_eq!(paths(&report.closed), ["/dealer/listings/{id}"], "a made-up listing is nobody's");
    assert_eq!(report.routes, 10);
    assert!(report.requests > 300, "{report}");
    assert!(report.to_string().contains("left alone, since nothing guards it: ! * /(foreign)  UNGUARDED"), "{report}");

    let everybody = attackers.unarmed(Flaw::Nothing).await.world(&stage.world).await.unwrap();
    assert!(everybody.requests > report.requests, "{everybody}");
    assert_eq!(paths(&everybody.closed), ["/dealer/listings/{id}", "/dealer/orders"], "no world has delegates");
}

cases! { USUAL, every_flaw_is_found_at_its_route_and_nowhere_else:
    attribute_removed:                Flaw::AttributeRemoved,        "/customer/me",          "no credential",                              200;
    tenant_swapped:                   Flaw::TenantSwapped,           "/customer/me",          "the session token of plain (`dealer`)",      200;
    tenant_swapped_for_its_own:       Flaw::TenantSwapped,           "/customer/me",          "the session cookie of plain (`customer`)",   401;
    role_removed:                     Flaw::RoleRemoved,             "/dealer/report",        "the session token of plain (`dealer`)",      200;
    role_swapped:                     Flaw::RoleSwapped,             "/dealer/report",        "the session cookie of b (`dealer`)",         200;
    permission_removed:               Flaw::PermissionRemoved,       "/dealer/listings/{id}", "the session token of a (`dealer`)",          200;
    scope_removed:                    Flaw::ScopeRemoved,            "/dealer/orders",        "the access token of app-for-profile (`dealer`)", 200;
    machines_swapped_for_users:       Flaw::MachinesSwappedForUsers, "/dealer/stock",         "the session token of a (`dealer`)",          200;
    visitors_of_another_tenant:       Flaw::VisitorsOfAnotherTenant, "/customer/shop",        "the session token of plain (`dealer`)",      200;
    public_route_closed:              Flaw::PublicRouteClosed,       "/open",                 "no credential",                              401;
    route_removed:                    Flaw::RouteRemoved,            "/customer/orders",      "no credential",                              404;
    head_opened:                      Flaw::HeadOpened,              "/customer/me",          "no credential",                              200;
    trailing_slash_opened:            Flaw::TrailingSlashOpened,     "/customer/me",          "no credential",                              200;
    encoded_path_opened:              Flaw::EncodedPathOpened,       "/customer/me",          "no credential",                              200;
    host_ignored:                     Flaw::HostIgnored,             "/by-host",              "the session token of plain (`customer`)",    200;
    host_ignored_for_nobody:          Flaw::HostIgnored,             "/by-host",              "no credential",                              401;
    fallback_opened:                  Flaw::FallbackOpened,          "/nested/(fallback)",    "no credential",                              200;
}

async fn every_flaw_is_found_at_its_route_and_nowhere_else(
    stage: &Stage,
    flaw: Flaw,
    path: &str,
    with: &str,
    status: u16,
) {
    let breaches = Attackers::of(stage).await.breaches(flaw).await;
    let strays: Vec<_> = breaches.iter().filter(|breach| breach.row.path != path).collect();
    assert!(strays.is_empty(), "{strays:#?}");
    let found = breaches.iter().any(|breach| breach.what == with && breach.status == status);
    assert!(found, "with {with}: {breaches:#?}");
}

#[tokio::test]
async fn each_spelling_that_leads_to_another_handler_is_found() {
    let stage = Stage::new().await;
    let breaches = Attackers::of(&stage).await.breaches(Flaw::EncodedPathOpened).await;
    for spelling in ["/customer%2Fme", "/%2563ustomer/me"] {
        let found = breaches.iter().any(|breach| breach.curl.ends_with(spelling));
        assert!(found, "{spelling}: {breaches:#?}");
    }
    assert!(breaches.iter().all(|breach| breach.curl.contains('%')), "{breaches:#?}");
}

#[tokio::test]
async fn a_tenant_that_lets_other_sites_use_its_cookie_is_found() {
    let stage = Stage::plan().set("customer.dangerously_disable_csrf_check", true).start().await;
    for Breach { row, what, .. } in Attackers::of(&stage).await.breaches(Flaw::Nothing).await {
        assert_eq!(row.path, "/customer/orders");
        assert!(what.ends_with("on a request of another site's"), "{what}");
    }
}

#[tokio::test]
async fn a_failure_shows_the_route_and_a_line_for_the_shell() {
    let stage = Stage::new().await;
    let attackers = Attackers::of(&stage).await;
    let failure = attackers.attack(Flaw::RoleRemoved).await.unwrap_err().to_string();
    let token = &stage.account("dealer", "plain").session.token;
    let report = [
        "GET /dealer/report  dealer: session, role a\n",
        "  with the session token of plain (`dealer`): 200; expected 401 or 403\n",
        &format!("  curl --path-as-is -i -X GET -H 'authorization: Bearer {token}' http://127.0.0.1:"),
    ];
    assert!(failure.contains(&report.concat()), "{failure}");
    assert!(failure.contains("/dealer/report\n"), "{failure}");
    assert!(failure.lines().next().unwrap().ends_with("requests were answered wrongly:"), "{failure}");
}

#[tokio::test]
async fn an_attack_without_weapons_or_targets_is_none() {
    let stage = Stage::new().await;
    let base = "http://127.0.0.1:9";
    let reviewed = REVIEWED.parse().unwrap();
    let said = attack_every_route(base, &reviewed).await.unwrap_err().to_string();
    assert!(said.starts_with("no credential of `admin`, `customer`, `dealer`"), "{said}");
    let only_admin = attack_every_route(base, &reviewed).caller(Caller::user("admin", "ann").token("t"));
    let said = only_admin.await.unwrap_err().to_string();
    assert!(said.starts_with("no credential of `customer`, `dealer`"), "{said}");

    let somebody = ["customer", "dealer"].map(|tenant| Caller::user(tenant, "ann").token("t"));
    let without_host = attack_every_route(base, &"  GET /a  customer or dealer by host: session".parse().unwrap());
    let said = somebody.into_iter().fold(without_host, Attack::caller).host("dealer", "dealer.test");
    let said = said.await.unwrap_err().to_string();
    assert!(said.starts_with("no host of `customer` was given"), "{said}");

    let nothing = "! * /(foreign)  UNGUARDED".parse().unwrap();
    let said = attack_every_route(base, &nothing).world(&stage.world).await.unwrap_err().to_string();
    assert_eq!(said, "the reviewed access matrix has no route to attack");
    let nowhere = attack_every_route("ftp://127.0.0.1", &reviewed).world(&stage.world);
    assert!(matches!(nowhere.await, Err(AttackFailure::Address { .. })));
    let silent = attack_every_route("http://127.0.0.1:1", &reviewed).world(&stage.world);
    let said = silent.await.unwrap_err().to_string();
    assert!(said.starts_with("the application did not answer: "), "{said}");
    assert!(said.ends_with("http://127.0.0.1:1/customer/me"), "{said}");
}
