//! What start-up asks, and which listener answers it.

use iam_testing::client::OryUrls;
use reqwest::Method;
use serde_json::json;

use crate::row::Rows;

pub(super) async fn rows(urls: &OryUrls, rows: &mut Rows) {
    let request = rows.request(Method::GET, format!("{}namespaces", urls.keto_read));
    rows.row("the namespaces", request, 200).await.is(&json!({"namespaces": [{"name": "files"}]}));
    for base in [&urls.keto_read, &urls.keto_write] {
        for path in ["health/alive", "health/ready"] {
            let request = rows.request(Method::GET, format!("{base}{path}"));
            rows.row("health", request, 200).await.is(&json!({"status": "ok"}));
        }
        let request = rows.request(Method::GET, format!("{base}version"));
        let answer = rows.row("a version", request, 200).await;
        let is_told = answer.json["version"].is_string();
        answer.holds(is_told, "no version is told");
        let request = rows.request(Method::GET, format!("{base}nowhere"));
        rows.row("a route that is not there", request, 404).await;
    }
    let request = rows.request(Method::GET, format!("{}relation-tuples/check", urls.keto_write));
    rows.row("a check on the listener for changes", request, 404).await;
    let request = rows.request(Method::PUT, format!("{}relation-tuples", urls.keto_write)).json(&json!({}));
    rows.row("a change without the prefix", request, 404).await;
}
