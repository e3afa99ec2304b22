//! `/sessions/whoami`: whose session is it? Ends with one session less.

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{somebody, with_token};
use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, signing: &SeededTenant, brief: &SeededTenant, rows: &mut Rows) {
    answers(shop, rows).await;
    secrets(shop, rows).await;
    credentials(shop, rows).await;
    cookies(shop, rows).await;
    super::devices::foreign_cookie(shop, rows).await;
    refusals(shop, rows).await;
    ends(shop, brief, rows).await;
    kept(signing, rows).await;
}

fn whoami(shop: &SeededTenant) -> String {
    format!("{}sessions/whoami", shop.urls().kratos_public)
}

async fn answers(shop: &SeededTenant, rows: &mut Rows) {
    let ann = shop.account("ann@shop.test");
    let url = whoami(shop);

    let request = rows.request(Method::GET, &url);
    let answer = rows.row("no credential", request, 401).await;
    answer.has("/error/code", 401).has_no("/error/id").header("vary", "Cookie").header("cache-control", "no-store");
    let request = rows.request(Method::GET, &url).header("x-request-id", "a-request-of-mine");
    rows.row("a request's id is echoed", request, 401).await.has("/error/request", "a-request-of-mine");
    let request = rows.request(Method::GET, &url).header("x-session-token", "ory_st_nobodys");
    rows.row("an unknown token", request, 401).await.has("/error/code", 401).has_no("/error/id");

    let request = rows.request(Method::GET, &url).header("x-session-token", &ann.session.token);
    let answer = rows.row("a token", request, 200).await;
    let dates = ["expires_at", "authenticated_at", "issued_at"].map(|name| answer.json[name].clone());
    let is_dated = dates.iter().all(|date| OffsetDateTime::parse(date.as_str().unwrap_or_default(), &Rfc3339).is_ok());
    let names: Vec<_> = answer.json.as_object().unwrap().keys().cloned().collect();
    let is_whole = ["devices", "authentication_methods"].iter().all(|name| names.iter().any(|have| have == name));
    answer
        .has("/active", true)
        .has("/id", &*ann.session.session_id)
        .has("/authenticator_assurance_level", "aal1")
        .has("/authentication_methods/0/method", "password")
        .has("/authentication_methods/0/aal", "aal1")
        .has("/identity/id", &*ann.identity.id)
        .has("/identity/state", "active")
        .has("/identity/metadata_public/roles", json!(["clerk"]))
        .has_keys("/authentication_methods/0", &["method", "aal", "completed_at"])
        .has_keys("/devices/0", &["id", "ip_address", "user_agent", "location"])
        .has_no("/tokenized")
        .holds(is_dated, &format!("no RFC 3339 in {dates:?}"))
        .holds(is_whole, &format!("it has {names:?}"))
        .header("x-kratos-authenticated-identity-id", &ann.identity.id)
        .header("cache-control", "no-store")
        .header("content-type", "application/json; charset=utf-8")
        .lacks("set-cookie")
        .lacks("ory-session-cache-for");
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        let request = rows.request(method, &url).header("x-session-token", &ann.session.token);
        rows.row("another method", request, 200).await;
    }
    let request = rows.request(Method::GET, format!("{url}?tokenize_as=nothing"));
    let request = request.header("x-session-token", &ann.session.token);
    rows.row("an unknown template for a token", request, 400).await.has_no("/error/id");
}

/// What is there, and no user's business.
async fn secrets(shop: &SeededTenant, rows: &mut Rows) {
    let (watched, sessions) = somebody(shop, "watched@shop.test", 1).await;
    let one = format!("{}admin/identities/{}", shop.urls().kratos_admin, watched.id);
    let patch = json!([{"op": "add", "path": "/metadata_admin", "value": {"note": "pays late"}}]);
    let request = rows.request(Method::PATCH, &one).json(&patch);
    rows.row("a note of administrators", request, 200).await.has("/metadata_admin/note", "pays late");
    let request = with_token(rows.request(Method::GET, whoami(shop)), &sessions[0]);
    let answer = rows.row("which whoami does not tell", request, 200).await;
    let is_told = answer.json.to_string().contains("pays late");
    let tells_token = answer.json.to_string().contains(&sessions[0].token);
    answer
        .has("/identity/id", &*watched.id)
        .has_no("/identity/metadata_admin")
        .has_no("/identity/credentials")
        .holds(!is_told, "it is told elsewhere")
        .holds(!tells_token, "the session's token is told");
    let body = json!({"traits": {"email": "watched@shop.test"}});
    let request = rows.request(Method::PUT, &one).json(&body);
    rows.row("a note that an update leaves out", request, 200).await.has_no("/metadata_admin");
    let request = rows.request(Method::GET, &one);
    rows.row("is wiped", request, 200).await.has_null("/metadata_admin");
    shop.client.delete_identity(&watched.id).await.unwrap();
}

