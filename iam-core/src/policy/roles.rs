//! What is demanded of a principal's roles.

/// A demand on roles; of a machine, on its scopes.
#[derive(Debug, Clone, Copy)]
pub enum RoleRule {
    /// One of these.
    OneOf(&'static [&'static str]),
    /// One of those that a constant of the application's names: calls back with each.
    Named(fn(&mut dyn FnMut(&'static str))),
    /// One of these demands.
    Any(&'static [RoleRule]),
    /// All of these demands.
    All(&'static [RoleRule]),
    /// Not this. Stands only beside something that is demanded, so that whose roles
    /// cannot be read, and who thus has none, is refused.
    Not(&'static RoleRule),
}

impl RoleRule {
    /// Whether it holds for who has the roles that `has` says.
    pub fn holds(&self, has: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::OneOf(roles) => roles.iter().any(|role| has(role)),
            Self::Named(each) => {
                let mut found = false;
                each(&mut |role| found |= has(role));
                found
            }
            Self::Any(rules) => rules.iter().any(|rule| rule.holds(has)),
            Self::All(rules) => rules.iter().all(|rule| rule.holds(has)),
            Self::Not(rule) => !rule.holds(has),
        }
    }

    /// Calls `see` with each role that is named, in whatever demand.
    pub(crate) fn each_name(&self, see: &mut dyn FnMut(&'static str)) {
        match self {
            Self::OneOf(roles) => roles.iter().for_each(|role| see(role)),
            Self::Named(each) => each(see),
            Self::Any(rules) | Self::All(rules) => rules.iter().for_each(|rule| rule.each_name(see)),
            Self::Not(rule) => rule.each_name(see),
        }
    }
}

/// Roles that a constant names: one, or several of which one is enough.
///
/// `#[require_role(..)]` takes constants of these types beside string literals; `define_roles!`
/// implements it for its enum.
///
/// ```
/// use iam_core::policy::RoleSet;
///
/// const STAFF: [&str; 2] = ["platform:admin", "platform:support"];
/// let mut names = Vec::new();
/// STAFF.each(&mut |role| names.push(role));
/// assert_eq!(names, STAFF);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no roles",
    label = "a role is a string literal, a constant of text, an array of them, or an enum of `define_roles!`"
)]
pub trait RoleSet {
    /// Calls `see` with each role.
    fn each(&self, see: &mut dyn FnMut(&'static str));
}

impl RoleSet for &'static str {
    fn each(&self, see: &mut dyn FnMut(&'static str)) {
        see(self);
    }
}

impl<R: RoleSet, const N: usize> RoleSet for [R; N] {
    fn each(&self, see: &mut dyn FnMut(&'static str)) {
        self.as_slice().each(see);
    }
}

impl<R: RoleSet> RoleSet for [R] {
    fn each(&self, see: &mut dyn FnMut(&'static str)) {
        self.iter().for_each(|role| role.each(see));
    }
}

impl<R: RoleSet> RoleSet for &[R] {
    fn each(&self, see: &mut dyn FnMut(&'static str)) {
        (**self).each(see);
    }
}

impl<R: RoleSet, const N: usize> RoleSet for &[R; N] {
    fn each(&self, see: &mut dyn FnMut(&'static str)) {
        (**self).each(see);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::MatrixRoles;

    const A: RoleRule = RoleRule::OneOf(&["a"]);
    const B: RoleRule = RoleRule::OneOf(&["b"]);

    fn not_c() -> RoleRule {
        RoleRule::Not(&RoleRule::OneOf(&["c"]))
    }

    #[test]
    fn demands_equal_their_truth_table_over_every_subset() {
        type Truth = fn(bool, bool, bool) -> bool;
        const NESTED: &[RoleRule] = &[RoleRule::Any(&[A, B]), RoleRule::Not(&RoleRule::OneOf(&["c"]))];
        let table: [(RoleRule, Truth); 7] = [
            (RoleRule::OneOf(&["a", "b"]), |a, b, _| a || b),
            (RoleRule::Any(&[A, B]), |a, b, _| a || b),
            (RoleRule::All(&[A, B]), |a, b, _| a && b),
            (not_c(), |_, _, c| !c),
            (RoleRule::All(NESTED), |a, b, c| (a || b) && !c),
            (RoleRule::Named(|see| ["a", "c"].each(see)), |a, _, c| a || c),
            (RoleRule::Not(&RoleRule::All(&[A, B])), |a, b, _| !(a && b)),
        ];
        for (rule, truth) in table {
            for subset in 0..8_u8 {
                let (a, b, c) = (subset & 1 != 0, subset & 2 != 0, subset & 4 != 0);
                let has = |role: &str| matches!(role, "a" if a) || matches!(role, "b" if b) || matches!(role, "c" if c);
                assert_eq!(rule.holds(&has), truth(a, b, c), "{rule:?} with {subset:03b}");
                assert_eq!(MatrixRoles::from(&rule).holds(&has), truth(a, b, c), "{rule:?} with {subset:03b}");
            }
        }
    }
}
