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

use crate::stage::{Host, Stage};
use crate::{Here, Iam, Tenants};

const WHOAMI: &str = "/sessions/whoami";

#[tokio::test]
async fn w24_the_cookie_that_is_read_is_the_cookie_that_is_sent_and_remembered() {
    let stage = Stage::plan().cached().start().await;
    let victim = stage.account("customer", "a").browser.clone();
    let name = &victim.cookie_name;
    for planted in [r"a\b", "planted", "\"quoted\"", "a b"] {
        for header in
            [format!("{name}={planted}; {}", victim.cookie()), format!("{}; {name}={planted}", victim.cookie())]
        {
            let answer = stage.get("/customer/me").header("cookie", &header).expect(401).await;
            assert_eq!(answer.code(), "credential_ambiguous", "{header}");
            assert_eq!(stage.event().await, ("denied", Some("ambiguous")), "{header}");
        }
        let alone = stage.get("/customer/me").header("cookie", format!("{name}={planted}")).expect(401).await;
        assert_eq!(alone.code(), "unauthenticated");
        stage.events().await;
    }
    let sent = stage.proxies("customer").kratos_public.requests();
    let cookies: Vec<_> = sent.iter().filter_map(|request| request.header("cookie")).collect();
    assert_eq!(cookies, [format!("{name}=planted")], "of all these only one could be a session's, and it went alone");
}

/// Every call through the SDK after which a session may be worth less.
#[tokio::test]
async fn w26_every_call_that_ends_a_session_ends_its_cache_entry() {
    for call in ["revoke", "revoke_session", "revoke_sessions", "deactivate", "delete", "set_roles", "patch"] {
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
        let (status, both) = match call {
            "revoke" => (services.sessions().revoke(&session).await.map(|()| 401).unwrap(), false),
            "revoke_session" => (identities.revoke_session(&session).await.map(|()| 401).unwrap(), false),
            "revoke_sessions" => (identities.revoke_sessions(&id).await.map(|()| 401).unwrap(), true),
            "deactivate" => (identities.deactivate(&id).await.map(|_| 401).unwrap(), true),
            "delete" => (identities.delete(&id).await.map(|_| 401).unwrap(), true),
            "set_roles" => (identities.set_roles(&id, &["c"]).await.map(|_| 403).unwrap(), true),
            _ => {
                let patch = iam_core::service::IdentityPatch::new().metadata_public_field("roles", &["c"]).unwrap();
                (identities.patch(&id, &patch).await.map(|_| 403).unwrap(), true)
            }
        };
        assert_eq!(stage.get("/customer/a-or-b").bearer(token).send().await.status, status, "{call}");
        let by_cookie = stage.get("/customer/a-or-b").header("cookie", &cookie).send().await.status;
        assert_eq!(by_cookie, if both { status } else { 200 }, "{call}, the other session");
        let before = stage.whoamis("customer");
        stage.get("/customer/me").token_of("customer", "b").expect(200).await;
        assert_eq!(stage.whoamis("customer"), before, "{call}: others are remembered as before");
    }
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

#[tokio::test]
async fn w31_one_reader_of_headers_with_one_rule_for_two_credentials() {
    let cookie_name = |stage: &Stage| stage.account("customer", "plain").browser.cookie_name.clone();
    let stage = Stage::new().await;
    let name = cookie_name(&stage);
    let token = stage.account("customer", "plain").session.token.clone();

    // A stale cookie beside a good token: refused unless the configuration says which one counts.
    let both = |stage: &Stage| {
        let (stale, token) =
            (format!("{}=stale", cookie_name(stage)), &stage.account("customer", "plain").session.token);
        (stale, format!("Bearer {token}"))
    };
    let (stale, bearer) = both(&stage);
    let answer = stage.get("/customer/me").header("cookie", stale).header("authorization", bearer).expect(401).await;
    assert_eq!(answer.code(), "credential_ambiguous");
    for (prefer, status) in [("bearer", 200), ("cookie", 401)] {
        let stage = Stage::plan().set("customer.prefer", prefer).start().await;
        let (stale, bearer) = both(&stage);
        stage.get("/customer/me").header("cookie", stale).header("authorization", bearer).expect(status).await;
    }

    // The scheme's case is one rule for sessions and access tokens.
    let access = stage.tenant("dealer").machine("reader").token.clone().unwrap();
    for scheme in ["Bearer", "bearer", "BEARER"] {
        stage.get("/customer/me").header("authorization", format!("{scheme} {token}")).expect(200).await;
        stage.get("/dealer/machine").header("authorization", format!("{scheme} {access}")).expect(200).await;
    }
    // No value of any header is an error of ours.
    for value in ["%", "%zz", "%e0%a4%a", "a%00b", "\"", "=", "a=b=c"] {
        stage.get("/customer/me").header("cookie", format!("{name}={value}")).expect(401).await;
    }
    stage.get("/customer/me").header("cookie", b"\xff\xfe=\xff; \xff").expect(401).await;
    stage.get("/customer/me").header("authorization", b"Bearer \xff\xfe").expect(401).await;
    stage.get("/customer/me").header("x-session-token", &token).expect(401).await;
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
