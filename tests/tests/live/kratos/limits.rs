//! How much may be asked for at once, and what people cannot do.

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::{Value, json};

use super::{NOBODY, somebody};
use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let all = format!("{}admin/identities", shop.urls().kratos_admin);
    let ids = |count: usize| vec![format!("ids={NOBODY}"); count].join("&");
    let request = rows.request(Method::GET, format!("{all}?{}", ids(500)));
    rows.row("by as many ids as may be", request, 200).await.is(&json!([]));
    let request = rows.request(Method::GET, format!("{all}?{}", ids(501)));
    rows.row("by too many ids", request, 400).await.has("/error/code", 400);
    let entries = vec![json!({}); 1001];
    let request = rows.request(Method::PATCH, &all).json(&json!({"identities": entries}));
    rows.row("too many at once", request, 400).await.has("/error/code", 400);
    let with_password = |index: usize| -> Value {
        let credentials = json!({"password": {"config": {"password": "a password of many"}}});
        json!({"create": {"schema_id": "default", "traits": {"email": index}, "credentials": credentials}})
    };
    let entries: Vec<_> = (0..201).map(with_password).collect();
    let request = rows.request(Method::PATCH, &all).json(&json!({"identities": entries}));
    rows.row("too many passwords at once", request, 400).await.has("/error/code", 400);
    let large = json!({"traits": {"email": "large@shop.test", "name": "x".repeat(5 << 20)}});
    let request = rows.request(Method::POST, &all).json(&large);
    rows.row("a body that is too large", request, 400).await.has("/error/code", 400);

    let (identity, _) = somebody(shop, "similar@shop.test", 0).await;
    let request = rows.request(Method::GET, format!("{all}?preview_credentials_identifier_similar=similar@shop.test"));
    rows.row("by a login name that is alike", request, 200).await.has("/0/id", &*identity.id);
    let request = rows.request(Method::GET, format!("{all}?preview_credentials_identifier_similar=Simil"));
    let answer = rows.row("by how a login name begins", request, 200).await;
    answer.has("/0/id", &*identity.id).has("/0/credentials/password/identifiers/0", "similar@shop.test").has_no("/1");
    let request = rows.request(Method::GET, format!("{all}?preview_credentials_identifier_similar=milar@shop.test"));
    rows.row("not by how a login name ends", request, 200).await.is(&json!([]));
    let request = rows.request(Method::GET, format!("{all}?organization_id={NOBODY}"));
    rows.row("by an organisation of nobody's", request, 200).await.is(&json!([]));
    let request = rows.request(Method::GET, format!("{all}?organization_id=x"));
    rows.row("by an organisation that is no UUID", request, 400).await.has("/error/code", 400);

    shop.client.deactivate(&identity.id).await.unwrap();
    let flows = format!("{}self-service/login", shop.urls().kratos_public);
    let request = rows.request(Method::GET, format!("{flows}/api"));
    let flow = rows.row("a login of somebody inactive begun", request, 200).await.json["id"].clone();
    let form = json!({"method": "password", "identifier": identity.email, "password": identity.password});
    let request = rows.request(Method::POST, format!("{flows}?flow={}", flow.as_str().unwrap_or_default())).json(&form);
    let answer = rows.row("a login of somebody inactive", request, 401).await;
    answer.has("/error/code", 401).has_no("/error/id").has("/error/details/identity_id", &*identity.id);
}
