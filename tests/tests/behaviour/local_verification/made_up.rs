//! Tokens that no honest Hydra would sign, and what makes no token at all.

use std::sync::LazyLock;

use iam_testing::fault::{Fault, Rule};
use serde_json::{Value, json};

use super::{DENIED, keys, local};
use crate::stage::made_up::claims_that_count;
use crate::stage::signer::{Signer, claims_of_reader, encoded};
use crate::stage::{Shared, Stage, Verdict, cases};

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

claims_that_count! { FORGED, every_claim_counts }

cases! { FORGED, what_a_jwt_says = every_claim_counts:
    no_scopes:            |t| t["scp"] = json!([]),                           Verdict::forbidden("role");
    scopes_as_a_text:     |t| (t["scp"], t["scope"]) = (json!(null), json!("x inventory:read")), Verdict::allowed();
    the_list_counts:      |t| (t["scp"], t["scope"]) = (json!(["x"]), json!("inventory:read")), Verdict::forbidden("role");
    two_scopes_in_one:    |t| t["scp"] = json!(["x inventory:read"]),         Verdict::unavailable();
    scopes_of_numbers:    |t| t["scp"] = json!([1]),                          Verdict::unavailable();
    a_log_in_at_a_time:   |t| t["auth_time"] = json!(1_700_000_000),          Verdict::allowed();
    a_credential:         |t| t["vc"] = json!({}),                            DENIED("wrong_token_use");
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
    as_rfc_9068_has_it:     |_| headed(json!({"alg": "ES256", "kid": "ours", "typ": "at+jwt"})), Verdict::allowed();
    by_another_key:         |_| Signer::new("ours").sign(&claims_of_reader(|_| {})),          DENIED("inactive");
    other_claims:           |good| with_part(good, 1, &claims_of_reader(|t| t["scp"] = json!(["platform:admin"]))), DENIED("inactive");
    no_signature:           |good| format!("{}.", good.rsplit_once('.').unwrap().0),          DENIED("inactive");
    half_a_signature:       |good| good[..good.len() - 42].to_owned(),                        DENIED("inactive");
    of_another_algorithm:   |good| with_part(good, 0, &json!({"alg": "RS256", "kid": "ours"})), DENIED("inactive");
    another_key_id:         |_| headed(json!({"alg": "ES256", "kid": "ourz"})),               DENIED("inactive");
    with_a_key_of_its_own:  |_| { let own = Signer::new("ours"); own.sign_as(&json!({"alg": "ES256", "kid": "ours", "jwk": own.jwk()}), &claims_of_reader(|_| {})) }, DENIED("inactive");
}

async fn nothing_but_a_signature_by_its_key_makes_a_token(stage: &Stage, change: fn(&str) -> String, meant: Verdict) {
    asks(stage, "/dealer/partner/read", &change(&SIGNER.sign(&claims_of_reader(|_| {}))), meant).await;
}

// A good signature, or none, under a header that leaves it to Hydra to say.
cases! { FORGED, what_cannot_be_verified_here_hydra_is_asked_about:
    alg_none:               |good| with_part(good, 0, &json!({"alg": "none", "kid": "ours"}));
    alg_none_unsigned:      |good| format!("{}.", with_part(good, 0, &json!({"alg": "none", "kid": "ours"})).rsplit_once('.').unwrap().0);
    the_public_half_as_hmac: |_| SIGNER.hmac(&claims_of_reader(|_| {}));
    es512:                  |_| headed(json!({"alg": "ES512", "kid": "ours"}));
    no_algorithm:           |good| with_part(good, 0, &json!({"kid": "ours"}));
    no_key_id:              |_| headed(json!({"alg": "ES256"}));
    something_critical:     |_| headed(json!({"alg": "ES256", "kid": "ours", "crit": ["b64"]}));
    a_log_out_token:        |_| headed(json!({"alg": "ES256", "kid": "ours", "typ": "logout+jwt"}));
    a_signature_cut_short:  |good| good[..good.len() - 1].to_owned();
}

async fn what_cannot_be_verified_here_hydra_is_asked_about(stage: &Stage, change: fn(&str) -> String) {
    let introspection = Rule::on("POST", "/admin/oauth2/introspect");
    stage.proxies("dealer").hydra_admin.fault(introspection, Fault::json(200, r#"{"active":false}"#));
    let token = change(&SIGNER.sign(&claims_of_reader(|_| {})));
    stage.get("/dealer/partner/read").bearer(&token).ends("made up", DENIED("inactive")).await;
    assert_eq!(stage.introspections("dealer"), 1);
}

/// A token of `reader`'s under this header.
fn headed(header: Value) -> String {
    SIGNER.sign_as(&header, &claims_of_reader(|_| {}))
}

fn with_part(token: &str, part: usize, value: &Value) -> String {
    let mut parts: Vec<_> = token.split('.').map(str::to_owned).collect();
    parts[part] = encoded(value.to_string());
    parts.join(".")
}

/// A key that this SDK cannot use is none, and spoils no other.
#[tokio::test]
async fn keys_of_no_use_are_left_out() {
    let changed = |name: &str, value: Value| {
        let mut jwk = SIGNER.jwk();
        jwk[name] = value;
        jwk
    };
    let secret = json!({"kty": "oct", "kid": "ours", "k": "AAAA"});
    let odd = [json!("x"), json!({}), secret, changed("crv", json!("P-521")), changed("use", json!("enc"))];
    let token = SIGNER.sign(&claims_of_reader(|_| {}));
    for (row, beside, meant) in [
        ("the right one among them", SIGNER.jwk(), Verdict::allowed()),
        ("another one among them", Signer::new("another").jwk(), DENIED("inactive")),
    ] {
        let stage = local().start().await;
        let all: Vec<_> = odd.iter().cloned().chain([beside]).collect();
        let published = Fault::json(200, json!({ "keys": all }).to_string());
        stage.proxies("dealer").hydra_public.fault(keys(), published);
        stage.get("/dealer/partner/read").bearer(&token).ends(row, meant).await;
    }
}
