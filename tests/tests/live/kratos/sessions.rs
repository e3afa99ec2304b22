//! Sessions as an administrator sees them.

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use super::{NOBODY, somebody, with_token};
use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let (identity, logged_in) = somebody(shop, "thrice@shop.test", 3).await;
    let admin = format!("{}admin/", shop.urls().kratos_admin);
    let of_identity = format!("{admin}identities/{}/sessions", identity.id);
    let one = format!("{admin}sessions/{}", logged_in[0].session_id);

    let request = rows.request(Method::GET, &of_identity);
    let answer = rows.row("an identity's sessions", request, 200).await;
    let count = answer.json.as_array().map_or(0, Vec::len);
    answer
        .has("/0/active", true)
        .has("/0/identity/id", &*identity.id)
        .has("/0/identity/schema_url", "")
        .header("x-total-count", "3")
        .holds(count == 3, &format!("{count} of 3"));
    of_identity_by_pages(&of_identity, rows).await;
    let request = rows.request(Method::GET, format!("{admin}identities/{NOBODY}/sessions"));
    let answer = rows.row("nobody's sessions", request, 200).await;
    let next = answer.next();
    answer.is(&json!([])).holds(next.is_some(), "no next page, where there used to be one without an end");
    let request = rows.request(Method::GET, format!("{admin}identities/x/sessions"));
    rows.row("sessions by an id that is no UUID", request, 400).await;

    let request = rows.request(Method::GET, &one);
    rows.row("a session", request, 200).await.has("/active", true).has_null("/identity").has("/devices", json!([]));
    let request = rows.request(Method::GET, format!("{one}?expand=identity&expand=devices"));
    let answer = rows.row("a session with all of it", request, 200).await;
    let has_device = answer.json["devices"][0]["id"].is_string();
    answer.has("/identity/id", &*identity.id).holds(has_device, "no device");
    let request = rows.request(Method::GET, format!("{one}?expand=odd"));
    rows.row("a session with what is not known", request, 400).await;
    for (id, status) in [(NOBODY, 404), ("x", 400)] {
        let request = rows.request(Method::GET, format!("{admin}sessions/{id}"));
        rows.row("an unknown session", request, status).await.has("/error/code", status);
        let request = rows.request(Method::DELETE, format!("{admin}sessions/{id}"));
        rows.row("an unknown session to revoke", request, status).await;
        let request = rows.request(Method::PATCH, format!("{admin}sessions/{id}/extend"));
        rows.row("an unknown session to extend", request, status).await;
    }
    all(&admin, rows).await;

    shop.client.deactivate(&identity.id).await.unwrap();
    let request = rows.request(Method::GET, &one);
    rows.row("of an inactive identity, which is not looked at", request, 200).await.has("/active", true);
    let request = rows.request(Method::GET, format!("{one}?expand=identity"));
    rows.row("of an inactive identity", request, 200).await.has("/active", false);
    shop.client.activate(&identity.id).await.unwrap();

    let request = rows.request(Method::PATCH, format!("{one}/extend"));
    rows.row("a session extended", request, 200).await.has("/id", &*logged_in[0].session_id);
    let request = rows.request(Method::DELETE, &one);
    rows.row("a session revoked", request, 204).await;
    let request = rows.request(Method::DELETE, &one);
    rows.row("a session revoked again", request, 204).await;
    let request = rows.request(Method::GET, &one);
    rows.row("a revoked session is kept", request, 200).await.has("/active", false);
    let request = rows.request(Method::GET, format!("{of_identity}?active=false"));
    rows.row("the inactive ones", request, 200).await.has("/0/id", &*logged_in[0].session_id).has_no("/1");
    let request = rows.request(Method::DELETE, &of_identity);
    rows.row("its sessions revoked", request, 204).await;
    let whoami = format!("{}sessions/whoami", shop.urls().kratos_public);
    let request = with_token(rows.request(Method::GET, whoami), &logged_in[1]);
    rows.row("one of these", request, 401).await;
    let (nobody, _) = somebody(shop, "never@shop.test", 0).await;
    let request = rows.request(Method::DELETE, format!("{admin}identities/{}/sessions", nobody.id));
    rows.row("no sessions to revoke", request, 404).await;
}

/// All three by the links.
async fn of_identity_by_pages(url: &str, rows: &mut Rows) {
    let mut url = Url::parse(url).unwrap();
    url.set_query(Some("page_size=2"));
    let request = rows.request(Method::GET, &url);
    let answer = rows.row("a page of sessions", request, 200).await;
    let (first, next) = (ids(&answer.json), answer.next());
    answer.header("x-total-count", "3").holds(first.len() == 2, &format!("{} of 2", first.len()));
    let request = rows.request(Method::GET, url.join(&next.unwrap_or_default()).unwrap());
    let answer = rows.row("the last page of sessions", request, 200).await;
    let (last, next) = (ids(&answer.json), answer.next());
    let is_new = last.iter().all(|id| !first.contains(id));
    answer
        .header("x-total-count", "3")
        .holds(next.is_none(), "no end")
        .holds(last.len() == 1 && is_new, &format!("{last:?} after {first:?}"));
}

fn ids(sessions: &Value) -> Vec<Value> {
    sessions.as_array().into_iter().flatten().map(|session| session["id"].clone()).collect()
}

/// Everybody's.
async fn all(admin: &str, rows: &mut Rows) {
    let request = rows.request(Method::GET, format!("{admin}sessions?page_size=2"));
    let answer = rows.row("everybody's sessions", request, 200).await;
    let (count, next) = (answer.json.as_array().map_or(0, Vec::len), answer.next());
    answer
        .has_null("/0/identity")
        .has_null("/0/devices")
        .header("link", "</admin/sessions?page_size=2")
        .holds(count == 2 && next.is_some(), "not a page of more");
    let next = Url::parse(admin).unwrap().join(&next.unwrap_or_default()).unwrap();
    let request = rows.request(Method::GET, next);
    rows.row("more of them", request, 200).await;
    let request = rows.request(Method::GET, format!("{admin}sessions?page_token=made%20up"));
    rows.row("a page token of nobody's, for sessions", request, 400).await;
}