/// Which credential counts, if there are several.
async fn credentials(shop: &SeededTenant, rows: &mut Rows) {
    let (ann, bob) = (shop.account("ann@shop.test"), shop.account("bob@shop.test"));
    let url = whoami(shop);
    let ask = |rows: &Rows| rows.request(Method::GET, &url);

    let request = ask(rows).bearer_auth(&ann.session.token);
    rows.row("the token as bearer", request, 200).await.has("/identity/id", &*ann.identity.id);
    let request = ask(rows).header("authorization", format!("BEARER {}", ann.session.token));
    rows.row("the scheme in capitals", request, 200).await.has("/identity/id", &*ann.identity.id);
    let request = ask(rows).header("authorization", format!("Bearer  {}", ann.session.token));
    rows.row("two blanks after the scheme", request, 401).await;
    let request = ask(rows).header("x-session-token", ann.session.token.trim_start_matches("ory_st_"));
    rows.row("the token without its prefix", request, 401).await;
    let request = ask(rows).header("x-session-cookie", &ann.browser.cookie_value);
    rows.row("a header of former versions", request, 401).await;
    let request = ask(rows).header("cookie", ann.browser.cookie());
    rows.row("the cookie", request, 200).await.has("/identity/id", &*ann.identity.id).header("vary", "Cookie");
    let both = ask(rows).header("cookie", ann.browser.cookie()).header("x-session-token", &bob.session.token);
    rows.row("the token header beats the cookie", both, 200).await.has("/identity/id", &*bob.identity.id);
    let both = ask(rows).header("cookie", ann.browser.cookie()).bearer_auth(&bob.session.token);
    rows.row("the cookie beats the bearer", both, 200).await.has("/identity/id", &*ann.identity.id);
    let both = ask(rows).header("x-session-token", "ory_st_nobodys").bearer_auth(&ann.session.token);
    rows.row("an unknown token header beats a good bearer", both, 401).await;
    let both = ask(rows).header("x-session-token", "").bearer_auth(&ann.session.token);
    rows.row("an empty token header is none", both, 200).await.has("/identity/id", &*ann.identity.id);
}

/// Cookies twice, and cookies that are broken.
async fn cookies(shop: &SeededTenant, rows: &mut Rows) {
    let (ann, bob) = (shop.account("ann@shop.test"), shop.account("bob@shop.test"));
    let (url, broken) = (whoami(shop), format!("{}=broken", ann.browser.cookie_name));
    let ask = |rows: &Rows, cookies: &[&str]| rows.request(Method::GET, &url).header("cookie", cookies.join("; "));

    let request = ask(rows, &[&ann.browser.cookie(), &bob.browser.cookie()]);
    rows.row("of two cookies the first", request, 200).await.has("/identity/id", &*ann.identity.id);
    let request = ask(rows, &[&bob.browser.cookie(), &ann.browser.cookie()]);
    rows.row("of two cookies the first, the other way round", request, 200)
        .await
        .has("/identity/id", &*bob.identity.id);
    let session = ann.browser.session_id.as_deref().unwrap_or_default();
    let request = rows.request(Method::PATCH, format!("{}admin/sessions/{session}/extend", shop.urls().kratos_admin));
    rows.row("the cookie's session extended", request, 200).await;
    let request = ask(rows, &[&ann.browser.cookie()]);
    let answer = rows.row("a cookie of before is renewed", request, 200).await;
    let cookies = answer.cookies();
    answer.holds(cookies.starts_with(&format!("{}=", ann.browser.cookie_name)), &format!("the cookies are {cookies}"));
    let request = ask(rows, &[&broken]);
    rows.row("a broken cookie", request, 401).await.has_no("/error/id");
    let request = ask(rows, &[&broken, &ann.browser.cookie()]);
    rows.row("a broken cookie before a good one", request, 401).await;
    let request = ask(rows, &[&broken]).header("x-session-token", &ann.session.token);
    let answer = rows.row("a cookie that cannot be decoded beside a good token", request, 500).await;
    // So that header proves nothing without a 200.
    answer.header("x-kratos-authenticated-identity-id", &ann.identity.id);
    let request = ask(rows, &[&broken]).bearer_auth(&ann.session.token);
    rows.row("a cookie that cannot be decoded beside a good bearer", request, 500).await;
}

