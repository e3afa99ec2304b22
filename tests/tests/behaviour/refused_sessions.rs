//! What does not authenticate on a session route, and what is said of it.

use serde_json::{Value, json};

use iam_testing::fault::{Fault, Rule};

use crate::stage::made_up::session_of;
use crate::stage::{Ask, Stage, USUAL, Verdict, cases};

/// What a row may send: of `plain` of its tenant, and a session token of another tenant.
struct Of<'a> {
    token: &'a str,
    cookie_name: &'a str,
    cookie: String,
    foreign_token: &'a str,
}

impl<'a> Of<'a> {
    fn tenant(stage: &'a Stage, tenant: &str) -> Self {
        let plain = stage.account(tenant, "plain");
        let other = if tenant == "admin" { "dealer" } else { "admin" };
        Self {
            token: &plain.session.token,
            cookie_name: &plain.browser.cookie_name,
            cookie: plain.browser.cookie(),
            foreign_token: &stage.account(other, "plain").session.token,
        }
    }
}

type With = for<'a> fn(Ask<'a>, &Of<'_>) -> Ask<'a>;

const MISSING: fn() -> Verdict = || Verdict::unauthenticated("missing");
const MALFORMED: fn() -> Verdict = || Verdict::unauthenticated("malformed");
const AMBIGUOUS: fn() -> Verdict = || Verdict::unauthenticated("ambiguous");

/// A table for each tenant.
macro_rules! tokens {
    ($($name:ident: $with:expr, $meant:expr;)+) => {
        cases! { USUAL, without_one_credential_that_can_be_one_nobody_is_asked_at_customer = sent:
            $($name: "customer", $with, $meant;)+
        }
        cases! { USUAL, without_one_credential_that_can_be_one_nobody_is_asked_at_admin = sent:
            $($name: "admin", $with, $meant;)+
        }
        cases! { USUAL, without_one_credential_that_can_be_one_nobody_is_asked_at_dealer = sent:
            $($name: "dealer", $with, $meant;)+
        }
    };
}

tokens! {
    no_credential:    |me, _| me, MISSING();
    another_scheme:   |me, _| me.header("authorization", "Basic dXNlcjpwYXNz"), MISSING();
    no_scheme:        |me, of| me.header("authorization", of.token), MISSING();
    orys_own_header:  |me, of| me.header("x-session-token", of.token), MISSING();
    other_cookies:    |me, _| me.header("cookie", "sid=1; theme=dark"), MISSING();
    a_scheme_alone:   |me, _| me.header("authorization", "Bearer"), MALFORMED();
    a_tab:            |me, _| me.header("authorization", "Bearer\tT"), MALFORMED();
    two_words:        |me, _| me.header("authorization", "Bearer a b"), MALFORMED();
    a_comma:          |me, _| me.header("authorization", "Bearer a,b"), MALFORMED();
    in_quotes:        |me, _| me.header("authorization", "Bearer \"a\""), MALFORMED();
    no_text:          |me, _| me.header("authorization", b"Bearer \xff\xfe"), MALFORMED();
    longer_than_any:  |me, _| me.bearer(&"a".repeat(9_000)), MALFORMED();
    two_tokens:       |me, of| me.bearer(of.token).bearer(of.foreign_token), AMBIGUOUS();
    two_schemes:      |me, of| me.bearer(of.token).header("authorization", "Basic dXNlcjpwYXNz"), AMBIGUOUS();
    the_same_twice:   |me, of| me.bearer(of.token).bearer(of.token), Verdict::allowed();
}

async fn sent(stage: &Stage, tenant: &str, with: With, meant: Verdict) {
    let asked = usize::from(meant == Verdict::allowed());
    with(stage.get(&format!("/{tenant}/me")), &Of::tenant(stage, tenant)).ends("sent", meant).await;
    assert_eq!(stage.whoamis(tenant), asked);
}

/// A table for each tenant that takes cookies.
macro_rules! cookies {
    ($($name:ident: $with:expr, $meant:expr;)+) => {
        cases! { USUAL, cookies_that_cannot_be_one_session_are_refused_unasked_at_customer = sent:
            $($name: "customer", $with, $meant;)+
        }
        cases! { USUAL, cookies_that_cannot_be_one_session_are_refused_unasked_at_dealer = sent:
            $($name: "dealer", $with, $meant;)+
        }
    };
}

