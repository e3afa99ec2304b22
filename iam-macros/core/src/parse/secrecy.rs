//! What stands in no file that is read while compiling: it is beside the sources for everybody
//! who builds them, and messages and artefacts could repeat it.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::errors::nearest;

/// The configuration's keys of secrets.
const KEYS: [&str; 3] = ["admin_token", "api_key", "client_secret"];

/// What is in the name of a secret under any other key.
const WORDS: [&str; 4] = ["token", "secret", "password", "apikey"];

/// What Ory's tokens and keys begin with.
const PREFIXES: [&str; 8] =
    ["ory_apikey_", "ory_pat_", "ory_wak_", "ory_st_", "ory_lo_", "ory_at_", "ory_rt_", "ory_ac_"];

/// Every line that must not be there, one complaint each, by offset. Comments count too; nothing of a
/// value is repeated.
pub(super) fn secrets(text: &str, document: &DeTable<'_>) -> Vec<(usize, String)> {
    let mut found = Found { text, lines: BTreeMap::new() };
    found.table(document, &mut Vec::new());
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        found.text(line, start);
        let words = line.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
        if words.filter(|word| word.contains("://")).any(has_user_info) {
            found.note(start, USER_INFO);
        }
        start += line.len();
    }
    found.lines.into_values().collect()
}

const USER_INFO: &str = "a URL with user info, which is a secret; leave it out of the file";

struct Found<'a> {
    text: &'a str,
    /// By where the line ends.
    lines: BTreeMap<usize, (usize, String)>,
}

impl Found<'_> {
    fn note(&mut self, at: usize, complaint: impl Into<String>) {
        let end = self.text.get(at..).and_then(|rest| rest.find('\n')).map_or(self.text.len(), |length| at + length);
        self.lines.entry(end).or_insert_with(|| (at, complaint.into()));
    }

    fn table<'d>(&mut self, table: &'d DeTable<'_>, path: &mut Vec<&'d str>) {
        // Tenants and hosts have names there, and no keys.
        let has_names = matches!(path[..], ["tenants" | "hosts"]);
        for (key, value) in table {
            path.push(key.get_ref());
            if !has_names && names_a_secret(key.get_ref()) {
                self.note(key.span().start, secret_at(path));
            } else {
                self.value(value, path);
            }
            path.pop();
        }
    }

    fn value<'d>(&mut self, value: &'d Spanned<DeValue<'_>>, path: &mut Vec<&'d str>) {
        match value.get_ref() {
            DeValue::Table(table) => self.table(table, path),
            DeValue::Array(items) => items.iter().for_each(|item| self.value(item, path)),
            DeValue::String(text) => {
                // An escaped letter hides nothing.
                self.text(text, value.span().start);
                if has_user_info(text) {
                    self.note(value.span().start, USER_INFO);
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, at: usize) {
        if let Some(prefix) = PREFIXES.iter().find(|prefix| text.contains(*prefix)) {
            self.note(at, format!("`{prefix}..` is how Ory's own keys begin; leave it to the environment"));
        }
    }
}

/// `admin_token`, `adminToken`, `admin_tokn`, but no `admin_token_file`.
fn names_a_secret(key: &str) -> bool {
    let plain = key.to_lowercase().replace(['_', '-'], "");
    !plain.ends_with("file") && (WORDS.iter().any(|word| plain.contains(word)) || known(key).is_some())
}

/// The key that is probably meant.
fn known(key: &str) -> Option<&'static str> {
    nearest(&key.to_lowercase(), &KEYS)
}

/// What to do in its place, where the configuration has such a key there.
fn secret_at(path: &[&str]) -> String {
    let variable = match path {
        ["tenants", tenant, section, key] => known(key).map(|key| {
            let words = [*tenant, *section, key].map(|word| word.to_uppercase().replace('-', "_"));
            format!(": `IAM__TENANTS__{}`", words.join("__"))
        }),
        _ => None,
    };
    let shown = path.join(".");
    format!("`{}` is a secret; leave it to the environment{}", shown.escape_debug(), variable.unwrap_or_default())
}

/// As the configuration's own check finds it, also where the rest is no URL.
fn has_user_info(text: &str) -> bool {
    let authority = text.split_once(':').map_or("", |(_, rest)| rest.trim_start_matches(['/', '\\']));
    authority.split(['/', '\\', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}
