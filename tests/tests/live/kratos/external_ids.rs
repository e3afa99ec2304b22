//! An identity's id in the application's own books.

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::json;

use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let all = format!("{}admin/identities", shop.urls().kratos_admin);
    let by = format!("{all}/by/external/crm-7");
    let person = |email: &str| json!({"schema_id": "default", "traits": {"email": email}, "external_id": "crm-7"});
    let request = rows.request(Method::POST, &all).json(&person("known@shop.test"));
    let answer = rows.row("one with an id of one's own", request, 201).await;
    let id = answer.json["id"].as_str().unwrap_or_default().to_owned();
    answer.has("/external_id", "crm-7");
    let request = rows.request(Method::POST, &all).json(&person("double@shop.test"));
    rows.row("an id of one's own twice", request, 409).await.has("/error/code", 409);
    let request = rows.request(Method::GET, &by);
    rows.row("found by it", request, 200).await.has("/id", &*id).has("/external_id", "crm-7");
    let body = json!({"traits": {"email": "known@shop.test"}});
    let request = rows.request(Method::PUT, format!("{all}/{id}")).json(&body);
    rows.row("an id that an update leaves out", request, 200).await.has_no("/external_id");
    let request = rows.request(Method::GET, &by);
    rows.row("which finds nobody then", request, 404).await.has("/error/code", 404);
    let request = rows.request(Method::DELETE, format!("{all}/{id}"));
    rows.row("the one who had it, deleted", request, 204).await;
}
