//! Upstream bodies that other decoders read wrongly.

use futures_util::{StreamExt, TryStreamExt};
use iam_core::service::ListOptions;
use iam_core::{ErrorKind, UpstreamFault};
use iam_testing::fault::{Fault, Recorded, Rule};
use serde_json::{Value, json};

use super::whoami_answers;
use crate::Tenants;
use crate::stage::made_up::session_of;
use crate::stage::{Stage, Verdict};

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

#[tokio::test]
async fn a35_timestamps_in_every_spelling() {
    let stage = Stage::plan().cached().start().await;
    let expired = || Verdict::unauthenticated("expired");
    for (number, (expires_at, meant)) in [
        (json!("2030-06-30T23:59:60Z"), Verdict::allowed()),
        (json!("2030-01-01T00:00:00.123456789Z"), Verdict::allowed()),
        (json!("2030-01-01T00:00:00.1+05:30"), Verdict::allowed()),
        (json!("2030-01-01t00:00:00z"), Verdict::allowed()),
        (json!("0001-01-01T00:00:00Z"), expired()),
        (json!("2001-01-01T00:00:00+05:30"), expired()),
        (json!(""), Verdict::unavailable()),
        (json!("never"), Verdict::unavailable()),
        (json!("2030-01-01"), Verdict::unavailable()),
        (json!("2030-01-01T00:00:00"), Verdict::unavailable()),
        (json!("2030-13-01T00:00:00Z"), Verdict::unavailable()),
        (json!("2030-02-30T00:00:00Z"), Verdict::unavailable()),
        (json!("Tue, 01 Jan 2030 00:00:00 GMT"), Verdict::unavailable()),
        (json!(1_893_456_000), Verdict::unavailable()),
        (json!({}), Verdict::unavailable()),
        (Value::Null, Verdict::unavailable()),
    ]
    .into_iter()
    .enumerate()
    {
        whoami_answers(&stage, "dealer", session_of("x", |session| session["expires_at"] = expires_at.clone()));
        let ask = stage.get("/dealer/me").bearer(&format!("ory_st_{number}"));
        ask.ends(&expires_at.to_string(), meant).await;
    }
    whoami_answers(&stage, "dealer", session_of("x", |s| drop(s.as_object_mut().unwrap().remove("expires_at"))));
    stage.get("/dealer/me").bearer("ory_st_without").ends("absent", Verdict::unavailable()).await;
}

/// What the decoder of `serde_json` itself uses to hand raw text on.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

#[tokio::test]
async fn a41_private_keys_of_the_decoder_give_no_roles() {
    let smuggled = json!({ "roles": { RAW_VALUE: r#"["a","b"]"# } });
    let whole = json!({ RAW_VALUE: r#"{"roles":["a","b"]}"# });
    let number = json!({ "roles": [{ "$serde_json::private::Number": "1" }] });
    for switch in [false, true] {
        let stage = Stage::plan().set("dealer.dangerously_trust_traits_roles", switch).start().await;
        for place in ["traits", "metadata_public"] {
            for planted in [&smuggled, &whole, &number] {
                let row = format!("{place} {planted}, switch {switch}");
                let says = session_of("x", |session| session["identity"][place] = planted.clone());
                whoami_answers(&stage, "dealer", says);
                let seen = stage.get("/dealer/me").bearer("ory_st_x").ends(&row, Verdict::allowed()).await;
                assert_eq!(seen.answer.json()["id"], "x", "{row}");
                stage.get("/dealer/a-or-b").bearer("ory_st_x").ends(&row, Verdict::forbidden("role")).await;
            }
        }
        // The same places, honestly filled: the switch is what makes traits count.
        let says = session_of("x", |session| session["identity"]["traits"] = json!({ "roles": ["a"] }));
        whoami_answers(&stage, "dealer", says);
        let meant = if switch { Verdict::allowed() } else { Verdict::forbidden("role") };
        stage.get("/dealer/a-or-b").bearer("ory_st_x").ends(&format!("plain, switch {switch}"), meant).await;
    }
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

#[tokio::test]
async fn a43_a_first_factor_is_no_pass_and_no_logout() {
    const OWN: &str = "https://auth.dealer.test/self-service/login/browser?aal=aal2";
    let stage = Stage::plan().set("dealer.kratos.browser_url", "https://auth.dealer.test").cached().start().await;
    for (url, told) in [
        (json!(OWN), Some(OWN)),
        (json!("https://k/self-service/login/browser?aal=aal2"), None),
        (json!("http://auth.dealer.test/self-service/login/browser?aal=aal2"), None),
        (json!("https://auth.dealer.test:8443/self-service/login/browser?aal=aal2"), None),
        (json!("https://auth.dealer.test@evil.example/self-service/login/browser"), None),
        (json!("https://auth.dealer.test.evil.example/self-service/login/browser"), None),
        (json!("https://auth.dealer.test/logout"), None),
        (json!("javascript:alert(1)"), None),
        (Value::Null, None),
    ] {
        let says = json!({ "error": { "id": "session_aal2_required", "code": 403 }, "redirect_browser_to": url });
        whoami_answers(&stage, "dealer", Fault::json(403, says.to_string()));
        for route in ["/dealer/me", "/dealer/optional", "/dealer/stale", "/dealer/a-or-b"] {
            let row = format!("{route}: {url}");
            let ask = stage.get(route).cookie_of("dealer", "ab");
            let seen = ask.ends(&row, Verdict::forbidden("second_factor")).await;
            assert_eq!(seen.answer.json()["step_up_url"].as_str(), told, "{row}");
            assert_eq!(seen.answer.header("location"), None, "{row}");
            assert!(!seen.answer.text().contains(&stage.account("dealer", "ab").identity.id), "{row}: who it is");
        }
    }
    // Lifted, the same session is good at once: nothing negative was remembered.
    stage.proxies("dealer").kratos_public.heal();
    stage.get("/dealer/me").cookie_of("dealer", "ab").ends("lifted", Verdict::allowed()).await;
    // Another 403 is somebody else's.
    for (row, says) in [
        ("another id", Fault::json(403, r#"{"error":{"id":"security_csrf_violation","code":403}}"#)),
        ("no id", Fault::json(403, r#"{"error":{"code":403}}"#)),
        ("HTML", Fault::Html(403)),
    ] {
        whoami_answers(&stage, "dealer", says);
        stage.get("/dealer/me").token_of("dealer", "b").ends(row, Verdict::unavailable()).await;
    }
}