async fn refusals(shop: &SeededTenant, rows: &mut Rows) {
    let url = whoami(shop);
    let ask = |rows: &Rows| rows.request(Method::GET, &url);
    let gone = shop.account("gone@shop.test");
    let request = ask(rows).header("x-session-token", &gone.session.token);
    rows.row("an inactive identity", request, 401).await.has_no("/error/id");
    shop.client.activate(&gone.identity.id).await.unwrap();
    let request = ask(rows).header("x-session-token", &gone.session.token);
    rows.row("active again, so is its session", request, 200).await.has("/identity/id", &*gone.identity.id);
    shop.client.deactivate(&gone.identity.id).await.unwrap();

    let twice = shop.account("twice@shop.test");
    let request = ask(rows).header("cookie", twice.browser.cookie());
    let answer = rows.row("a second factor is due", request, 403).await;
    let way = answer.json["redirect_browser_to"].clone();
    let is_told = way.as_str().is_some_and(|url| url.contains("aal=aal2"));
    answer
        .has("/error/id", "session_aal2_required")
        .has("/error/code", 403)
        .has("/error/details/redirect_browser_to", way)
        .holds(is_told, "no way to the second factor");
    let request = ask(rows).header("x-session-token", &twice.session.token);
    let answer = rows.row("the second factor was used", request, 200).await;
    answer.has("/authenticator_assurance_level", "aal2").has("/authentication_methods/1/method", "totp");
}

/// What ends a session.
async fn ends(shop: &SeededTenant, brief: &SeededTenant, rows: &mut Rows) {
    let (ann, bob) = (shop.account("ann@shop.test"), shop.account("bob@shop.test"));
    shop.client.revoke_session(&bob.session.session_id).await.unwrap();
    let request = rows.request(Method::GET, whoami(shop)).header("x-session-token", &bob.session.token);
    rows.row("a revoked session", request, 401).await.has_no("/error/id");
    let (deleted, sessions) = somebody(shop, "deleted@shop.test", 1).await;
    shop.client.delete_identity(&deleted.id).await.unwrap();
    let request = rows.request(Method::GET, whoami(shop)).header("x-session-token", &sessions[0].token);
    rows.row("a session of somebody deleted", request, 401).await.has_no("/error/id");
    let session = format!("{}admin/sessions/{}", shop.urls().kratos_admin, sessions[0].session_id);
    let request = rows.request(Method::GET, session);
    rows.row("which is gone as well", request, 404).await;

    let eve = brief.account("eve@brief.test");
    let session = brief.client.login(&eve.identity).await.unwrap();
    crate::wait_until(session.expires_at).await;
    let request = rows.request(Method::GET, whoami(brief)).header("x-session-token", &session.token);
    rows.row("an expired session", request, 401).await.has_no("/error/id");
    let request = rows.request(Method::GET, whoami(brief)).header("x-session-token", &ann.session.token);
    rows.row("a session of another project", request, 401).await.has_no("/error/id");
}

/// Where the server lets others keep its answers, it says how long.
async fn kept(signing: &SeededTenant, rows: &mut Rows) {
    let slow = signing.account("slow@signing.test");
    let url = whoami(signing);
    let ask = |rows: &Rows| rows.request(Method::GET, &url);
    let request = ask(rows).header("x-session-token", &slow.session.token);
    rows.row("a session to be kept", request, 200).await.header("ory-session-cache-for", "30");
    let request = rows.request(Method::GET, format!("{url}?tokenize_as=jwt"));
    let request = request.header("x-session-token", &slow.session.token);
    rows.row("a session as a JWT is not to be kept", request, 200).await.lacks("ory-session-cache-for");
    let request = ask(rows);
    rows.row("that there is no credential is to be kept", request, 401).await.header("ory-session-cache-for", "60");
    let broken = format!("{}=broken", slow.browser.cookie_name);
    let request = ask(rows).header("cookie", &broken);
    rows.row("so is a cookie that cannot be decoded", request, 401).await.header("ory-session-cache-for", "60");
    let request = ask(rows).header("x-session-token", "ory_st_nobodys");
    rows.row("nobody's token is not to be kept", request, 401).await.lacks("ory-session-cache-for");
    let request = ask(rows).header("cookie", &broken).header("x-session-token", &slow.session.token);
    let answer = rows.row("a mistake is to be kept like a session", request, 500).await;
    answer.header("ory-session-cache-for", "30");
}
