//! Overrides from environment variables, and secrets from mounted files.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;

use zeroize::Zeroizing;

use super::keys::{Key, Section as _, Shape, Slot, Table, leaves};
use super::model::IamConfig;
use super::problem::Problem;
use super::wording;
use crate::Secret;

const PREFIX: &str = "IAM__";
const FILE: &str = "_FILE";
const TENANTS: &str = "tenants";
const EXAMPLE: &str = "IAM__TENANTS__ADMIN__KRATOS__ADMIN_TOKEN";

/// Bytes of a mounted secret: what a Kubernetes secret is at the most is 1 MiB, what a header can carry is far less.
const MAX_FILE: u64 = 64 * 1024;

/// Environment variables, as a value.
///
/// A key's variable is its path in upper case, with `__` for each dot and `IAM__` in front:
/// `IAM__TENANTS__ADMIN__KRATOS__ADMIN_TOKEN`. With `_FILE` behind it, a secret's variable names
/// a file that holds the secret: up to 64 KiB, of which one trailing newline is cut. Lists are
/// comma separated. A variable overrides the file; a variable and its `_FILE` together are a
/// problem, and so is one that begins with `IAM__` and fits no key.
///
/// ```
/// use iam_core::config::{Environment, IamConfig};
///
/// let environment = Environment::from_pairs([("IAM__TENANTS__ADMIN__HTTP__MAX_RETRIES", "0")]);
/// let config = IamConfig::default().with_environment(&environment);
/// assert_eq!(config.tenants["admin"].http.max_retries, Some(0));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// `None` for what is no UTF-8.
    variables: BTreeMap<String, Option<Secret>>,
}

impl Environment {
    /// The variables of this process.
    #[must_use]
    pub fn from_process() -> Self {
        Self::from_os(std::env::vars_os())
    }

    /// These variables.
    #[must_use]
    pub fn from_pairs<N: Into<OsString>, V: Into<OsString>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self::from_os(pairs.into_iter().map(|(name, value)| (name.into(), value.into())))
    }

    fn from_os(pairs: impl Iterator<Item = (OsString, OsString)>) -> Self {
        let ours = pairs.filter_map(|(name, value)| {
            let name = name.to_string_lossy();
            name.starts_with(PREFIX).then(|| (name.into_owned(), value.into_string().ok().map(Secret::new)))
        });
        Self { variables: ours.collect() }
    }
}

impl IamConfig {
    /// The same with these variables' values in the place of its own. What is wrong with a
    /// variable is reported by [`check`](super::check), with everything else.
    #[must_use]
    pub fn with_environment(mut self, environment: &Environment) -> Self {
        for (name, value) in &environment.variables {
            self.override_from(name, value.as_ref(), environment);
        }
        self
    }

    fn override_from(&mut self, name: &str, value: Option<&Secret>, environment: &Environment) {
        let Some(target) = self.target(name) else {
            let allowed = format!("`{PREFIX}` and a key's path in upper case, such as `{EXAMPLE}`");
            let problem = Problem::new(wording::name(name), "a variable of no key", allowed).near(self.nearest(name));
            self.findings.problems.note(problem);
            return;
        };
        let path = target.segments.join(".");
        if let [section, tenant, ..] = target.segments.as_slice()
            && !self.tenants.contains_key(tenant)
            && section == TENANTS
        {
            self.findings.variables.insert(format!("{section}.{tenant}"), name.to_owned());
        }
        let mut problems = std::mem::take(&mut self.findings.problems);
        let text = match value {
            None => Err(Problem::new(&path, "text that is not UTF-8", "UTF-8")),
            Some(file) if target.from_file => {
                let direct = name.strip_suffix(FILE).unwrap_or(name);
                if environment.variables.contains_key(direct) {
                    Err(Problem::new(&path, format!("both `{direct}` and `{name}`"), "one of the two"))
                } else {
                    mounted(file.expose(), &path)
                }
            }
            Some(text) => Ok(text.clone()),
        };
        match text {
            Err(problem) => _ = problems.note(problem),
            Ok(text) => {
                if let Some(slot) = slot_at(self, &target.segments) {
                    slot.read_text(&text, &path, &mut problems);
                }
            }
        }
        self.findings.problems = problems;
        self.findings.variables.insert(path, name.to_owned());
    }

