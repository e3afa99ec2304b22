//! Machines and delegated users on OAuth2 routes.

use iam_testing::client::SeededClient;
use iam_testing::fault::Rule;
use iam_testing::seed::{ClientSeed, Seed};
use serde_json::{Value, json};

use crate::stage::made_up::{claims_that_count, token_of_reader};
use crate::stage::{Plan, Stage, USUAL, Verdict, cases};

const ROLE: fn() -> Verdict = || Verdict::forbidden("role");
const NO_MACHINE: fn() -> Verdict = || Verdict::forbidden("not_a_machine");

cases! { USUAL, a_scope_is_a_machines_role:
    a_reader_reads:                    "reader",   "/dealer/partner/read",  Verdict::allowed();
    a_reader_writes:                   "reader",   "/dealer/partner/write", ROLE();
    a_writer_reads:                    "writer",   "/dealer/partner/read",  Verdict::allowed();
    a_writer_writes:                   "writer",   "/dealer/partner/write", Verdict::allowed();
    a_stranger_with_the_scope:         "stranger", "/dealer/partner/read",  NO_MACHINE();
    a_stranger_where_none_is_demanded: "stranger", "/dealer/machine",       NO_MACHINE();
}

async fn a_scope_is_a_machines_role(stage: &Stage, machine: &str, path: &str, meant: Verdict) {
    let seen = stage.get(path).machine(machine).ends(machine, meant.clone()).await;
    if meant == Verdict::allowed() {
        assert_eq!(seen.answer.json()["kind"], "machine");
        assert_eq!(seen.answer.json()["id"], machine);
        assert_eq!(seen.decision.actor_kind, Some("machine"));
        assert_eq!(seen.decision.actor.as_deref(), Some(machine));
    }
}

#[tokio::test]
async fn a_revoked_token_is_inactive_and_stays_so() {
    let stage = Stage::new().await;
    stage.get("/dealer/partner/read").machine("reader").ends("before", Verdict::allowed()).await;
    let machine = stage.tenant("dealer").machine("reader");
    let token = machine.token.as_deref().unwrap();
    stage.tenant("dealer").client.revoke_token(&machine.client, token).await.unwrap();
    for row in ["asked", "remembered"] {
        let ask = stage.get("/dealer/partner/read").machine("reader");
        ask.ends(row, Verdict::unauthenticated("inactive")).await;
    }
    stage.get("/dealer/partner/read").machine("writer").ends("another's", Verdict::allowed()).await;
}

cases! { sessions_and_access_tokens_do_not_stand_in_for_each_other:
    asked_each_time: Stage::plan();
    remembered:      Stage::plan().cached();
}

async fn sessions_and_access_tokens_do_not_stand_in_for_each_other(plan: Plan) {
    let stage = plan.start().await;
    stage.get("/dealer/me").token_of("dealer", "a").ends("a session at its place", Verdict::allowed()).await;
    stage.get("/dealer/machine").machine("reader").ends("a token at its place", Verdict::allowed()).await;
    let ask = stage.get("/dealer/machine").token_of("dealer", "a");
    ask.ends("a session token on an oauth2 route", Verdict::unauthenticated("inactive")).await;
    let ask = stage.get("/dealer/me").machine("reader");
    ask.ends("an access token on a session route", Verdict::unauthenticated("rejected_by_tenant")).await;
    let ask = stage.get("/customer/machine").machine("reader");
    ask.ends("an access token at another tenant", Verdict::unauthenticated("inactive")).await;
    let ask = stage.get("/dealer/machine").bearer("ory_at_nobodys");
    ask.ends("an unknown token", Verdict::unauthenticated("inactive")).await;
    stage.get("/dealer/machine").ends("no token", Verdict::unauthenticated("missing")).await;
}

