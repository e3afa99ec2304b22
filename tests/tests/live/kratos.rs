//! Kratos: whose session is it, and the identities behind it.

use iam_testing::real::Servers;
use iam_testing::seed::World;
use iam_testing::standin::Product;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::row::{Row, Rows};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

pub(crate) async fn rows(servers: &Servers, world: &World) -> Vec<Row> {
    let mut rows = Rows::new(servers, Product::Kratos);
    whoami(servers, world, &mut rows).await;
    identities(world, &mut rows).await;
    rows.end()
}

/// Whose session is it? Ends with one session less.
async fn whoami(servers: &Servers, world: &World, rows: &mut Rows) {
    let shop = world.tenant("shop");
    let (ann, bob) = (shop.account("ann@shop.test"), shop.account("bob@shop.test"));
    let whoami = format!("{}sessions/whoami", shop.urls().kratos_public);
    let ask = |rows: &Rows| rows.request(Method::GET, &whoami);

    let request = ask(rows);
    let answer = rows.row("no credential", request, 401).await;
    answer.has("/error/code", 401).has("/error/id", ()).header("vary", "Cookie").header("cache-control", "no-store");
    let request = ask(rows).header("x-session-token", "ory_st_nobodys");
    rows.row("an unknown token", request, 401).await.has("/error/code", 401).has("/error/id", ());

    let request = ask(rows).header("x-session-token", &ann.session.token);
    let answer = rows.row("a token", request, 200).await;
    answer
        .has("/active", true)
        .has("/id", &*ann.session.session_id)
        .has("/authenticator_assurance_level", "aal1")
        .has("/authentication_methods/0/method", "password")
        .has("/identity/id", &*ann.identity.id)
        .has("/identity/state", "active")
        .has("/identity/metadata_public/roles", json!(["clerk"]))
        .has("/identity/metadata_admin", ())
        .has("/identity/credentials", ())
        .header("x-kratos-authenticated-identity-id", &ann.identity.id);
    let request = ask(rows).bearer_auth(&ann.session.token);
    rows.row("the token as bearer", request, 200).await.has("/identity/id", &*ann.identity.id);
    let request = ask(rows).header("cookie", ann.browser.cookie());
    rows.row("the cookie", request, 200).await.has("/identity/id", &*ann.identity.id);
    let both = ask(rows).header("cookie", ann.browser.cookie()).header("x-session-token", &bob.session.token);
    rows.row("the token header beats the cookie", both, 200).await.has("/identity/id", &*bob.identity.id);
    let both = ask(rows).header("cookie", ann.browser.cookie()).bearer_auth(&bob.session.token);
    rows.row("the cookie beats the bearer", both, 200).await.has("/identity/id", &*ann.identity.id);
    let broken = ask(rows).header("cookie", "shop_session=broken").header("x-session-token", &ann.session.token);
    rows.row("a cookie that cannot be decoded beside a good token", broken, 500).await;
    let request = rows.request(Method::POST, &whoami).header("x-session-token", &ann.session.token);
    rows.row("another method", request, 200).await;

    let gone = shop.account("gone@shop.test");
    let request = ask(rows).header("x-session-token", &gone.session.token);
    rows.row("an inactive identity", request, 401).await.has("/error/id", ());
    // v1 looks at the identity in every call; since v26, only whoami does.
    if servers.version(Product::Kratos).is_none_or(|version| !version.starts_with("v1.")) {
        let request = rows.request(Method::GET, format!("{}sessions", shop.urls().kratos_public));
        let request = request.header("x-session-token", &gone.session.token);
        rows.row("its other sessions are listed all the same", request, 200).await;
    }
    let twice = shop.account("twice@shop.test");
    let request = ask(rows).header("cookie", twice.browser.cookie());
    let answer = rows.row("a second factor is due", request, 403).await;
    let way = answer.json["redirect_browser_to"].clone();
    let is_told = way.as_str().is_some_and(|url| url.contains("aal=aal2"));
    answer
        .has("/error/id", "session_aal2_required")
        .has("/error/details/redirect_browser_to", way)
        .holds(is_told, "no way to the second factor");
    let request = ask(rows).header("x-session-token", &twice.session.token);
    rows.row("the second factor was used", request, 200).await.has("/authenticator_assurance_level", "aal2");

    shop.client.revoke_session(&bob.session.session_id).await.unwrap();
    let request = ask(rows).header("x-session-token", &bob.session.token);
    rows.row("a revoked session", request, 401).await.has("/error/id", ());
}

