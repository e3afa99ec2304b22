//! Demands on roles, as the matrix shows them.

use std::fmt;

use super::text::bare;
use crate::policy::RoleRule;

/// A demand on roles as the access matrix has it: `a or b`, `all(a, not(b))`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatrixRoles {
    /// This role.
    Role(String),
    /// One of these.
    Any(Vec<MatrixRoles>),
    /// All of these.
    All(Vec<MatrixRoles>),
    /// Not this.
    Not(Box<MatrixRoles>),
}

impl MatrixRoles {
    /// Whether it holds for who has the roles that `has` says.
    pub fn holds(&self, has: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Role(role) => has(role),
            Self::Any(rules) => rules.iter().any(|rule| rule.holds(has)),
            Self::All(rules) => rules.iter().all(|rule| rule.holds(has)),
            Self::Not(rule) => !rule.holds(has),
        }
    }

    /// One of these roles.
    #[must_use]
    pub fn one_of(roles: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::Any(roles.into_iter().map(|role| Self::Role(role.into())).collect())
    }

    /// One of these demands. A single role stays a list of one; any other single demand is itself.
    pub(super) fn any(mut rules: Vec<Self>) -> Self {
        match &*rules {
            [Self::Role(_)] | [] | [_, _, ..] => Self::Any(rules),
            [_] => rules.remove(0),
        }
    }

    /// Inside of another demand, where one alternative needs no list around it.
    fn inner(self) -> Self {
        match self {
            Self::Any(mut rules) if rules.len() == 1 => rules.remove(0),
            other => other,
        }
    }
}

impl From<&RoleRule> for MatrixRoles {
    fn from(rule: &RoleRule) -> Self {
        match rule {
            RoleRule::OneOf(roles) => Self::one_of(roles.iter().copied()),
            RoleRule::Named(each) => {
                let mut roles = Vec::new();
                each(&mut |role| roles.push(role));
                Self::one_of(roles)
            }
            RoleRule::Any(rules) => {
                let alternatives = rules.iter().flat_map(|rule| match Self::from(rule) {
                    Self::Any(alternatives) => alternatives,
                    other => vec![other],
                });
                Self::any(alternatives.collect())
            }
            RoleRule::All(rules) => Self::All(rules.iter().map(|rule| Self::from(rule).inner()).collect()),
            RoleRule::Not(rule) => Self::Not(Box::new(Self::from(*rule).inner())),
        }
    }
}

impl fmt::Display for MatrixRoles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any(rules) => {
                for (at, rule) in rules.iter().enumerate() {
                    if at > 0 {
                        f.write_str(" or ")?;
                    }
                    rule.write_inner(f)?;
                }
                Ok(())
            }
            other => other.write_inner(f),
        }
    }
}

impl MatrixRoles {
    fn write_inner(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |name: &str, rules: &[Self], f: &mut fmt::Formatter<'_>| {
            write!(f, "{name}(")?;
            for (at, rule) in rules.iter().enumerate() {
                if at > 0 {
                    f.write_str(", ")?;
                }
                rule.write_inner(f)?;
            }
            f.write_str(")")
        };
        match self {
            // A bracket would end the list.
            Self::Role(role) if role.contains(['(', ')']) => write!(f, "{}", serde_json::Value::from(&**role)),
            Self::Role(role) => f.write_str(&bare(role)),
            Self::Any(rules) => list("any", rules, f),
            Self::All(rules) => list("all", rules, f),
            Self::Not(rule) => list("not", std::slice::from_ref(rule), f),
        }
    }
}

impl serde::Serialize for MatrixRoles {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            // The common case stays a list of names.
            Self::Any(rules) if rules.iter().all(|rule| matches!(rule, Self::Role(_))) => {
                serializer.collect_seq(rules.iter().filter_map(|rule| match rule {
                    Self::Role(role) => Some(role),
                    _ => None,
                }))
            }
            other => serializer.collect_str(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: RoleRule = RoleRule::OneOf(&["a"]);
    const B: RoleRule = RoleRule::OneOf(&["b"]);

    #[test]
    fn in_the_matrix() {
        const PARTS: &[RoleRule] = &[A, RoleRule::Any(&[B, RoleRule::OneOf(&["x y"])]), RoleRule::Not(&B)];
        for (rule, text) in [
            (RoleRule::OneOf(&["a", "b"]), "a or b"),
            (RoleRule::Any(&[A, RoleRule::All(&[A, B])]), "a or all(a, b)"),
            (RoleRule::All(PARTS), "all(a, any(b, \"x y\"), not(b))"),
        ] {
            assert_eq!(MatrixRoles::from(&rule).to_string(), text);
        }
    }
}
