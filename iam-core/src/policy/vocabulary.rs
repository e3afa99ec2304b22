//! Roles that were declared: a policy that names another does not compile.

use super::text::Text;
use crate::tenant::RoleNames;

/// What `define_roles!` makes; `define_tenants! { .. roles = Roles }` takes nothing else.
#[diagnostic::on_unimplemented(
    message = "`{Self}` declares no roles",
    label = "not made by `define_roles!`",
    note = "declare them: `define_roles! {{ pub enum Roles {{ PlatformAdmin = \"platform:admin\" }} }}`"
)]
pub trait DeclaredRoles {
    /// How identities and tokens spell them.
    const NAMES: RoleNames;
}

/// Stops the compiler at a role that nobody declared; attributes call it for each literal.
///
/// Without declared roles (`declared` is none) every name is one.
///
/// # Panics
/// In a constant, which is a compile error there: if the role is not among the declared ones.
#[allow(clippy::panic, reason = "it is how a constant says what is wrong with it")]
pub const fn declared_role(declared: Option<RoleNames>, role: &str) {
    let Some(RoleNames { all: declared, by_length }) = declared else { return };
    // Nearness costs the compiler a thousand times what equality does: only a mistake is to pay for it.
    if role.len() < by_length.len() && is_among(by_length[role.len()], role) {
        return;
    }
    let (mut at, mut near, mut nearest) = (0, "", usize::MAX);
    while at < declared.len() {
        let distance = distance(declared[at].as_bytes(), role.as_bytes());
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
    } else {
        message.push("; there are ");
        message.push_list(declared);
    }
    panic!("{}", message.as_str())
}

/// How many letters have to be changed, put in or left out (Levenshtein); long names differ in many.
const fn distance(one: &[u8], other: &[u8]) -> usize {
    const LONGEST: usize = 64;
    if one.len() >= LONGEST || other.len() >= LONGEST {
        return usize::MAX;
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

const fn is_among(mut declared: &[&str], role: &str) -> bool {
    while let [name, others @ ..] = declared {
        if equal(name.as_bytes(), role.as_bytes()) {
            return true;
        }
        declared = others;
    }
    false
}

/// From both ends inwards: roles of one kind begin alike, and each step is work for the compiler.
const fn equal(mut one: &[u8], mut other: &[u8]) -> bool {
    while let ([first, ones @ .., last], [head, others @ .., tail]) = (one, other) {
        if *first != *head || *last != *tail {
            return false;
        }
        (one, other) = (ones, others);
    }
    match (one, other) {
        ([], []) => true,
        ([middle], [center]) => *middle == *center,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_undeclared_role_is_told_with_the_near_one() {
        let mut by_length = [&[][..]; 15];
        (by_length[1], by_length[14]) = (&["b"], &["another:admins", "platform:admin"]);
        let declared =
            RoleNames { all: &["platform:admin", "b", "another:admins"], by_length: by_length.to_vec().leak() };
        let told = |role: &'static str| {
            let caught = std::panic::catch_unwind(|| declared_role(Some(declared), role));
            caught.err().and_then(|message| message.downcast_ref::<String>().cloned())
        };
        for declared in ["platform:admin", "b", "another:admins"] {
            assert_eq!(told(declared), None);
        }
        for other in
            ["", "c", "bb", "platform:admim", "xlatform:admin", "platformsadmin", "platform:dmin", "platform::admin"]
        {
            assert!(told(other).unwrap().starts_with(&format!("no role of `define_roles!` is called `{other}`;")));
        }
        assert_eq!(
            told("platfrm:admin").unwrap(),
            "no role of `define_roles!` is called `platfrm:admin`; did you mean `platform:admin`?"
        );
        assert_eq!(
            told("something else").unwrap(),
            "no role of `define_roles!` is called `something else`; there are `platform:admin`, `b`, `another:admins`"
        );
        let long = "x".repeat(100).leak();
        assert!(told(long).unwrap().contains("xxx"));
        declared_role(None, "anything");
    }
}
