//! Discovery, health, and what is on neither listener.

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::json;

use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let (public, admin) = (&shop.urls().hydra_public, &shop.urls().hydra_admin);
    let request = rows.request(Method::GET, format!("{public}.well-known/openid-configuration"));
    let answer = rows.row("discovery", request, 200).await;
    let tells_introspection = answer.json.get("introspection_endpoint").is_some();
    answer
        .has("/issuer", "https://auth.shop.test/")
        .header("cache-control", "no-store")
        .holds(!tells_introspection, "a way to introspect is told");
    let request = rows.request(Method::GET, format!("{public}.well-known/oauth-authorization-server"));
    rows.row("discovery by its other name", request, 200).await;
    let request = rows.request(Method::POST, format!("{admin}oauth2/introspect")).form(&[("token", "x")]);
    rows.row("introspection without the prefix", request, 200).await;
    let request = rows.request(Method::GET, format!("{admin}admin/oauth2/introspect"));
    rows.row("introspection by another method", request, 404).await;
    let request = rows.request(Method::POST, format!("{public}admin/oauth2/introspect")).form(&[("token", "x")]);
    rows.row("introspection on the public listener", request, 404).await;
    let request = rows.accepting(Method::GET, format!("{public}nowhere"), "text/html");
    rows.row("a route that is not there", request, 404).await.header("content-type", "text/");
    let request = rows.request(Method::GET, format!("{admin}admin/clients/nobody")).header("x-request-id", "mine");
    let answer = rows.row("a request's id is not echoed", request, 404).await;
    let is_echoed = answer.json.to_string().contains("mine");
    answer.holds(!is_echoed, "it is");
    for base in [public, admin] {
        for path in ["health/alive", "health/ready"] {
            let request = rows.request(Method::GET, format!("{base}{path}"));
            rows.row("health", request, 200).await.is(&json!({"status": "ok"}));
        }
    }
    let request = rows.request(Method::GET, format!("{admin}version"));
    let answer = rows.row("a version", request, 200).await;
    let is_told = answer.json["version"].is_string();
    answer.holds(is_told, "no version is told");
    let request = rows.request(Method::GET, format!("{public}version"));
    rows.row("no version on the public listener", request, 404).await;

    for kind in ["login", "consent"] {
        let url = format!("{admin}admin/oauth2/auth/requests/{kind}");
        let request = rows.request(Method::GET, format!("{url}?{kind}_challenge=nobodys"));
        rows.row("an unknown challenge", request, 404).await.has("/error", "Not Found");
        let request = rows.request(Method::GET, &url);
        rows.row("no challenge", request, 400).await.has("/error", "invalid_request");
    }
    let consents = format!("{admin}admin/oauth2/auth/sessions/consent");
    for (query, status) in [
        ("", 400),
        ("?subject=nobody", 400),
        ("?all=true", 400),
        ("?client=reader", 400),
        ("?subject=nobody&client=reader", 204),
        ("?subject=nobody&all=true", 204),
    ] {
        let request = rows.request(Method::DELETE, format!("{consents}{query}"));
        rows.row("consents revoked", request, status).await;
    }
    let request = rows.request(Method::GET, format!("{consents}?subject=nobody"));
    rows.row("nobody's consents", request, 200).await.is(&json!([]));
    let request = rows.request(Method::GET, &consents);
    rows.row("everybody's consents", request, 400).await;
}
