//! A policy that builds on others: what all of them demand together.

use super::text::Text;
use super::{CredentialKind, RoleRule, Rules};
use crate::adapter::SameTenant;

/// Rules and those of the policies that they build on, from [`Rules::all`].
#[derive(Debug, Clone)]
pub struct AllRules<'a> {
    next: Option<&'a Rules>,
    /// Bases that wait for their turn: none, as a rule, so that nothing is allocated.
    waiting: Vec<&'static Rules>,
}

impl<'a> AllRules<'a> {
    pub(super) fn of(rules: &'a Rules) -> Self {
        Self { next: Some(rules), waiting: Vec::new() }
    }
}

impl<'a> Iterator for AllRules<'a> {
    type Item = &'a Rules;

    fn next(&mut self) -> Option<&'a Rules> {
        let rules = self.next.take().or_else(|| self.waiting.pop())?;
        if let [first, others @ ..] = rules.bases {
            self.next = Some(first);
            self.waiting.extend(others.iter().rev());
        }
        Some(rules)
    }
}

/// Stops the compiler where two policies are of different tenants; attributes call it for each
/// policy that they build on.
pub const fn same_tenant<P: SameTenant<W>, W>() {}

/// Stops the compiler where rules and a policy that they build on cannot both hold; attributes
/// call it for each.
///
/// # Panics
/// In a constant, which is a compile error there.
#[allow(clippy::panic, reason = "it is how a constant says what is wrong with it")]
pub const fn composes(rules: &Rules, base: &Rules) {
    if is_closed(base) {
        return;
    }
    if let Some(complaint) = complaint(rules, base) {
        panic!("{}", complaint.as_str())
    }
}

/// Whether it stands for a policy with a mistake in it, which was told.
const fn is_closed(base: &Rules) -> bool {
    matches!(base.roles, [RoleRule::OneOf([])])
}

const fn complaint(rules: &Rules, base: &Rules) -> Option<Text> {
    let mut text = Text::new();
    if let Some(complaint) = of_one_kind(rules, base) {
        text.push(complaint);
        return if complaint.is_empty() { None } else { Some(text) };
    }
    text.push("this policy is for ");
    text.push(called(base.credential));
    text.push(", what stands beside or around it for ");
    text.push(called(rules.credential));
    text.push(", and nobody has both: name one kind in both, or require another policy");
    Some(text)
}

const fn called(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::Session => "users with a session (`authenticated`)",
        CredentialKind::OptionalSession { .. } => "visitors (`optional_session`)",
        CredentialKind::Machine => "machines (`oauth2`)",
        CredentialKind::Delegated { .. } => "clients that act for a user (`oauth2(delegated, ..)`)",
        CredentialKind::SessionOrMachine => "users and machines (`accept(session, oauth2)`)",
    }
}

/// What is wrong with two of one kind, nothing if it is empty; none if their kinds differ.
const fn of_one_kind(rules: &Rules, base: &Rules) -> Option<&'static str> {
    const STALENESS: &str = "this policy and what stands beside or around it differ in `stale = \"anonymous\"`: write it on both or on none";
    const NOBODY_TO_CHECK: &str = "this policy lets in visitors without a session, so there may be nobody to check \
                                   for what is demanded beside it";
    const NO_ROLES: &str = "this policy lets in users' clients; they have scopes, not roles";
    const NO_SESSION: &str = "this policy lets in access tokens, which have no session that could be strong or fresh";

    let of_session = rules.aal > 1 || rules.max_session_age.is_some();
    let more = !rules.roles.is_empty() || !rules.permissions.is_empty() || !rules.checks.is_empty();
    match (rules.credential, base.credential) {
        (CredentialKind::Session, CredentialKind::Session) => Some(""),
        (CredentialKind::OptionalSession { stale_is_anonymous }, CredentialKind::OptionalSession { .. }) => {
            if !same_staleness(stale_is_anonymous, base.credential) {
                Some(STALENESS)
            } else if more || of_session {
                Some(NOBODY_TO_CHECK)
            } else {
                Some("")
            }
        }
        (CredentialKind::Delegated { .. }, CredentialKind::Delegated { .. }) if !rules.roles.is_empty() => {
            Some(NO_ROLES)
        }
        (CredentialKind::Delegated { .. }, CredentialKind::Delegated { .. })
        | (CredentialKind::Machine, CredentialKind::Machine)
        | (CredentialKind::SessionOrMachine, CredentialKind::SessionOrMachine) => {
            if of_session {
                Some(NO_SESSION)
            } else {
                Some("")
            }
        }
        _ => None,
    }
}

const fn same_staleness(own: bool, base: CredentialKind) -> bool {
    matches!(base, CredentialKind::OptionalSession { stale_is_anonymous } if stale_is_anonymous == own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{PolicyData, RoleRule};

    static ROOT: PolicyData<()> = PolicyData::session(()).roles(&[RoleRule::OneOf(&["root"])]);
    static LEFT: PolicyData<()> = PolicyData::session(()).roles(&[RoleRule::OneOf(&["left"])]).bases(&[&ROOT.rules]);
    static RIGHT: PolicyData<()> = PolicyData::session(()).aal(2);
    static TOP: PolicyData<()> = PolicyData::session(()).bases(&[&LEFT.rules, &RIGHT.rules]).fresh(5);

    #[test]
    fn every_base_is_found_once_and_at_any_depth() {
        let found: Vec<_> = TOP.rules.all().map(std::ptr::from_ref).collect();
        let all = [&TOP, &LEFT, &ROOT, &RIGHT].map(|policy| std::ptr::from_ref(&policy.rules));
        assert_eq!(found, all);
        assert_eq!(TOP.rules.all_roles().count(), 2);
        assert_eq!(TOP.rules.strictest_aal(), 2);
    }

    fn refuses(rules: PolicyData<()>, base: PolicyData<()>) -> bool {
        std::panic::catch_unwind(|| composes(&rules.rules, &base.rules)).is_err()
    }

    #[test]
    fn what_could_not_hold_together_is_refused() {
        let of = |kind| PolicyData::new((), kind);
        let kinds = [
            CredentialKind::Session,
            CredentialKind::OptionalSession { stale_is_anonymous: false },
            CredentialKind::OptionalSession { stale_is_anonymous: true },
            CredentialKind::Machine,
            CredentialKind::Delegated { scopes: &["a"] },
            CredentialKind::SessionOrMachine,
        ];
        for (at, one) in kinds.into_iter().enumerate() {
            for (other_at, other) in kinds.into_iter().enumerate() {
                assert_eq!(refuses(of(one), of(other)), at != other_at, "{one:?} {other:?}");
            }
            let is_optional = matches!(one, CredentialKind::OptionalSession { .. });
            let is_delegated = matches!(one, CredentialKind::Delegated { .. });
            let with_roles = of(one).roles(&[RoleRule::OneOf(&["a"])]);
            assert_eq!(refuses(with_roles, of(one)), is_optional || is_delegated, "{one:?}");
            assert_eq!(refuses(of(one).aal(2), of(one)), one != CredentialKind::Session, "{one:?}");
            assert_eq!(refuses(of(one).max_session_age(9), of(one)), one != CredentialKind::Session, "{one:?}");
        }
        assert!(!refuses(of(CredentialKind::Delegated { scopes: &["b"] }), of(kinds[4])), "scopes add up");
    }
}
