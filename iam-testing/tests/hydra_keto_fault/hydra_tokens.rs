//! Machine tokens: client authentication, scope and audience, introspection, revocation, userinfo.

use std::time::Duration;

use iam_testing::standin::{HydraSwitches, OryProject, Product, ProjectConfig};
use reqwest::Method;
use serde_json::{Value, json};

use crate::http::{call, client, form, form_as, get, inactive, introspect, machine, project, send};

const ERP: (&str, &str) = ("dealer-erp", "s3cret+100% of:it");
const TOKEN: &str = "oauth2/token";

async fn with_erp() -> OryProject {
    let project = project().await;
    machine(&project, ERP.0, ERP.1).await;
    project
}

async fn token(project: &OryProject, fields: &[(&str, &str)]) -> Value {
    let fields = [&[("grant_type", "client_credentials")], fields].concat();
    form_as(project.hydra_public(), TOKEN, ERP, &fields).await.json(200)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_machine_token_is_granted_as_asked_and_introspected() {
    let project = with_erp().await;
    let fields = [("scope", "inventory:read orders.write"), ("audience", "https://api.example.test")];
    let granted = token(&project, &fields).await;
    assert_eq!(granted["token_type"], "bearer");
    assert_eq!(granted["expires_in"], 3599);
    assert_eq!(granted["scope"], "inventory:read orders.write");
    assert_eq!(granted.get("refresh_token"), None);
    let access = text(&granted["access_token"]);
    let (first, second) = access.strip_prefix("ory_at_").unwrap().split_once('.').unwrap();
    assert_eq!((first.len(), second.len()), (43, 43));

    let mut shown = introspect(&project, &access).await;
    let (exp, iat) = (shown["exp"].as_i64().unwrap(), shown["iat"].as_i64().unwrap());
    assert_eq!(exp - iat, 3600);
    for time in ["exp", "iat", "nbf"] {
        shown.as_object_mut().unwrap().remove(time).unwrap();
    }
    assert_eq!(
        shown,
        json!({
            "active": true, "client_id": "dealer-erp", "sub": "dealer-erp", "scope": "inventory:read orders.write",
            "aud": ["https://api.example.test"], "iss": project.issuer(), "token_type": "Bearer", "token_use": "access_token",
        })
    );
    // The prefix is for people; the server takes the token without it.
    assert_eq!(introspect(&project, access.strip_prefix("ory_at_").unwrap()).await["active"], true);
}

#[tokio::test]
async fn nothing_asked_is_nothing_granted() {
    let project = with_erp().await;
    let granted = token(&project, &[]).await;
    assert_eq!(granted["scope"], "");
    let shown = introspect(&project, &text(&granted["access_token"])).await;
    assert_eq!((shown.get("scope"), shown.get("ext"), shown.get("username")), (None, None, None));
    assert_eq!(shown["aud"], json!([]));
}

#[tokio::test]
async fn what_is_not_the_clients_is_refused_whole() {
    let project = with_erp().await;
    let refused = async |fields: &[(&str, &str)]| {
        let fields = [&[("grant_type", "client_credentials")], fields].concat();
        form_as(project.hydra_public(), TOKEN, ERP, &fields).await.oauth_error(400)
    };
    assert_eq!(refused(&[("scope", "inventory:read admin")]).await, "invalid_scope");
    assert_eq!(refused(&[("scope", "orders")]).await, "invalid_scope");
    assert_eq!(refused(&[("audience", "https://other.example.test")]).await, "invalid_request");

    let grant = async |grant: &str| form_as(project.hydra_public(), TOKEN, ERP, &[("grant_type", grant)]).await;
    assert_eq!(grant("authorization_code").await.oauth_error(400), "unauthorized_client");
    // Not `unsupported_grant_type`, which RFC 6749 has for it.
    assert_eq!(grant("urn:ietf:params:oauth:grant-type:token-exchange").await.oauth_error(400), "invalid_request");
    assert_eq!(grant("").await.oauth_error(400), "invalid_request");
    let json = call(Method::POST, project.hydra_public(), TOKEN, json!({"grant_type": "client_credentials"})).await;
    assert_eq!(json.oauth_error(400), "invalid_request");
}

#[tokio::test]
async fn client_credentials_are_encoded_inside_basic() {
    let project = with_erp().await;
    let fields = [("grant_type", "client_credentials")];
    form_as(project.hydra_public(), TOKEN, ERP, &fields).await.json(200);
    let raw = async |secret: &str| {
        let url = project.hydra_public().join(TOKEN).unwrap();
        send(client().post(url).basic_auth(ERP.0, Some(secret)).form(&fields)).await
    };
    assert_eq!(raw(ERP.1).await.oauth_error(400), "invalid_request", "a bare % cannot be decoded");
    assert_eq!(raw("s3cret+100%25 of:it").await.oauth_error(401), "invalid_client", "a bare + is a blank");
    assert_eq!(raw("s3cret%2B100%25 of:it").await.status, 200);
}

#[tokio::test]
async fn the_registered_method_is_the_only_one() {
    let project = with_erp().await;
    let post = json!({"client_id": "poster", "client_secret": "secret", "grant_types": ["client_credentials"],
        "token_endpoint_auth_method": "client_secret_post"});
    call(Method::POST, project.hydra_admin(), "admin/clients", post).await.json(201);
    let grant = ("grant_type", "client_credentials");
    let public = project.hydra_public();
    let in_form = async |id, secret| form(public, TOKEN, &[grant, ("client_id", id), ("client_secret", secret)]).await;

    in_form("poster", "secret").await.json(200);
    let refused = form_as(public, TOKEN, ("poster", "secret"), &[grant]).await;
    assert_eq!(refused.oauth_error(401), "invalid_client");
    assert_eq!(refused.header("www-authenticate"), "");
    assert_eq!(refused.header("content-type"), "application/json;charset=UTF-8");
    assert_eq!(refused.header("cache-control"), "no-store");
    assert_eq!(in_form(ERP.0, ERP.1).await.oauth_error(401), "invalid_client");
    assert_eq!(in_form("poster", "wrong").await.oauth_error(401), "invalid_client");
    assert_eq!(in_form("nobody", "secret").await.oauth_error(401), "invalid_client");
    assert_eq!(form(public, TOKEN, &[grant]).await.oauth_error(400), "invalid_request");

    let open =
        json!({"client_id": "open", "grant_types": ["client_credentials"], "token_endpoint_auth_method": "none"});
    call(Method::POST, project.hydra_admin(), "admin/clients", open).await.json(201);
    assert_eq!(form(public, TOKEN, &[grant, ("client_id", "open")]).await.oauth_error(400), "invalid_grant");
}

#[tokio::test]
async fn introspection_gives_no_reasons() {
    let project = with_erp().await;
    let access = text(&token(&project, &[("scope", "orders.write")]).await["access_token"]);
    let needing = async |scope| {
        form(project.hydra_admin(), "admin/oauth2/introspect", &[("token", &access), ("scope", scope)]).await.json(200)
    };
    assert_eq!(needing("orders.write").await["active"], true);
    assert_eq!(needing("inventory:read").await, inactive());
    assert_eq!(introspect(&project, "ory_at_unknown.token").await, inactive());
    let empty = form(project.hydra_admin(), "admin/oauth2/introspect", &[]).await;
    assert_eq!(empty.oauth_error(400), "invalid_request");
    // Without the prefix on the admin port, too.
    let short = form(project.hydra_admin(), "oauth2/introspect", &[("token", &access)]).await;
    assert_eq!(short.json(200)["active"], true);
}

#[tokio::test]
async fn a_granted_wildcard_satisfies_and_is_shown_unexpanded() {
    let project = with_erp().await;
    let access = text(&token(&project, &[("scope", "orders.*")]).await["access_token"]);
    let fields = [("token", access.as_str()), ("scope", "orders.read")];
    let shown = form(project.hydra_admin(), "admin/oauth2/introspect", &fields).await.json(200);
    assert_eq!((&shown["active"], &shown["scope"]), (&json!(true), &json!("orders.*")));
}

#[tokio::test]
async fn tokens_expire() {
    let hydra = HydraSwitches { access_token_lifespan: Duration::from_secs(2), ..HydraSwitches::default() };
    let config = ProjectConfig { hydra, ..ProjectConfig::default() };
    let project = OryProject::start(config).await.unwrap();
    machine(&project, ERP.0, ERP.1).await;
    let access = text(&token(&project, &[]).await["access_token"]);
    assert_eq!(introspect(&project, &access).await["active"], true);
    tokio::time::sleep(Duration::from_millis(2050)).await;
    assert_eq!(introspect(&project, &access).await, inactive());
}

#[tokio::test]
async fn revoking_says_200_whatever_happened() {
    let project = with_erp().await;
    machine(&project, "other", "other-secret").await;
    let access = text(&token(&project, &[]).await["access_token"]);
    let revoke = async |who, token| form_as(project.hydra_public(), "oauth2/revoke", who, &[("token", token)]).await;
    for (who, token) in [(ERP, "unknown"), (("other", "other-secret"), access.as_str())] {
        let answer = revoke(who, token).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""));
        assert_eq!(introspect(&project, &access).await["active"], true);
    }
    assert_eq!(revoke((ERP.0, "wrong"), &access).await.oauth_error(401), "invalid_client");
    assert_eq!(revoke(ERP, &access).await.status, 200);
    assert_eq!(introspect(&project, &access).await, inactive());
}

