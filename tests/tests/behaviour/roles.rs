//! Roles: one of a list, all lists, and where they come from.

use iam_testing::client::NewIdentity;
use serde_json::json;

use crate::stage::{Shared, Stage, USUAL, Verdict, cases};

const ROLE: fn() -> Verdict = || Verdict::forbidden("role");

// Of each row: tenant and user; then where one role of a list is enough, and where every list counts.
cases! { USUAL, one_role_of_a_list_is_enough_and_every_list_counts:
    none_at_customer: "customer", "plain", ROLE(),             ROLE();
    a_at_customer:    "customer", "a",     Verdict::allowed(), ROLE();
    b_at_customer:    "customer", "b",     Verdict::allowed(), ROLE();
    both_at_customer: "customer", "ab",    Verdict::allowed(), Verdict::allowed();
    none_at_admin:    "admin",    "plain", ROLE(),             ROLE();
    a_at_admin:       "admin",    "a",     Verdict::allowed(), ROLE();
    b_at_admin:       "admin",    "b",     Verdict::allowed(), ROLE();
    both_at_admin:    "admin",    "ab",    Verdict::allowed(), Verdict::allowed();
    none_at_dealer:   "dealer",   "plain", ROLE(),             ROLE();
    a_at_dealer:      "dealer",   "a",     Verdict::allowed(), ROLE();
    b_at_dealer:      "dealer",   "b",     Verdict::allowed(), ROLE();
    both_at_dealer:   "dealer",   "ab",    Verdict::allowed(), Verdict::allowed();
}

async fn one_role_of_a_list_is_enough_and_every_list_counts(
    stage: &Stage,
    tenant: &str,
    who: &str,
    any: Verdict,
    all: Verdict,
) {
    let seen = stage.get(&format!("/{tenant}/a-or-b")).token_of(tenant, who).ends("one of a list", any).await;
    let id = &stage.account(tenant, who).identity.id;
    assert_eq!(seen.decision.actor.as_ref(), Some(id), "who was refused is known");
    stage.get(&format!("/{tenant}/a-and-b")).token_of(tenant, who).ends("each of two lists", all).await;
}

cases! { USUAL, without_a_session_no_role_matters:
    at_customer: "customer";
    at_admin:    "admin";
    at_dealer:   "dealer";
}

async fn without_a_session_no_role_matters(stage: &Stage, tenant: &str) {
    stage.get(&format!("/{tenant}/a-or-b")).ends(tenant, Verdict::unauthenticated("missing")).await;
}

#[tokio::test]
async fn a_role_counts_at_its_own_tenant_only() {
    let stage = Stage::plan().cached().start().await;
    stage.get("/dealer/a-or-b").token_of("dealer", "a").ends("at home", Verdict::allowed()).await;
    let row = "the same role elsewhere";
    let ask = stage.get("/customer/a-or-b").token_of("dealer", "a");
    ask.ends(row, Verdict::unauthenticated("rejected_by_tenant")).await;
}

#[tokio::test]
async fn a_remembered_session_is_judged_by_each_routes_own_roles() {
    let stage = Stage::plan().cached().start().await;
    for _ in 0..2 {
        stage.get("/admin/a-or-b").token_of("admin", "a").ends("has one", Verdict::allowed()).await;
        stage.get("/admin/a-and-b").token_of("admin", "a").ends("lacks one", Verdict::forbidden("role")).await;
        stage.get("/admin/me").token_of("admin", "a").ends("needs none", Verdict::allowed()).await;
    }
    assert_eq!(stage.whoamis("admin"), 1);
}

cases! { USUAL, only_public_metadata_gives_roles:
    traits:       |new| new.trait_("roles", json!(["a", "b"])),                ROLE();
    null:         |new| new.metadata_public(json!(null)),                      ROLE();
    roles_null:   |new| new.metadata_public(json!({ "roles": null })),         ROLE();
    one_text:     |new| new.metadata_public(json!({ "roles": "a" })),          ROLE();
    an_object:    |new| new.metadata_public(json!({ "roles": { "a": true } })), ROLE();
    another_case: |new| new.metadata_public(json!({ "roles": ["A", "a "] })),  ROLE();
    a_list:       |new| new.metadata_public(json!({ "roles": ["x", "a"] })),   Verdict::allowed();
}

async fn only_public_metadata_gives_roles(stage: &Stage, fill: fn(NewIdentity) -> NewIdentity, meant: Verdict) {
    let ory = &stage.tenant("admin").client;
    let identity = fill(NewIdentity::new(format!("{}@admin.test", uuid::Uuid::new_v4())));
    let session = ory.login(&ory.create_identity(identity).await.unwrap()).await.unwrap();
    stage.get("/admin/a-or-b").bearer(&session.token).ends("its role", meant).await;
    stage.get("/admin/me").bearer(&session.token).ends("needs none", Verdict::allowed()).await;
}

static TRUSTING_ADMINS: Shared =
    Shared::new(|| Box::pin(Stage::plan().set("admin.dangerously_trust_traits_roles", true).start()));

cases! { TRUSTING_ADMINS, traits_give_roles_only_where_the_dangerous_switch_says_so:
    there:     "admin",  Verdict::allowed();
    elsewhere: "dealer", ROLE();
}

async fn traits_give_roles_only_where_the_dangerous_switch_says_so(stage: &Stage, tenant: &str, meant: Verdict) {
    let ory = &stage.tenant(tenant).client;
    let traits = json!({ "roles": ["a"] }).as_object().unwrap().clone();
    let (_, session) = ory.register("self@made.test", "a long pass phrase 9", traits).await.unwrap();
    stage.get(&format!("/{tenant}/a-or-b")).bearer(&session.token).ends(tenant, meant).await;
}
