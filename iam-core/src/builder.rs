//! [`IamBuilder`]: the one place where parts are put together.

use std::fmt;
use std::sync::Arc;

use crate::audit::{AuditSink, Auditor, TracingSink};
use crate::cache::{JointCache, Sealer, SharedCache};
use crate::clock::{Clock, SystemClock};
use crate::config::{ConfigError, IamConfig, SecretSource, check};
use crate::decision::TenantState;
use crate::host::{HostMap, Hosts, TenantResolver, TrustedProxies};
use crate::ory::{ClientBuildError, Ory};
use crate::upstream::Upstream;
use crate::{Iam, PerTenant, Secret, Tenant};

/// As long as the HMAC's own output (RFC 2104, section 3), in bytes.
const SHORTEST_SECRET: usize = 32;

/// Puts an [`Iam`] together: a configuration, and parts that differ from their defaults.
///
/// ```no_run
/// # #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
/// # enum Tenants { Admin }
/// # impl iam_core::Tenant for Tenants {
/// #     const ALL: &'static [Self] = &[Self::Admin];
/// #     const DEFAULT: Option<Self> = Some(Self::Admin);
/// #     fn name(self) -> &'static str { "admin" }
/// #     fn index(self) -> usize { 0 }
/// # }
/// use iam_core::{Iam, audit::{AuditSink, Event}, config::IamConfig};
///
/// struct Siem;
/// impl AuditSink for Siem {
///     fn record(&self, event: &Event) { /* send it off */ }
/// }
///
/// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
/// let iam = Iam::<Tenants>::builder(IamConfig::load("iam.toml")?).audit(Siem).build().await?;
/// # Ok(()) }
/// ```
#[must_use = "nothing is built before `.build().await`"]
pub struct IamBuilder<T: Tenant> {
    config: IamConfig,
    secrets: Option<Box<dyn SecretSource>>,
    audit: Arc<dyn AuditSink>,
    clock: Arc<dyn Clock>,
    upstreams: Vec<(T, Arc<dyn Upstream>)>,
    shared: Option<(Arc<dyn SharedCache>, Secret)>,
    resolver: Option<Arc<dyn TenantResolver<T>>>,
}

impl<T: Tenant> IamBuilder<T> {
    pub(crate) fn new(config: IamConfig) -> Self {
        Self {
            config,
            secrets: None,
            audit: Arc::new(TracingSink),
            clock: Arc::new(SystemClock::default()),
            upstreams: Vec::new(),
            shared: None,
            resolver: None,
        }
    }

    /// Takes the secrets that the configuration leaves out from a vault.
    pub fn secrets(mut self, source: impl SecretSource + 'static) -> Self {
        self.secrets = Some(Box::new(source));
        self
    }

    /// Sends audit events there instead of to `tracing`.
    pub fn audit(mut self, sink: impl AuditSink) -> Self {
        self.audit = Arc::new(sink);
        self
    }

    /// Reads the time there.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Asks this instead of the tenant's Ory servers while requests are decided; for tests.
    pub fn upstream(mut self, tenant: T, upstream: Arc<dyn Upstream>) -> Self {
        self.upstreams.push((tenant, upstream));
        self
    }

    /// Shares what is looked up with other processes of the same application, for the
    /// tenants and credentials whose cache is on. `secret` is what all of them know and
    /// the store does not: 32 bytes or more.
    pub fn shared_cache(mut self, store: impl SharedCache, secret: Secret) -> Self {
        self.shared = Some((Arc::new(store), secret));
        self
    }

    /// Finds the tenant of a host in code, in place of the configuration's `hosts`.
    pub fn tenant_resolver(mut self, resolver: impl TenantResolver<T>) -> Self {
        self.resolver = Some(Arc::new(resolver));
        self
    }

