//! Sessions on their own tenant and on every other.

use iam_core::SessionId;

use crate::Tenants;
use crate::stage::{Shared, Stage, USUAL, Verdict, cases};

const TENANTS: [&str; 3] = ["customer", "admin", "dealer"];

/// Nobody else shows these tokens here, and so no refusal of one is remembered.
static OWN: Shared = Shared::new(|| Box::pin(Stage::new()));

cases! { OWN, a_session_is_good_at_its_own_tenant_only:
    a_customers_at_customer: "customer", "customer";
    a_customers_at_admin:    "customer", "admin";
    a_customers_at_dealer:   "customer", "dealer";
    an_admins_at_customer:   "admin",    "customer";
    an_admins_at_admin:      "admin",    "admin";
    an_admins_at_dealer:     "admin",    "dealer";
    a_dealers_at_customer:   "dealer",   "customer";
    a_dealers_at_admin:      "dealer",   "admin";
    a_dealers_at_dealer:     "dealer",   "dealer";
}

async fn a_session_is_good_at_its_own_tenant_only(stage: &Stage, own: &'static str, route: &str) {
    let ask = stage.get(&format!("/{route}/me")).token_of(own, "plain");
    if own == route {
        let seen = ask.ends("at home", Verdict::allowed()).await;
        let id = &stage.account(own, "plain").identity.id;
        assert_eq!(seen.answer.json()["id"], **id);
        assert_eq!(seen.answer.json()["tenant"], own);
        assert_eq!(seen.decision.actor.as_ref(), Some(id));
        assert_eq!(seen.decision.actor_tenant, Some(own));
    } else {
        let seen = ask.ends("elsewhere", Verdict::unauthenticated("rejected_by_tenant")).await;
        assert_eq!(seen.decision.actor, None);
    }
    for tenant in TENANTS {
        let asked = usize::from(tenant == route);
        assert_eq!(
            stage.whoamis(tenant),
            asked,
            "{tenant} is asked about every credential on its routes, and no other"
        );
    }
}

cases! { USUAL, a_cookie_is_good_at_its_own_tenant_only:
    a_customers_at_dealer: "customer", "dealer";
    a_dealers_at_customer: "dealer",   "customer";
}

async fn a_cookie_is_good_at_its_own_tenant_only(stage: &Stage, own: &str, route: &str) {
    let value = |tenant| &stage.account(tenant, "plain").browser.cookie_value;
    let name = |tenant| &stage.account(tenant, "plain").browser.cookie_name;
    let path = format!("/{route}/me");
    let seen = stage.get(&path).cookie_of(route, "plain").ends("own cookie", Verdict::allowed()).await;
    assert_eq!(seen.answer.json()["id"], stage.account(route, "plain").identity.id);

    let under_its_own_name = stage.get(&path).cookie_of(own, "plain");
    under_its_own_name.ends("another tenant's cookie is none", Verdict::unauthenticated("missing")).await;

    let renamed = stage.get(&path).header("cookie", format!("{}={}", name(route), value(own)));
    renamed.ends("renamed", Verdict::unauthenticated("rejected_by_tenant")).await;

    let both = format!("{}={}; {}={}", name(own), value(own), name(route), value(route));
    let seen = stage.get(&path).header("cookie", both).ends("both tenants' cookies", Verdict::allowed()).await;
    assert_eq!(seen.answer.json()["tenant"], route);
}

#[tokio::test]
async fn a_session_is_good_whatever_others_were_let_in_before() {
    let stage = Stage::plan().cached().start().await;
    for round in 0..2 {
        for own in TENANTS {
            for route in TENANTS {
                let meant = match own == route {
                    true => Verdict::allowed(),
                    false => Verdict::unauthenticated("rejected_by_tenant"),
                };
                let row = format!("round {round}: {own} at {route}");
                stage.get(&format!("/{route}/me")).token_of(own, "plain").ends(&row, meant).await;
            }
        }
    }
}

#[tokio::test]
async fn the_cross_tenant_look_up_is_decided_at_one_tenant_and_made_at_another() {
    let stage = Stage::new().await;
    let customer = stage.account("customer", "a").identity.id.clone();
    let path = format!("/admin/customers/{customer}");

    let seen = stage.get(&path).token_of("admin", "support").judged("found", Verdict::allowed()).await;
    assert_eq!(seen.answer.json()["id"], *customer);
    let [operation] = &seen.others[..] else { panic!("one event of the call: {:#?}", seen.others) };
    assert_eq!((operation.name, operation.outcome.name()), ("identity.get", "succeeded"));
    assert_eq!((operation.tenant, operation.actor_tenant), ("customer", Some("admin")));
    assert_eq!(operation.actor.as_ref(), Some(&stage.account("admin", "support").identity.id));
    assert_eq!(operation.request_id, seen.decision.request_id);
    assert_eq!(operation.target, Some(customer));

    let row = "a customer, however privileged there";
    stage.get(&path).token_of("customer", "ab").ends(row, Verdict::unauthenticated("rejected_by_tenant")).await;
    stage.get(&path).token_of("admin", "ab").ends("another role", Verdict::forbidden("role")).await;
}

#[tokio::test]
async fn an_id_that_names_nobody_is_not_found() {
    let stage = Stage::new().await;
    let unknown = uuid::Uuid::new_v4().to_string();
    let seen = stage.get(&format!("/admin/customers/{unknown}")).token_of("admin", "support");
    let seen = seen.judged("unknown", Verdict::answered(404, "not_found")).await;
    assert_eq!(seen.others[0].outcome.name(), "failed");
    assert_eq!(asked_by_admins(&stage), 1);
}

/// How often an administrator's call reached `customer`.
fn asked_by_admins(stage: &Stage) -> usize {
    stage.proxies("customer").kratos_admin.count(|request| request.path().starts_with("/admin"))
}

cases! { USUAL, an_id_that_cannot_be_one_is_not_found_unasked:
    a_word:           "nobody";
    a_blank:          "%20";
    another_path:     "..%2fsessions";
    a_query:          "x%3Finclude_credential=oidc";
    a_nul:            "%00";
    a_number:         "42";
    a_letter_less:    &uuid::Uuid::new_v4().to_string()[1..];
    a_very_long_one:  &"a".repeat(4096);
}

async fn an_id_that_cannot_be_one_is_not_found_unasked(stage: &Stage, odd: &str) {
    let ask = stage.get(&format!("/admin/customers/{odd}")).token_of("admin", "support");
    ask.judged(odd, Verdict::answered(404, "not_found")).await;
    assert_eq!(asked_by_admins(stage), 0, "it reached Ory");
}

#[tokio::test]
async fn what_ends_at_one_tenant_ends_at_those_that_share_its_servers() {
    let world = Stage::world(|_| {}).await;
    let dealers = world.tenant("dealer").proxies.as_ref().unwrap();
    let plan = Stage::plan()
        .cached()
        .set("admin.kratos.public_url", dealers.kratos_public.url())
        .set("admin.kratos.admin_url", dealers.kratos_admin.url())
        .set("admin.shares_with", "dealer");
    let stage = plan.start_with(world).await;
    let session = &stage.account("dealer", "plain").session;
    for tenant in ["dealer", "admin"] {
        stage.get(&format!("/{tenant}/me")).bearer(&session.token).ends(tenant, Verdict::allowed()).await;
    }
    stage.iam.tenant(Tenants::Dealer).sessions().revoke(&SessionId::new(&session.session_id)).await.unwrap();
    for tenant in ["dealer", "admin"] {
        stage.get(&format!("/{tenant}/me")).bearer(&session.token).expect(401).await;
    }
}
