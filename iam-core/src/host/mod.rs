//! Which tenant a request's host belongs to, for policies that leave it to the host.
//!
//! `#[tenant(host("customer", "dealer"))]` names the tenants that come into question; the host
//! picks one of them and never another, so that a caller cannot choose the weakest. Hosts are
//! mapped in the configuration:
//!
//! ```toml
//! [hosts]
//! "dealer.example.com" = "dealer"
//! "*.shops.example.com" = "customer" # one label, as in a certificate (RFC 9525, section 6.3)
//! ```
//!
//! or by a [`TenantResolver`] of the application's own. A host that is missing, or of no listed
//! tenant, is answered with 421 (RFC 9110, section 15.5.20), one that contradicts itself with 400:
//! no tenant is ever assumed.

mod authority;
mod forwarded;
mod map;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::Tenant;
use crate::policy::TenantSelector;
use crate::reason::Reason;
use crate::request::RequestView;

pub(crate) use authority::{HostFault, TrustedProxies, canonical_host};
pub(crate) use map::HostMap;

/// Finds the tenant of a host; set by [`IamBuilder::tenant_resolver`](crate::IamBuilder::tenant_resolver).
///
/// ```
/// use iam_core::host::TenantResolver;
/// # #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
/// # enum Tenants { Customer, Dealer }
///
/// /// `dealer-17.example.com` is a dealer's.
/// struct ByPrefix;
/// impl TenantResolver<Tenants> for ByPrefix {
///     fn tenant_of(&self, host: &str) -> Option<Tenants> {
///         let (name, _) = host.strip_suffix(".example.com")?.split_once('-')?;
///         match name {
///             "dealer" => Some(Tenants::Dealer),
///             "shop" => Some(Tenants::Customer),
///             _ => None,
///         }
///     }
/// }
/// ```
pub trait TenantResolver<T>: Send + Sync + 'static {
    /// The tenant of this host; none for a host that is nobody's.
    ///
    /// `host` has one spelling: ASCII in lower case (IDNA's A-labels), without port and trailing
    /// dot. It is called for each request of a by-host policy and must not block.
    fn tenant_of(&self, host: &str) -> Option<T>;
}

/// How this process tells tenants apart by host.
pub(crate) struct Hosts<T> {
    proxies: Arc<TrustedProxies>,
    source: Source<T>,
}

enum Source<T> {
    Map(HostMap<T>),
    Own(Arc<dyn TenantResolver<T>>),
}

impl<T: Tenant> Hosts<T> {
    pub(crate) fn mapped(proxies: Arc<TrustedProxies>, map: HostMap<T>) -> Self {
        Self { proxies, source: Source::Map(map) }
    }

    pub(crate) fn resolved(proxies: Arc<TrustedProxies>, resolver: Arc<dyn TenantResolver<T>>) -> Self {
        Self { proxies, source: Source::Own(resolver) }
    }

    /// The one tenant of this policy and this request.
    pub(crate) fn select(&self, selector: TenantSelector<T>, view: &dyn RequestView) -> Result<T, Reason> {
        match selector {
            TenantSelector::Route(tenant) => Ok(tenant),
            TenantSelector::Host(listed) => self.among(listed, view),
        }
    }

    fn among(&self, listed: &[T], view: &dyn RequestView) -> Result<T, Reason> {
        let authority = self.proxies.authority(view).map_err(|fault| match fault {
            HostFault::Missing | HostFault::Unknown => Reason::HostUnknown,
            HostFault::Malformed => Reason::HostMalformed,
            HostFault::Conflicting => Reason::HostConflict,
        })?;
        let host = authority.host.to_string();
        let found = match &self.source {
            Source::Map(map) => map.tenant_of(&host),
            // The application's own part may panic: then nobody can tell.
            Source::Own(resolver) => {
                catch_unwind(AssertUnwindSafe(|| resolver.tenant_of(&host))).map_err(|_| Reason::HostResolver)?
            }
        };
        found.filter(|tenant| listed.contains(tenant)).ok_or(Reason::HostUnknown)
    }

    /// Whether some host may lead to this tenant.
    pub(crate) fn may_lead_to(&self, tenant: T) -> bool {
        match &self.source {
            Source::Map(map) => map.has(tenant),
            Source::Own(_) => true,
        }
    }
}
