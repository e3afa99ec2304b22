//! W24 to W33: which credential counts, what is sent on, and what is remembered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use iam_core::cache::{Gone, SharedCache, SharedCacheError, SharedEntry, SharedKey};
use iam_core::config::{Environment, IamConfig};
use iam_core::{IdentityId, Secret, SessionId};
use iam_testing::client::NewIdentity;
use iam_testing::double::TestClock;
use iam_testing::fault::{Fault, FaultProxy, Rule};

use crate::stage::{Host, Shared, Stage, USUAL, cases};
use crate::{Here, Iam, Tenants};

const WHOAMI: &str = "/sessions/whoami";

static CACHED: Shared = Shared::new(|| Box::pin(Stage::plan().cached().start()));

// Of each row: the value of a cookie, and whether it could be a session's, and so goes upstream when it is alone.
cases! { CACHED, w24_the_cookie_that_is_read_is_the_cookie_that_is_sent_and_remembered:
    a_backslash: r"a\b",       false;
    a_word:      "planted",    true;
    in_quotes:   "\"quoted\"", false;
    a_blank:     "a b",        false;
}

async fn w24_the_cookie_that_is_read_is_the_cookie_that_is_sent_and_remembered(
    stage: &Stage,
    planted: &str,
    is_sent: bool,
) {
    let victim = &stage.account("customer", "a").browser;
    let name = &victim.cookie_name;
    let planted = format!("{name}={planted}");
    for header in [format!("{planted}; {}", victim.cookie()), format!("{}; {planted}", victim.cookie())] {
        let answer = stage.get("/customer/me").header("cookie", &header).expect(401).await;
        assert_eq!(answer.code(), "credential_ambiguous", "{header}");
        assert_eq!(stage.event().await, ("denied", Some("ambiguous")), "{header}");
    }
    let alone = stage.get("/customer/me").header("cookie", &planted).expect(401).await;
    assert_eq!(alone.code(), "unauthenticated");
    let sent = stage.proxies("customer").kratos_public.requests();
    let cookies: Vec<_> = sent.iter().filter_map(|request| request.header("cookie")).collect();
    assert_eq!(cookies, if is_sent { vec![&*planted] } else { vec![] }, "what goes, goes alone");
}

// Every call through the SDK after which a session may be worth less; then the status of what comes after it, and
// whether the user's other session is worth less as well.
cases! { w26_every_call_that_ends_a_session_ends_its_cache_entry:
    revoke:          "revoke",          401, false;
    revoke_session:  "revoke_session",  401, false;
    revoke_sessions: "revoke_sessions", 401, true;
    deactivate:      "deactivate",      401, true;
    delete:          "delete",          401, true;
    set_roles:       "set_roles",       403, true;
    patch:           "patch",           403, true;
}

async fn w26_every_call_that_ends_a_session_ends_its_cache_entry(call: &str, status: u16, both: bool) {
    let stage = Stage::plan().cached().start().await;
    let account = stage.account("customer", "a");
    let (token, cookie) = (&account.session.token, account.browser.cookie());
    let id = IdentityId::new(&account.identity.id);
    let session = SessionId::new(&account.session.session_id);
    for _ in 0..2 {
        stage.get("/customer/a-or-b").bearer(token).expect(200).await;
        stage.get("/customer/a-or-b").header("cookie", &cookie).expect(200).await;
        stage.get("/customer/me").token_of("customer", "b").expect(200).await;
    }
    assert_eq!(stage.whoamis("customer"), 3, "they are remembered");

    let services = stage.iam.tenant(Tenants::Customer);
    let identities = services.identities();
    match call {
        "revoke" => services.sessions().revoke(&session).await.unwrap(),
        "revoke_session" => identities.revoke_session(&session).await.unwrap(),
        "revoke_sessions" => identities.revoke_sessions(&id).await.unwrap(),
        "deactivate" => drop(identities.deactivate(&id).await.unwrap()),
        "delete" => identities.delete(&id).await.map(drop).unwrap(),
        "set_roles" => drop(identities.set_roles(&id, &["c"]).await.unwrap()),
        _ => {
            let patch = iam_core::service::IdentityPatch::new().metadata_public_field("roles", &["c"]).unwrap();
            drop(identities.patch(&id, &patch).await.unwrap());
        }
    }
    assert_eq!(stage.get("/customer/a-or-b").bearer(token).send().await.status, status);
    let by_cookie = stage.get("/customer/a-or-b").header("cookie", &cookie).send().await.status;
    assert_eq!(by_cookie, if both { status } else { 200 }, "the other session");
    let before = stage.whoamis("customer");
    stage.get("/customer/me").token_of("customer", "b").expect(200).await;
    assert_eq!(stage.whoamis("customer"), before, "others are remembered as before");
}