async fn identities(world: &World, rows: &mut Rows) {
    let shop = world.tenant("shop");
    let ann = &shop.account("ann@shop.test").identity.id;
    let admin = format!("{}admin/", shop.urls().kratos_admin);
    let (all, one) = (format!("{admin}identities"), format!("{admin}identities/{ann}"));

    let request = rows.request(Method::GET, &one);
    let answer = rows.row("an identity", request, 200).await;
    let shown = answer.json["credentials"].to_string();
    answer
        .has("/id", &**ann)
        .has("/metadata_admin", ())
        .has("/organization_id", ())
        .has("/credentials/password/identifiers/0", "ann@shop.test")
        .holds(!shown.contains("argon2"), "its password's hash is shown");
    for (name, id) in [("an id that is no UUID", "x"), ("nobody's id", NOBODY)] {
        let request = rows.request(Method::GET, format!("{all}/{id}"));
        rows.row(name, request, 404).await.has("/error/code", 404);
    }
    let person = |email: &str| json!({"schema_id": "default", "traits": {"email": email}});
    let request = rows.request(Method::POST, &all).json(&person("new@shop.test"));
    let created = rows.row("a new one", request, 201).await.header("location", "/identities/").json.clone();
    let request = rows.request(Method::POST, &all).json(&person("new@shop.test"));
    rows.row("the same again", request, 409).await.has("/error/code", 409);
    let request = rows.request(Method::POST, &all).json(&json!({"traits": {}, "schema_id": "default", "odd": 1}));
    rows.row("an unknown field", request, 400).await;
    let request = rows.request(Method::POST, &all).json(&json!({"traits": {"name": "x"}, "schema_id": "default"}));
    rows.row("traits that the schema does not allow", request, 400).await;

    let patch = json!([{"op": "replace", "path": "/metadata_public", "value": {"roles": ["x"]}}]);
    let request = rows.request(Method::PATCH, &one).json(&patch);
    rows.row("a patch", request, 200).await.has("/metadata_public/roles", json!(["x"]));
    let patch = json!([{"op": "replace", "path": "/metadata_public/absent", "value": 1}]);
    let request = rows.request(Method::PATCH, &one).json(&patch);
    rows.row("a replacement of nothing adds", request, 200).await.has("/metadata_public/absent", 1);
    let request = rows.request(Method::PATCH, &one).json(&json!([{"op": "replace", "path": "/id", "value": "x"}]));
    rows.row("a patch of what is not to be patched", request, 400).await;
    let body = json!({"schema_id": "default", "state": "active", "traits": {"email": "ann@shop.test"}});
    let request = rows.request(Method::PUT, &one).json(&body);
    rows.row("what an update leaves out is wiped", request, 200).await.has("/metadata_public", ());

    pages(&all, rows).await;
    let request = rows.request(Method::GET, format!("{all}?credentials_identifier=ANN@shop.test"));
    rows.row("found by a login name in capitals", request, 200).await.has("/0/id", &**ann);
    let request = rows.request(Method::GET, format!("{all}?credentials_identifier=nobody@shop.test"));
    rows.row("nobody of that login name", request, 200).await.is(&json!([]));

    let request = rows.request(Method::GET, format!("{one}/sessions"));
    rows.row("an identity's sessions", request, 200).await.has("/0/active", true).has("/0/identity/id", &**ann);
    let request = rows.request(Method::GET, format!("{all}/{NOBODY}/sessions"));
    rows.row("nobody's sessions", request, 200).await.is(&json!([]));
    let request = rows.request(Method::DELETE, format!("{one}/sessions"));
    rows.row("its sessions revoked", request, 204).await;
    let id: &str = created["id"].as_str().unwrap_or_default();
    let request = rows.request(Method::DELETE, format!("{all}/{id}/sessions"));
    rows.row("no sessions to revoke", request, 404).await;
    let request = rows.request(Method::DELETE, format!("{admin}sessions/{NOBODY}"));
    rows.row("an unknown session to revoke", request, 404).await;
    let request = rows.request(Method::DELETE, format!("{all}/{id}"));
    rows.row("deleted", request, 204).await.is(&Value::Null);
    let request = rows.request(Method::DELETE, format!("{all}/{id}"));
    rows.row("deleted again", request, 404).await;
}

/// Every page by the links, which are relative and in one header; the last one has no `next`.
async fn pages(all: &str, rows: &mut Rows) {
    let (mut url, mut seen) = (Url::parse(all).unwrap(), Vec::<Value>::new());
    url.set_query(Some("page_size=2"));
    for (name, count, is_last) in [("a page", 2, false), ("the next page", 2, false), ("the last page", 1, true)] {
        let request = rows.request(Method::GET, &url);
        let answer = rows.row(name, request, 200).await;
        let (page, links) = (answer.json.as_array().cloned().unwrap_or_default(), answer.text_of("link"));
        let next = links.split(",<").find(|link| link.ends_with(r#"rel="next""#)).map(str::to_owned);
        answer
            .header("link", "</admin/identities?page_size=2")
            .holds(page.len() == count, &format!("{} of {count}", page.len()))
            .holds(page.iter().all(|one| !seen.contains(&one["id"])), "somebody for the second time")
            .holds(next.is_none() == is_last, &format!("the links are {links}"));
        seen.extend(page.into_iter().map(|one| one["id"].clone()));
        let Some(target) = next.as_deref().and_then(|next| next.trim_start_matches('<').split('>').next()) else {
            break;
        };
        url = url.join(target).unwrap();
    }
    let request = rows.request(Method::GET, format!("{all}?page_size=2&page_token=made%20up"));
    rows.row("a page token of nobody's", request, 400).await.has("/error/code", 400);
}