const DENIED: fn(&'static str) -> Verdict = Verdict::unauthenticated;

claims_that_count! { USUAL, every_claim_of_a_token_counts }

cases! { USUAL, what_an_introspection_says = every_claim_of_a_token_counts:
    inactive:             |t| *t = json!({ "active": false }),             DENIED("inactive");
    inactive_with_claims: |t| t["active"] = json!(false),                  DENIED("inactive");
    active_text:          |t| t["active"] = json!("true"),                 Verdict::unavailable();
    active_one:           |t| t["active"] = json!(1),                      Verdict::unavailable();
    active_null:          |t| t["active"] = json!(null),                   Verdict::unavailable();
    a_refresh_token:      |t| t["token_use"] = json!("refresh_token"),     DENIED("wrong_token_use");
    no_use:               |t| t["token_use"] = json!(null),                DENIED("wrong_token_use");
    scope_glued:          |t| t["scope"] = json!("inventory:read\u{a0}x"), ROLE();
    a_wildcard_scope:     |t| t["scope"] = json!("inventory:*"),           ROLE();
}

async fn every_claim_of_a_token_counts(stage: &Stage, change: fn(&mut Value), meant: Verdict) {
    let introspection = Rule::on("POST", "/admin/oauth2/introspect");
    stage.proxies("dealer").hydra_admin.fault(introspection, token_of_reader(change));
    let token = format!("ory_at_{}", uuid::Uuid::new_v4());
    stage.get("/dealer/partner/read").bearer(&token).ends("made up", meant).await;
}

/// A stage with the client `shop`, to which users of `dealer` grant scopes.
pub(super) async fn with_shop(plan: Plan, change: impl FnOnce(&mut Seed)) -> (Stage, SeededClient) {
    let stage = plan
        .start_seeded(|seed| {
            change(seed);
            let dealer = seed.tenants.get_mut("dealer").unwrap();
            dealer.clients.push(ClientSeed {
                id: "shop".into(),
                secret: Some("a shop's secret".into()),
                grants: vec!["authorization_code".into()],
                scopes: ["openid", "profile", "orders"].map(str::to_owned).into(),
                audience: vec!["https://api.dealer.test".into()],
                redirect_uris: vec!["https://shop.example/back".into()],
                ..ClientSeed::default()
            });
        })
        .await;
    let shop = stage.tenant("dealer").machine("shop").client.clone();
    (stage, shop)
}

#[tokio::test]
async fn a_delegated_token_is_good_where_the_policy_says_so() {
    let (stage, shop) = with_shop(Stage::plan(), |_| {}).await;
    let user = &stage.account("dealer", "a").identity.id;
    let ory = &stage.tenant("dealer").client;
    let token = async |scopes: &[&str]| ory.delegated_token(&shop, user, scopes).await.unwrap().access_token;
    let whole = token(&["profile", "orders"]).await;

    let seen = stage.get("/dealer/delegated").bearer(&whole).ends("all scopes", Verdict::allowed()).await;
    assert_eq!(seen.answer.json(), json!({ "id": user, "client": "shop", "scopes": ["profile", "orders"] }));
    assert_eq!((seen.decision.actor_kind, seen.decision.actor.as_ref()), (Some("delegate"), Some(user)));

    let part = token(&["profile"]).await;
    stage.get("/dealer/delegated").bearer(&part).ends("one scope of two", Verdict::forbidden("role")).await;
    for path in ["/dealer/machine", "/dealer/partner/read", "/dealer/partner/listings/42"] {
        stage.get(path).bearer(&whole).ends("on a machine's route", Verdict::forbidden("not_a_machine")).await;
    }
    let ask = stage.get("/dealer/me").bearer(&whole);
    ask.ends("on a session route", Verdict::unauthenticated("rejected_by_tenant")).await;
    let ask = stage.get("/dealer/delegated").machine("writer");
    ask.ends("a machine on a delegate's route", Verdict::forbidden("not_a_delegate")).await;
    let ask = stage.get("/dealer/delegated").token_of("dealer", "a");
    ask.ends("the user's own session", Verdict::unauthenticated("inactive")).await;
}

#[tokio::test]
async fn the_word_any_makes_every_client_a_machine_and_no_delegate_one() {
    let (stage, shop) = with_shop(Stage::plan().set("dealer.machine_clients", "any"), |_| {}).await;
    stage.get("/dealer/machine").machine("stranger").ends("an unlisted client", Verdict::allowed()).await;
    let user = &stage.account("dealer", "a").identity.id;
    let tokens = stage.tenant("dealer").client.delegated_token(&shop, user, &["orders"]).await.unwrap();
    let ask = stage.get("/dealer/machine").bearer(&tokens.access_token);
    ask.ends("a delegate", Verdict::forbidden("not_a_machine")).await;
}

#[tokio::test]
async fn a_signed_token_is_asked_about_like_any_other() {
    let plan = Stage::plan().set("dealer.machine_clients", "any");
    let stage = plan
        .start_seeded(|seed| {
            seed.tenants.get_mut("dealer").unwrap().clients.push(ClientSeed {
                id: "signed".into(),
                secret: Some("a signed secret".into()),
                grants: vec!["client_credentials".into()],
                scopes: vec!["inventory:read".into()],
                audience: vec!["https://api.dealer.test".into()],
                signed_tokens: true,
                ..ClientSeed::default()
            });
        })
        .await;
    let dealer = stage.tenant("dealer");
    let (ory, signed) = (&dealer.client, dealer.machine("signed"));
    let token = signed.token.clone().unwrap();
    assert_eq!(token.split('.').count(), 3, "no JWT: {token}");
    let read = |token: &str| stage.get("/dealer/partner/read").bearer(token);
    let inactive = || Verdict::unauthenticated("inactive");

    read(&token).ends("signed", Verdict::allowed()).await;
    let write = stage.get("/dealer/partner/write").bearer(&token);
    write.ends("a scope that it lacks", Verdict::forbidden("role")).await;
    let (head, signature) = token.rsplit_once('.').unwrap();
    let (first, rest) = signature.split_at(1);
    let forged = format!("{head}.{}{rest}", if first == "A" { "B" } else { "A" });
    read(&forged).ends("another signature", inactive()).await;

    ory.revoke_token(&signed.client, &token).await.unwrap();
    read(&token).ends("revoked, though its signature is good", inactive()).await;

    let again = async || ory.client_credentials(&signed.client, &["inventory:read"]).await.unwrap();
    let old = again().await;
    read(&old).ends("a new one", Verdict::allowed()).await;
    ory.rotate_token_key().await.unwrap();
    read(&old).ends("of before the key's rotation", inactive()).await;
    read(&again().await).ends("of after it", Verdict::allowed()).await;
}
