//! Upstream bodies that other decoders read wrongly.

use futures_util::{StreamExt, TryStreamExt};
use iam_core::service::ListOptions;
use iam_core::{ErrorKind, UpstreamFault};
use iam_testing::fault::{Fault, Recorded, Rule};
use serde_json::{Value, json};

use super::whoami_answers;
use crate::Tenants;
use crate::stage::made_up::session_of;
use crate::stage::{Shared, Stage, USUAL, Verdict, cases};

const IDENTITIES: &str = "/admin/identities";

/// From now on Kratos has a page with these identities at this token, and this link to the next one.
fn page(stage: &Stage, token: Option<&'static str>, ids: &[u8], next: Option<&str>) {
    let at = move |request: &Recorded| {
        let (_, query) = request.target.split_once('?').unwrap_or_default();
        query.split('&').find_map(|pair| pair.strip_prefix("page_token=")) == token
    };
    let items: Vec<_> = ids
        .iter()
        .map(|id| json!({ "id": identity_id(*id), "schema_id": "default", "state": "active", "traits": {} }))
        .collect();
    let first = "<https://k/admin/identities?page_size=2>; rel=\"first\"".to_owned();
    let next = next.map(|next| format!("<https://k/admin/identities?page_size=2&page_token={next}>; rel=\"next\","));
    let headers = vec![
        ("content-type".to_owned(), "application/json".to_owned()),
        ("link".to_owned(), next.unwrap_or_default() + &first),
    ];
    let answer = Fault::Respond { status: 200, headers, body: Value::from(items).to_string().into() };
    stage.proxies("dealer").kratos_admin.fault(Rule::on("GET", IDENTITIES).when(at), answer);
}

fn identity_id(number: u8) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn pages_read(stage: &Stage) -> usize {
    stage.proxies("dealer").kratos_admin.count(|request| request.path() == IDENTITIES)
}

#[tokio::test]
async fn a31_every_page_is_read_once_and_the_last_one_ends_it() {
    let stage = Stage::new().await;
    let identities = stage.iam.tenant(Tenants::Dealer).identities();
    page(&stage, None, &[1, 2], Some("abc%3D%3D"));
    page(&stage, Some("abc%3D%3D"), &[3, 4], Some("d"));
    page(&stage, Some("d"), &[5], None);
    let all: Vec<_> = identities.all(ListOptions::new().page_size(2)).try_collect().await.unwrap();
    let ids: Vec<_> = all.iter().map(|identity| identity.id.to_string()).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5].map(identity_id));
    assert_eq!(pages_read(&stage), 3);
    for request in stage.proxies("dealer").kratos_admin.requests() {
        assert!(request.target.contains("page_size=2"), "{request:?}");
    }

    // An empty page is the last one, whatever it names as next.
    let stage = Stage::new().await;
    page(&stage, None, &[1], Some("a"));
    page(&stage, Some("a"), &[], Some("b"));
    let identities = stage.iam.tenant(Tenants::Dealer).identities();
    let all: Vec<_> = identities.all(ListOptions::new()).try_collect().await.unwrap();
    assert_eq!((all.len(), pages_read(&stage)), (1, 2));
}

#[tokio::test]
async fn a31_a_token_that_comes_twice_is_an_error_and_no_loop() {
    let stage = Stage::new().await;
    page(&stage, None, &[1], Some("a"));
    page(&stage, Some("a"), &[2], Some("b"));
    page(&stage, Some("b"), &[3], Some("a"));
    let mut all = stage.iam.tenant(Tenants::Dealer).identities().all(ListOptions::new());
    for number in 1..=3 {
        assert_eq!(all.next().await.unwrap().unwrap().id.to_string(), identity_id(number));
    }
    let error = all.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable(UpstreamFault::Unreadable("a page token twice")));
    assert!(all.next().await.is_none());
    assert_eq!(pages_read(&stage), 3);
}

static CACHED: Shared = Shared::new(|| Box::pin(Stage::plan().cached().start()));

const EXPIRED: fn() -> Verdict = || Verdict::unauthenticated("expired");

