//! OAuth2 clients of the admin API.

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use super::{authenticated, introspect};
use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let all = format!("{}admin/clients", shop.urls().hydra_admin);
    let request = rows.request(Method::GET, format!("{all}/nobody"));
    let answer = rows.row("an unknown client", request, 404).await;
    // A sentence where a code would be.
    answer.has("/error", "Unable to locate the resource").has("/error_description", "");
    let request = rows.request(Method::POST, &all).json(&json!({"client_id": "reader"}));
    rows.row("a client of a taken id", request, 409).await;
    let request = rows.request(Method::GET, format!("{all}/reader"));
    rows.row("a client's secret is told once", request, 200).await.has_no("/client_secret");

    let request = rows.request(Method::POST, &all).json(&json!({"client_id": "new", "odd": 1}));
    let answer = rows.row("a client of few words", request, 201).await;
    let secret = answer.json["client_secret"].as_str().unwrap_or_default().to_owned();
    let has_token = answer.json["registration_access_token"].is_string();
    answer
        .has("/scope", "offline_access offline openid")
        .has("/token_endpoint_auth_method", "client_secret_basic")
        .has_null("/redirect_uris")
        .has_null("/grant_types")
        .has("/jwks", json!({}))
        .has_null("/client_credentials_grant_access_token_lifespan")
        .header("location", "/admin/clients/new")
        .holds(secret.len() == 26, &format!("a secret of {} characters", secret.len()))
        .holds(has_token, "no token for its registration");
    let request = rows.request(Method::POST, &all).json(&json!({"client_secret": "short"}));
    rows.row("a secret that is too short", request, 400).await.has("/error", "invalid_client_metadata");
    let request = rows.request(Method::POST, &all).json(&json!({"redirect_uris": ["#x"]}));
    rows.row("a way back that is none", request, 400).await.has("/error", "invalid_redirect_uri");
    let request = rows.request(Method::POST, &all).body("{");
    rows.row("a client that is no JSON", request, 400).await;
    changes(shop, &format!("{all}/new"), rows).await;
    pages(&all, rows).await;
    lives(shop, &all, rows).await;
}

/// How long its tokens live, as Go prints it; and how it is found.
async fn lives(shop: &SeededTenant, all: &str, rows: &mut Rows) {
    let body = json!({
        "client_id": "brief-lived",
        "client_secret": "a brief secret",
        "client_name": "Brief Lives",
        "owner": "somebody",
        "grant_types": ["client_credentials"],
        "client_credentials_grant_access_token_lifespan": "90m",
    });
    let request = rows.request(Method::POST, all).json(&body);
    let answer = rows.row("a client with a lifespan", request, 201).await;
    answer.has("/client_credentials_grant_access_token_lifespan", "1h30m0s");
    let token = format!("{}oauth2/token", shop.urls().hydra_public);
    let request = rows.request(Method::POST, token).form(&[("grant_type", "client_credentials")]);
    let request = request.basic_auth("brief-lived", Some("a+brief+secret"));
    rows.row("a token of that lifespan", request, 200).await.has("/expires_in", 5399);
    let request = rows.request(Method::POST, all).json(&json!({"jwt_bearer_grant_access_token_lifespan": "long"}));
    rows.row("a client with a lifespan that is none", request, 400).await;
    for (name, query) in [("clients of a name", "client_name=Brief+Lives"), ("clients of an owner", "owner=somebody")] {
        let request = rows.request(Method::GET, format!("{all}?{query}"));
        rows.row(name, request, 200).await.has("/0/client_id", "brief-lived").has_no("/1");
    }
    let request = rows.request(Method::GET, format!("{all}?client_name=brief"));
    rows.row("clients of half a name", request, 200).await.is(&json!([]));
}

async fn changes(shop: &SeededTenant, one: &str, rows: &mut Rows) {
    let whole =
        json!({"grant_types": ["client_credentials"], "scope": "inventory:read", "client_secret": "its secret"});
    let request = rows.request(Method::PUT, one).json(&whole);
    rows.row("a client with a secret set", request, 200).await.has("/client_secret", "its secret");
    let request = rows.request(Method::PUT, one).json(&json!({"grant_types": ["client_credentials"]}));
    let answer = rows.row("what an update of a client leaves out is reset", request, 200).await;
    answer.has("/scope", "offline_access offline openid").has_no("/client_secret");
    let patch = json!([{"op": "replace", "path": "/scope", "value": "inventory:write"}]);
    let request = rows.request(Method::PATCH, one).json(&patch);
    rows.row("a patched client", request, 200).await.has("/scope", "inventory:write");
    let request = rows.request(Method::PATCH, one).json(&json!({"op": "replace"}));
    rows.row("a patch of a client that is none", request, 500).await.has("/error", "error");

    let client = iam_testing::client::SeededClient {
        id: "new".to_owned(),
        secret: Some("its secret".to_owned()),
        auth_method: iam_testing::client::AuthMethod::Basic,
        scopes: vec!["inventory:write".to_owned()],
        audience: Vec::new(),
        redirect_uris: Vec::new(),
    };
    let token = format!("{}oauth2/token", shop.urls().hydra_public);
    let request = rows.request(Method::POST, token).form(&[("grant_type", "client_credentials")]);
    let answer = rows.row("its secret is kept", authenticated(request, &client, "its secret"), 200).await;
    let token = answer.json["access_token"].as_str().unwrap_or_default().to_owned();
    let request = rows.request(Method::DELETE, one);
    rows.row("a client deleted", request, 204).await.is(&Value::Null);
    let request = introspect(rows, shop, &[("token", &token)]);
    rows.row("its token", request, 200).await.is(&json!({"active": false}));
    for (name, method) in [("a client deleted again", Method::DELETE), ("an update of no client", Method::PUT)] {
        let request = rows.request(method, one).json(&json!({}));
        rows.row(name, request, 404).await;
    }
}

/// Every page by the links.
async fn pages(all: &str, rows: &mut Rows) {
    let (mut url, mut seen) = (Url::parse(all).unwrap(), Vec::<Value>::new());
    url.set_query(Some("page_size=2"));
    loop {
        let request = rows.request(Method::GET, &url);
        let answer = rows.row("a page of clients", request, 200).await;
        let (page, next) = (answer.json.as_array().cloned().unwrap_or_default(), answer.next());
        answer
            .header("link", "</admin/clients?page_size=2&page_token=")
            .holds(page.len() == 2 || next.is_none(), &format!("{} of 2", page.len()))
            .holds(page.iter().all(|one| !seen.contains(&one["client_id"])), "one for the second time")
            .holds(page.iter().all(|one| one.get("client_secret").is_none()), "a secret in a list");
        seen.extend(page.into_iter().map(|one| one["client_id"].clone()));
        let Some(target) = next.filter(|_| seen.len() < 100) else { break };
        url = url.join(&target).unwrap();
    }
    let request = rows.request(Method::GET, format!("{all}?page_size=100"));
    let answer = rows.row("all clients", request, 200).await;
    let count = answer.json.as_array().map_or(0, Vec::len);
    answer.holds(count == seen.len(), &format!("{count}, and {} page by page", seen.len()));
    for (name, size, link) in
        [("a page of clients that is too large", 1000, "page_size=500"), ("a page of no clients", 0, "page_size=100")]
    {
        let request = rows.request(Method::GET, format!("{all}?page_size={size}"));
        rows.row(name, request, 200).await.header("link", link);
    }
    let request = rows.request(Method::GET, format!("{all}?page_token=made%20up"));
    rows.row("a page token of nobody's, for clients", request, 400).await;
}
