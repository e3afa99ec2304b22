//! Clients over the admin API.

use reqwest::Method;
use serde_json::json;

use crate::http::{call, delete, form_as, get, inactive, introspect, project};

const CLIENTS: &str = "admin/clients";

#[tokio::test]
async fn a_secret_is_shown_once() {
    let project = project().await;
    let admin = project.hydra_admin();
    let body = json!({"client_id": "erp", "unknown_field": 1, "skip_consent": true, "contacts": null});
    let created = call(Method::POST, admin, CLIENTS, body).await;
    assert_eq!(created.header("location"), "/admin/clients/erp");
    let created = created.json(201);
    assert_eq!(created["client_secret"].as_str().unwrap().len(), 26);
    assert!(created["registration_access_token"].as_str().unwrap().starts_with("ory_at_"));
    assert_eq!(created["token_endpoint_auth_method"], "client_secret_basic");
    assert_eq!((&created["grant_types"], &created["jwks"]), (&json!(null), &json!({})));
    assert_eq!(created.get("unknown_field"), None);
    let shown = get(admin, "admin/clients/erp").await.json(200);
    assert_eq!((shown.get("client_secret"), &shown["skip_consent"]), (None, &json!(true)));
    let named = call(Method::POST, admin, CLIENTS, json!({"client_id": "named", "client_secret": "mine-alone"})).await;
    assert_eq!(named.json(201)["client_secret"], "mine-alone");
    let open = call(Method::POST, admin, CLIENTS, json!({"token_endpoint_auth_method": "none"})).await.json(201);
    assert_eq!(open.get("client_secret"), None);
    assert!(!open["client_id"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn wrong_clients_are_refused() {
    let project = project().await;
    let admin = project.hydra_admin();
    let create = async |body| call(Method::POST, admin, CLIENTS, body).await;
    create(json!({"client_id": "erp"})).await.json(201);
    assert!(create(json!({"client_id": "erp"})).await.oauth_error(409).contains("exists already"));
    assert!(create(json!({"scope": 7})).await.oauth_error(400).contains("malformed"));
    assert_eq!(
        create(json!({"token_endpoint_auth_method": "magic"})).await.oauth_error(400),
        "invalid_client_metadata"
    );
    assert_eq!(create(json!({"redirect_uris": ["/here"]})).await.oauth_error(400), "invalid_redirect_uri");
    let lifespan = json!({"client_credentials_grant_access_token_lifespan": "soon"});
    assert!(create(lifespan).await.oauth_error(400).contains("malformed"));
    let missing = get(admin, "admin/clients/nobody").await.json(404);
    assert_eq!(missing, json!({"error": "Unable to locate the resource", "error_description": ""}));
    assert_eq!(delete(admin, "admin/clients/nobody").await.status, 404);
}

#[tokio::test]
async fn a_replaced_client_keeps_its_secret_and_nothing_else() {
    let project = project().await;
    let admin = project.hydra_admin();
    let body = json!({"client_id": "erp", "client_secret": "first-secret", "scope": "a", "client_name": "ERP"});
    call(Method::POST, admin, CLIENTS, body).await.json(201);
    let grants = json!({"grant_types": ["client_credentials"], "scope": "b"});
    let replaced = call(Method::PUT, admin, "admin/clients/erp", grants).await.json(200);
    assert_eq!((&replaced["scope"], &replaced["client_name"]), (&json!("b"), &json!("")));
    assert_eq!((replaced.get("client_secret"), &replaced["client_id"]), (None, &json!("erp")));
    let grant = [("grant_type", "client_credentials"), ("scope", "b")];
    form_as(project.hydra_public(), "oauth2/token", ("erp", "first-secret"), &grant).await.json(200);

    let patch = async |body| call(Method::PATCH, admin, "admin/clients/erp", body).await;
    let patched = patch(json!([{"op": "replace", "path": "/client_secret", "value": "second-secret"}])).await.json(200);
    assert_eq!(patched["client_secret"], "second-secret");
    form_as(project.hydra_public(), "oauth2/token", ("erp", "second-secret"), &grant).await.json(200);
    let old = form_as(project.hydra_public(), "oauth2/token", ("erp", "first-secret"), &grant).await;
    assert_eq!(old.oauth_error(401), "invalid_client");
    assert_eq!(patch(json!([{"op": "remove", "path": "/nothing"}])).await.status, 500);
    assert_eq!(patch(json!({"op": "add"})).await.status, 500);
}

#[tokio::test]
async fn a_deleted_client_takes_its_tokens_along() {
    let project = project().await;
    let admin = project.hydra_admin();
    let body = json!({"client_id": "erp", "client_secret": "a-secret", "grant_types": ["client_credentials"],
        "client_credentials_grant_access_token_lifespan": "2m0s"});
    call(Method::POST, admin, CLIENTS, body).await.json(201);
    let token = async || {
        let fields = [("grant_type", "client_credentials")];
        form_as(project.hydra_public(), "oauth2/token", ("erp", "a-secret"), &fields).await.json(200)
    };
    let granted = token().await;
    assert_eq!(granted["expires_in"], 119);
    let access = granted["access_token"].as_str().unwrap();
    assert_eq!(delete(admin, "admin/oauth2/tokens?client_id=erp").await.status, 204);
    assert_eq!(introspect(&project, access).await, inactive());
    let granted = token().await;
    let access = granted["access_token"].as_str().unwrap();
    assert_eq!(delete(admin, "admin/clients/erp").await.status, 204);
    assert_eq!(introspect(&project, access).await, inactive());
}

#[tokio::test]
async fn lists_come_in_pages() {
    let project = project().await;
    let admin = project.hydra_admin();
    for id in ["a", "b", "c"] {
        call(Method::POST, admin, CLIENTS, json!({"client_id": id, "owner": "me"})).await.json(201);
    }
    let next = |links: &str| {
        let (link, _) = links.split(',').find_map(|link| link.split_once("; rel=\"next\""))?;
        Some(link.trim_matches(['<', '>', '/']).to_owned())
    };
    let first = get(admin, "admin/clients?page_size=2").await;
    assert_eq!(first.json(200).as_array().unwrap().len(), 2);
    let path = next(first.header("link")).unwrap();
    let second = get(admin, &path).await;
    assert_eq!(second.json(200)[0]["client_id"], "c");
    assert_eq!(next(second.header("link")), None);
    assert_eq!(get(admin, "admin/clients?page_token=nonsense").await.status, 400);
    assert_eq!(get(admin, "admin/clients?page_size=many").await.status, 400);
    assert_eq!(get(admin, &format!("{path}&owner=me")).await.status, 400, "another query's token");
    assert_eq!(get(admin, "admin/clients?owner=you").await.json(200), json!([]));
}