cases! { CACHED, a35_timestamps_in_every_spelling:
    a_leap_second:          Some(json!("2030-06-30T23:59:60Z")),           Verdict::allowed();
    nanoseconds:            Some(json!("2030-01-01T00:00:00.123456789Z")), Verdict::allowed();
    an_offset:              Some(json!("2030-01-01T00:00:00.1+05:30")),    Verdict::allowed();
    small_letters:          Some(json!("2030-01-01t00:00:00z")),           Verdict::allowed();
    gos_zero:               Some(json!("0001-01-01T00:00:00Z")),           EXPIRED();
    past_with_an_offset:    Some(json!("2001-01-01T00:00:00+05:30")),      EXPIRED();
    empty:                  Some(json!("")),                               Verdict::unavailable();
    a_word:                 Some(json!("never")),                          Verdict::unavailable();
    a_day:                  Some(json!("2030-01-01")),                     Verdict::unavailable();
    no_offset:              Some(json!("2030-01-01T00:00:00")),            Verdict::unavailable();
    a_thirteenth_month:     Some(json!("2030-13-01T00:00:00Z")),           Verdict::unavailable();
    a_thirtieth_of_february: Some(json!("2030-02-30T00:00:00Z")),          Verdict::unavailable();
    of_http:                Some(json!("Tue, 01 Jan 2030 00:00:00 GMT")),  Verdict::unavailable();
    of_unix:                Some(json!(1_893_456_000)),                    Verdict::unavailable();
    an_object:              Some(json!({})),                               Verdict::unavailable();
    null:                   Some(Value::Null),                             Verdict::unavailable();
    absent:                 None,                                          Verdict::unavailable();
}

async fn a35_timestamps_in_every_spelling(stage: &Stage, expires_at: Option<Value>, meant: Verdict) {
    let says = session_of("x", |session| match expires_at {
        Some(time) => session["expires_at"] = time,
        None => drop(session.as_object_mut().unwrap().remove("expires_at")),
    });
    whoami_answers(stage, "dealer", says);
    let token = format!("ory_st_{}", uuid::Uuid::new_v4());
    stage.get("/dealer/me").bearer(&token).ends("made up", meant).await;
}

/// What the decoder of `serde_json` itself uses to hand raw text on.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

static TRUSTING_TRAITS: Shared =
    Shared::new(|| Box::pin(Stage::plan().set("dealer.dangerously_trust_traits_roles", true).start()));

/// A table for each position of the switch that makes traits count.
macro_rules! planted {
    ($($name:ident: $place:literal, $planted:expr;)+) => {
        cases! { USUAL, a41_private_keys_of_the_decoder_give_no_roles = no_roles: $($name: $place, $planted;)+ }
        cases! { TRUSTING_TRAITS, a41_private_keys_of_the_decoder_give_no_roles_by_trusted_traits = no_roles:
            $($name: $place, $planted;)+
        }
    };
}

