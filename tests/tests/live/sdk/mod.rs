//! What the SDK makes of these answers: every call of `iam.tenant(..)`, for success and for its main errors.

mod identities;
mod permissions;
mod sessions;
mod tokens;

use std::fmt::Debug;

use iam_core::service::Services;
use iam_core::{Iam, IamConfig, IamError, Tenant};
use iam_testing::real::Servers;
use iam_testing::seed::{SeededTenant, World};
use iam_testing::standin::Product;
use tokio::sync::OnceCell;

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Tenants {
    Shop,
    Signing,
    Brief,
}

impl Tenant for Tenants {
    const ALL: &'static [Self] = &[Self::Shop, Self::Signing, Self::Brief];
    const DEFAULT: Option<Self> = None;

    fn name(self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::Signing => "signing",
            Self::Brief => "brief",
        }
    }

    fn index(self) -> usize {
        self as usize
    }
}

/// One world, and the SDK over it.
struct Sdk<'a> {
    world: &'a World,
    iam: Iam<Tenants>,
}

impl Sdk<'_> {
    async fn over(world: &World) -> Sdk<'_> {
        Sdk { world, iam: iam(&world.iam_config().unwrap()).await }
    }

    fn shop(&self) -> (&SeededTenant, Services) {
        (self.world.tenant("shop"), self.iam.tenant(Tenants::Shop))
    }
}

async fn iam(config: &str) -> Iam<Tenants> {
    Iam::builder(IamConfig::from_toml(config).unwrap()).build().await.unwrap()
}

/// Calls that run to the end of the table, whatever fails.
struct Calls {
    target: String,
    rows: usize,
    wrong: Vec<String>,
    /// An older server, for which some rows have another result.
    is_old: bool,
}

/// What v26 brought: a v1 refuses fields that it does not know.
const NEWER: [&str; 4] =
    ["created with an id of one's own", "an id of one's own twice", "with an authenticator app", "in an organization"];

impl Calls {
    /// Expects this result, as `show` tells it, or as the kind of the error.
    fn row<T>(
        &mut self,
        name: &str,
        result: Result<T, IamError>,
        show: impl FnOnce(&T) -> String,
        meant: &str,
    ) -> Option<T> {
        let meant = if self.is_old && NEWER.contains(&name) { r#"Invalid("identity")"# } else { meant };
        let seen = result.as_ref().map_or_else(|error| format!("{:?}", error.kind()), show);
        self.rows += 1;
        if seen != meant {
            self.wrong.push(format!("{name}: {seen} instead of {meant}"));
        }
        result.ok()
    }

    /// The same of a result that says enough itself.
    fn says<T: Debug>(&mut self, name: &str, result: Result<T, IamError>, meant: &str) -> Option<T> {
        self.row(name, result, |value| format!("{value:?}"), meant)
    }
}

static REAL: OnceCell<usize> = OnceCell::const_new();

/// How many calls there are, all of which Ory's own servers answer as they should.
pub(crate) async fn real(servers: &Servers) -> usize {
    *REAL.get_or_init(|| calls(servers)).await
}

/// Every call, on Ory's own servers as far as `servers` has them.
async fn calls(servers: &Servers) -> usize {
    let world = crate::world(servers).await;
    let sdk = Sdk::over(&world).await;
    let version = |product| servers.version(product).unwrap_or("the stand-in");
    let target = format!("the SDK on kratos {}, hydra {}", version(Product::Kratos), version(Product::Hydra));
    let is_old = servers.version(Product::Kratos).is_some_and(crate::exempt::is_old);
    let mut calls = Calls { target, rows: 0, wrong: Vec::new(), is_old };
    let verified = sdk.iam.verify_upstreams().await;
    calls.row("servers as they are configured", Ok(verified), |verified| format!("{verified:?}"), "Ok(())");
    identities::calls(&sdk, &mut calls).await;
    sessions::calls(&sdk, &mut calls).await;
    tokens::calls(&sdk, &mut calls).await;
    permissions::calls(&sdk, &mut calls).await;
    crate::say(&format!("{}: {} calls, {} wrong", calls.target, calls.rows, calls.wrong.len()));
    assert!(calls.wrong.is_empty(), "{}:\n{}", calls.target, calls.wrong.join("\n"));
    calls.rows
}

#[tokio::test]
async fn the_sdk_reads_the_stand_in() {
    calls(&Servers::none()).await;
}

#[tokio::test]
async fn the_sdk_reads_orys_own_servers() {
    let servers = crate::servers().await;
    if servers.version(Product::Kratos).is_some() || servers.version(Product::Hydra).is_some() {
        real(&servers).await;
    }
}
