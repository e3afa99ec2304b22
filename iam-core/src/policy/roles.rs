//! What is demanded of a principal's roles.

use std::fmt;

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

/// What `define_roles!` makes; `define_tenants! { .. roles = Roles }` takes nothing else.
#[diagnostic::on_unimplemented(
    message = "`{Self}` declares no roles",
    label = "not made by `define_roles!`",
    note = "declare them: `define_roles! {{ pub enum Roles {{ PlatformAdmin = \"platform:admin\" }} }}`"
)]
pub trait DeclaredRoles {
    /// How identities and tokens spell them, in the order of declaration.
    const NAMES: &'static [&'static str];
}

/// Stops the compiler at a role that nobody declared; attributes call it for each literal.
///
/// Without declared roles (`declared` is none) every name is one.
///
/// # Panics
/// In a constant, which is a compile error there: if the role is not among the declared ones.
#[allow(clippy::panic, reason = "it is how a constant says what is wrong with it")]
pub const fn declared_role(declared: Option<&[&str]>, role: &str) {
    let Some(declared) = declared else { return };
    let (mut at, mut near, mut nearest) = (0, "", usize::MAX);
    while at < declared.len() {
        let distance = distance(declared[at].as_bytes(), role.as_bytes());
        if distance == 0 {
            return;
        }
        if distance < nearest {
            (near, nearest) = (declared[at], distance);
        }
        at += 1;
    }
    let mut message = Text::new();
    message.push("no role of `define_roles!` is called `");
    message.push(role);
    message.push("`");
    if nearest <= 1 + role.len() / 3 {
        message.push("; did you mean `");
        message.push(near);
        message.push("`?");
    }
    panic!("{}", message.as_str())
}

/// How many letters have to be changed, put in or left out (Levenshtein); long names differ in many.
const fn distance(one: &[u8], other: &[u8]) -> usize {
    const LONGEST: usize = 64;
    if one.len() >= LONGEST || other.len() >= LONGEST {
        return if equal(one, other) { 0 } else { usize::MAX };
    }
    let mut row = [0; LONGEST];
    let mut at = 0;
    while at <= other.len() {
        row[at] = at;
        at += 1;
    }
    let mut line = 0;
    while line < one.len() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        let mut column = 0;
        while column < other.len() {
            let replaced = diagonal + (one[line] != other[column]) as usize;
            diagonal = row[column + 1];
            let changed = if diagonal < row[column] { diagonal + 1 } else { row[column] + 1 };
            row[column + 1] = if replaced < changed { replaced } else { changed };
            column += 1;
        }
        line += 1;
    }
    row[other.len()]
}

const fn equal(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while one.len() == other.len() && at < one.len() && one[at] == other[at] {
        at += 1;
    }
    one.len() == other.len() && at == one.len()
}

/// Text put together while compiling; what does not fit is left out.
struct Text {
    bytes: [u8; 512],
    length: usize,
}

impl Text {
    const fn new() -> Self {
        Self { bytes: [0; 512], length: 0 }
    }

    const fn push(&mut self, text: &str) {
        let text = text.as_bytes();
        if self.length + text.len() > self.bytes.len() {
            return;
        }
        let mut at = 0;
        while at < text.len() {
            self.bytes[self.length + at] = text[at];
            at += 1;
        }
        self.length += text.len();
    }

    const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "no such role",
        }
    }
}

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
            Self::Role(role) => f.write_str(&super::matrix::bare(role)),
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

    #[test]
    fn an_undeclared_role_is_told_with_the_near_one() {
        let told = |role: &'static str| {
            let caught = std::panic::catch_unwind(|| declared_role(Some(&["platform:admin", "b"]), role));
            caught.err().and_then(|message| message.downcast_ref::<String>().cloned())
        };
        assert_eq!(told("platform:admin"), None);
        assert_eq!(
            told("platfrm:admin").unwrap(),
            "no role of `define_roles!` is called `platfrm:admin`; did you mean `platform:admin`?"
        );
        assert_eq!(told("something else").unwrap(), "no role of `define_roles!` is called `something else`");
        let long = "x".repeat(100).leak();
        assert!(told(long).unwrap().contains("xxx"));
        declared_role(None, "anything");
    }
}
