//! How a JWT access token tells its scopes: the server's `strategies.jwt.scope_claim`. By default it is a list, of
//! which `signed.rs` has the rows.

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::{Value, json};

use super::introspect;
use super::signed::decoded;
use crate::row::Rows;

const SCOPE: &str = "inventory:read inventory:write";

/// The tokens of `signing` tell them both ways, those of `brief` as a string.
pub(super) async fn rows(signing: &SeededTenant, brief: &SeededTenant, rows: &mut Rows) {
    let list = json!(["inventory:read", "inventory:write"]);
    of_a_server(signing, [list, json!(SCOPE)], [json!([]), json!("")], rows).await;
    of_a_server(brief, [Value::Null, json!(SCOPE)], [Value::Null, json!("")], rows).await;
}

/// `scp` and `scope` of a token with scopes, and of one without any.
async fn of_a_server(tenant: &SeededTenant, some: [Value; 2], none: [Value; 2], rows: &mut Rows) {
    let body = json!({
        "client_id": "scoped",
        "client_secret": "scoped-secret",
        "grant_types": ["client_credentials"],
        "scope": SCOPE,
        "access_token_strategy": "jwt",
        // Those of `brief` would be too old too soon.
        "client_credentials_grant_access_token_lifespan": "1h",
    });
    let request = rows.request(Method::POST, format!("{}admin/clients", tenant.urls().hydra_admin)).json(&body);
    rows.row("a client whose tokens tell their scopes", request, 201).await.has("/scope", SCOPE);
    for (name, scope, [scp, told]) in
        [("a signed token with its scopes", Some(SCOPE), some), ("a signed token without any scope", None, none)]
    {
        let form: Vec<_> =
            [("grant_type", "client_credentials")].into_iter().chain(scope.map(|it| ("scope", it))).collect();
        let request = rows.request(Method::POST, format!("{}oauth2/token", tenant.urls().hydra_public)).form(&form);
        let answer = rows.row(name, request.basic_auth("scoped", Some("scoped-secret")), 200).await;
        let token = answer.json["access_token"].as_str().unwrap_or_default().to_owned();
        let [_, claims] = decoded(&token);
        let is_so = claims["scp"] == scp && claims["scope"] == told;
        answer
            .has("/scope", scope.unwrap_or_default())
            .holds(is_so && claims.get("scp").is_some() != scp.is_null(), &format!("its claims are {claims}"));
        let request = introspect(rows, tenant, &[("token", &token)]);
        let answer = rows.row("which is known with what it may", request, 200).await;
        match scope {
            Some(scope) => answer.has("/client_id", "scoped").has("/scope", scope),
            None => answer.has("/client_id", "scoped").has_no("/scope"),
        };
    }
}