#[tokio::test]
async fn userinfo_takes_any_access_token() {
    let project = with_erp().await;
    let access = text(&token(&project, &[]).await["access_token"]);
    let url = project.hydra_public().join("userinfo").unwrap();
    let shown = send(client().get(url.clone()).bearer_auth(&access)).await.json(200);
    assert_eq!((shown.get("sub"), &shown["aud"]), (None, &json!(["dealer-erp"])));
    form(project.hydra_public(), "userinfo", &[("access_token", &access)]).await.json(200);
    get(project.hydra_public(), &format!("userinfo?access_token={access}")).await.json(200);
    let refused = send(client().get(url).bearer_auth("ory_at_unknown")).await;
    assert_eq!(refused.oauth_error(401), "request_unauthorized");
    assert!(
        refused.header("www-authenticate").starts_with("Bearer error=\"request_unauthorized\",error_description=\"")
    );
}

#[tokio::test]
async fn a_database_that_is_down_looks_like_bad_credentials() {
    let project = with_erp().await;
    let access = text(&token(&project, &[]).await["access_token"]);
    project.set_ready(Product::Hydra, false);
    assert_eq!(introspect(&project, &access).await, inactive());
    let grant = [("grant_type", "client_credentials")];
    assert_eq!(form_as(project.hydra_public(), TOKEN, ERP, &grant).await.oauth_error(401), "invalid_client");
    for base in [project.hydra_public(), project.hydra_admin()] {
        assert_eq!(get(base, "health/ready").await.oauth_error(503), "error");
        assert_eq!(get(base, "health/alive").await.json(200), json!({"status": "ok"}));
    }
    project.set_ready(Product::Hydra, true);
    assert_eq!(introspect(&project, &access).await["active"], true);
    get(project.hydra_admin(), "health/ready").await.json(200);
}

