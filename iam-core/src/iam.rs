//! [`Iam`]: what an application holds, and its builder.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::audit::{Auditor, Dropped};
use crate::builder::IamBuilder;
use crate::config::IamConfig;
use crate::config::wording::nearest;
use crate::decision::{Decision, TenantState, VARY_ON_ANY, decide, refuse_host, vary};
use crate::effects::TenantEffects;
use crate::host::Hosts;
use crate::policy::{AccessMatrix, DeclaredNamespaces, Note, PolicyData, TenantSelector};
use crate::request::RequestView;
use crate::service::Services;
use crate::verify::Demanded;
use crate::{DefaultTenant, PerTenant, Principal, Tenant};

/// All tenants' identity and access, for one process. Cheap to clone: every clone
/// shares the same caches, connections and audit trail.
pub struct Iam<T> {
    shared: Arc<Shared<T>>,
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
        Self { shared: Arc::new(Shared { tenants, hosts, auditor, demanded }), acting: None }
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

    /// Notes what a policy that is mounted there demands of Keto, for [`Iam::verify_upstreams`].
    pub fn mounted(&self, policy: &PolicyData<T>, place: &str) {
        for tenant in policy.tenant.candidates() {
            let mut demanded = self.shared.demanded[tenant].lock().unwrap_or_else(PoisonError::into_inner);
            for permission in policy.rules.all_permissions() {
                demanded.relation(permission.namespace, permission.relation, place);
                if let Some(DeclaredNamespaces { file, names }) = permission.declared {
                    names.iter().for_each(|name| demanded.namespace(name, file));
                }
            }
        }
    }

    /// What keeps a policy from working on a route of this path: a product that the
    /// tenant's configuration lacks, a role that nobody declared, a permission's parameter that
    /// the path lacks.
    /// Whoever asks is about to mount it, so it counts as [`Iam::mounted`].
    #[must_use]
    pub fn misfits(&self, policy: &PolicyData<T>, path: &str) -> Vec<String> {
        self.mounted(policy, path);
        let mut misfits = Vec::new();
        for tenant in policy.tenant.candidates() {
            let settings = &self.shared.tenants[tenant].settings;
            let mut lacks = |what: &str, attribute: &str| {
                misfits.push(format!("`{attribute}` needs `{what}` in the configuration"));
            };
            let of_tenant = |key: &str| format!("tenants.{}.{key}", settings.name);
            if matches!(policy.tenant, TenantSelector::Host(_)) && !self.shared.hosts.may_lead_to(tenant) {
                lacks(&format!("hosts.\"..\" = \"{}\"", settings.name), "#[tenant(host(..))]");
            }
            let introspects = settings.hydra.as_ref().is_some_and(|hydra| hydra.admin.is_some());
            if policy.rules.credential.takes_tokens() && !introspects {
                lacks(&of_tenant("hydra.admin_url"), "#[oauth2]");
            }
            if policy.rules.all_permissions().next().is_some() && settings.keto.is_none() {
                lacks(&of_tenant("keto.read_url"), "#[require_permission]");
            }
        }
        if let Some(tenant) =
            self.gives_roles_away(policy.tenant.candidates(), policy.rules.all_roles().next().is_some())
        {
            tracing::warn!(target: "iam", tenant, path, "users can edit `traits.roles`, and this route takes them for roles");
        }
        if let Some(declared) = T::ROLES {
            // What literals name was seen while compiling; what constants name is not.
            let mut undeclared = |role: &'static str| {
                if !declared.contains(&role) {
                    let near = nearest(role, declared.iter().copied());
                    let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                    misfits.push(format!("no role of `define_roles!` is called `{role}`{near}"));
                }
            };
            policy.rules.all_roles().for_each(|rule| rule.each_name(&mut undeclared));
        }
        for permission in policy.rules.all_permissions() {
            let object = permission.object;
            misfits.extend(object.parameters().filter_map(|name| {
                let fault = match times_named(path, name) {
                    0 => "the path lacks",
                    1 => return None,
                    _ => "the path has more than once",
                };
                Some(format!("the object `{object}` names `{{{name}}}`, which {fault}"))
            }));
        }
        misfits
    }

    /// The matrix, with what this configuration loosens: a note at each route that demands roles at a
    /// tenant where users can give them to themselves (`dangerously_trust_traits_roles`).
    #[must_use]
    pub fn annotate(&self, mut matrix: AccessMatrix) -> AccessMatrix {
        for row in &mut matrix.rows {
            let tenants = row.tenants.iter().filter_map(|name| T::from_name(name));
            if self.gives_roles_away(tenants, !row.roles.is_empty()).is_some() {
                row.notes.push(Note::TraitsGiveRoles);
            }
        }
        matrix
    }

    /// The tenant where users can write the roles that are demanded.
    fn gives_roles_away(&self, mut tenants: impl Iterator<Item = T>, demands_roles: bool) -> Option<&'static str> {
        let tenant = tenants.find(|tenant| self.shared.tenants[*tenant].settings.trust_traits_roles);
        tenant.filter(|_| demands_roles).map(T::name)
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

/// How often a path template has this parameter, also as a wildcard (`{*rest}`) or with a pattern (`{id:\d+}`).
fn times_named(path: &str, name: &str) -> usize {
    let parameters = path.split('{').skip(1).map(|rest| rest.split(['}', ':']).next().unwrap_or_default());
    parameters.filter(|parameter| parameter.trim_start_matches('*').trim_end_matches('*') == name).count()
}

impl<T> Iam<T> {
    /// The same, with service calls that name this principal as their actor in the
    /// audit trail; for work that a handler spawns and that outlives its request.
    #[must_use]
    pub fn acting_as(&self, principal: &Arc<Principal>) -> Self {
        Self { shared: Arc::clone(&self.shared), acting: Some(Arc::clone(principal)) }
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
        Self { shared: Arc::clone(&self.shared), acting: self.acting.clone() }
    }
}

impl<T> fmt::Debug for Iam<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iam").finish_non_exhaustive()
    }
}
