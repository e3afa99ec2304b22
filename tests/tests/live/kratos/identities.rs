//! Identities: read, listed, created and deleted.

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use super::NOBODY;
use crate::row::Rows;

/// What every identity has whose schema knows an address, in every answer.
const ALWAYS: [&str; 12] = [
    "id",
    "schema_id",
    "schema_url",
    "state",
    "state_changed_at",
    "traits",
    "verifiable_addresses",
    "recovery_addresses",
    "metadata_public",
    "created_at",
    "updated_at",
    "organization_id",
];

/// What only some identities have, and pages are in the order of ids.
const OF_SOME: [&str; 2] = ["/*/metadata_public", "/*/state"];

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let ann = &shop.account("ann@shop.test").identity.id;
    let all = format!("{}admin/identities", shop.urls().kratos_admin);

    let request = rows.request(Method::GET, format!("{all}/{ann}"));
    let answer = rows.row("an identity", request, 200).await;
    let shown = answer.json["credentials"].to_string();
    answer
        .has("/id", &**ann)
        .has_null("/metadata_admin")
        .has_null("/organization_id")
        .has("/credentials/password/identifiers/0", "ann@shop.test")
        .has("/verifiable_addresses/0/value", "ann@shop.test")
        .holds(!shown.contains("argon2"), "its password's hash is shown");
    let request = rows.request(Method::GET, format!("{all}/{ann}?include_credential=password"));
    let answer = rows.row("with its credential", request, 200).await;
    let is_shown = answer.json["credentials"]["password"]["config"]["hashed_password"].is_string();
    answer.holds(is_shown, "its password's hash is not shown");
    for (name, id) in [("an id that is no UUID", "x"), ("nobody's id", NOBODY)] {
        let request = rows.request(Method::GET, format!("{all}/{id}"));
        rows.row(name, request, 404).await.has("/error/code", 404);
    }
    let created = create(&all, rows).await;
    pages(&all, rows).await;
    filters(&all, ann, rows).await;

    let request = rows.request(Method::DELETE, format!("{all}/{created}"));
    let answer = rows.row("deleted", request, 204).await;
    answer.is(&Value::Null);
    let request = rows.request(Method::DELETE, format!("{all}/{created}"));
    rows.row("deleted again", request, 404).await;
    let request = rows.request(Method::DELETE, format!("{all}/x"));
    rows.row("deleted by an id that is no UUID", request, 404).await;
}

async fn create(all: &str, rows: &mut Rows) -> String {
    let person = |email: &str| json!({"schema_id": "default", "traits": {"email": email}});
    let request = rows.request(Method::POST, all).json(&person("new@shop.test"));
    let answer = rows.row("a new one", request, 201).await;
    let id = answer.json["id"].as_str().unwrap_or_default().to_owned();
    let fresh = ["created_at", "updated_at", "state_changed_at"].map(|name| answer.json[name].clone());
    answer
        .header("location", "/identities/")
        .has_keys("", &[&ALWAYS[..], &["credentials"]].concat())
        .has("/state", "active")
        .has_null("/metadata_public")
        .has_null("/organization_id")
        .has_no("/credentials/password/config");
    let request = rows.request(Method::GET, format!("{all}/{id}"));
    let answer = rows.row("the new one, read again", request, 200).await;
    let again = ["created_at", "updated_at", "state_changed_at"].map(|name| answer.json[name].clone());
    answer
        .holds(fresh == again, &format!("{fresh:?}, and read again {again:?}"))
        .has_keys("", &[&ALWAYS[..], &["credentials", "metadata_admin"]].concat())
        .has_null("/metadata_admin")
        .has_keys("/credentials/password", &["type", "identifiers", "version", "created_at", "updated_at"])
        .has_keys("/verifiable_addresses/0", &["id", "value", "verified", "via", "status", "created_at", "updated_at"])
        .has("/verifiable_addresses/0/status", "pending");
    let other = person("typeless@shop.test").to_string();
    let request = rows.request(Method::POST, all).body(other);
    let answer = rows.row("a new one without a content type", request, 201).await;
    let typeless = answer.json["id"].as_str().unwrap_or_default().to_owned();
    let request = rows.request(Method::DELETE, format!("{all}/{typeless}"));
    rows.row("which goes again", request, 204).await;
    let request = rows.request(Method::POST, all).json(&person("new@shop.test"));
    rows.row("the same again", request, 409).await.has("/error/code", 409);
    let request = rows.request(Method::POST, all).json(&json!({"traits": {}, "schema_id": "default", "odd": 1}));
    rows.row("an unknown field", request, 400).await;
    let request = rows.request(Method::POST, all).json(&json!({"traits": {"name": "x"}, "schema_id": "default"}));
    let answer = rows.row("traits that the schema does not allow", request, 400).await;
    let is_told = answer.json["error"]["reason"].is_string();
    answer.holds(is_told, "no reason is told");
    let request = rows.request(Method::POST, all).json(&json!({"traits": {"email": "x@x.test"}, "schema_id": "none"}));
    rows.row("an unknown schema", request, 400).await;
    let request = rows.request(Method::POST, all).json(&json!({"traits": {"email": "x@x.test"}, "state": "odd"}));
    rows.row("an unknown state", request, 400).await;
    id
}

