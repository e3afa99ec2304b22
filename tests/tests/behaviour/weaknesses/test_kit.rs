//! W9, W72 and W73: what an application's own tests can rely on.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use iam_core::config::{IamConfig, SecretError, SecretSource};
use iam_core::{Clock as _, Product, Secret};
use iam_testing::double::{Recorder, TestClient, TestClock, TestIam, TestUser};
use iam_testing::fault::{Fault, Rule};
use serde_json::json;

use crate::stage::{Counters, Host, Stage, USUAL, cases};
use crate::{Here, Iam, Tenants};

/// The application under test over doubles.
struct Doubles {
    test: TestIam<Tenants>,
    url: String,
    http: reqwest::Client,
}

impl Doubles {
    async fn start() -> Self {
        let test = TestIam::<Tenants>::start().await.unwrap();
        let address = Here::start(test.iam.clone(), Arc::new(Counters::default())).await;
        Self { test, url: format!("http://{address}"), http: iam_testing::client::http_client().unwrap() }
    }

    async fn get(&self, path: &str, token: &str) -> u16 {
        self.http.get(format!("{}{path}", self.url)).bearer_auth(token).send().await.unwrap().status().as_u16()
    }
}

struct Vault;

#[async_trait]
impl SecretSource for Vault {
    async fn secret(&self, path: &str) -> Result<Option<Secret>, SecretError> {
        Ok((path == "tenants.dealer.hydra.admin_token").then(|| Secret::new("from-the-vault")))
    }
}

#[tokio::test]
async fn w09_every_part_that_can_be_swapped_is_swapped_in_one_place() {
    let world = Stage::world(|_| {}).await;
    let (recorder, clock) = (Recorder::default(), TestClock::default());
    let config = IamConfig::from_toml(&world.iam_config().unwrap()).unwrap();
    let builder = Iam::<Tenants>::builder(config).secrets(Vault).audit(recorder.clone()).clock(clock.clone());
    let stage = Stage::over(world, builder.build().await.unwrap()).await;

    // The clock is in 2027: for it every session of the stage is over, and the token's time has not come or gone.
    stage.get("/customer/me").token_of("customer", "plain").expect(401).await;
    stage.get("/dealer/machine").machine("reader").send().await;
    stage.iam.flush_audit().await;
    let events = recorder.events();
    assert_eq!(events.len(), 2, "the sink has every event");
    assert_eq!(events[0].reason, Some("expired"), "the clock decides");
    assert_eq!(events[0].at.unix_timestamp(), i64::try_from(clock.wall().as_secs()).unwrap());
    let bearer = "Bearer from-the-vault";
    let sent = stage.proxies("dealer").hydra_admin.count(|request| request.header("authorization") == Some(bearer));
    assert_eq!(sent, 1, "the vault's secret is used");
}

cases! { w72_doubles_run_the_real_decision:
    its_own_tenant:             "/customer/me",      200;
    another_tenant:             "/admin/me",         401;
    a_role:                     "/customer/a-or-b",  200;
    a_role_of_the_traits:       "/customer/a-and-b", 403;
    a_session_for_a_machine:    "/dealer/machine",   401;
    a_public_route:             "/open",             200;
}

async fn w72_doubles_run_the_real_decision(path: &str, status: u16) {
    let doubles = Doubles::start().await;
    let user = TestUser::new().role("a").traits(json!({ "roles": ["b"] }));
    let token = doubles.test.ory(Tenants::Customer).user(user);
    assert_eq!(doubles.get(path, &token).await, status);
}

#[tokio::test]
async fn w72_a_permission_of_a_double_is_one_of_this_subject_at_this_tenant() {
    let doubles = Doubles::start().await;
    let (customer, dealer) = (doubles.test.ory(Tenants::Customer), doubles.test.ory(Tenants::Dealer));
    let id = uuid::Uuid::new_v4();
    let (ours, other) = (dealer.user(TestUser::new().id(id)), dealer.user(TestUser::new()));
    customer.allow("listings", "listings:42", "edit", &format!("user:{id}"));
    assert_eq!(doubles.get("/dealer/listings/42", &ours).await, 403, "granted at another tenant");
    dealer.allow("listings", "listings:42", "edit", &format!("client:{id}"));
    assert_eq!(doubles.get("/dealer/listings/42", &ours).await, 403, "granted to a machine of this id");
    dealer.allow("listings", "listings:42", "edit", &format!("user:{id}"));
    assert_eq!(doubles.get("/dealer/listings/42", &ours).await, 200);
    assert_eq!(doubles.get("/dealer/listings/42", &other).await, 403, "granted to another user");
    assert_eq!(doubles.get("/dealer/listings/43", &ours).await, 403, "granted on another object");
}

#[tokio::test]
async fn w72_a_scope_of_a_double_is_a_machines_role() {
    let doubles = Doubles::start().await;
    let dealer = doubles.test.ory(Tenants::Dealer);
    let machine = dealer.client(TestClient::new("erp").scope("inventory:read"));
    assert_eq!(doubles.get("/dealer/partner/read", &machine).await, 200);
    assert_eq!(doubles.get("/dealer/partner/write", &machine).await, 403);
    let delegated = dealer.client(TestClient::new("erp").scope("inventory:read").acting_for("a-user"));
    assert_eq!(doubles.get("/dealer/partner/read", &delegated).await, 403);
}

#[tokio::test]
async fn w73_doubles_have_time_outages_and_a_memory_of_events() {
    let doubles = Doubles::start().await;
    let ory = doubles.test.ory(Tenants::Admin);
    let token = ory.user(TestUser::new().lifespan(Duration::from_secs(60)));
    let second = ory.user(TestUser::new().needs_second_factor());
    let inactive = ory.user(TestUser::new().inactive());
    assert_eq!(doubles.get("/admin/me", &token).await, 200);
    assert_eq!(doubles.get("/admin/me", &second).await, 403);
    assert_eq!(doubles.get("/admin/me", &inactive).await, 401);
    ory.set_down(Product::Kratos, true);
    assert_eq!(doubles.get("/admin/me", &token).await, 503);
    ory.set_down(Product::Kratos, false);
    doubles.test.clock.advance(Duration::from_secs(60));
    assert_eq!(doubles.get("/admin/me", &token).await, 401);
    let events = doubles.test.events().await;
    let reasons: Vec<_> = events.iter().map(|event| event.reason.unwrap_or("allowed")).collect();
    assert_eq!(reasons, ["allowed", "second_factor", "rejected_by_tenant", "upstream", "rejected_by_tenant"]);
}

cases! { USUAL, w73_the_stand_in_has_many_identities:
    a_customer:       "customer", "a";
    another_customer: "customer", "b";
    an_admin:         "admin",    "a";
    a_dealer:         "dealer",   "ab";
}

async fn w73_the_stand_in_has_many_identities(stage: &Stage, tenant: &str, name: &str) {
    let answer = stage.get(&format!("/{tenant}/me")).token_of(tenant, name).expect(200).await;
    assert_eq!(answer.json()["id"], stage.account(tenant, name).identity.id);
}

#[tokio::test]
async fn w73_the_stand_in_has_faults_of_one_product_of_one_tenant() {
    let stage = Stage::new().await;
    stage.proxies("dealer").kratos_public.fault(Rule::any(), Fault::Status(500));
    stage.get("/dealer/me").token_of("dealer", "a").expect(503).await;
    stage.get("/admin/me").token_of("admin", "a").expect(200).await;
    stage.get("/dealer/machine").machine("reader").expect(200).await;
}
