//! From a principal to a verdict: tenant, kind, roles, then permissions.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use super::{Denied, Failure, Found, Reason, TenantState};
use crate::Principal;
use crate::config::KratosSettings;
use crate::error::{Product, UpstreamError, UpstreamFault};
use crate::policy::{Checked, CredentialKind, MatrixRoles, Rules};
use crate::request::RequestSnapshot;
use crate::upstream::{CheckTuple, Trace};

/// Everything that the principal alone can say.
pub(super) fn admit(rules: &Rules, tenant: &'static str, principal: &Principal) -> Result<(), Failure> {
    if principal.tenant() != tenant {
        return Err(Reason::TenantMismatch.into());
    }
    match (rules.credential, principal) {
        (CredentialKind::Session | CredentialKind::OptionalSession { .. }, Principal::User(_))
        | (CredentialKind::Machine, Principal::Machine(_))
        | (CredentialKind::SessionOrMachine, Principal::User(_) | Principal::Machine(_)) => {}
        (CredentialKind::Delegated { .. }, Principal::Delegate(delegate)) => {
            let lacks = |scope: &&str| !delegate.scopes.iter().any(|own| own == scope);
            if let Some(scope) = rules.all_scopes().find(lacks) {
                return Err(Failure::Demand(Reason::Role, format!("scope {scope}").into()));
            }
        }
        (CredentialKind::Delegated { .. }, _) => return Err(Reason::NotADelegate.into()),
        (CredentialKind::Machine | CredentialKind::SessionOrMachine, _) => return Err(Reason::NotAMachine.into()),
        // A digest's kind keeps sessions and access tokens apart; a shared cache might not.
        _ => return Err(Reason::RejectedByTenant.into()),
    }
    let has = |role: &str| principal.has_role(role);
    match rules.all_roles().find(|rule| !rule.holds(&has)) {
        Some(rule) => Err(Failure::Demand(Reason::Role, format!("role {}", MatrixRoles::from(rule)).into())),
        None => Ok(()),
    }
}

/// Whether a session is strong and young enough.
fn suffices(
    rules: &Rules,
    principal: &Principal,
    kratos: &KratosSettings,
    now: impl FnOnce() -> Duration,
) -> Result<(), Failure> {
    let (aal, max_age) = (rules.strictest_aal(), rules.strictest_session_age());
    if aal <= 1 && max_age.is_none() {
        return Ok(());
    }
    let Principal::User(user) = principal else { return Err(Reason::SecondFactor.into()) };
    if user.level() < aal {
        return Err(Failure::StepUp(Reason::SecondFactor, log_in(kratos, &format!("aal=aal{aal}"))));
    }
    let Some(max_age) = max_age else { return Ok(()) };
    if user.session_age(now()).is_some_and(|age| age <= max_age.as_secs_f64()) {
        return Ok(());
    }
    Err(Failure::StepUp(Reason::SessionTooOld, log_in(kratos, "refresh=true")))
}

/// The page where a browser begins Kratos' login flow (`GET /self-service/login/browser`).
fn log_in(kratos: &KratosSettings, query: &str) -> Option<Box<str>> {
    let mut url = kratos.browser_url.join("self-service/login/browser").ok()?;
    url.set_query(Some(query));
    Some(String::from(url).into())
}

/// The whole verdict of a policy that asks nobody else.
pub(super) fn of_principal(tenant: &TenantState, rules: &Rules, principal: Arc<Principal>) -> Found {
    let settings = &tenant.settings;
    let verdict = admit(rules, settings.name, &principal)
        .and_then(|()| suffices(rules, &principal, &settings.kratos, || tenant.clock.wall()));
    match verdict {
        Ok(()) => Ok(Some(principal)),
        Err(failure) => Err(Denied { failure, principal: Some(principal) }),
    }
}

/// The whole verdict.
pub(super) async fn whole(
    tenant: Arc<TenantState>,
    rules: &'static Rules,
    principal: Arc<Principal>,
    request: Option<RequestSnapshot>,
    trace: Trace,
) -> Found {
    let principal = match of_principal(&tenant, rules, principal) {
        Ok(Some(principal)) => principal,
        other => return other,
    };
    let Some(request) = request else { return Ok(Some(principal)) };
    let verdict = match tenant.permits(rules, &principal, &request, &trace).await {
        Ok(()) => checked(rules, &principal, &request).await,
        denied => denied,
    };
    match verdict {
        Ok(()) => Ok(Some(principal)),
        Err(failure) => Err(Denied { failure, principal: Some(principal) }),
    }
}