/// Every page by the links, which are relative and in one header; the last one has no `next`.
async fn pages(all: &str, rows: &mut Rows) {
    let (mut url, mut seen) = (Url::parse(all).unwrap(), Vec::<Value>::new());
    url.set_query(Some("page_size=2"));
    for (name, count, is_last) in [("a page", 2, false), ("the next page", 2, false), ("the last page", 1, true)] {
        let request = rows.request(Method::GET, &url);
        let answer = rows.row(name, request, 200).await;
        let (page, next) = (answer.json.as_array().cloned().unwrap_or_default(), answer.next());
        let links = answer.text_of("link");
        answer
            .header("link", "</admin/identities?page_size=2")
            .by_chance(&OF_SOME)
            .holds(page.len() == count, &format!("{} of {count}", page.len()))
            .holds(page.iter().all(|one| !seen.contains(&one["id"])), "somebody for the second time")
            .holds(page.iter().all(|one| one.get("credentials").is_none()), "credentials in a list")
            .holds(next.is_none() == is_last, &format!("the links are {links}"))
            .lacks("x-total-count");
        seen.extend(page.into_iter().map(|one| one["id"].clone()));
        let Some(target) = next else { break };
        url = url.join(&target).unwrap();
    }
    let request = rows.request(Method::GET, format!("{all}?page_size=2&page_token=made%20up"));
    rows.row("a page token of nobody's", request, 400).await.has("/error/code", 400);
    let request = rows.request(Method::GET, format!("{all}?page_size=x"));
    rows.row("a page size that is no number", request, 400).await.has("/error/code", 400);
    for (name, size, link) in [
        ("a page size of none is the usual one", 0, "page_size=250"),
        ("a page size below none is the usual one", -1, "page_size=250"),
        ("a page size that is too large is the largest", 501, "page_size=500"),
    ] {
        let request = rows.request(Method::GET, format!("{all}?page_size={size}"));
        rows.row(name, request, 200).await.header("link", link);
    }
    let request = rows.request(Method::GET, format!("{all}?page=1&per_page=2"));
    let answer = rows.row("pages by number", request, 200).await;
    answer.header("x-total-count", "5").header("link", "page=2&per_page=2").by_chance(&OF_SOME);
}

async fn filters(all: &str, ann: &str, rows: &mut Rows) {
    let request = rows.request(Method::GET, format!("{all}?credentials_identifier=ANN@shop.test"));
    let answer = rows.row("found by a login name in capitals", request, 200).await;
    answer.has("/0/id", ann).has("/0/credentials/password/identifiers/0", "ann@shop.test");
    let request = rows.request(Method::GET, format!("{all}?credentials_identifier=nobody@shop.test"));
    rows.row("nobody of that login name", request, 200).await.is(&json!([]));
    let request = rows.request(Method::GET, format!("{all}?ids={ann}&ids={NOBODY}"));
    let answer = rows.row("by their ids", request, 200).await;
    let count = answer.json.as_array().map_or(0, Vec::len);
    answer.has("/0/id", ann).holds(count == 1, &format!("{count} of 1"));
    let request = rows.request(Method::GET, format!("{all}?ids=x"));
    rows.row("by an id that is no UUID", request, 400).await;
    let request = rows.request(Method::GET, format!("{all}?ids={ann}&credentials_identifier=ann@shop.test"));
    rows.row("by two filters", request, 400).await;
    let request = rows.request(Method::GET, format!("{all}?consistency=odd&page_size=1"));
    rows.row("an unknown consistency", request, 200).await.by_chance(&OF_SOME);
}