cookies! {
    two_values:        |me, of| me.header("cookie", format!("{}; {}=x", of.cookie, of.cookie_name)), AMBIGUOUS();
    two_values_turned: |me, of| me.header("cookie", format!("{}=x; {}", of.cookie_name, of.cookie)), AMBIGUOUS();
    two_lines:         |me, of| {
        me.header("cookie", &of.cookie).header("cookie", format!("{}=x", of.cookie_name))
    }, AMBIGUOUS();
    cookie_and_token:  |me, of| me.header("cookie", &of.cookie).bearer(of.token), AMBIGUOUS();
    a_backslash:       |me, of| me.header("cookie", format!("{}=a\\b", of.cookie_name)), MALFORMED();
    in_quotes:         |me, of| me.header("cookie", format!("{}=\"a\"", of.cookie_name)), MALFORMED();
    no_text:           |me, of| me.header("cookie", [of.cookie_name.as_bytes(), b"=\xff"].concat()), MALFORMED();
    too_long:          |me, of| {
        me.header("cookie", format!("{}={}", of.cookie_name, "a".repeat(5_000)))
    }, MALFORMED();
    empty:             |me, of| me.header("cookie", format!("{}=", of.cookie_name)), MISSING();
}

#[tokio::test]
async fn what_the_tenant_rejects_looks_the_same_from_outside() {
    let stage = Stage::new().await;
    let rejected = || Verdict::unauthenticated("rejected_by_tenant");
    for tenant in ["customer", "admin", "dealer"] {
        let me = || stage.get(&format!("/{tenant}/me"));
        let ory = &stage.tenant(tenant).client;
        let unknown = me().bearer("ory_st_nobodys").ends("unknown", rejected()).await;

        ory.revoke_session(&stage.account(tenant, "plain").session.session_id).await.unwrap();
        let revoked = me().token_of(tenant, "plain").ends("revoked", rejected()).await;
        ory.deactivate(&stage.account(tenant, "a").identity.id).await.unwrap();
        let inactive = me().token_of(tenant, "a").ends("inactive", rejected()).await;
        ory.delete_identity(&stage.account(tenant, "b").identity.id).await.unwrap();
        let deleted = me().token_of(tenant, "b").ends("deleted", rejected()).await;

        for seen in [revoked, inactive, deleted] {
            let without_id = |answer: &crate::stage::Answer| {
                let mut body = answer.json();
                body["request_id"].take();
                body
            };
            assert_eq!(without_id(&seen.answer), without_id(&unknown.answer), "{tenant}");
        }
        me().token_of(tenant, "ab").ends("the others go on", Verdict::allowed()).await;
        ory.activate(&stage.account(tenant, "a").identity.id).await.unwrap();
    }
}

#[tokio::test]
async fn a_session_that_has_ended_is_rejected() {
    let plan = Stage::plan();
    let stage =
        plan.start_seeded(|seed| seed.tenants.get_mut("admin").unwrap().session_lifespan_ms = Some(2_000)).await;
    let plain = &stage.account("admin", "plain").identity;
    let session = stage.tenant("admin").client.login(plain).await.unwrap();
    stage.get("/admin/me").bearer(&session.token).ends("before its end", Verdict::allowed()).await;
    let left = session.expires_at - time::OffsetDateTime::now_utc();
    tokio::time::sleep(left.try_into().unwrap_or_default()).await;
    let ask = stage.get("/admin/me").bearer(&session.token);
    ask.ends("after its end", Verdict::unauthenticated("rejected_by_tenant")).await;
}

cases! { USUAL, an_answer_that_says_good_is_read_to_the_end:
    as_made_up: |_| {}, Verdict::allowed();
    over: |s| s["expires_at"] = json!("2020-01-01T00:00:00Z"), Verdict::unauthenticated("expired");
    not_active: |s| s["active"] = json!(false), Verdict::unauthenticated("inactive");
    identity_inactive: |s| s["identity"]["state"] = json!("inactive"), Verdict::unauthenticated("inactive");
    state_unknown: |s| s["identity"]["state"] = json!("frozen"), Verdict::unauthenticated("inactive");
    active_null: |s| s["active"] = json!(null), Verdict::unavailable();
    active_text: |s| s["active"] = json!("true"), Verdict::unavailable();
    active_missing: |s| drop(s.as_object_mut().unwrap().remove("active")), Verdict::unavailable();
    no_end: |s| s["expires_at"] = json!(null), Verdict::unavailable();
    a_nonsense_end: |s| s["expires_at"] = json!("soon"), Verdict::unavailable();
    no_id: |s| s["id"] = json!(""), Verdict::unavailable();
    no_identity: |s| s["identity"] = json!(null), Verdict::unavailable();
    nobodys_id: |s| s["identity"]["id"] = json!(""), Verdict::unavailable();
    identity_without_state: |s| s["identity"]["state"] = json!(null), Verdict::unavailable();
    an_array: |s| *s = json!([]), Verdict::unavailable();
    null: |s| *s = json!(null), Verdict::unavailable();
}

