//! Hydra: what is this token, and tokens of a service's own.

mod assertion;
mod authorisations;
mod challenges;
mod clients;
mod grants;
mod id_tokens;
mod introspection;
mod late;
mod listeners;
mod own_keys;
mod private_keys;
mod revocation;
mod scope_claims;
mod secrets;
mod signed;
mod strategy;
mod tokens;
mod trusted_issuers;
mod userinfo;

use iam_testing::client::SeededClient;
use iam_testing::real::Servers;
use iam_testing::seed::{SeededTenant, World};
use iam_testing::standin::Product;
use reqwest::{Method, RequestBuilder};

use crate::row::{Row, Rows};

pub(crate) async fn rows(servers: &Servers, world: &World) -> Vec<Row> {
    let mut rows = Rows::new(servers, Product::Hydra);
    let shop = world.tenant("shop");
    introspection::rows(shop, world.tenant("brief"), &mut rows).await;
    tokens::rows(shop, &mut rows).await;
    userinfo::rows(shop, &mut rows).await;
    revocation::rows(shop, &mut rows).await;
    clients::rows(shop, &mut rows).await;
    grants::rows(shop, &mut rows).await;
    challenges::rows(shop, &mut rows).await;
    late::rows(world.tenant("brief"), &mut rows).await;
    authorisations::rows(shop, &mut rows).await;
    id_tokens::rows(shop, &mut rows).await;
    private_keys::rows(shop, &mut rows).await;
    trusted_issuers::rows(shop, &mut rows).await;
    secrets::rows(shop, &mut rows).await;
    signed::rows(shop, &mut rows).await;
    own_keys::rows(shop, &mut rows).await;
    strategy::rows(shop, world.tenant("signing"), &mut rows).await;
    scope_claims::rows(world.tenant("signing"), world.tenant("brief"), &mut rows).await;
    listeners::rows(shop, &mut rows).await;
    rows.end()
}

/// RFC 6749, section 2.3.1: each half is form-urlencoded on its own.
fn authenticated(request: RequestBuilder, client: &SeededClient, secret: &str) -> RequestBuilder {
    let secret: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    request.basic_auth(&client.id, Some(secret))
}

/// What is this token?
fn introspect(rows: &Rows, shop: &SeededTenant, form: &[(&str, &str)]) -> RequestBuilder {
    rows.request(Method::POST, format!("{}admin/oauth2/introspect", shop.urls().hydra_admin)).form(form)
}
