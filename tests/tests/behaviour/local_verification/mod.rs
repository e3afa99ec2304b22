//! Access tokens that a key of the issuer's has signed, where `hydra.verification` is `local`.

mod made_up;

use std::time::Duration;

use futures_util::future::join_all;
use iam_core::config::IamConfig;
use iam_core::decision::{Decision, Reason};
use iam_core::policy::{CredentialKind, PolicyData};
use iam_testing::fault::{Fault, Rule};
use iam_testing::seed::Seed;
use iam_testing::standin::AccessTokenStrategy;

use super::parts::Bearer;
use crate::stage::signer::{Signer, claims_of_reader};
use crate::stage::{Plan, Stage, Verdict, cases};
use crate::{Iam, Tenants};

const DENIED: fn(&'static str) -> Verdict = Verdict::unauthenticated;

fn local() -> Plan {
    Stage::plan().set("dealer.hydra.verification", "local")
}

fn with_signed_tokens(seed: &mut Seed) {
    seed.tenants.get_mut("dealer").unwrap().access_token_strategy = AccessTokenStrategy::Jwt;
}

async fn honest() -> Stage {
    local().start_seeded(with_signed_tokens).await
}

fn keys() -> Rule {
    Rule::on("GET", "/.well-known/jwks.json")
}

/// How often `dealer`'s keys were asked for.
fn asked_for_keys(stage: &Stage) -> usize {
    stage.proxies("dealer").hydra_public.count(|request| request.path() == "/.well-known/jwks.json")
}

/// A new token of `dealer`'s machine `reader`.
async fn of_reader(stage: &Stage) -> String {
    let dealer = stage.tenant("dealer");
    dealer.client.client_credentials(&dealer.machine("reader").client, &["inventory:read"]).await.unwrap()
}

#[tokio::test]
async fn a_signed_token_is_taken_at_its_word() {
    let stage = honest().await;
    let read = || stage.get("/dealer/partner/read");
    join_all((0..20).map(|_| read().machine("reader").expect(200))).await;
    assert_eq!(stage.events().await.len(), 20);
    assert_eq!(asked_for_keys(&stage), 1, "whoever comes at the same time waits for the same answer");

    let seen = read().machine("reader").ends("its own scope", Verdict::allowed()).await;
    assert_eq!(
        (seen.answer.json()["kind"].as_str(), seen.answer.json()["id"].as_str()),
        (Some("machine"), Some("reader"))
    );
    let write = stage.get("/dealer/partner/write").machine("reader");
    write.ends("a scope that it lacks", Verdict::forbidden("role")).await;
    read().machine("stranger").ends("no machine of ours", Verdict::forbidden("not_a_machine")).await;
    stage.get("/customer/machine").machine("reader").ends("another tenant's", DENIED("inactive")).await;
    assert_eq!((stage.introspections("dealer"), asked_for_keys(&stage)), (0, 1));
}

#[tokio::test]
async fn a_revocation_is_known_where_a_policy_asks_for_a_fresh_answer() {
    let stage = honest().await;
    let dealer = stage.tenant("dealer");
    let token = of_reader(&stage).await;
    let fresh = || stage.get("/dealer/demands/asked").bearer(&token);
    let usual = || stage.get("/dealer/partner/read").bearer(&token);
    usual().ends("before", Verdict::allowed()).await;
    fresh().ends("before", Verdict::allowed()).await;
    assert_eq!(stage.introspections("dealer"), 1);

    dealer.client.revoke_token(&dealer.machine("reader").client, &token).await.unwrap();
    usual().ends("its signature is still good", Verdict::allowed()).await;
    fresh().ends("Hydra knows better", DENIED("inactive")).await;
    assert_eq!(stage.introspections("dealer"), 2);
}

#[tokio::test]
async fn hydra_is_asked_about_what_is_no_jwt() {
    let stage = local().start().await;
    stage.get("/dealer/partner/read").machine("reader").ends("opaque", Verdict::allowed()).await;
    stage.get("/dealer/partner/read").bearer("ory_at_nobodys").ends("unknown", DENIED("inactive")).await;
    stage.get("/dealer/partner/read").bearer("a.b.c").ends("three parts of nothing", DENIED("inactive")).await;
    assert_eq!((stage.introspections("dealer"), asked_for_keys(&stage)), (3, 0));
}

#[tokio::test]
async fn new_keys_are_found_and_old_ones_stay_good_as_long_as_they_are_published() {
    let stage = honest().await;
    let read = |token: &str| stage.get("/dealer/partner/read").bearer(token);
    let old = of_reader(&stage).await;
    read(&old).ends("before", Verdict::allowed()).await;
    stage.tenant("dealer").client.rotate_token_key().await.unwrap();
    let new = of_reader(&stage).await;
    for row in ["by the new key", "once more"] {
        read(&new).ends(row, Verdict::allowed()).await;
    }
    read(&old).ends("by the old key", Verdict::allowed()).await;
    assert_eq!(asked_for_keys(&stage), 2);
}

#[tokio::test]
async fn made_up_key_ids_are_looked_for_once_in_a_while() {
    let stage = honest().await;
    let stranger = Signer::new("made-up");
    stage.get("/dealer/partner/read").machine("reader").ends("by a key that there is", Verdict::allowed()).await;
    for row in 0..3 {
        let token = stranger.sign(&claims_of_reader(|_| {}));
        stage.get("/dealer/partner/read").bearer(&token).ends(&row.to_string(), DENIED("inactive")).await;
    }
    assert_eq!(asked_for_keys(&stage), 2);
    stage.get("/dealer/partner/read").machine("reader").ends("everybody else", Verdict::allowed()).await;
}

/// How long nobody asks again after a failure, and a little more.
const PAUSE: Duration = Duration::from_millis(1_200);

cases! { without_keys_nothing_is_known:
    a_failure: Fault::json(503, "{}");
    no_page:   Fault::json(404, "{}");
    a_page:    Fault::Html(200);
    no_set:    Fault::json(200, r#"{"keys":"none"}"#);
    no_keys:   Fault::json(200, r#"{"keys":[]}"#);
}

async fn without_keys_nothing_is_known(fault: Fault) {
    let stage = honest().await;
    let public = &stage.proxies("dealer").hydra_public;
    let read = || stage.get("/dealer/partner/read").machine("reader");
    public.fault(keys(), fault.clone());
    read().ends("an outage is no refusal", Verdict::unavailable()).await;
    public.heal();
    tokio::time::sleep(PAUSE).await;
    read().ends("over", Verdict::allowed()).await;

    public.fault(keys(), fault);
    read().ends("the key is known", Verdict::allowed()).await;
    let unknown = Signer::new("new").sign(&claims_of_reader(|_| {}));
    for row in ["a key that may be new", "and again"] {
        stage.get("/dealer/partner/read").bearer(&unknown).ends(row, Verdict::unavailable()).await;
    }
    read().ends("the key is still known", Verdict::allowed()).await;
}

/// Hydra's "inactive" may be its own failure: who was let in just now is not logged out by it.
#[tokio::test]
async fn an_outage_where_a_fresh_answer_is_wanted_is_no_refusal() {
    let stage = honest().await;
    let token = of_reader(&stage).await;
    let usual = || stage.get("/dealer/partner/read").bearer(&token);
    let fresh = || stage.get("/dealer/demands/asked").bearer(&token);
    usual().ends("verified here", Verdict::allowed()).await;
    let admin = &stage.proxies("dealer").hydra_admin;
    admin.fault(Rule::on("POST", "/admin/oauth2/introspect"), Fault::json(200, r#"{"active":false}"#));
    admin.fault(Rule::on("GET", "/health/ready"), Fault::json(503, "{}"));
    fresh().ends("not ready", Verdict::unavailable()).await;
    usual().ends("verified here", Verdict::allowed()).await;

    admin.heal();
    admin.fault(Rule::on("POST", "/admin/oauth2/introspect"), Fault::json(200, r#"{"active":false}"#));
    tokio::time::sleep(PAUSE).await;
    fresh().ends("ready, and it says no", DENIED("inactive")).await;
    usual().ends("a refusal counts where it was asked for", Verdict::allowed()).await;
}

#[tokio::test]
async fn users_and_machines_come_by_one_header() {
    let stage = honest().await;
    let either = || stage.get("/dealer/demands/either");
    either().machine("reader").ends("a machine", Verdict::allowed()).await;
    either().token_of("dealer", "a").ends("a user", Verdict::allowed()).await;
    assert_eq!(stage.introspections("dealer"), 0);
}

#[tokio::test]
async fn a_users_token_is_a_delegate_and_an_id_token_is_none() {
    let plan = local().set("dealer.audience", "any");
    let (stage, shop) = super::machines::with_shop(plan, with_signed_tokens).await;
    let user = &stage.account("dealer", "a").identity.id;
    let tokens = stage.tenant("dealer").client.delegated_token(&shop, user, &["openid", "profile", "orders"]).await;
    let tokens = tokens.unwrap();
    let delegated = |token: &str| stage.get("/dealer/delegated").bearer(token);
    let seen = delegated(&tokens.access_token).ends("granted", Verdict::allowed()).await;
    assert_eq!(
        (seen.answer.json()["id"].as_str(), seen.answer.json()["client"].as_str()),
        (Some(&**user), Some("shop"))
    );
    let machine = stage.get("/dealer/machine").bearer(&tokens.access_token);
    machine.ends("on a machine's route", Verdict::forbidden("not_a_machine")).await;
    delegated(&tokens.id_token.unwrap()).ends("by a key of the same set", DENIED("wrong_token_use")).await;
    assert_eq!(stage.introspections("dealer"), 0);
}

/// Whoever cannot reach Hydra's admin listener can still verify what it signed, and nothing else.
#[tokio::test]
async fn without_an_admin_listener_only_signed_tokens_are_good_and_no_answer_is_fresh() {
    let world = Stage::world(with_signed_tokens).await;
    let text = world.iam_config().unwrap();
    let (before, dealers) = text.split_once("[tenants.dealer.hydra]").unwrap();
    let (hydra, after) = dealers.split_once("\n[").unwrap();
    let hydra = hydra.lines().filter(|line| !line.starts_with("admin_url")).collect::<Vec<_>>().join("\n");
    let text = format!("{before}[tenants.dealer.hydra]\nverification = \"local\"{hydra}\n[{after}");
    let iam = Iam::<Tenants>::builder(IamConfig::from_toml(&text).unwrap()).build().await.unwrap();

    let machine = || PolicyData::new(Tenants::Dealer, CredentialKind::Machine);
    let usual: &'static PolicyData<_> = Box::leak(Box::new(machine()));
    assert_eq!(iam.misfits(usual, "/"), [""; 0]);
    assert_eq!(
        iam.misfits(&machine().fresh(0), "/"),
        ["`fresh = \"..\"` needs `tenants.dealer.hydra.admin_url` in the configuration"]
    );

    let signed = world.tenant("dealer").machine("reader").token.clone().unwrap();
    for (token, meant) in [(signed.as_str(), None), ("ory_at_a.b", Some(Reason::Inactive))] {
        let outcome = match iam.decide(usual, &Bearer(format!("Bearer {token}"))) {
            Decision::Now(outcome) => outcome,
            Decision::Later(outcome) => outcome.await,
        };
        assert_eq!(outcome.err().map(|refusal| refusal.reason()), meant, "{token}");
    }
}
