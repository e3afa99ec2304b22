//! A seed that runs.

use std::collections::BTreeMap;
use std::fmt;

use super::{Account, Contents, Machine, Proxies, Seed, SeedError, TenantSeed};
use crate::client::{OryClient, OryUrls};
use crate::real::Servers;
use crate::standin::OryProject;

/// One project a tenant, filled: a stand-in, or Ory's own servers. Dropping it stops all of them.
#[derive(Debug)]
pub struct World {
    tenants: BTreeMap<String, SeededTenant>,
}

/// A tenant of a [`World`].
pub struct SeededTenant {
    /// Its name.
    pub name: String,
    /// What it was made from.
    pub seed: TenantSeed,
    /// Its project.
    pub project: OryProject,
    /// A client that speaks to the project, past any proxies.
    pub client: OryClient,
    /// Who is in it.
    pub contents: Contents,
    /// The proxies that the SDK is to use in the project's place, if there are any.
    pub proxies: Option<Proxies>,
}

impl World {
    /// Starts a stand-in a tenant and fills it.
    ///
    /// # Errors
    /// What a tenant's Ory does not take of the seed, or no free port.
    pub async fn start(seed: &Seed) -> Result<World, SeedError> {
        World::start_on(&Servers::none(), seed).await
    }

    /// The same on Ory's own servers, as far as `servers` has them.
    ///
    /// # Errors
    /// As for [`World::start`], or a server that does not start.
    pub async fn start_on(servers: &Servers, seed: &Seed) -> Result<World, SeedError> {
        World::build(servers, seed, false).await
    }

    /// The same, with a fault proxy in front of every listener: [`World::iam_config`] names the proxies. They
    /// have seen nothing yet, since filling goes past them.
    ///
    /// # Errors
    /// As for [`World::start`].
    pub async fn start_behind_proxies(seed: &Seed) -> Result<World, SeedError> {
        World::start_behind_proxies_on(&Servers::none(), seed).await
    }

    /// The same on Ory's own servers, as far as `servers` has them.
    ///
    /// # Errors
    /// As for [`World::start_on`].
    pub async fn start_behind_proxies_on(servers: &Servers, seed: &Seed) -> Result<World, SeedError> {
        World::build(servers, seed, true).await
    }

    async fn build(servers: &Servers, seed: &Seed, behind_proxies: bool) -> Result<World, SeedError> {
        let mut tenants = BTreeMap::new();
        for (name, seed) in &seed.tenants {
            tenants.insert(name.clone(), SeededTenant::start(servers, name, seed, behind_proxies).await?);
        }
        Ok(World { tenants })
    }

    /// All tenants, by name.
    pub fn tenants(&self) -> impl Iterator<Item = &SeededTenant> {
        self.tenants.values()
    }

    /// A tenant.
    ///
    /// # Panics
    /// If the seed has none of that name.
    #[must_use]
    #[track_caller]
    #[expect(clippy::panic, reason = "a test named what its own seed does not have")]
    pub fn tenant(&self, name: &str) -> &SeededTenant {
        let known = || self.tenants.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        self.tenants.get(name).unwrap_or_else(|| panic!("no tenant `{name}`; there are: {}", known()))
    }
}

impl SeededTenant {
    async fn start(
        servers: &Servers,
        name: &str,
        seed: &TenantSeed,
        behind_proxies: bool,
    ) -> Result<SeededTenant, SeedError> {
        let unstarted = |source| SeedError::Start { tenant: name.to_owned(), source };
        let project = OryProject::start_on(servers, seed.project(name)).await;
        let project = project.map_err(|source| SeedError::Real { tenant: name.to_owned(), source })?;
        let client = OryClient::of(&project).map_err(|source| SeedError::Ory { tenant: name.to_owned(), source })?;
        let contents = seed.fill(name, &client).await?;
        let proxies = match behind_proxies {
            true => Some(Proxies::start(client.urls()).await.map_err(unstarted)?),
            false => None,
        };
        Ok(SeededTenant { name: name.to_owned(), seed: seed.clone(), project, client, contents, proxies })
    }

    /// Where the SDK is to find this tenant's Ory: at the proxies if there are any.
    #[must_use]
    pub fn urls(&self) -> OryUrls {
        let urls = self.client.urls();
        self.proxies.as_ref().map_or_else(|| urls.clone(), |proxies| proxies.urls(urls))
    }

    /// Somebody, by address.
    ///
    /// # Panics
    /// If the seed has nobody of that address.
    #[must_use]
    #[track_caller]
    pub fn account(&self, email: &str) -> &Account {
        found(self.contents.find_account(&self.name, email))
    }

    /// A client, by id.
    ///
    /// # Panics
    /// If the seed has no such client.
    #[must_use]
    #[track_caller]
    pub fn machine(&self, id: &str) -> &Machine {
        found(self.contents.find_machine(&self.name, id))
    }
}

impl fmt::Debug for SeededTenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeededTenant").field("project", &self.project).finish_non_exhaustive()
    }
}

#[track_caller]
#[expect(clippy::panic, reason = "a test named what its own seed does not have")]
fn found<T>(result: Result<T, SeedError>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