    /// The key that a variable is for.
    fn target(&self, variable: &str) -> Option<Target> {
        let mut words = variable.strip_prefix(PREFIX)?.split("__");
        let mut keys = Self::KEYS;
        let mut segments = Vec::new();
        loop {
            let word = words.next()?;
            let (key, from_file) = named(keys, word)?;
            segments.push(key.name.to_owned());
            match key.shape {
                Shape::Value | Shape::Secret => {
                    return words.next().is_none().then_some(Target { segments, from_file });
                }
                Shape::Section(below) => keys = below,
                Shape::Tenants(below) => {
                    let word = words.next().filter(|word| !word.is_empty())?;
                    let known = self.tenants.keys().find(|tenant| in_variable(tenant) == word);
                    segments.push(known.cloned().unwrap_or_else(|| word.to_lowercase()));
                    keys = below;
                }
            }
        }
    }

    /// The variable that was probably meant.
    fn nearest(&self, variable: &str) -> Option<String> {
        let written = variable.strip_prefix(PREFIX)?.split("__").nth(1).unwrap_or_default().to_lowercase();
        let tenants: Vec<&str> = self.tenants.keys().map(String::as_str).chain([written.as_str()]).collect();
        let paths = leaves(Self::KEYS).into_iter().flat_map(|(leaf, secret)| {
            let names: Vec<_> = match leaf.split_once("<name>") {
                Some(_) => tenants.iter().map(|tenant| variable_of(&leaf.replace("<name>", tenant))).collect(),
                None => vec![variable_of(&leaf)],
            };
            names.into_iter().flat_map(move |name| {
                let file = secret.then(|| format!("{name}{FILE}"));
                [Some(name), file].into_iter().flatten()
            })
        });
        let names: Vec<String> = paths.collect();
        wording::nearest(variable, names.iter().map(String::as_str)).map(str::to_owned)
    }
}

struct Target {
    segments: Vec<String>,
    from_file: bool,
}

/// The key of this word of a variable; the second half is whether the word names its file.
fn named<'a>(keys: &'a [Key], word: &str) -> Option<(&'a Key, bool)> {
    let exactly = |word: &str| keys.iter().find(|key| in_variable(key.name) == word);
    match exactly(word) {
        Some(key) => Some((key, false)),
        None => {
            exactly(word.strip_suffix(FILE)?).filter(|key| matches!(key.shape, Shape::Secret)).map(|key| (key, true))
        }
    }
}

fn in_variable(name: &str) -> String {
    name.to_uppercase().replace('-', "_")
}

/// The environment variable of a key's path.
pub(super) fn variable_of(path: &str) -> String {
    let words: Vec<_> = path.split('.').map(in_variable).collect();
    format!("{PREFIX}{}", words.join("__"))
}

fn slot_at<'a>(table: &'a mut dyn Table, segments: &[String]) -> Option<&'a mut dyn Slot> {
    let (first, below) = segments.split_first()?;
    let slot = table.slot(first)?;
    if below.is_empty() { Some(slot) } else { slot_at(slot.table()?, below) }
}

/// Reads a mounted secret. Neither its content nor its path is shown: whoever mixes the two
/// variables up has put the secret where the path belongs.
fn mounted(file: &str, path: &str) -> Result<Secret, Problem> {
    let misfit = |found: String| Problem::new(path, found, "a file of UTF-8 text, up to 64 KiB");
    let mut bytes = Zeroizing::new(Vec::new());
    let read = File::open(file).and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes));
    read.map_err(|error| misfit(format!("a file that cannot be read ({})", error.kind())))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(misfit("a larger file".to_owned()));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| misfit("a file that is not UTF-8".to_owned()))?;
    let text = text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text));
    if text.is_empty() { Err(misfit("an empty file".to_owned())) } else { Ok(Secret::new(text)) }
}
