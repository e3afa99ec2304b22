//! A session that lives longer by an administrator's word, or not yet.

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::row::Rows;

/// Both projects extend a session in its last hour: those of `signing` live for a day, those of `brief` for less.
pub(super) async fn rows(signing: &SeededTenant, brief: &SeededTenant, rows: &mut Rows) {
    let slow = signing.account("slow@signing.test");
    let session = signing.client.login(&slow.identity).await.unwrap();
    let one = format!("{}admin/sessions/{}", signing.urls().kratos_admin, session.session_id);
    let request = rows.request(Method::GET, &one);
    let end = end_of(&rows.row("a session with a day to live", request, 200).await.json);
    let request = rows.request(Method::PATCH, format!("{one}/extend"));
    let answer = rows.row("a session extended too early", request, 200).await;
    let (told, identity) = (end_of(&answer.json), &*slow.identity.id);
    answer.has("/active", true).has("/identity/id", identity).holds(told == end, &format!("from {end} to {told}"));
    let request = rows.request(Method::GET, &one);
    let answer = rows.row("which ends when it would have", request, 200).await;
    let kept = end_of(&answer.json);
    answer.holds(kept == end, &format!("from {end} to {kept}"));

    let eve = brief.account("eve@brief.test");
    let session = brief.client.login(&eve.identity).await.unwrap();
    let one = format!("{}admin/sessions/{}", brief.urls().kratos_admin, session.session_id);
    let request = rows.request(Method::GET, &one);
    let end = end_of(&rows.row("a session with less than an hour to live", request, 200).await.json);
    let request = rows.request(Method::PATCH, format!("{one}/extend"));
    let answer = rows.row("a session extended in its last hour", request, 200).await;
    let later = end_of(&answer.json);
    answer.holds(later > end, &format!("from {end} to {later}"));
    crate::wait_until(later).await;
    let request = rows.request(Method::GET, &one);
    rows.row("a session at its end", request, 200).await.has("/active", false);
    let request = rows.request(Method::PATCH, format!("{one}/extend"));
    let answer = rows.row("a session extended after its end", request, 200).await;
    let latest = end_of(&answer.json);
    answer.has("/id", &*session.session_id).holds(latest > later, &format!("from {later} to {latest}"));
}

fn end_of(session: &Value) -> OffsetDateTime {
    let text = session["expires_at"].as_str().unwrap_or_default();
    OffsetDateTime::parse(text, &Rfc3339).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
