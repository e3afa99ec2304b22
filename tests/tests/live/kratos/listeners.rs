//! The two listeners: what belongs to the other one, and what belongs to none.

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::json;

use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let (public, admin) = (&shop.urls().kratos_public, &shop.urls().kratos_admin);
    let request = rows.request(Method::GET, format!("{admin}admin/sessions/whoami"));
    let answer = rows.row("whoami on the admin listener", request, 307).await;
    answer.header("location", &format!("{public}sessions/whoami"));
    let request = rows.request(Method::GET, format!("{public}admin/identities"));
    let answer = rows.row("identities on the public listener", request, 307).await;
    answer.header("location", &format!("{admin}admin/identities"));
    for path in ["recovery/link", "recovery/code"] {
        let request = rows.request(Method::POST, format!("{public}{path}")).json(&json!({}));
        let answer = rows.row("a way back on the public listener", request, 307).await;
        answer.header("location", &format!("{admin}admin/{path}"));
    }
    let request = rows.request(Method::GET, format!("{public}admin/sessions"));
    // Not everything that belongs there is sent there.
    rows.row("everybody's sessions on the public listener", request, 404).await;
    for path in ["self-service/recovery/api", "self-service/login/browser"] {
        let request = rows.request(Method::GET, format!("{admin}admin/{path}"));
        rows.row("a flow on the admin listener", request, 307).await.header("location", &format!("{public}{path}"));
    }
    let request = rows.request(Method::GET, format!("{admin}identities?page_size=1"));
    rows.row("identities without the prefix", request, 200).await;
    let request = rows.request(Method::GET, format!("{public}nowhere"));
    rows.row("a route that is not there", request, 404).await.header("content-type", "text/plain");
    let request = rows.request(Method::POST, format!("{public}sessions"));
    rows.row("a method that is not there", request, 405).await.header("content-type", "text/plain");
    for path in ["health/alive", "health/ready"] {
        let request = rows.request(Method::GET, format!("{public}{path}"));
        rows.row("health on the public listener", request, 200).await.is(&json!({"status": "ok"}));
        let request = rows.request(Method::GET, format!("{admin}admin/{path}"));
        rows.row("health on the admin listener", request, 200).await.is(&json!({"status": "ok"}));
    }
    let request = rows.request(Method::GET, format!("{admin}admin/version"));
    let answer = rows.row("a version", request, 200).await;
    let is_told = answer.json["version"].is_string();
    answer.holds(is_told, "no version is told");
    let request = rows.request(Method::GET, format!("{public}version"));
    rows.row("no version on the public listener", request, 404).await;
}