/// Whether all checks of the application's own say yes. All are run, so that a "no"
/// never hides that another one could not tell.
async fn checked(rules: &Rules, principal: &Principal, request: &RequestSnapshot) -> Result<(), Failure> {
    let mut verdict = Ok(());
    for check in rules.all_checks() {
        match (check.run)(principal, request).await {
            Checked::Allow => {}
            Checked::Deny(reason) if verdict.is_ok() => {
                verdict = Err(Failure::Demand(Reason::Check, format!("{}: {reason}", check.name).into()));
            }
            Checked::Deny(_) => {}
            Checked::CannotTell => return Err(Reason::CheckUnavailable.into()),
        }
    }
    verdict
}

impl TenantState {
    /// Whether all permissions hold.
    async fn permits(
        &self,
        rules: &Rules,
        principal: &Principal,
        request: &RequestSnapshot,
        trace: &Trace,
    ) -> Result<(), Failure> {
        let mut tuples = Vec::new();
        for permission in rules.all_permissions() {
            let object = permission.object.resolve(request).ok_or(Reason::BadParameter)?;
            tuples.push(CheckTuple {
                namespace: permission.namespace.into(),
                object,
                relation: permission.relation.into(),
                subject_id: self.subject_of(principal)?,
            });
        }
        // All at once; a denial is only reported when every answer is in, so that
        // "denied" never hides that another check could not be made.
        let answers = join_all(tuples.iter().map(|tuple| self.check(trace, tuple))).await;
        let mut denied = None;
        for (tuple, answer) in tuples.iter().zip(answers) {
            if !answer? {
                denied = denied.or(Some(tuple));
            }
        }
        match denied {
            Some(CheckTuple { namespace, relation, object, .. }) => {
                Err(Failure::Demand(Reason::Permission, format!("permission {namespace}#{relation}@{object}").into()))
            }
            None => Ok(()),
        }
    }

    /// The principal as a Keto subject: users and machines never share a prefix.
    fn subject_of(&self, principal: &Principal) -> Result<String, Failure> {
        // Start-up refuses a policy that its tenant cannot serve; what is left is
        // a handler mounted past that check.
        let missing = || self.fault(Product::Keto, UpstreamFault::Unreadable("no keto is configured"));
        let keto = self.settings.keto.as_ref().ok_or_else(missing)?;
        let subject = match principal {
            Principal::User(_) | Principal::Delegate(_) => keto.user_subject(principal.id()),
            Principal::Machine(_) => keto.client_subject(principal.id()),
        };
        subject.ok_or(Reason::NoSubject.into())
    }