#[tokio::test]
async fn w27_one_request_is_one_call_and_one_event() {
    let stage = Stage::new().await;
    for number in 1..=5 {
        stage.get("/customer/a-or-b").token_of("customer", "a").expect(200).await;
        assert_eq!((stage.whoamis("customer"), stage.events().await.len()), (number, 1));
    }
}

#[tokio::test]
async fn w28_a_definite_refusal_is_remembered_for_a_moment() {
    let clock = TestClock::present();
    let stage = Stage::plan().clock(clock.clone()).start().await;
    let ask = async || stage.get("/customer/me").bearer("ory_st_unknown").expect(401).await;
    for _ in 0..5 {
        ask().await;
    }
    assert_eq!((stage.whoamis("customer"), stage.events().await.len()), (1, 5));
    stage.get("/customer/me").token_of("customer", "plain").expect(200).await;
    clock.advance(Duration::from_millis(1000));
    ask().await;
    assert_eq!(stage.whoamis("customer"), 3);

    // An outage is no refusal: it is forgotten at once.
    let kratos = &stage.proxies("customer").kratos_public;
    kratos.fault(Rule::on("GET", WHOAMI), Fault::Html(401));
    for _ in 0..2 {
        stage.get("/customer/me").bearer("ory_st_another").expect(503).await;
    }
    kratos.heal();
    stage.get("/customer/me").bearer("ory_st_another").expect(401).await;
}

#[tokio::test]
async fn w29_a_redirect_is_no_answer_and_is_not_followed() {
    let stage = Stage::new().await;
    let elsewhere = FaultProxy::start(stage.tenant("dealer").client.urls().kratos_public.clone()).await.unwrap();
    let kratos = &stage.proxies("customer").kratos_public;
    kratos.fault(Rule::on("GET", WHOAMI), Fault::Redirect(elsewhere.url().join("sessions/whoami").unwrap().into()));
    let answer = stage.get("/customer/me").token_of("dealer", "plain").expect(503).await;
    assert_eq!(answer.code(), "upstream_unavailable");
    assert!(answer.header("location").is_none());
    assert_eq!(elsewhere.requests().len(), 0);
}

#[tokio::test]
async fn w30_nothing_of_the_callers_goes_upstream_but_the_one_credential() {
    let stage = Stage::new().await;
    let cookie = stage.account("customer", "plain").browser.cookie();
    let ask = stage.get("/customer/me").header("cookie", format!("theme=dark; {cookie}; bank=secret"));
    let ask = ask.header("x-session-token", "smuggled").header("x-user", "7").header("referer", "https://x.test/");
    let ask = ask.header("tracestate", "a=b").header("baggage", "c=d").header("user-agent", "agent/1");
    let ask = ask.header("forwarded", "for=1.2.3.4").header("x-forwarded-for", "1.2.3.4");
    let first = ask.expect(200).await;
    let ask = stage.get("/customer/me").token_of("customer", "plain").header("cookie", "theme=dark");
    let second = ask.header("x-request-id", "the-callers-own-1").expect(200).await;

    let requests = stage.proxies("customer").kratos_public.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].header("cookie"), Some(&*cookie));
    assert_eq!(requests[1].header("x-session-token"), Some(&*stage.account("customer", "plain").session.token));
    assert_eq!(second.header("x-request-id"), Some("the-callers-own-1"));
    for ((request, credential), answer) in requests.iter().zip(["cookie", "x-session-token"]).zip([first, second]) {
        assert_eq!(request.target, "/sessions/whoami", "nothing in the URL");
        assert_eq!(request.header("x-request-id"), answer.header("x-request-id"));
        let allowed = ["host", "accept", "accept-encoding", "x-request-id", "traceparent", credential];
        let names: Vec<_> = request.headers.keys().map(|name| name.as_str()).collect();
        let foreign: Vec<_> = names.iter().filter(|name| !allowed.contains(name)).collect();
        assert!(foreign.is_empty(), "{foreign:?} of {names:?}");
    }
}

