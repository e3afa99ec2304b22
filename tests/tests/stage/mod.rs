//! A stage: three filled tenants behind fault proxies, and the application under
//! test in front of them, all over real HTTP.

mod answer;
mod ask;
mod cases;
pub mod child;
mod counters;
mod events;
mod host;
pub mod logs;
pub mod made_up;
pub mod quotes;
mod rows;
pub mod signer;
mod tally;
mod verdict;

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use iam_core::IamBuilder;
use iam_core::config::{Environment, IamConfig};
use iam_testing::double::{Recorder, TestClock};
use iam_testing::real::Servers;
use iam_testing::seed::{Account, Proxies, Seed, SeededTenant, World};
use iam_testing::standin::Product;

pub use answer::Answer;
pub use ask::Ask;
pub(crate) use cases::cases;
#[allow(unused_imports, reason = "not every test program has tables on a stage of their own")]
pub use cases::{Shared, USUAL, alone};
pub use counters::Counters;
pub use host::Host;
pub use rows::exempt;
pub use verdict::{Seen, Verdict};

use crate::{Here, Iam, Tenants};

/// The three tenants: `customer` on Ory Network, `admin` by bearer, `dealer` with machines and permissions.
pub const SEED: &str = include_str!("seed.toml");

/// What stages run on: the stand-in, or with `IAM_ORY=real` Ory's own servers.
pub async fn servers() -> &'static Servers {
    static SERVERS: tokio::sync::OnceCell<Servers> = tokio::sync::OnceCell::const_new();
    let find = || async {
        // Past libtest, which would keep it until the test is over.
        let say = |progress: &str| drop(writeln!(std::io::stderr(), "{progress}"));
        let servers = Servers::from_environment(say).await.unwrap();
        if !child::is_one()
            && [Product::Kratos, Product::Hydra].into_iter().any(|product| servers.version(product).is_some())
        {
            say(&format!("{} on:\n{}", env!("CARGO_CRATE_NAME"), servers.summary().trim_end()));
        }
        servers
    };
    SERVERS.get_or_init(find).await
}

pub struct Stage {
    pub world: World,
    pub iam: Iam<Tenants>,
    pub counters: Arc<Counters>,
    pub recorder: Recorder,
    address: SocketAddr,
    http: reqwest::Client,
}

/// How a stage differs from the usual one.
#[derive(Default)]
pub struct Plan {
    settings: Vec<(String, String)>,
    clock: Option<TestClock>,
}

impl Plan {
    /// With this setting, by its path below `tenants`: `("admin.cache.session_ttl_ms", "60000")`.
    pub fn set(mut self, path: &str, value: impl ToString) -> Self {
        let name = format!("IAM__TENANTS__{}", path.to_uppercase().replace('.', "__"));
        self.settings.push((name, value.to_string()));
        self
    }

    /// With this setting of the whole process: `("trusted_proxies", "127.0.0.0/8")`.
    pub fn set_all(mut self, key: &str, value: impl ToString) -> Self {
        self.settings.push((format!("IAM__{}", key.to_uppercase()), value.to_string()));
        self
    }

    /// With all caches on, for longer than any test takes; `admin` has no access tokens to remember.
    pub fn cached(mut self) -> Self {
        for tenant in ["customer", "admin", "dealer"] {
            self = self.set(&format!("{tenant}.cache.session_ttl_ms"), 3_600_000);
        }
        for tenant in ["customer", "dealer"] {
            self = self.set(&format!("{tenant}.cache.introspection_ttl_ms"), 3_600_000);
        }
        self
    }

    /// With a clock that the test moves. It begins at the real time, since Ory's own clock goes on.
    pub fn clock(mut self, clock: TestClock) -> Self {
        self.clock = Some(clock);
        self
    }

    pub async fn start(self) -> Stage {
        self.start_seeded(|_| {}).await
    }

    /// With the usual seed, changed.
    pub async fn start_seeded(self, change: impl FnOnce(&mut Seed)) -> Stage {
        self.start_with(Stage::world(change).await).await
    }

    pub async fn start_with(self, world: World) -> Stage {
        self.start_built(world, |builder| builder).await
    }

    /// Over this world, with parts of one's own.
    pub async fn start_built(
        self,
        world: World,
        parts: impl FnOnce(IamBuilder<Tenants>) -> IamBuilder<Tenants>,
    ) -> Stage {
        let text = world.iam_config().unwrap();
        let environment = Environment::from_pairs(self.settings);
        let config = IamConfig::from_toml(&text).unwrap().with_environment(&environment);
        let recorder = Recorder::default();
        let builder = parts(Iam::<Tenants>::builder(config).audit(recorder.clone()));
        let builder = match &self.clock {
            Some(clock) => builder.clock(clock.clone()),
            None => builder,
        };
        Stage { recorder, ..Stage::over(world, builder.build().await.unwrap()).await }
    }
}

impl Stage {
    /// The usual stage: caches off, the real clock.
    pub async fn new() -> Stage {
        Plan::default().start().await
    }

    /// A stage over parts of one's own; it records no events.
    pub async fn over(world: World, iam: Iam<Tenants>) -> Stage {
        let counters = Arc::new(Counters::default());
        rows::set(&world);
        let address = Here::start(iam.clone(), Arc::clone(&counters)).await;
        let http = iam_testing::client::http_client().unwrap();
        Stage { world, iam, counters, recorder: Recorder::default(), address, http }
    }

    /// The same stage, with another application in front.
    pub fn elsewhere(self, address: SocketAddr) -> Stage {
        Stage { address, ..self }
    }

    pub fn plan() -> Plan {
        Plan::default()
    }

    /// Three tenants of the usual seed, changed.
    pub async fn world(change: impl FnOnce(&mut Seed)) -> World {
        let mut seed = Seed::from_toml(SEED).unwrap();
        change(&mut seed);
        World::start_behind_proxies_on(servers().await, &seed).await.unwrap()
    }

    pub fn tenant(&self, name: &str) -> &SeededTenant {
        self.world.tenant(name)
    }

    /// `ann` of that tenant is `ann@<tenant>.test`.
    pub fn account(&self, tenant: &str, name: &str) -> &Account {
        self.tenant(tenant).account(&format!("{name}@{tenant}.test"))
    }

    pub fn proxies(&self, tenant: &str) -> &Proxies {
        self.tenant(tenant).proxies.as_ref().unwrap()
    }

    /// How often this tenant's Kratos was asked whose session a credential is.
    pub fn whoamis(&self, tenant: &str) -> usize {
        self.proxies(tenant).kratos_public.count(|request| request.path() == "/sessions/whoami")
    }

    /// How often this tenant's Hydra was asked about a token.
    pub fn introspections(&self, tenant: &str) -> usize {
        self.proxies(tenant).hydra_admin.count(|request| request.path() == "/admin/oauth2/introspect")
    }

    pub fn get(&self, path: &str) -> Ask<'_> {
        self.ask("GET", path)
    }

    pub fn ask(&self, method: &str, path: &str) -> Ask<'_> {
        Ask::new(self, method, path)
    }
}