    async fn check(&self, trace: &Trace, tuple: &CheckTuple) -> Result<bool, UpstreamError> {
        let _permit = self
            .permissions_in_flight
            .try_acquire()
            .map_err(|_| self.fault(Product::Keto, UpstreamFault::Saturated))?;
        self.upstream.check(trace, tuple).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{MatrixRow, PolicyData, RoleRule};
    use crate::principal::{Delegate, Machine, User};
    use time::OffsetDateTime;

    const TENANT: &str = "admin";

    fn machine(scopes: &[&str]) -> Principal {
        Principal::Machine(Machine {
            tenant: TENANT,
            client_id: "erp".into(),
            scopes: scopes.iter().map(|scope| (*scope).into()).collect(),
            expires_at: OffsetDateTime::from_unix_timestamp(2_000_000_000).unwrap(),
        })
    }

    fn delegate(scopes: &[&str]) -> Principal {
        Principal::Delegate(Delegate {
            tenant: TENANT,
            subject: "u1".into(),
            client_id: "app".into(),
            scopes: scopes.iter().map(|scope| (*scope).into()).collect(),
            expires_at: OffsetDateTime::from_unix_timestamp(2_000_000_000).unwrap(),
        })
    }

    fn verdict(data: &PolicyData<()>, principal: &Principal) -> Result<(), Reason> {
        admit(&data.rules, TENANT, principal).map_err(|failure| failure.reason())
    }

    #[test]
    fn lists_of_roles_add_up() {
        let policy = PolicyData::new((), CredentialKind::Machine)
            .roles(&[RoleRule::OneOf(&["a", "b"]), RoleRule::OneOf(&["c"])]);
        for (scopes, outcome) in [
            (&["a", "c"][..], Ok(())),
            (&["b", "c", "d"], Ok(())),
            (&["a", "b"], Err(Reason::Role)),
            (&["c"], Err(Reason::Role)),
            (&["A", "c"], Err(Reason::Role)),
            (&[], Err(Reason::Role)),
        ] {
            assert_eq!(verdict(&policy, &machine(scopes)), outcome, "{scopes:?}");
        }
    }

    #[test]
    fn a_delegate_is_no_machine_and_has_no_roles() {
        let machines = PolicyData::new((), CredentialKind::Machine);
        assert_eq!(verdict(&machines, &delegate(&["a"])), Err(Reason::NotAMachine));
        let delegates = PolicyData::new((), CredentialKind::Delegated { scopes: &["a", "b"] });
        assert_eq!(verdict(&delegates, &delegate(&["b", "a"])), Ok(()));
        assert_eq!(verdict(&delegates, &delegate(&["a"])), Err(Reason::Role));
        assert_eq!(verdict(&delegates, &machine(&["a", "b"])), Err(Reason::NotADelegate));
        assert_eq!(verdict(&delegates.roles(&[RoleRule::OneOf(&["a"])]), &delegate(&["a", "b"])), Err(Reason::Role));
    }

    #[test]
    fn another_tenants_principal_is_refused_whatever_its_roles() {
        let policy = PolicyData::new((), CredentialKind::Machine);
        let refused = admit(&policy.rules, "customer", &machine(&["a"])).map_err(|failure| failure.reason());
        assert_eq!(refused, Err(Reason::TenantMismatch));
    }

    fn user(tenant: &'static str, roles: &[&str], level: &str, age: Option<i64>) -> Principal {
        let at = |seconds| OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        Principal::User(User {
            tenant,
            id: "u1".into(),
            session_id: "s1".into(),
            schema_id: "default".into(),
            roles: roles.iter().map(|role| (*role).into()).collect(),
            expires_at: at(NOW.as_secs() as i64 + 1),
            authenticated_at: age.map(|age| at(NOW.as_secs() as i64 - age)),
            assurance_level: level.into(),
            methods: Vec::new(),
            traits: None,
            metadata_public: None,
        })
    }

    const NOW: Duration = Duration::from_secs(1_700_000_000);

    /// The explanation is for people and reads the matrix; it must not say anything else than the decision.
    #[test]
    fn what_is_explained_is_what_is_decided() {
        const ROLES: &[&[RoleRule]] = &[
            &[],
            &[RoleRule::OneOf(&["a", "b"])],
            &[RoleRule::OneOf(&["a"]), RoleRule::OneOf(&["b"])],
            &[RoleRule::All(&[RoleRule::OneOf(&["a"]), RoleRule::Not(&RoleRule::OneOf(&["b"]))])],
        ];
        let mut principals = vec![machine(&["b"]), delegate(&["a"]), delegate(&["a", "b"])];
        for roles in [&[][..], &["a"], &["b"], &["a", "b"]] {
            for (level, age) in
                [("aal1", Some(10)), ("aal2", Some(900)), ("aal2", Some(901)), ("aal2", None), ("x", None)]
            {
                principals.push(user(TENANT, roles, level, age));
            }
        }
        principals.push(user("dealer", &["a", "b"], "aal2", Some(1)));
        let kinds = [
            CredentialKind::Session,
            CredentialKind::OptionalSession { stale_is_anonymous: true },
            CredentialKind::Machine,
            CredentialKind::SessionOrMachine,
            CredentialKind::Delegated { scopes: &["a", "b"] },
        ];
        let settings = crate::request::testing::settings();
        let (mut met, mut missing) = (0, 0);
        for (kind, roles) in kinds.into_iter().flat_map(|kind| ROLES.iter().map(move |roles| (kind, *roles))) {
            for (aal, max_age) in [(1, None), (2, None), (1, Some(900)), (2, Some(900))] {
                let mut policy = PolicyData::new((), kind).roles(roles).aal(aal);
                policy.rules.max_session_age = max_age.map(Duration::from_secs);
                for principal in &principals {
                    let decided = admit(&policy.rules, settings.name, principal)
                        .and_then(|()| suffices(&policy.rules, principal, &settings.kratos, || NOW));
                    let row = MatrixRow::of_rules("GET", "/", vec![settings.name.into()], &policy.rules);
                    let explained = row.explain(Some(principal), NOW);
                    assert_eq!(decided.is_err(), explained.refused_by().is_some(), "{principal:?}: {explained}");
                    *(if decided.is_ok() { &mut met } else { &mut missing }) += 1;
                }
            }
        }
        assert!(met > 100 && missing > 100, "{met} {missing}");
    }

    #[test]
    fn kinds_do_not_mix() {
        assert_eq!(verdict(&PolicyData::session(()), &machine(&["a"])), Err(Reason::RejectedByTenant));
    }
}
