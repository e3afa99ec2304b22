//! Roles: one of a list, all lists, and where they come from.

use iam_testing::client::NewIdentity;
use serde_json::json;

use crate::stage::{Stage, Verdict};

#[tokio::test]
async fn one_role_of_a_list_is_enough_and_every_list_counts() {
    let stage = Stage::new().await;
    let role = || Verdict::forbidden("role");
    for tenant in ["customer", "admin", "dealer"] {
        for (who, any, all) in [
            ("plain", role(), role()),
            ("a", Verdict::allowed(), role()),
            ("b", Verdict::allowed(), role()),
            ("ab", Verdict::allowed(), Verdict::allowed()),
        ] {
            let row = format!("{who} of {tenant}");
            let seen = stage.get(&format!("/{tenant}/a-or-b")).token_of(tenant, who).ends(&row, any).await;
            let id = &stage.account(tenant, who).identity.id;
            assert_eq!(seen.decision.actor.as_ref(), Some(id), "{row}: who was refused is known");
            stage.get(&format!("/{tenant}/a-and-b")).token_of(tenant, who).ends(&row, all).await;
        }
        let row = "without a session no role matters";
        stage.get(&format!("/{tenant}/a-or-b")).ends(row, Verdict::unauthenticated("missing")).await;
    }
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

#[tokio::test]
async fn only_public_metadata_gives_roles() {
    let stage = Stage::new().await;
    let ory = &stage.tenant("admin").client;
    let table = [
        ("traits", NewIdentity::new("t@admin.test").trait_("roles", json!(["a", "b"])), false),
        ("null", NewIdentity::new("n@admin.test").metadata_public(json!(null)), false),
        ("roles: null", NewIdentity::new("rn@admin.test").metadata_public(json!({ "roles": null })), false),
        ("one text", NewIdentity::new("rt@admin.test").metadata_public(json!({ "roles": "a" })), false),
        ("an object", NewIdentity::new("ro@admin.test").metadata_public(json!({ "roles": { "a": true } })), false),
        ("another case", NewIdentity::new("rc@admin.test").metadata_public(json!({ "roles": ["A", "a "] })), false),
        ("a list", NewIdentity::new("rl@admin.test").metadata_public(json!({ "roles": ["x", "a"] })), true),
    ];
    for (row, identity, has_role) in table {
        let session = ory.login(&ory.create_identity(identity).await.unwrap()).await.unwrap();
        let meant = if has_role { Verdict::allowed() } else { Verdict::forbidden("role") };
        stage.get("/admin/a-or-b").bearer(&session.token).ends(row, meant).await;
        stage.get("/admin/me").bearer(&session.token).ends(row, Verdict::allowed()).await;
    }
}

#[tokio::test]
async fn traits_give_roles_only_where_the_dangerous_switch_says_so() {
    let stage = Stage::plan().set("admin.dangerously_trust_traits_roles", true).start().await;
    for (tenant, meant) in [("admin", Verdict::allowed()), ("dealer", Verdict::forbidden("role"))] {
        let ory = &stage.tenant(tenant).client;
        let traits = json!({ "roles": ["a"] }).as_object().unwrap().clone();
        let (_, session) = ory.register("self@made.test", "a long pass phrase 9", traits).await.unwrap();
        stage.get(&format!("/{tenant}/a-or-b")).bearer(&session.token).ends(tenant, meant).await;
    }
}
