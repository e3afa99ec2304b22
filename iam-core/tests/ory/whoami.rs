use iam_core::UpstreamFault::{self, Status, Unreadable};
use iam_core::upstream::{SessionRecord, Whoami};
use time::macros::datetime;

use super::server::{Server, html, json, reply};
use super::{SESSION, ory};

async fn answer(status: u16, body: &str) -> Result<Whoami, UpstreamFault> {
    let server = Server::always(json(status, body)).await;
    super::whoami(&ory(&server)).await.map_err(|error| error.fault)
}

async fn session(body: &str) -> Result<Box<SessionRecord>, UpstreamFault> {
    match answer(200, body).await? {
        Whoami::Session(record) => Ok(record),
        other => panic!("{body}: {other:?}"),
    }
}

/// The session with one piece of its text replaced.
fn with(from: &str, to: &str) -> String {
    assert!(SESSION.contains(from), "{from}");
    SESSION.replacen(from, to, 1)
}

#[tokio::test]
async fn a_session_is_read_whole() {
    let record = session(SESSION).await.unwrap();
    assert_eq!(record.id, "11111111-1111-4111-8111-111111111111");
    assert!(record.active);
    assert_eq!(record.expires_at, datetime!(2999-01-01 00:00 UTC));
    assert_eq!(record.authenticated_at, Some(datetime!(2025-12-31 23:00:00.1 UTC)));
    assert_eq!((&*record.assurance_level, &*record.methods), ("aal1", &["password".to_owned()][..]));
    let identity = record.identity;
    assert_eq!(identity.id, "22222222-2222-4222-8222-222222222222");
    assert_eq!((&*identity.schema_id, &*identity.state), ("customer", "active"));
    assert_eq!(identity.traits.unwrap().get(), r#"{"email":"ann@example.com"}"#);
    assert_eq!(identity.metadata_public.unwrap().get(), r#"{"roles":["buyer"]}"#);
}

#[tokio::test]
async fn unknown_values_and_nulls_are_fine() {
    let record =
        session(&with("aal1", "aal9").replace(r#""state":"active""#, r#""state":"frozen","new":{"a":1}"#)).await;
    let record = record.unwrap();
    assert_eq!((&*record.assurance_level, &*record.identity.state), ("aal9", "frozen"));

    let nulls = with(r#"[{"method":"password","aal":"aal1"}]"#, "null")
        .replace(r#"{"email":"ann@example.com"}"#, "null")
        .replace(r#"{"roles":["buyer"]}"#, "null")
        .replace(r#""2026-01-01T00:00:00.1+01:00""#, "null");
    let record = session(&nulls).await.unwrap();
    assert!(record.methods.is_empty() && record.authenticated_at.is_none());
    assert!(record.identity.traits.is_none() && record.identity.metadata_public.is_none());
}

#[tokio::test]
async fn what_is_essential_must_be_there() {
    for (from, to) in [
        (r#""id":"11111111-1111-4111-8111-111111111111","#, ""),
        ("11111111-1111-4111-8111-111111111111", ""),
        (r#""11111111-1111-4111-8111-111111111111""#, "7"),
        (r#""active":true,"#, ""),
        (r#""active":true"#, r#""active":null"#),
        (r#""active":true"#, r#""active":"true""#),
        (r#""active":true"#, r#""active":1"#),
        (r#""active":true"#, r#""active":false,"active":true"#),
        (r#""expires_at":"2999-01-01T00:00:00Z","#, ""),
        (r#""2999-01-01T00:00:00Z""#, "null"),
        (r#""2999-01-01T00:00:00Z""#, r#""never""#),
        (r#""2999-01-01T00:00:00Z""#, "32472144000"),
        ("2026-01-01T00:00:00.1+01:00", "soon"),
        (r#""authenticator_assurance_level":"aal1","#, ""),
        ("22222222-2222-4222-8222-222222222222", ""),
        (r#""state":"active","#, ""),
        (r#""schema_id":"customer","#, ""),
    ] {
        let fault = session(&with(from, to)).await.unwrap_err();
        assert!(matches!(fault, Unreadable(_)), "{from} -> {to}: {fault:?}");
    }
    let identity = SESSION.find(r#""identity":"#).unwrap();
    for body in [
        format!("{}\"identity\":null}}", &SESSION[..identity]),
        SESSION[..identity].trim_end().trim_end_matches(',').to_owned() + "}",
    ] {
        assert_eq!(session(&body).await.unwrap_err(), Unreadable("a session without `identity`"));
    }
}

#[tokio::test]
async fn a35_the_expiry_is_an_instant() {
    for (text, instant) in [
        ("2030-06-30T23:59:60Z", datetime!(2030-06-30 23:59:59.999999999 UTC)),
        ("2030-01-01T00:00:00.123456789Z", datetime!(2030-01-01 00:00:00.123456789 UTC)),
        ("2030-01-01T00:00:00.1+05:30", datetime!(2029-12-31 18:30:00.1 UTC)),
        ("2030-01-01t00:00:00z", datetime!(2030-01-01 00:00:00 UTC)),
        ("0001-01-01T00:00:00Z", datetime!(0001-01-01 00:00:00 UTC)),
    ] {
        assert_eq!(session(&with("2999-01-01T00:00:00Z", text)).await.unwrap().expires_at, instant);
    }
}

#[tokio::test]
async fn a41_odd_traits_stay_text_and_concern_nobody_else() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for traits in [
        r#"{"roles":{"$serde_json::private::RawValue":"[\"admin\"]"}}"#,
        r#"{"name":"\ud800"}"#,
        r#"{"n":1e999}"#,
        &deep,
    ] {
        let record = session(&with(r#"{"email":"ann@example.com"}"#, traits)).await.unwrap();
        assert_eq!(record.identity.traits.unwrap().get(), traits);
        assert_eq!(record.identity.id, "22222222-2222-4222-8222-222222222222");
    }
}

#[tokio::test]
async fn only_kratos_own_401_is_a_refusal() {
    for body in [
        r#"{"error":{"code":401,"status":"Unauthorized","reason":"x","message":"x"}}"#,
        r#"{"error":{"code":401,"id":"session_inactive"}}"#,
    ] {
        assert!(matches!(answer(401, body).await, Ok(Whoami::Rejected)), "{body}");
    }
    for body in [
        "",
        "{}",
        "null",
        r#"{"error":null}"#,
        r#"{"error":"unauthorized"}"#,
        r#"{"error":{"code":"401"}}"#,
        r#"{"error":{"code":403}}"#,
        r#"{"error":{"code":401}"#,
        r#"{"code":401}"#,
    ] {
        assert_eq!(answer(401, body).await.unwrap_err(), Status(401), "{body}");
    }
    let as_text = reply(401, &[("content-type", "text/plain")], r#"{"error":{"code":401}}"#);
    for foreign in [html(401), as_text] {
        let server = Server::always(foreign).await;
        assert_eq!(super::whoami(&ory(&server)).await.unwrap_err().fault, Status(401));
    }
}

#[tokio::test]
async fn a43_only_kratos_own_403_asks_for_a_second_factor() {
    let url = "https://k/self-service/login/browser?aal=aal2";
    let body = format!(r#"{{"error":{{"id":"session_aal2_required","code":403}},"redirect_browser_to":"{url}"}}"#);
    match answer(403, &body).await {
        Ok(Whoami::SecondFactorRequired { redirect_to }) => assert_eq!(redirect_to.as_deref(), Some(url)),
        other => panic!("{other:?}"),
    }
    let bare = answer(403, r#"{"error":{"id":"session_aal2_required","code":403}}"#).await;
    assert!(matches!(bare, Ok(Whoami::SecondFactorRequired { redirect_to: None })));
    for body in ["{}", r#"{"error":{"code":403}}"#, r#"{"error":{"id":"security_csrf_violation","code":403}}"#] {
        assert_eq!(answer(403, body).await.unwrap_err(), Status(403), "{body}");
    }
    let server = Server::always(html(403)).await;
    assert_eq!(super::whoami(&ory(&server)).await.unwrap_err().fault, Status(403));
}