async fn an_answer_that_says_good_is_read_to_the_end(stage: &Stage, change: fn(&mut Value), meant: Verdict) {
    let kratos = &stage.proxies("dealer").kratos_public;
    kratos.fault(Rule::on("GET", "/sessions/whoami"), session_of("0b5a2c1e-30d5-4d2b-8a53-6f1a2c9d7e11", change));
    let token = format!("ory_st_{}", uuid::Uuid::new_v4());
    stage.get("/dealer/me").bearer(&token).ends("made up", meant).await;
}

const REFUSAL: &str = r#"{"error":{"code":401,"status":"Unauthorized","message":"no"}}"#;

cases! { USUAL, a_refusal_counts_only_in_kratos_own_words:
    an_edges_401: Fault::Html(401);
    an_empty_401: Fault::Status(401);
    a_401_about_something_else: Fault::json(401, r#"{"error":{"code":403}}"#);
    kratos_words_as_text: Fault::Respond { status: 401, headers: Vec::new(), body: REFUSAL.into() };
    a_firewalls_403: Fault::Html(403);
    another_403: Fault::json(403, r#"{"error":{"id":"security_csrf_violation"}}"#);
    a_404: Fault::Status(404);
    a_204: Fault::Status(204);
}

async fn a_refusal_counts_only_in_kratos_own_words(stage: &Stage, said: Fault) {
    let kratos = &stage.proxies("dealer").kratos_public;
    let me = || stage.get("/dealer/me").token_of("dealer", "plain");
    kratos.fault(Rule::on("GET", "/sessions/whoami"), said);
    me().ends("in other words", Verdict::unavailable()).await;
    kratos.heal();
    me().ends("which is not remembered", Verdict::allowed()).await;
}

#[tokio::test]
async fn a_refusal_in_kratos_own_words_is_remembered() {
    let stage = Stage::new().await;
    let kratos = &stage.proxies("dealer").kratos_public;
    let me = || stage.get("/dealer/me").token_of("dealer", "plain");
    kratos.fault(Rule::on("GET", "/sessions/whoami"), Fault::json(401, REFUSAL));
    me().ends("Kratos' own 401", Verdict::unauthenticated("rejected_by_tenant")).await;
    kratos.heal();
    let asked = stage.whoamis("dealer");
    me().ends("is remembered", Verdict::unauthenticated("rejected_by_tenant")).await;
    assert_eq!(stage.whoamis("dealer"), asked);
}

#[tokio::test]
async fn a_missing_second_factor_is_a_refusal_of_its_own() {
    let world = Stage::world(|seed| {
        let dealer = seed.tenants.get_mut("dealer").unwrap();
        dealer.identities.iter_mut().find(|who| who.email == "ab@dealer.test").unwrap().second_factor = true;
    })
    .await;
    // Where browsers reach Kratos is not where this service does.
    let browser_url = world.tenant("dealer").client.urls().kratos_public.clone();
    let stage = Stage::plan().set("dealer.kratos.browser_url", &browser_url).start_with(world).await;

    stage.get("/dealer/a-and-b").token_of("dealer", "ab").ends("with both factors", Verdict::allowed()).await;
    let row = "with the password only";
    let seen = stage.get("/dealer/me").cookie_of("dealer", "ab").ends(row, Verdict::forbidden("second_factor")).await;
    let step_up = browser_url.join("/self-service/login/browser?aal=aal2").unwrap();
    assert_eq!(seen.answer.json()["step_up_url"], step_up.as_str());

    let row = "on an optional route";
    stage.get("/dealer/optional").cookie_of("dealer", "ab").ends(row, Verdict::forbidden("second_factor")).await;
}

cases! { USUAL, a_way_to_a_second_factor_that_is_elsewhere_is_not_handed_on:
    another_host: "https://evil.example/self-service/login/browser?aal=aal2";
    a_script:     "javascript:alert(1)";
    nowhere:      "";
}

async fn a_way_to_a_second_factor_that_is_elsewhere_is_not_handed_on(stage: &Stage, foreign: &str) {
    let body = json!({ "error": { "id": "session_aal2_required", "code": 403 }, "redirect_browser_to": foreign });
    let kratos = &stage.proxies("dealer").kratos_public;
    kratos.fault(Rule::on("GET", "/sessions/whoami"), Fault::json(403, body.to_string()));
    let ask = stage.get("/dealer/me").cookie_of("dealer", "ab");
    let seen = ask.ends("elsewhere", Verdict::forbidden("second_factor")).await;
    assert_eq!(seen.answer.json().get("step_up_url"), None);
    assert!(!seen.answer.text().contains("evil"));
}