cases! { w31_one_reader_of_headers_with_one_rule_for_two_credentials:
    unless_one_is_preferred: None,           401, "credential_ambiguous";
    the_token_preferred:     Some("bearer"), 200, "";
    the_cookie_preferred:    Some("cookie"), 401, "unauthenticated";
}

/// A stale cookie beside a good token: refused unless the configuration says which one counts.
async fn w31_one_reader_of_headers_with_one_rule_for_two_credentials(prefer: Option<&str>, status: u16, code: &str) {
    let plan = prefer.into_iter().fold(Stage::plan(), |plan, prefer| plan.set("customer.prefer", prefer));
    let stage = plan.start().await;
    let stale = format!("{}=stale", stage.account("customer", "plain").browser.cookie_name);
    let ask = stage.get("/customer/me").header("cookie", stale).token_of("customer", "plain");
    let answer = ask.expect(status).await;
    assert!(status == 200 || answer.code() == code, "{answer:?}");
}

// The scheme's case is one rule for sessions and access tokens.
cases! { USUAL, w31_the_case_of_the_scheme_is_one_rule_for_both_kinds_of_tokens:
    usual:   "Bearer";
    small:   "bearer";
    capital: "BEARER";
}

async fn w31_the_case_of_the_scheme_is_one_rule_for_both_kinds_of_tokens(stage: &Stage, scheme: &str) {
    let token = &stage.account("customer", "plain").session.token;
    let access = stage.tenant("dealer").machine("reader").token.clone().unwrap();
    stage.get("/customer/me").header("authorization", format!("{scheme} {token}")).expect(200).await;
    stage.get("/dealer/machine").header("authorization", format!("{scheme} {access}")).expect(200).await;
}

// What stands behind the name of the session's cookie, which stands for `NAME`.
cases! { USUAL, w31_no_value_of_any_header_is_an_error_of_ours:
    a_percent_sign:          "cookie", b"NAME=%";
    no_digits_behind_it:     "cookie", b"NAME=%zz";
    a_cut_escape:            "cookie", b"NAME=%e0%a4%a";
    a_nul_in_escapes:        "cookie", b"NAME=a%00b";
    a_quote:                 "cookie", b"NAME=\"";
    an_equals_sign:          "cookie", b"NAME==";
    many_equals_signs:       "cookie", b"NAME=a=b=c";
    cookies_of_no_text:      "cookie", b"\xff\xfe=\xff; \xff";
    a_token_of_no_text:      "authorization", b"Bearer \xff\xfe";
}

async fn w31_no_value_of_any_header_is_an_error_of_ours(stage: &Stage, header: &str, value: &[u8]) {
    let name = stage.account("customer", "plain").browser.cookie_name.as_bytes();
    let value = value.strip_prefix(b"NAME").map_or(value.to_vec(), |rest| [name, rest].concat());
    stage.get("/customer/me").header(header, value).expect(401).await;
}

#[tokio::test]
async fn w31_orys_own_header_is_no_credential_here() {
    let stage = Stage::new().await;
    let token = &stage.account("customer", "plain").session.token;
    stage.get("/customer/me").header("x-session-token", token).expect(401).await;
}

