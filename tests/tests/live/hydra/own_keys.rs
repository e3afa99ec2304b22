//! Keys of one's own, put where Hydra keeps its keys.

use iam_testing::seed::SeededTenant;
use reqwest::Method;
use serde_json::{Value, json};

use super::assertion::{Signer, with};
use crate::row::Rows;

pub(super) async fn rows(shop: &SeededTenant, rows: &mut Rows) {
    let (first, second) = (Signer::new("first"), Signer::new("second"));
    let set = format!("{}admin/keys/own", shop.urls().hydra_admin);
    let request = rows.request(Method::PUT, &set).json(&json!({"keys": [first.jwk()]}));
    let answer = rows.row("a set of keys put", request, 200).await;
    answer.has("/keys/0/kid", "first").has_no("/keys/1").has_no("/keys/0/d");
    // What the path names is not looked at.
    let request = rows.request(Method::PUT, format!("{set}/first")).json(&second.jwk());
    rows.row("a key put under another's name", request, 200).await.has("/kid", "second");
    let request = rows.request(Method::GET, &set);
    let answer = rows.row("both keys", request, 200).await;
    let names = answer.json["keys"].as_array().map_or(0, Vec::len);
    answer.holds(names == 2, &format!("{names} keys"));
    let request =
        rows.request(Method::PUT, format!("{set}/second")).json(&with(second.jwk(), &[("alg", json!("ES384"))]));
    rows.row("a key put in its place", request, 200).await.has("/alg", "ES384");
    let request = rows.request(Method::GET, format!("{set}/second"));
    rows.row("which is there", request, 200).await.has("/keys/0/alg", "ES384").has_no("/keys/1");
    let request = rows.request(Method::PUT, &set).json(&json!({"keys": [second.jwk()]}));
    rows.row("a set of keys put in its place", request, 200).await;
    let request = rows.request(Method::GET, format!("{set}/first"));
    let answer = rows.row("a key that the set lacks", request, 404).await;
    answer.has("/error", "Unable to locate the resource").has("/error_description", "");
    let request = rows.request(Method::PUT, &set).body("{");
    rows.row("keys that are no JSON", request, 400).await;
    for name in ["a key deleted", "a key deleted again"] {
        let request = rows.request(Method::DELETE, format!("{set}/second"));
        rows.row(name, request, 204).await.is(&Value::Null);
    }
    let published = format!("{}.well-known/jwks.json", shop.urls().hydra_public);
    let request = rows.request(Method::GET, published);
    let answer = rows.row("keys of one's own are not published", request, 200).await;
    let is_shown = answer.json.to_string().contains("second");
    answer.holds(!is_shown, "one is");
}
