//! What is wrong with a configuration: every problem at once, and no secret in any of them.

use std::fmt;

/// Everything that keeps a configuration from being used.
///
/// Its `Display` is a heading and one line a problem, fit for a terminal and for
/// a log: neither holds a secret, the text of a TOML file, or a URL's user info.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    problems: Vec<Problem>,
}

impl ConfigError {
    /// The problems, ordered by path.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.len() {
            1 => f.write_str("the configuration has a problem:")?,
            count => write!(f, "the configuration has {count} problems:")?,
        }
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for ConfigError {}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    path: String,
    found: String,
    allowed: String,
    nearest: Option<String>,
    variable: Option<String>,
}

impl Problem {
    pub(super) fn new(path: impl Into<String>, found: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self { path: path.into(), found: found.into(), allowed: allowed.into(), nearest: None, variable: None }
    }

    pub(super) fn near(mut self, nearest: Option<impl Into<String>>) -> Self {
        self.nearest = nearest.map(Into::into);
        self
    }

    /// Where it is: `tenants.admin.kratos.public_url`, or the name of a file or an environment variable.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is there, in words. At a secret's path no more than its type.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }

    /// What may be there.
    #[must_use]
    pub fn allowed(&self) -> &str {
        &self.allowed
    }

    /// The valid name or value that was probably meant.
    #[must_use]
    pub fn nearest(&self) -> Option<&str> {
        self.nearest.as_deref()
    }

    /// The environment variable that the value came from, where it did.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        self.variable.as_deref()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(variable) = &self.variable {
            write!(f, " (from {variable})")?;
        }
        write!(f, ": found {}, allowed: {}", self.found, self.allowed)?;
        self.nearest.iter().try_for_each(|nearest| write!(f, ", nearest: `{nearest}`"))
    }
}

/// Proof that a problem has been noted: a check that fails returns it, so that
/// none can fail without a word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Noted(());

/// Problems found so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Problems {
    list: Vec<Problem>,
}

impl Problems {
    pub(super) fn note(&mut self, problem: Problem) -> Noted {
        if !self.list.contains(&problem) {
            self.list.push(problem);
        }
        Noted(())
    }

    /// A value that must be there and is not; says nothing where the value was
    /// there but could not be read, or was misspelt.
    pub(super) fn note_missing(&mut self, path: &str, allowed: impl Into<String>) -> Noted {
        if self.explained(path) { Noted(()) } else { self.note(Problem::new(path, "nothing", allowed)) }
    }

    /// A key that is set where it does nothing.
    pub(super) fn note_idle(&mut self, path: &str, why: impl fmt::Display) -> Noted {
        self.note(Problem::new(path, "a key without effect", format!("nothing here, because {why}")))
    }

    /// Whether something about this path, a table around it, or a misspelling of it is noted already.
    pub(super) fn explained(&self, path: &str) -> bool {
        let parent = path.rsplit_once('.').map_or("", |(parent, _)| parent);
        self.list.iter().any(|problem| {
            let sibling = problem.path.rsplit_once('.').map_or("", |(parent, _)| parent) == parent;
            let misspelt =
                sibling && problem.found == UNKNOWN_KEY && problem.nearest.as_deref() == path.rsplit('.').next();
            misspelt || is_at_or_above(&problem.path, path)
        })
    }

    /// Whether a problem is noted at this path or below it.
    pub(super) fn touch(&self, path: &str) -> bool {
        self.list.iter().any(|problem| is_at_or_above(path, &problem.path))
    }

    /// The value, or every problem.
    pub(super) fn finish<T>(
        mut self,
        value: Result<T, Noted>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<T, ConfigError> {
        match value {
            Ok(value) if self.list.is_empty() => Ok(value),
            Ok(_) | Err(Noted(())) => {
                for problem in &mut self.list {
                    problem.variable = variable(&problem.path);
                }
                self.list.sort_by(|a, b| a.path.cmp(&b.path));
                Err(ConfigError { problems: self.list })
            }
        }
    }
}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

/// What [`Problem::found`] says of a key that is not in the table of keys.
pub(super) const UNKNOWN_KEY: &str = "an unknown key";

fn is_at_or_above(above: &str, path: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
