//! Identities changed: a patch, or everything at once.

use iam_testing::seed::SeededTenant;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{NOBODY, somebody};
use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let (other, _) = somebody(shop, "other@shop.test", 0).await;
    let (identity, _) = somebody(shop, "changed@shop.test", 0).await;
    let all = format!("{}admin/identities", shop.urls().kratos_admin);
    let one = format!("{all}/{}", identity.id);
    patches(&one, rows).await;

    let body = json!({"schema_id": "default", "state": "active", "traits": {"email": "changed@shop.test"}});
    let request = rows.request(Method::PUT, &one).json(&body);
    rows.row("what an update leaves out is wiped", request, 200).await.has_null("/metadata_public");
    let request = rows.request(Method::PUT, &one).body(body.to_string());
    rows.row("an update without a content type", request, 400).await;
    let mut inactive = body.clone();
    inactive["state"] = json!("inactive");
    let request = rows.request(Method::PUT, &one).json(&inactive);
    rows.row("an update of the state", request, 200).await.has("/state", "inactive");
    let request = rows.request(Method::PUT, &one).json(&json!({"traits": {"email": "changed@shop.test"}}));
    let answer = rows.row("an update that names no state and no schema", request, 200).await;
    answer.has("/state", "inactive").has("/schema_id", "default");
    let request = rows.request(Method::PUT, &one).json(&json!({"state": "odd", "traits": body["traits"]}));
    rows.row("an update to an unknown state", request, 400).await;

    let taken = json!({"schema_id": "default", "state": "active", "traits": {"email": other.email}});
    let request = rows.request(Method::PUT, &one).json(&taken);
    rows.row("an update to a login name of others", request, 409).await.has("/error/code", 409);
    let patch = json!([{"op": "replace", "path": "/traits/email", "value": other.email}]);
    let request = rows.request(Method::PATCH, &one).json(&patch);
    rows.row("a patch to a login name of others", request, 409).await.has("/error/code", 409);

    let patch = json!([{"op": "add", "path": "/metadata_public", "value": {}}]);
    for id in ["x", NOBODY] {
        let change = |rows: &Rows, method, body: &Value| -> RequestBuilder {
            rows.request(method, format!("{all}/{id}")).json(body)
        };
        let request = change(rows, Method::PUT, &body);
        rows.row("an update of nobody", request, 404).await;
        let request = change(rows, Method::PATCH, &patch);
        rows.row("a patch of nobody", request, 404).await;
    }
}

async fn patches(one: &str, rows: &mut Rows) {
    let patch = async |rows: &mut Rows, name, status, change: Value| {
        let request = rows.request(Method::PATCH, one).json(&change);
        rows.row(name, request, status).await.json.clone()
    };
    let change = json!([{"op": "replace", "path": "/metadata_public", "value": {"roles": ["x"]}}]);
    let changed = patch(rows, "a patch", 200, change).await;
    let change = json!([{"op": "replace", "path": "/metadata_public/absent", "value": 1}]);
    let added = patch(rows, "a replacement of nothing adds", 200, change).await;
    let request = rows.request(Method::GET, one);
    let answer = rows.row("patched", request, 200).await;
    answer
        .has("/metadata_public", json!({"roles": ["x"], "absent": 1}))
        .holds(changed["metadata_public"]["roles"] == json!(["x"]), "the answer is the state of before")
        .holds(added["metadata_public"]["absent"] == 1, "the answer is the state of before")
        .holds(added["credentials"]["password"].get("config").is_none(), "a credential is told");

    for path in ["/id", "/credentials"] {
        let change = json!([{"op": "replace", "path": path, "value": "x"}]);
        patch(rows, "a patch of what is not to be patched", 400, change).await;
    }
    for op in ["test", "copy", "move"] {
        let change = json!([{"op": op, "path": "/metadata_public", "from": "/traits", "value": {}}]);
        patch(rows, "a patch of another kind", 400, change).await;
    }
    let change = json!([{"op": "remove", "path": "/metadata_public/nothing"}]);
    patch(rows, "a patch that removes nothing", 400, change).await;
    patch(rows, "a patch that is no list", 400, json!({"op": "add"})).await;
}
