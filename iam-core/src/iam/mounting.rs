//! What comes to light as routes are mounted: before anything is served.

use std::sync::PoisonError;

use crate::config::HydraSettings;
use crate::config::wording::nearest;
use crate::policy::{AccessMatrix, DeclaredNamespaces, MatrixCredential, Note, PolicyData, Rules, TenantSelector};
use crate::{Iam, Tenant};

impl<T: Tenant> Iam<T> {
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
        let demands_roles = policy.rules.credential.takes_sessions() && policy.rules.all_roles().next().is_some();
        if let Some(tenant) = self.gives_roles_away(policy.tenant.candidates(), demands_roles) {
            tracing::warn!(target: "iam", tenant, path, "users can edit `traits.roles`, and this route takes them for roles");
        }
        let mut misfits = self.unserved(policy);
        misfits.extend(undeclared_roles(&policy.rules, T::ROLES.map(|names| names.all)));
        misfits.extend(unclear_parameters(&policy.rules, path));
        misfits
    }

    /// What the policy needs and the configuration lacks.
    fn unserved(&self, policy: &PolicyData<T>) -> Vec<String> {
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
            let hydra = |does: fn(&HydraSettings) -> bool| settings.hydra.as_ref().is_some_and(does);
            let needs_fresh = policy.rules.strictest_freshness().is_some();
            match policy.rules.credential.takes_tokens() {
                true if !hydra(HydraSettings::takes_tokens) => lacks(&of_tenant("hydra.admin_url"), "#[oauth2]"),
                true if needs_fresh && !hydra(HydraSettings::introspects) => {
                    lacks(&of_tenant("hydra.admin_url"), "fresh = \"..\"");
                }
                _ => {}
            }
            if policy.rules.all_permissions().next().is_some() && settings.keto.is_none() {
                lacks(&of_tenant("keto.read_url"), "#[require_permission]");
            }
        }
        misfits
    }

    /// The matrix, with what this configuration loosens: a note at each route that demands roles at a
    /// tenant where users can give them to themselves (`dangerously_trust_traits_roles`).
    ///
    /// ```no_run
    /// # use iam_core::{Iam, Tenant, policy::AccessMatrix};
    /// fn show<T: Tenant>(iam: &Iam<T>, matrix: AccessMatrix) {
    ///     println!("{}", iam.annotate(matrix));
    /// }
    /// ```
    #[must_use]
    pub fn annotate(&self, mut matrix: AccessMatrix) -> AccessMatrix {
        for row in &mut matrix.rows {
            let tenants = row.tenants.iter().filter_map(|name| T::from_name(name));
            let of_machines = matches!(row.credential, Some(MatrixCredential::Machine | MatrixCredential::Delegated));
            if self.gives_roles_away(tenants, !row.roles.is_empty() && !of_machines).is_some() {
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
}

/// What literals name was seen while compiling; what constants name is not.
fn undeclared_roles(rules: &Rules, declared: Option<&[&'static str]>) -> Vec<String> {
    let mut misfits = Vec::new();
    let Some(declared) = declared else { return misfits };
    for rule in rules.all_roles() {
        rule.each_name(&mut |role| {
            if !declared.contains(&role) {
                let near = nearest(role, declared.iter().copied());
                let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                misfits.push(format!("no role of `define_roles!` is called `{role}`{near}"));
            }
        });
    }
    misfits
}

/// Parameters that a permission names and the path has not, or has twice.
fn unclear_parameters(rules: &Rules, path: &str) -> Vec<String> {
    let mut misfits = Vec::new();
    for object in rules.all_permissions().map(|permission| permission.object) {
        for name in object.parameters() {
            let fault = match times_named(path, name) {
                0 => "the path lacks",
                1 => continue,
                _ => "the path has more than once",
            };
            misfits.push(format!("the object `{object}` names `{{{name}}}`, which {fault}"));
        }
    }
    misfits
}

/// How often a path template has this parameter, also as a wildcard (`{*rest}`) or with a pattern (`{id:\d+}`).
fn times_named(path: &str, name: &str) -> usize {
    let parameters = path.split('{').skip(1).map(|rest| rest.split(['}', ':']).next().unwrap_or_default());
    parameters.filter(|parameter| parameter.trim_start_matches('*').trim_end_matches('*') == name).count()
}
