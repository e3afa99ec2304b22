//! What administrators do to several identities at once, and to how these log in.

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::{Value, json};

use super::{NOBODY, somebody};
use crate::row::Rows;

/// `other` is a project that lets nobody recover.
pub(super) async fn rows(shop: &SeededTenant, other: &SeededTenant, rows: &mut Rows) {
    let all = format!("{}admin/identities", shop.urls().kratos_admin);
    batch(&all, rows).await;
    credentials(shop, &all, rows).await;

    for (name, path, body) in [
        ("a link to recover by, which is not enabled", "link", json!({"identity_id": NOBODY})),
        ("a code to recover by, which is not enabled", "code", json!({"identity_id": NOBODY})),
    ] {
        let request = rows.request(Method::POST, format!("{}admin/recovery/{path}", other.urls().kratos_admin));
        rows.row(name, request.json(&body), 404).await.has("/error/code", 404);
    }
}

async fn batch(all: &str, rows: &mut Rows) {
    let person = |email: &str| json!({"schema_id": "default", "traits": {"email": email}});
    let patch_id = |index: usize| format!("00000000-0000-4000-8000-00000000000{index}");
    let create = |index: usize, email: &str| json!({"create": person(email), "patch_id": patch_id(index)});
    let several = json!({"identities": [create(1, "batch-1@shop.test"), create(2, "ann@shop.test"), {}]});
    let request = rows.request(Method::PATCH, all).json(&several);
    let answer = rows.row("several at once, one of them taken", request, 200).await;
    let id = answer.json["identities"][0]["identity"].as_str().unwrap_or_default().to_owned();
    answer
        .has("/identities/0/action", "create")
        .has("/identities/0/patch_id", patch_id(1))
        .has_no("/identities/0/error")
        .has("/identities/1/action", "error")
        .has("/identities/1/patch_id", patch_id(2))
        .has("/identities/1/error/code", 409)
        .has_no("/identities/1/identity")
        .has_null("/identities/2");
    let request = rows.request(Method::GET, format!("{all}/{id}"));
    rows.row("the one that was created", request, 200).await.has("/traits/email", "batch-1@shop.test");
    let taken = json!({"identities": [create(1, "ann@shop.test"), create(2, "bob@shop.test")]});
    let request = rows.request(Method::PATCH, all).json(&taken);
    let answer = rows.row("several at once, all of them taken", request, 200).await;
    answer.has("/identities/0/action", "error").has("/identities/1/action", "error");
    let mut odd = person("batch-2@shop.test");
    odd["state"] = json!("odd");
    let half = json!({"identities": [create(1, "batch-3@shop.test"), {"create": odd}]});
    let request = rows.request(Method::PATCH, all).json(&half);
    rows.row("several at once, one of them malformed", request, 400).await.has("/error/code", 400);
    let request = rows.request(Method::GET, format!("{all}?credentials_identifier=batch-3@shop.test"));
    rows.row("creates none", request, 200).await.is(&json!([]));
    let request = rows.request(Method::PATCH, all).json(&json!({"identities": [], "odd": 1}));
    // The body says that it is the server's mistake.
    rows.row("several at once, and what is not known", request, 400).await.has("/error/code", 500);
}

async fn credentials(shop: &SeededTenant, all: &str, rows: &mut Rows) {
    let (identity, sessions) = somebody(shop, "factors@shop.test", 1).await;
    shop.client.set_up_totp(&sessions[0]).await.unwrap();
    let one = format!("{all}/{}/credentials", identity.id);
    let request = rows.request(Method::DELETE, format!("{one}/totp"));
    rows.row("an authenticator app taken away", request, 204).await.is(&Value::Null);
    let request = rows.request(Method::DELETE, format!("{one}/totp"));
    rows.row("none to take away", request, 404).await.has("/error/code", 404);
    let request = rows.request(Method::DELETE, format!("{one}/password"));
    rows.row("the only way to log in taken away", request, 400).await.has("/error/code", 400);
    for id in [NOBODY, "x"] {
        let request = rows.request(Method::DELETE, format!("{all}/{id}/credentials/totp"));
        rows.row("a credential of nobody taken away", request, 404).await.has("/error/code", 404);
    }
}
