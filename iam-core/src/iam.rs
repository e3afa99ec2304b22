//! [`Iam`]: what an application holds, and its builder.

mod mounting;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::audit::{Auditor, Dropped};
use crate::builder::IamBuilder;
use crate::config::IamConfig;
use crate::decision::{Decision, TenantState, VARY_ON_ANY, decide, refuse_host, vary};
use crate::effects::TenantEffects;
use crate::held::Held;
use crate::host::Hosts;
use crate::policy::PolicyData;
use crate::request::RequestView;
use crate::service::Services;
use crate::verify::Demanded;
use crate::{DefaultTenant, PerTenant, Principal, Tenant};

/// All tenants' identity and access, for one process. Cheap to clone: every clone
/// shares the same caches, connections and audit trail.
pub struct Iam<T> {
    shared: Held<Shared<T>>,
    acting: Option<Arc<Principal>>,
}

struct Shared<T> {
    tenants: PerTenant<T, Arc<TenantState>>,
    hosts: Hosts<T>,
    auditor: Auditor,
    demanded: PerTenant<T, Mutex<Demanded>>,
}

impl<T: Tenant> Iam<T> {
    /// Begins to put one together from a configuration.
    pub fn builder(config: IamConfig) -> IamBuilder<T> {
        IamBuilder::new(config)
    }

    pub(crate) fn new(tenants: PerTenant<T, Arc<TenantState>>, hosts: Hosts<T>, auditor: Auditor) -> Self {
        let demanded = PerTenant::from_fn(|_| Mutex::default());
        Self { shared: Arc::new(Shared { tenants, hosts, auditor, demanded }).into(), acting: None }
    }

    pub(crate) fn state(&self, tenant: T) -> &TenantState {
        &self.shared.tenants[tenant]
    }

    /// What mounted policies demand of this tenant's Keto, as far as they are mounted.
    pub(crate) fn demanded(&self, tenant: T) -> Demanded {
        self.shared.demanded[tenant].lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// This tenant's services. Called in a handler, they act for its principal: their
    /// audit events name it, and carry the request's id.
    #[must_use]
    pub fn tenant(&self, tenant: T) -> Services {
        let state = &self.shared.tenants[tenant];
        let effects = TenantEffects { tenant: Arc::clone(state), acting: self.acting.clone() };
        Services::new(Arc::clone(&state.settings), Arc::clone(&state.ory), Arc::new(effects))
    }

    /// The services of the tenant that is meant where none is named.
    #[must_use]
    pub fn default_tenant(&self) -> Services
    where
        T: DefaultTenant,
    {
        self.tenant(T::DEFAULT_TENANT)
    }

    /// Decides about a request. For adapters: handlers get decided requests only.
    #[must_use]
    pub fn decide(&self, policy: &'static PolicyData<T>, view: &dyn RequestView) -> Decision {
        match self.shared.hosts.select(policy.tenant, view) {
            Ok(tenant) => decide(&self.shared.tenants[tenant], &policy.rules, view),
            Err(reason) => refuse_host(&self.shared.auditor, reason, self.vary(policy), view),
        }
    }

    /// The request headers that answers under this policy depend on, for `Vary`.
    #[must_use]
    pub fn vary(&self, policy: &PolicyData<T>) -> &'static str {
        let of = |tenant| vary(policy.rules.credential, &self.shared.tenants[tenant].settings);
        let mut candidates = policy.tenant.candidates().map(of);
        let first = candidates.next().unwrap_or(VARY_ON_ANY);
        if candidates.all(|other| other == first) { first } else { VARY_ON_ANY }
    }
}

impl<T> Iam<T> {
    /// The same, with service calls that name this principal as their actor in the
    /// audit trail; for work that a handler spawns and that outlives its request.
    ///
    /// ```no_run
    /// # use std::sync::Arc;
    /// # use iam_core::{Iam, IamError, IdentityId, Principal, Tenant};
    /// fn close_account<T: Tenant>(iam: &Iam<T>, by: &Arc<Principal>, customers: T, id: IdentityId) {
    ///     let iam = iam.acting_as(by);
    ///     tokio::spawn(async move {
    ///         iam.tenant(customers).identities().delete(&id).await?;
    ///         Ok::<_, IamError>(())
    ///     });
    /// }
    /// ```
    #[must_use]
    pub fn acting_as(&self, principal: &Arc<Principal>) -> Self {
        Self { shared: self.shared.clone(), acting: Some(Arc::clone(principal)) }
    }

    /// Waits until every audit event made so far has reached the sink; call it before the process ends.
    pub async fn flush_audit(&self) {
        self.shared.auditor.flush().await;
    }

    /// Audit events lost to a full queue or a panicking sink, by tenant and outcome.
    #[must_use]
    pub fn dropped_audit_events(&self) -> Dropped {
        self.shared.auditor.dropped()
    }
}

impl<T> Clone for Iam<T> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone(), acting: self.acting.clone() }
    }
}

impl<T> fmt::Debug for Iam<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iam").finish_non_exhaustive()
    }
}
