//! What Ory answers, row by row, on the stand-in and on Ory's own servers alike.
//!
//! ```text
//! cargo test -p iam-tests --test live                  the stand-in
//! IAM_ORY=real cargo test -p iam-tests --test live     Kratos and Hydra, built once with Go
//! ```
//!
//! A row's answer is looked at for what the SDK relies on, and then the whole of it is compared: what an Ory server
//! says in another way than the stand-in fails the run by the row's name, unless `exempt.rs` has it and says why.
//!
//! `IAM_ORY_OPENAPI` names a folder of Ory's OpenAPI files (`kratos.json`, `hydra.json`, `keto.json`), to which
//! every answer is then held. With it, a run on Ory's own servers compares what it saw with the table in
//! `docs/ory-versions.md`; `UPDATE_ORY_VERSIONS=1` writes that table.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod compose;
mod contract;
mod exempt;
mod hydra;
mod keto;
mod kratos;
mod openapi;
mod page;
mod row;
mod sdk;
mod shape;
#[path = "../stage/tally.rs"]
mod tally;
mod versions;

use std::io::Write as _;
use std::time::Duration;

use iam_testing::real::Servers;
use iam_testing::seed::{Seed, World};
use iam_testing::standin::Product;
use time::OffsetDateTime;
use tokio::sync::OnceCell;

/// A self-hosted project with four people and two clients, one that signs its access tokens, and one in which
/// nothing lives for long.
const SEED: &str = r#"
    [tenants.shop]
    transport = "cookie-or-bearer"
    cookie_name = "shop_session"
    issuer = "https://auth.shop.test/"
    audience = ["https://api.shop.test"]
    machine_clients = ["reader", "other"]
    our_client = "reader"
    recovery = true

    [[tenants.shop.namespaces]]
    name = "files"
    relations = ["edit", "view"]

    [[tenants.shop.identities]]
    email = "ann@shop.test"
    roles = ["clerk"]

    [[tenants.shop.identities]]
    email = "bob@shop.test"

    [[tenants.shop.identities]]
    email = "gone@shop.test"
    inactive = true

    [[tenants.shop.identities]]
    email = "twice@shop.test"
    second_factor = true

    [[tenants.shop.clients]]
    id = "reader"
    secret = "a reader's secret, 100% + more"
    scopes = ["inventory:read", "orders.*"]
    audience = ["https://api.shop.test"]

    [[tenants.shop.clients]]
    id = "other"
    secret = "another secret"
    scopes = ["inventory:read"]
    audience = ["https://api.shop.test"]

    [[tenants.shop.tokenizer_templates]]
    name = "jwt"
    ttl_ms = 60000

    [[tenants.shop.tokenizer_templates]]
    name = "unlimited"

    [[tenants.shop.tokenizer_templates]]
    name = "lasting"
    ttl_ms = 300000

    [tenants.signing]
    transport = "bearer"
    access_token_strategy = "jwt"
    scope_claim = "both"
    flow_lifespan_ms = 2000
    privileged_session_max_age_ms = 1000
    cacheable_sessions_max_age_ms = 30000
    earliest_possible_extend_ms = 3600000

    [[tenants.signing.identities]]
    email = "slow@signing.test"

    [[tenants.signing.clients]]
    id = "plain"
    secret = "a plain secret"

    [tenants.brief]
    cookie_name = "brief_session"
    transport = "cookie-or-bearer"
    session_lifespan_ms = 2000
    access_token_lifespan_ms = 2000
    challenge_lifespan_ms = 1000
    scope_claim = "string"
    registration_disabled = true
    recovery = true
    continue_with_transitions = true
    earliest_possible_extend_ms = 3600000

    [[tenants.brief.identities]]
    email = "eve@brief.test"

    [[tenants.brief.clients]]
    id = "brief"
    secret = "a brief secret"
    scopes = ["inventory:read"]
"#;

async fn servers() -> Servers {
    static SERVERS: OnceCell<Servers> = OnceCell::const_new();
    let find = async || {
        let servers = Servers::from_environment(say).await.unwrap();
        if servers.version(Product::Hydra).is_some() {
            say(&format!("live on:\n{}", servers.summary().trim_end()));
        }
        servers
    };
    SERVERS.get_or_init(find).await.clone()
}

async fn world(servers: &Servers) -> World {
    World::start_on(servers, &Seed::from_toml(SEED).unwrap()).await.unwrap()
}

/// Returns once this has passed for everybody on this machine.
async fn wait_until(end: OffsetDateTime) {
    while let Ok(left) = Duration::try_from(end - OffsetDateTime::now_utc()) {
        tokio::time::sleep(left + Duration::from_millis(1)).await;
    }
}

/// Past libtest, which shows what passed tests print to nobody.
fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}