#[tokio::test]
async fn discovery_is_in_both_places_and_keys_are_never_cached() {
    let project = project().await;
    let documents = ["openid-configuration", "oauth-authorization-server"];
    for document in documents {
        let found = get(project.hydra_public(), &format!(".well-known/{document}")).await.json(200);
        assert_eq!(found["issuer"], project.issuer());
        assert_eq!(found["token_endpoint"], format!("{}oauth2/token", project.hydra_public()));
        assert_eq!(found.get("introspection_endpoint"), None);
    }
    let keys = get(project.hydra_public(), ".well-known/jwks.json").await;
    let sets = keys.json(200);
    let sets = sets["keys"].as_array().unwrap();
    assert!(sets.len() == 2 && sets.iter().all(|key| key["alg"] == "ES256" && key.get("d").is_none()), "{sets:?}");
    assert!(keys.header("cache-control").contains("no-store"));
    get(project.hydra_admin(), "version").await.json(200);
}

#[tokio::test]
async fn unknown_routes_and_methods_are_pages() {
    let project = project().await;
    for base in [project.hydra_public(), project.hydra_admin()] {
        let page = get(base, "nowhere").await;
        assert_eq!(page.status, 404);
        assert!(page.header("content-type").starts_with("text/html"));
        let asked = client().get(base.join("nowhere").unwrap()).header("accept", "application/json");
        assert_eq!(send(asked).await.json(404)["error"]["code"], 404);
    }
    assert_eq!(get(project.hydra_public(), TOKEN).await.status, 404, "wrong method");
    assert_eq!(get(project.hydra_admin(), "admin/oauth2/introspect").await.status, 404, "wrong method");
}
