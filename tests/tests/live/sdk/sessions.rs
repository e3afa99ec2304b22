//! `iam.tenant(..).sessions()`

use iam_core::service::{Session, Sessions};
use iam_core::upstream::SessionCredential;
use iam_core::{Secret, SessionId};
use serde_json::Value;

use super::{Calls, NOBODY, Sdk, Tenants};

pub(super) async fn calls(sdk: &Sdk<'_>, calls: &mut Calls) {
    let (shop, services) = sdk.shop();
    let sessions = services.sessions();
    let token = |token: &str| SessionCredential::Token(Secret::new(token));
    let cookie = |value: &str| SessionCredential::Cookie(Secret::new(value));
    let ann = shop.account("ann@shop.test");

    let by_token = sessions.whoami(&token(&ann.session.token)).await;
    let meant = r#"default aal1 ["password"] {"email":"ann@shop.test"} ["clerk"]"#;
    let seen = calls.row("whose token", by_token, told, meant);
    let is_hers = |session: Session| {
        session.identity_id.to_string() == ann.identity.id && session.id == SessionId::new(&ann.session.session_id)
    };
    calls.says("hers", Ok(seen.is_some_and(is_hers)), "true");
    let by_cookie = sessions.whoami(&cookie(&ann.browser.cookie_value)).await;
    calls.row("whose cookie", by_cookie, told, meant);

    let twice = shop.client.login(&shop.account("twice@shop.test").identity).await.unwrap();
    let gone = &shop.account("gone@shop.test").session.token;
    let brief = sdk.world.tenant("brief");
    let eve = brief.client.login(&brief.account("eve@brief.test").identity).await.unwrap();
    crate::wait_until(eve.expires_at).await;
    let briefs = sdk.iam.tenant(Tenants::Brief).sessions();
    for (name, sessions, credential, meant) in [
        ("an unknown token", &sessions, token("ory_st_nobodys"), "Unauthenticated"),
        ("a cookie that cannot be decoded", &sessions, cookie("broken"), "Unauthenticated"),
        ("a token of another project", &briefs, token(&ann.session.token), "Unauthenticated"),
        ("an inactive identity", &sessions, token(gone), "Unauthenticated"),
        ("an expired session", &briefs, token(&eve.token), "Unauthenticated"),
        ("a second factor is due", &sessions, token(&twice.token), "SecondFactorRequired"),
    ] {
        calls.row(name, sessions.whoami(&credential).await, told, meant);
    }

    let some = sessions.whoami_or_none(&token(&ann.session.token)).await;
    calls.row("whoever it is", some, is_some, "true");
    let none = sessions.whoami_or_none(&token("ory_st_nobodys")).await;
    calls.row("nobody, which is no error", none, is_some, "false");
    let due = sessions.whoami_or_none(&token(&twice.token)).await;
    calls.row("a second factor is due, which is one", due, is_some, "SecondFactorRequired");
    revoke(sdk, &sessions, calls).await;
}

async fn revoke(sdk: &Sdk<'_>, sessions: &Sessions, calls: &mut Calls) {
    let (shop, _) = sdk.shop();
    let bob = &shop.account("bob@shop.test").session;
    let (token, id) = (SessionCredential::Token(Secret::new(&bob.token)), SessionId::new(&bob.session_id));
    calls.row("before it is revoked", sessions.whoami(&token).await, |_| "there".to_owned(), "there");
    calls.says("revoked", sessions.revoke(&id).await, "()");
    calls.row("a revoked session", sessions.whoami(&token).await, told, "Unauthenticated");
    calls.says("revoked again", sessions.revoke(&id).await, "()");
    calls.says("an unknown session revoked", sessions.revoke(&SessionId::new(NOBODY)).await, "()");
    calls.says("an id that is no UUID revoked", sessions.revoke(&SessionId::new("x")).await, "NotFound");
}

fn told(session: &Session) -> String {
    let undated = if session.authenticated_at.is_some() { "" } else { " undated" };
    format!(
        "{} {} {:?} {} {:?}{undated}",
        session.schema_id,
        session.assurance_level,
        session.methods,
        session.traits::<Value>().unwrap_or_default(),
        session.roles(),
    )
}

fn is_some(session: &Option<Session>) -> String {
    session.is_some().to_string()
}
