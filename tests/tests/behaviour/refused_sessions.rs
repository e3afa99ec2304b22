//! What does not authenticate on a session route, and what is said of it.

use serde_json::{Value, json};

use iam_testing::fault::{Fault, Rule};

use crate::stage::made_up::session_of;
use crate::stage::{Stage, USUAL, Verdict, cases};

#[tokio::test]
async fn without_one_credential_that_can_be_one_nobody_is_asked() {
    let stage = Stage::new().await;
    let unread = Verdict::unauthenticated;
    let token = |tenant| format!("Bearer {}", stage.account(tenant, "plain").session.token);
    for tenant in ["customer", "admin", "dealer"] {
        let me = || stage.get(&format!("/{tenant}/me"));
        let (good, other) = (token(tenant), token(if tenant == "admin" { "dealer" } else { "admin" }));

        me().ends("no credential", unread("missing")).await;
        me().header("authorization", "Basic dXNlcjpwYXNz").ends("another scheme", unread("missing")).await;
        let bare = good.trim_start_matches("Bearer ");
        me().header("authorization", bare).ends("no scheme", unread("missing")).await;
        me().header("x-session-token", bare).ends("Ory's own header", unread("missing")).await;
        me().header("cookie", "sid=1; theme=dark").ends("other cookies", unread("missing")).await;

        for odd in ["Bearer", "Bearer\tT", "Bearer a b", "Bearer a,b", "Bearer \"a\""] {
            me().header("authorization", odd).ends(odd, unread("malformed")).await;
        }
        me().header("authorization", b"Bearer \xff\xfe").ends("no text", unread("malformed")).await;
        let long = format!("Bearer {}", "a".repeat(9_000));
        me().header("authorization", long).ends("longer than any token", unread("malformed")).await;

        let two = me().header("authorization", &good).header("authorization", &other);
        two.ends("two tokens", unread("ambiguous")).await;
        let two = me().header("authorization", &good).header("authorization", "Basic dXNlcjpwYXNz");
        two.ends("two schemes", unread("ambiguous")).await;
        assert_eq!(stage.whoamis(tenant), 0, "{tenant} was asked");

        let twice = me().header("authorization", &good).header("authorization", &good);
        twice.ends("the same twice", Verdict::allowed()).await;
        assert_eq!(stage.whoamis(tenant), 1, "{tenant} was not asked once");
    }
}

#[tokio::test]
async fn cookies_that_cannot_be_one_session_are_refused_unasked() {
    let stage = Stage::new().await;
    for tenant in ["customer", "dealer"] {
        let me = || stage.get(&format!("/{tenant}/me"));
        let browser = &stage.account(tenant, "plain").browser;
        let (name, good) = (&browser.cookie_name, browser.cookie());
        let ambiguous = Verdict::unauthenticated("ambiguous");
        let malformed = Verdict::unauthenticated("malformed");

        me().header("cookie", format!("{good}; {name}=x")).ends("two values", ambiguous.clone()).await;
        me().header("cookie", format!("{name}=x; {good}")).ends("two values, turned", ambiguous.clone()).await;
        me().header("cookie", &good).header("cookie", format!("{name}=x")).ends("two lines", ambiguous.clone()).await;
        me().cookie_of(tenant, "plain").token_of(tenant, "plain").ends("cookie and token", ambiguous).await;
        me().header("cookie", format!("{name}=a\\b")).ends("a backslash", malformed.clone()).await;
        me().header("cookie", format!("{name}=\"a\"")).ends("quotes", malformed.clone()).await;
        me().header("cookie", [name.as_bytes(), b"=\xff"].concat()).ends("no text", malformed.clone()).await;
        me().header("cookie", format!("{name}={}", "a".repeat(5_000))).ends("too long", malformed).await;
        me().header("cookie", format!("{name}=")).ends("empty", Verdict::unauthenticated("missing")).await;
        assert_eq!(stage.whoamis(tenant), 0, "{tenant} was asked");
    }
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

    let kratos = &stage.proxies("dealer").kratos_public;
    for foreign in ["https://evil.example/self-service/login/browser?aal=aal2", "javascript:alert(1)", ""] {
        let body = json!({ "error": { "id": "session_aal2_required", "code": 403 }, "redirect_browser_to": foreign });
        kratos.heal();
        kratos.fault(Rule::on("GET", "/sessions/whoami"), Fault::json(403, body.to_string()));
        let ask = stage.get("/dealer/me").cookie_of("dealer", "ab");
        let seen = ask.ends(foreign, Verdict::forbidden("second_factor")).await;
        assert_eq!(seen.answer.json().get("step_up_url"), None, "{foreign} was handed on");
        assert!(!seen.answer.text().contains("evil"), "{foreign} was handed on");
    }
}
