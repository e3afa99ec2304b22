//! From a route's template to paths that are sent.

use std::collections::BTreeMap;

use iam_core::policy::MatrixRow;
use uuid::Uuid;

/// A path that fits a row.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) path: String,
    /// Whether a parameter in it is made up, so that nothing of that name exists.
    pub(super) is_made_up: bool,
}

impl Target {
    /// Parameters have the given values. Where none is given: a fresh UUID, or a number of which a
    /// permission's object says that it is one.
    pub(super) fn of(row: &MatrixRow, given: &BTreeMap<String, String>) -> Self {
        let is_number = |name: &str| {
            let typed = format!("{{{name}:u64}}");
            row.permissions.iter().any(|permission| permission.contains(&typed))
        };
        if let Some(prefix) = row.fallback_below() {
            let (path, is_made_up) = fill(prefix, given, is_number);
            return Self { path: format!("{path}/{}", Uuid::new_v4()), is_made_up };
        }
        let (path, is_made_up) = fill(&row.path, given, is_number);
        Self { path, is_made_up }
    }

    /// Other spellings, of which a router must make either nothing or the same route.
    pub(super) fn variants(&self) -> Vec<String> {
        let path = &self.path;
        if path == "/" {
            return Vec::new();
        }
        let mut variants = vec![format!("{path}/"), format!("/{path}"), format!("/.{path}"), format!("/x/..{path}")];
        if let Some(at) = path.find(|c: char| c.is_ascii_alphabetic()) {
            let (before, letter, after) = (&path[..at], path.as_bytes()[at], &path[at + 1..]);
            variants.push(format!("{before}%{letter:02X}{after}"));
            variants.push(format!("{before}%25{letter:02X}{after}"));
        }
        match path.rsplit_once('/') {
            Some((before, last)) if !before.is_empty() => variants.push(format!("{before}%2F{last}")),
            _ => {}
        }
        variants
    }

    /// Paths near it that nobody mounted.
    pub(super) fn lost(&self) -> [String; 2] {
        let first = self.path.split('/').nth(1).unwrap_or_default();
        [format!("/{first}/{}", Uuid::new_v4()), format!("/{}", Uuid::new_v4())]
    }
}

/// `{name}`, axum's `{*name}`, actix' `{name:regex}`; a doubled brace is a brace.
fn fill(template: &str, given: &BTreeMap<String, String>, is_number: impl Fn(&str) -> bool) -> (String, bool) {
    let (mut path, mut is_made_up) = (String::new(), false);
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, here) = rest.split_at(at);
        path.push_str(before);
        if here.starts_with("{{") || here.starts_with("}}") {
            path.push_str(if here.starts_with('{') { "%7B" } else { "%7D" });
            rest = &here[2..];
            continue;
        }
        let end = closing(here).unwrap_or(here.len());
        let inside = here.get(1..end).unwrap_or_default();
        let written = inside.split(':').next().unwrap_or_default();
        let name = written.trim_start_matches('*');
        match given.get(name) {
            Some(value) => path.push_str(&encoded(value, written.starts_with('*'))),
            None => {
                let fresh = Uuid::new_v4();
                let value = if is_number(name) { fresh.as_u64_pair().0.to_string() } else { fresh.to_string() };
                path.push_str(&value);
                is_made_up = true;
            }
        }
        rest = here.get(end + 1..).unwrap_or_default();
    }
    path.push_str(rest);
    (path, is_made_up)
}

/// The brace that closes the first one; a regular expression may have some of its own.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.char_indices().find_map(|(at, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    })
}

/// A value as a path segment (RFC 3986, section 3.3), or as several.
fn encoded(value: &str, may_have_slashes: bool) -> String {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b) || (b == b'/' && may_have_slashes);
    value.bytes().map(|b| if is_plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled() {
        let given = BTreeMap::from([("id".to_owned(), "a/b c".to_owned()), ("tail".to_owned(), "x/y".to_owned())]);
        for (template, path) in [
            ("/", "/"),
            ("/a/b", "/a/b"),
            ("/a/{id}/b", "/a/a%2Fb%20c/b"),
            ("/a/{*tail}", "/a/x/y"),
            (r"/a/{id:\d{4}}/{id}", "/a/a%2Fb%20c/a%2Fb%20c"),
            ("/{{a}}", "/%7Ba%7D"),
        ] {
            assert_eq!(fill(template, &given, |_| false), (path.to_owned(), false), "{template}");
        }
        let (path, is_made_up) = fill(r"/a/{number:\d{4}}/b", &given, |_| false);
        assert!(is_made_up && path.starts_with("/a/") && path.ends_with("/b") && path.len() == 41, "{path}");
    }

    #[test]
    fn what_is_made_up_is_of_the_type_that_a_permission_names() {
        let told =
            r#"GET /{shop}/{id}  dealer: session, permission shops#see@{shop:uuid}, permission listings#edit@{id:u64}"#;
        let matrix: iam_core::policy::AccessMatrix = told.parse().unwrap();
        let target = Target::of(&matrix.rows[0], &BTreeMap::new());
        let [_, shop, id] = target.path.split('/').collect::<Vec<_>>()[..] else { panic!("{target:?}") };
        assert!(target.is_made_up && shop.parse::<Uuid>().is_ok() && id.parse::<u64>().is_ok(), "{target:?}");
    }

    #[test]
    fn variants_spell_the_same_path_otherwise() {
        let target = Target { path: "/a/b".into(), is_made_up: false };
        let spelt = ["/a/b/", "//a/b", "/./a/b", "/x/../a/b", "/%61/b", "/%2561/b", "/a%2Fb"];
        assert_eq!(target.variants(), spelt);
        assert!(Target { path: "/".into(), is_made_up: false }.variants().is_empty());
    }
}
