//! Access tokens that a key of the issuer's has signed, where `hydra.verification` is `local`.

use std::net::IpAddr;
use std::sync::LazyLock;

use futures_util::future::join_all;
use iam_core::config::IamConfig;
use iam_core::decision::{Decision, Reason};
use iam_core::policy::{CredentialKind, PolicyData};
use iam_core::request::{PathParameters, RequestView};
use iam_testing::fault::{Fault, Rule};
use iam_testing::seed::Seed;
use iam_testing::standin::AccessTokenStrategy;
use serde_json::{Value, json};

use crate::stage::signer::{Signer, claims_of_reader};
use crate::stage::{Plan, Shared, Stage, Verdict, cases};
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

#[tokio::test]
async fn an_outage_is_no_refusal() {
    let stage = honest().await;
    let public = &stage.proxies("dealer").hydra_public;
    let read = || stage.get("/dealer/partner/read").machine("reader");
    for (row, fault) in [
        ("503", Fault::json(503, "{}")),
        ("404", Fault::json(404, "{}")),
        ("a page", Fault::Html(200)),
        ("no set", Fault::json(200, r#"{"keys":"none"}"#)),
    ] {
        public.heal();
        public.fault(keys(), fault);
        read().ends(row, Verdict::unavailable()).await;
    }
    public.heal();
    read().ends("over", Verdict::allowed()).await;

    public.fault(keys(), Fault::json(503, "{}"));
    read().ends("the key is known", Verdict::allowed()).await;
    let unknown = Signer::new("new").sign(&claims_of_reader(|_| {}));
    for row in ["a key that may be new", "and again"] {
        stage.get("/dealer/partner/read").bearer(&unknown).ends(row, Verdict::unavailable()).await;
    }
    read().ends("the key is still known", Verdict::allowed()).await;
}

#[tokio::test]
async fn an_id_token_is_no_access_token() {
    let (stage, shop) = super::machines::with_shop(local()).await;
    let user = &stage.account("dealer", "a").identity.id;
    let tokens = stage.tenant("dealer").client.delegated_token(&shop, user, &["openid", "profile", "orders"]).await;
    let id_token = tokens.unwrap().id_token.unwrap();
    assert_eq!(id_token.split('.').count(), 3);
    let ask = stage.get("/dealer/delegated").bearer(&id_token);
    ask.ends("by a key of the same set", DENIED("wrong_token_use")).await;
}

/// What signs the tokens of `FORGED`.
static SIGNER: LazyLock<Signer> = LazyLock::new(|| Signer::new("ours"));

/// A stage whose `dealer` publishes the key of `SIGNER` alone.
static FORGED: Shared = Shared::new(|| Box::pin(local().start()));

async fn asks(stage: &Stage, path: &str, token: &str, meant: Verdict) {
    let published = Fault::json(200, json!({ "keys": [SIGNER.jwk()] }).to_string());
    stage.proxies("dealer").hydra_public.fault(keys(), published);
    stage.get(path).bearer(token).ends("made up", meant).await;
    assert_eq!(stage.introspections("dealer"), 0);
}

cases! { FORGED, every_claim_counts:
    as_made_up:           |_| {},                                             Verdict::allowed();
    another_issuer:       |t| t["iss"] = json!("https://auth.dealer.test"),   DENIED("wrong_issuer");
    no_issuer:            |t| t["iss"] = json!(null),                         DENIED("wrong_issuer");
    another_audience:     |t| t["aud"] = json!(["https://api.dealer.test/"]), DENIED("wrong_audience");
    no_audience:          |t| t["aud"] = json!([]),                           DENIED("wrong_audience");
    audience_as_a_text:   |t| t["aud"] = json!("https://api.dealer.test"),    Verdict::allowed();
    over:                 |t| t["exp"] = json!(1_600_000_000),                DENIED("expired");
    no_end:               |t| t["exp"] = json!(null),                         Verdict::unavailable();
    a_nonsense_end:       |t| t["exp"] = json!("soon"),                       Verdict::unavailable();
    not_yet_valid:        |t| t["nbf"] = json!(32_472_143_999_i64),           DENIED("not_yet_valid");
    issued_later:         |t| t["iat"] = json!(32_472_143_999_i64),           DENIED("not_yet_valid");
    nobodys:              |t| t["sub"] = json!(""),                           DENIED("no_subject");
    no_client:            |t| t["client_id"] = json!(null),                   DENIED("no_subject");
    a_users:              |t| t["sub"] = json!("0b5a2c1e-30d5-4d2b-8a53-6f1a2c9d7e11"), Verdict::forbidden("not_a_machine");
    no_scopes:            |t| t["scp"] = json!([]),                           Verdict::forbidden("role");
    scopes_as_a_text:     |t| (t["scp"], t["scope"]) = (json!(null), json!("x inventory:read")), Verdict::allowed();
    the_list_counts:      |t| (t["scp"], t["scope"]) = (json!(["x"]), json!("inventory:read")), Verdict::forbidden("role");
    two_scopes_in_one:    |t| t["scp"] = json!(["x inventory:read"]),         Verdict::unavailable();
    scopes_of_numbers:    |t| t["scp"] = json!([1]),                          Verdict::unavailable();
    an_id_tokens_login:   |t| t["auth_time"] = json!(1_700_000_000),          DENIED("wrong_token_use");
    an_id_tokens_request: |t| t["rat"] = json!(1_700_000_000),                DENIED("wrong_token_use");
    an_id_tokens_nonce:   |t| t["nonce"] = json!("n"),                        DENIED("wrong_token_use");
    an_id_tokens_hash:    |t| t["at_hash"] = json!("h"),                      DENIED("wrong_token_use");
    a_log_out_token:      |t| t["events"] = json!({}),                        DENIED("wrong_token_use");
    no_claims_at_all:     |t| *t = json!(["reader"]),                         Verdict::unavailable();
}

async fn every_claim_counts(stage: &Stage, change: fn(&mut Value), meant: Verdict) {
    asks(stage, "/dealer/partner/read", &SIGNER.sign(&claims_of_reader(change)), meant).await;
}

cases! { FORGED, nothing_but_a_signature_by_its_key_makes_a_token:
    as_made_up:             |good| good.to_owned(),                                           Verdict::allowed();
    by_another_key:         |_| Signer::new("ours").sign(&claims_of_reader(|_| {})),          DENIED("inactive");
    other_claims:           |good| with_part(good, 1, &claims_of_reader(|t| t["scp"] = json!(["platform:admin"]))), DENIED("inactive");
    no_signature:           |good| format!("{}.", good.rsplit_once('.').unwrap().0),          DENIED("inactive");
    half_a_signature:       |good| good[..good.len() - 43].to_owned(),                        DENIED("inactive");
    alg_none:               |good| with_header(good, json!({"alg": "none", "kid": "ours"})),  DENIED("inactive");
    alg_none_unsigned:      |good| format!("{}.", with_header(good, json!({"alg": "none", "kid": "ours"})).rsplit_once('.').unwrap().0), DENIED("inactive");
    the_public_half_as_hmac: |_| SIGNER.hmac(&claims_of_reader(|_| {})),                      DENIED("inactive");
    of_another_algorithm:   |good| with_header(good, json!({"alg": "RS256", "kid": "ours"})), DENIED("inactive");
    no_algorithm:           |good| with_header(good, json!({"kid": "ours"})),                 DENIED("inactive");
    no_key_id:              |_| SIGNER.sign_as(&json!({"alg": "ES256"}), &claims_of_reader(|_| {})), DENIED("inactive");
    another_key_id:         |_| SIGNER.sign_as(&json!({"alg": "ES256", "kid": "ourz"}), &claims_of_reader(|_| {})), DENIED("inactive");
    something_critical:     |_| SIGNER.sign_as(&json!({"alg": "ES256", "kid": "ours", "crit": ["b64"]}), &claims_of_reader(|_| {})), DENIED("inactive");
    with_a_key_of_its_own:  |_| { let own = Signer::new("ours"); own.sign_as(&json!({"alg": "ES256", "kid": "ours", "jwk": own.jwk()}), &claims_of_reader(|_| {})) }, DENIED("inactive");
}

async fn nothing_but_a_signature_by_its_key_makes_a_token(stage: &Stage, change: fn(&str) -> String, meant: Verdict) {
    let good = SIGNER.sign(&claims_of_reader(|_| {}));
    stage
        .proxies("dealer")
        .hydra_admin
        .fault(Rule::on("POST", "/admin/oauth2/introspect"), Fault::json(200, r#"{"active":false}"#));
    let published = Fault::json(200, json!({ "keys": [SIGNER.jwk()] }).to_string());
    stage.proxies("dealer").hydra_public.fault(keys(), published);
    stage.get("/dealer/partner/read").bearer(&change(&good)).ends("made up", meant).await;
}

fn with_header(token: &str, header: Value) -> String {
    with_part(token, 0, &header)
}

fn with_part(token: &str, part: usize, value: &Value) -> String {
    let mut parts: Vec<_> = token.split('.').map(str::to_owned).collect();
    parts[part] = crate::stage::signer::encoded(value.to_string());
    parts.join(".")
}

/// A key that this SDK cannot use is none, and spoils no other.
#[tokio::test]
async fn keys_of_no_use_are_left_out() {
    let stage = local().start().await;
    let mut for_secrets = SIGNER.jwk();
    for_secrets["use"] = json!("enc");
    let mut of_another_curve = SIGNER.jwk();
    of_another_curve["crv"] = json!("P-521");
    let odd = [json!("x"), json!({}), json!({"kty": "oct", "kid": "ours", "k": "AAAA"}), of_another_curve];
    let published = |keys: &[Value]| Fault::json(200, json!({ "keys": keys }).to_string());
    let token = SIGNER.sign(&claims_of_reader(|_| {}));
    let read = || stage.get("/dealer/partner/read").bearer(&token);

    stage.proxies("dealer").hydra_public.fault(keys(), published(&[for_secrets]));
    read().ends("for another use", DENIED("inactive")).await;
    let stage = local().start().await;
    let all: Vec<_> = odd.into_iter().chain([SIGNER.jwk()]).collect();
    stage.proxies("dealer").hydra_public.fault(keys(), published(&all));
    stage.get("/dealer/partner/read").bearer(&token).ends("beside a good one", Verdict::allowed()).await;
}

/// A request with this token.
struct Bears(String);

impl RequestView for Bears {
    fn method(&self) -> &str {
        "GET"
    }

    fn route(&self) -> Option<&str> {
        None
    }

    fn authority(&self) -> Option<&[u8]> {
        Some(b"app.test")
    }

    fn header<'a>(&'a self, name: &str, visit: &mut dyn FnMut(&'a [u8])) {
        if name == "authorization" {
            visit(self.0.as_bytes());
        }
    }

    fn path_parameters(&self) -> PathParameters {
        PathParameters::None
    }

    fn peer(&self) -> Option<IpAddr> {
        None
    }
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
        let outcome = match iam.decide(usual, &Bears(format!("Bearer {token}"))) {
            Decision::Now(outcome) => outcome,
            Decision::Later(outcome) => outcome.await,
        };
        assert_eq!(outcome.err().map(|refusal| refusal.reason()), meant, "{token}");
    }
}