    /// Checks the configuration whole and builds. Calls the secret source, and never
    /// Ory: an application starts during an outage.
    ///
    /// # Errors
    /// Every problem of the configuration and of the secret source at once; an HTTP
    /// client or the audit thread that cannot be made.
    pub async fn build(mut self) -> Result<Iam<T>, BuildError> {
        if let Some(secrets) = &self.secrets {
            self.config.resolve_secrets(&**secrets).await;
        }
        let settings = check::<T>(&self.config).map_err(Part::Config)?;
        let proxies = Arc::new(TrustedProxies::new(settings.trusted_proxies));
        let hosts = match self.resolver {
            Some(_) if !settings.hosts.is_empty() => return Err(Part::TwoResolvers.into()),
            Some(resolver) => Hosts::resolved(Arc::clone(&proxies), resolver),
            None => {
                let known = settings.hosts.iter().filter_map(|(host, name)| Some((&**host, T::from_name(name)?)));
                Hosts::mapped(Arc::clone(&proxies), HostMap::new(known))
            }
        };
        let auditor = Auditor::start(self.audit, Arc::clone(&self.clock)).map_err(Part::AuditThread)?;
        let shared = self.shared.map(|(store, secret)| {
            let sealer = Some(&secret).filter(|secret| secret.expose().len() >= SHORTEST_SECRET).and_then(Sealer::new);
            sealer.map(|sealer| (store, sealer)).ok_or(Part::SharedSecret)
        });
        let shared = shared.transpose()?;
        let mut all = settings.tenants.into_iter().map(Arc::new);
        let tenants = PerTenant::try_from_fn(|tenant: T| {
            // The check leaves one a tenant, in the order of the enum.
            let settings = all.next().ok_or(Part::Missing(tenant.name()))?;
            let ory = Arc::new(Ory::new(&settings).map_err(Part::Client)?);
            let replaced = self.upstreams.iter().rev().find(|(of, _)| *of == tenant);
            let upstream = replaced.map_or_else(|| Arc::clone(&ory) as _, |(_, upstream)| Arc::clone(upstream));
            if settings.trust_traits_roles {
                tracing::warn!(target: "iam", tenant = tenant.name(), "users can edit `traits.roles`, and they count as roles");
            }
            let joint = shared.clone().map(|(store, sealer)| {
                JointCache::new(store, sealer, tenant.name(), settings.cache.clone(), Arc::clone(&self.clock))
            });
            let (auditor, clock) = (auditor.clone(), Arc::clone(&self.clock));
            Ok::<_, Part>(Arc::new(TenantState::new::<T>(
                settings,
                Arc::clone(&proxies),
                ory,
                upstream,
                joint,
                auditor,
                clock,
            )))
        })?;
        for (_, tenant) in tenants.iter() {
            let kin = tenants.iter().map(|(_, other)| other);
            tenant.share_with(kin.filter(|other| tenant.settings.shares_with.contains(&other.settings.name)));
        }
        Ok(Iam::new(tenants, hosts, auditor))
    }
}

impl<T: Tenant> fmt::Debug for IamBuilder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IamBuilder").finish_non_exhaustive()
    }
}

/// An [`Iam`] could not be built.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct BuildError(#[from] Part);

impl BuildError {
    /// The configuration's problems, if it is those.
    #[must_use]
    pub fn config(&self) -> Option<&ConfigError> {
        if let Part::Config(error) = &self.0 { Some(error) } else { None }
    }
}

/// Which part could not be built.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Part {
    #[error(transparent)]
    Config(ConfigError),
    #[error(transparent)]
    Client(ClientBuildError),
    #[error("the audit thread could not be started")]
    AuditThread(#[source] std::io::Error),
    #[error("the shared cache's secret is shorter than {SHORTEST_SECRET} bytes")]
    SharedSecret,
    #[error("hosts are resolved in code and by `hosts` of the configuration: keep one of them")]
    TwoResolvers,
    #[error("tenant `{0}` has no settings")]
    Missing(&'static str),
}