const SMUGGLED: fn() -> Value = || json!({ "roles": { RAW_VALUE: r#"["a","b"]"# } });
const WHOLE: fn() -> Value = || json!({ RAW_VALUE: r#"{"roles":["a","b"]}"# });
const NUMBER: fn() -> Value = || json!({ "roles": [{ "$serde_json::private::Number": "1" }] });

planted! {
    raw_roles_in_traits:         "traits",          SMUGGLED();
    raw_traits:                  "traits",          WHOLE();
    a_number_in_traits:          "traits",          NUMBER();
    raw_roles_in_metadata:       "metadata_public", SMUGGLED();
    raw_metadata:                "metadata_public", WHOLE();
    a_number_in_metadata:        "metadata_public", NUMBER();
}

async fn no_roles(stage: &Stage, place: &str, planted: Value) {
    let says = session_of("x", |session| session["identity"][place] = planted);
    whoami_answers(stage, "dealer", says);
    let seen = stage.get("/dealer/me").bearer("ory_st_x").ends("who", Verdict::allowed()).await;
    assert_eq!(seen.answer.json()["id"], "x");
    stage.get("/dealer/a-or-b").bearer("ory_st_x").ends("a role", Verdict::forbidden("role")).await;
}

// The same place, honestly filled: the switch is what makes traits count.
cases! { USUAL, a41_traits_give_no_roles = roles_of_traits:
    as_usual: Verdict::forbidden("role");
}

cases! { TRUSTING_TRAITS, a41_traits_give_roles_by_the_switch = roles_of_traits:
    switched_on: Verdict::allowed();
}

async fn roles_of_traits(stage: &Stage, meant: Verdict) {
    let says = session_of("x", |session| session["identity"]["traits"] = json!({ "roles": ["a"] }));
    whoami_answers(stage, "dealer", says);
    stage.get("/dealer/a-or-b").bearer("ory_st_x").ends("a role of the traits", meant).await;
}

#[tokio::test]
async fn a41_private_keys_pass_through_as_they_are() {
    let stage = Stage::new().await;
    let id = identity_id(1);
    let traits = json!({ "roles": { RAW_VALUE: r#"["platform:admin"]"# } }).to_string();
    let body = format!(r#"{{"id":"{id}","schema_id":"default","state":"active","traits":{traits}}}"#);
    let rule = Rule::on("GET", &format!("{IDENTITIES}/{id}"));
    stage.proxies("customer").kratos_admin.fault(rule, Fault::json(200, body));
    let ask = stage.get(&format!("/admin/customers/{id}")).token_of("admin", "support");
    let answer = ask.expect(200).await;
    assert!(answer.text().contains(&traits), "{}", answer.text());
}

const OWN: &str = "https://auth.dealer.test/self-service/login/browser?aal=aal2";

static WITH_PAGES_OF_ITS_OWN: Shared = Shared::new(|| {
    Box::pin(Stage::plan().set("dealer.kratos.browser_url", "https://auth.dealer.test").cached().start())
});

// Of each row: where Kratos sends the browser, and whether the caller is told.
cases! { WITH_PAGES_OF_ITS_OWN, a43_a_first_factor_is_no_pass_and_no_logout:
    its_own_page:       json!(OWN), true;
    another_host:       json!("https://k/self-service/login/browser?aal=aal2"), false;
    another_scheme:     json!("http://auth.dealer.test/self-service/login/browser?aal=aal2"), false;
    another_port:       json!("https://auth.dealer.test:8443/self-service/login/browser?aal=aal2"), false;
    its_name_as_a_user: json!("https://auth.dealer.test@evil.example/self-service/login/browser"), false;
    its_name_as_a_label: json!("https://auth.dealer.test.evil.example/self-service/login/browser"), false;
    another_page:       json!("https://auth.dealer.test/logout"), false;
    a_script:           json!("javascript:alert(1)"), false;
    nowhere:            Value::Null, false;
}

async fn a43_a_first_factor_is_no_pass_and_no_logout(stage: &Stage, url: Value, is_told: bool) {
    let dealer = stage.tenant("dealer");
    let identity = &stage.account("dealer", "ab").identity;
    // Of its own: at the end it is remembered.
    let cookie = dealer.client.login_browser(identity).await.unwrap().cookie();
    let says = json!({ "error": { "id": "session_aal2_required", "code": 403 }, "redirect_browser_to": url });
    whoami_answers(stage, "dealer", Fault::json(403, says.to_string()));
    for route in ["/dealer/me", "/dealer/optional", "/dealer/stale", "/dealer/a-or-b"] {
        let seen = stage.get(route).header("cookie", &cookie).ends(route, Verdict::forbidden("second_factor")).await;
        assert_eq!(seen.answer.json()["step_up_url"].as_str(), is_told.then_some(OWN), "{route}");
        assert_eq!(seen.answer.header("location"), None, "{route}");
        assert!(!seen.answer.text().contains(&identity.id), "{route}: who it is");
    }
    // Lifted, the same session is good at once: nothing negative was remembered.
    stage.proxies("dealer").kratos_public.heal();
    stage.get("/dealer/me").header("cookie", &cookie).ends("lifted", Verdict::allowed()).await;
}

cases! { USUAL, a43_another_403_is_somebody_elses:
    another_id: Fault::json(403, r#"{"error":{"id":"security_csrf_violation","code":403}}"#);
    no_id:      Fault::json(403, r#"{"error":{"code":403}}"#);
    html:       Fault::Html(403);
}

async fn a43_another_403_is_somebody_elses(stage: &Stage, says: Fault) {
    whoami_answers(stage, "dealer", says);
    stage.get("/dealer/me").token_of("dealer", "b").ends("asked", Verdict::unavailable()).await;
}
