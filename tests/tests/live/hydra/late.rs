//! A login or a consent that takes its page too long.

use std::time::Duration;

use iam_testing::client::NewClient;
use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::json;
use time::OffsetDateTime;

use super::challenges::{Browser, parameter};
use crate::row::Rows;

const BACK: &str = "https://pages.brief.test/back";

/// A little longer than the seed gives a page.
const TOO_LATE: Duration = Duration::from_millis(1_100);

pub(super) async fn rows(brief: &SeededTenant, rows: &mut Rows) {
    let client = NewClient::new("slow-pages").secret("a slow secret").scope("inventory:read");
    brief.client.create_client(client.grant("authorization_code").redirect_uri(BACK)).await.unwrap();
    let mut browser = Browser::of(brief);
    let begin = format!("/oauth2/auth?client_id=slow-pages&response_type=code&redirect_uri={BACK}&state=0123456789");
    let page = browser.goes(rows, "an authorisation of a slow page begun", &begin, 302).await;
    let login = parameter(&page, "login_challenge");
    crate::wait_until(OffsetDateTime::now_utc() + TOO_LATE).await;

    let requests = format!("{}admin/oauth2/auth/requests/login", brief.urls().hydra_admin);
    let request = rows.request(Method::GET, format!("{requests}?login_challenge={login}"));
    rows.row("a login request that is too late", request, 401).await.has("/error", "request_unauthorized");
    for (name, act, body) in [
        ("a login accepted too late", "accept", json!({"subject": "ann"})),
        ("a login refused too late", "reject", json!({"error": "access_denied"})),
    ] {
        let request = rows.request(Method::PUT, format!("{requests}/{act}?login_challenge={login}"));
        rows.row(name, request.json(&body), 401).await.has("/error", "request_unauthorized");
    }
}
