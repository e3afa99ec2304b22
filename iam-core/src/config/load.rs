//! Reading a configuration from TOML.

use std::path::Path;

use serde::{Deserialize, Deserializer};

use super::environment::Environment;
use super::keys::read_table;
use super::model::IamConfig;
use super::problem::{ConfigError, Problem};

impl IamConfig {
    /// Reads a TOML file, then lets the process' environment override it (see [`Environment`]).
    ///
    /// Misspelt keys, wrong types and bad values are not errors here: [`check`](super::check), which
    /// building an `Iam` does first, reports them together with everything else.
    ///
    /// # Errors
    /// When the file cannot be read or is not TOML at all: then there is nothing to check.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Problem::new(&shown, format!("a file that cannot be read ({})", error.kind()), "a file of UTF-8 text")
        })?;
        Ok(Self::parse(&text, &shown)?.with_environment(&Environment::from_process()))
    }

    /// Reads TOML. No environment is looked at: say [`IamConfig::with_environment`] for that.
    ///
    /// ```
    /// use iam_core::config::{IamConfig, Mode};
    ///
    /// let config = IamConfig::from_toml("[tenants.admin]\nmode = 'cloud'")?;
    /// assert_eq!(config.tenants["admin"].mode, Some(Mode::Cloud));
    /// # Ok::<(), iam_core::config::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// When the text is not TOML; see [`IamConfig::load`] for what is reported later.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        Self::parse(text, "the text")
    }

    fn parse(text: &str, source: &str) -> Result<Self, ConfigError> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            // The library's own message quotes the line, and a secret may stand in it.
            let (line, column) = position(text, error.span().map_or(text.len(), |span| span.start));
            Problem::new(source, format!("a syntax error at line {line}, column {column}"), "TOML")
        })?;
        Ok(Self::read(table))
    }

    fn read(table: toml::Table) -> Self {
        let mut config = Self::default();
        let mut problems = std::mem::take(&mut config.findings.problems);
        read_table(&mut config, toml::Value::Table(table), "", &mut problems);
        config.findings.problems = problems;
        config
    }
}

/// As a part of an application's own configuration, in whatever format that is. As with
/// [`IamConfig::from_toml`] no environment is looked at, and what is wrong is reported by
/// [`check`](super::check), all at once.
///
/// ```
/// use iam_core::config::{IamConfig, Mode};
///
/// #[derive(serde::Deserialize)]
/// struct Application {
///     port: u16,
///     iam: IamConfig,
/// }
///
/// let text = r#"{ "port": 3000, "iam": { "tenants": { "admin": { "mode": "cloud" } } } }"#;
/// let application: Application = serde_json::from_str(text)?;
/// assert_eq!(application.iam.tenants["admin"].mode, Some(Mode::Cloud));
/// # Ok::<(), serde_json::Error>(())
/// ```
impl<'de> Deserialize<'de> for IamConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        toml::Table::deserialize(deserializer).map(Self::read)
    }
}

/// Line and column, both from 1, the column in characters.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