#[tokio::test]
async fn w32_a_second_factor_that_is_due_is_said_with_the_way_to_it() {
    let stage = Stage::new().await;
    let ory = &stage.tenant("customer").client;
    let identity = ory.create_identity(NewIdentity::new("careful@customer.test")).await.unwrap();
    let secret = ory.set_up_totp(&ory.login(&identity).await.unwrap()).await.unwrap();
    let session = ory.login(&identity).await.unwrap();

    let answer = stage.get("/customer/me").bearer(&session.token).expect(403).await;
    assert_eq!(answer.code(), "second_factor_required");
    let url = answer.json()["step_up_url"].as_str().map(str::to_owned);
    let kratos = stage.proxies("customer").kratos_public.url().clone();
    // The stand-in names its own address, which is not the one that this tenant is known by.
    assert_eq!(url, None, "a step-up URL elsewhere than at the tenant's own pages is not handed on");
    let own = kratos.join("self-service/login/browser?aal=aal2").unwrap();
    let body = format!(r#"{{"error":{{"id":"session_aal2_required","code":403}},"redirect_browser_to":"{own}"}}"#);
    stage.proxies("customer").kratos_public.fault(Rule::on("GET", WHOAMI).times(1), Fault::json(403, body));
    let answer = stage.get("/customer/me").bearer(&session.token).expect(403).await;
    assert_eq!(answer.json()["step_up_url"], own.as_str());

    let lifted = ory.login_second_factor(&session, &secret).await.unwrap();
    stage.get("/customer/me").bearer(&lifted.token).expect(200).await;
}

/// A store that keeps for ever whatever it was given.
#[derive(Default, Clone)]
struct Hoard(Arc<Mutex<HashMap<String, Vec<u8>>>>);

#[async_trait]
impl SharedCache for Hoard {
    async fn load(&self, key: &SharedKey) -> Result<Option<Vec<u8>>, SharedCacheError> {
        Ok(self.0.lock().unwrap().get(&key.to_string()).cloned())
    }

    async fn store(&self, key: &SharedKey, entry: SharedEntry<'_>, _: Duration) -> Result<(), SharedCacheError> {
        self.0.lock().unwrap().insert(key.to_string(), entry.sealed.to_vec());
        Ok(())
    }

    async fn forget(&self, _: &str, _: Gone<'_>) -> Result<(), SharedCacheError> {
        Ok(())
    }
}

#[tokio::test]
async fn w33_what_a_shared_store_gives_back_is_looked_at_again() {
    let world = Stage::world(|seed| seed.tenants.get_mut("customer").unwrap().session_lifespan_ms = Some(30_000)).await;
    let (clock, hoard) = (TestClock::present(), Hoard::default());
    let ttl = Environment::from_pairs([("IAM__TENANTS__CUSTOMER__CACHE__SESSION_TTL_MS", "60000")]);
    let config = IamConfig::from_toml(&world.iam_config().unwrap()).unwrap().with_environment(&ttl);
    let process = || {
        let builder = Iam::<Tenants>::builder(config.clone()).clock(clock.clone());
        let secret = Secret::new("what all processes of this application know");
        builder.shared_cache(hoard.clone(), secret).build()
    };
    let stage = Stage::over(world, process().await.unwrap()).await;
    stage.get("/customer/me").token_of("customer", "plain").expect(200).await;

    let other = Here::start(process().await.unwrap(), Arc::default()).await;
    let stage = stage.elsewhere(other);
    stage.get("/customer/me").token_of("customer", "plain").expect(200).await;
    assert_eq!(stage.whoamis("customer"), 1, "this process did not know, the store did");
    let third = Here::start(process().await.unwrap(), Arc::default()).await;
    let stage = stage.elsewhere(third);
    // The session is over by now, whatever the store still has.
    clock.advance(Duration::from_secs(31));
    stage.get("/customer/me").token_of("customer", "plain").expect(401).await;
    assert_eq!(stage.whoamis("customer"), 2);
}
