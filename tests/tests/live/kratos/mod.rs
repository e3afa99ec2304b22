//! Kratos: whose session is it, and the identities behind it.

mod administration;
mod browser;
mod devices;
mod expiring;
mod extensions;
mod external_ids;
mod factors;
mod identities;
mod imports;
mod limits;
mod listeners;
mod logout;
mod native;
mod own_sessions;
mod recovery;
mod registrations;
mod sessions;
mod settings;
mod tokenize;
mod updates;
mod whoami;

use iam_testing::client::{NativeSession, NewIdentity, SeededIdentity};
use iam_testing::real::Servers;
use iam_testing::seed::{SeededTenant, World};
use iam_testing::standin::Product;
use reqwest::RequestBuilder;

use crate::row::{Row, Rows};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

pub(crate) async fn rows(servers: &Servers, world: &World) -> Vec<Row> {
    let mut rows = Rows::new(servers, Product::Kratos);
    let shop = world.tenant("shop");
    whoami::rows(shop, world.tenant("signing"), world.tenant("brief"), &mut rows).await;
    tokenize::rows(shop, &mut rows).await;
    // Counts who is there, so nobody may be added before.
    identities::rows(shop, &mut rows).await;
    imports::rows(shop, &mut rows).await;
    limits::rows(shop, &mut rows).await;
    updates::rows(shop, &mut rows).await;
    external_ids::rows(shop, &mut rows).await;
    administration::rows(shop, world.tenant("signing"), &mut rows).await;
    sessions::rows(shop, &mut rows).await;
    extensions::rows(world.tenant("signing"), world.tenant("brief"), &mut rows).await;
    devices::rows(shop, &mut rows).await;
    own_sessions::rows(shop, &mut rows).await;
    native::rows(shop, &mut rows).await;
    browser::rows(shop, &mut rows).await;
    registrations::rows(shop, world.tenant("brief"), &mut rows).await;
    factors::rows(shop, &mut rows).await;
    settings::rows(shop, &mut rows).await;
    logout::rows(shop, &mut rows).await;
    recovery::rows(shop, world.tenant("signing"), world.tenant("brief"), &mut rows).await;
    expiring::rows(world.tenant("signing"), &mut rows).await;
    listeners::rows(shop, &mut rows).await;
    rows.end()
}

/// Somebody new, who is logged in so many times.
async fn somebody(shop: &SeededTenant, email: &str, sessions: usize) -> (SeededIdentity, Vec<NativeSession>) {
    let identity = shop.client.create_identity(NewIdentity::new(email)).await.unwrap();
    let mut logged_in = Vec::new();
    for _ in 0..sessions {
        logged_in.push(shop.client.login(&identity).await.unwrap());
    }
    (identity, logged_in)
}

fn with_token(request: RequestBuilder, session: &NativeSession) -> RequestBuilder {
    request.header("x-session-token", &session.token)
}
