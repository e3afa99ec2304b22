//! What values look like in a file and in the environment.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::IntoDeserializer;

use super::problem::Problem;
use super::settings::{Audience, ClientAuthentication, MachineClients, Mode, Prefer, TokenVerification, Transport};
use super::wording;
use crate::Secret;

/// A value of a key.
pub(super) trait Value: Sized {
    const SECRET: bool = false;
    /// What may stand there, in words.
    fn allowed() -> String;
    fn from_toml(value: toml::Value) -> Result<Self, Misfit>;
    fn from_text(text: &str) -> Result<Self, Misfit>;

    /// Itself, where whatever it is can be shown before it has been checked: no text can.
    fn debug(&self) -> &dyn fmt::Debug {
        &Set
    }
}

/// What `Debug` shows in a text's place.
#[derive(Debug)]
struct Set;

/// What stands there instead.
pub(super) struct Misfit {
    found: String,
    nearest: Option<&'static str>,
}

impl Misfit {
    fn new(found: impl Into<String>) -> Self {
        Self { found: found.into(), nearest: None }
    }

    fn of_type(value: &toml::Value) -> Self {
        Self::new(type_name(value))
    }

    pub(super) fn at(self, path: &str, allowed: String) -> Problem {
        Problem::new(path, self.found, allowed).near(self.nearest)
    }
}

/// The type in words; never the value, for it may be a secret under the wrong key.
pub(super) fn type_name(value: &toml::Value) -> &'static str {
    match value {
        toml::Value::String(_) => "a text",
        toml::Value::Integer(_) => "a whole number",
        toml::Value::Float(_) => "a fraction",
        toml::Value::Boolean(_) => "`true` or `false`",
        toml::Value::Datetime(_) => "a date",
        toml::Value::Array(_) => "a list",
        toml::Value::Table(_) => "a table",
    }
}

fn text(value: toml::Value) -> Result<String, Misfit> {
    match value {
        toml::Value::String(text) => Ok(text),
        other => Err(Misfit::of_type(&other)),
    }
}

impl Value for String {
    fn allowed() -> String {
        "a text".to_owned()
    }

    fn from_toml(value: toml::Value) -> Result<Self, Misfit> {
        text(value)
    }

    fn from_text(text: &str) -> Result<Self, Misfit> {
        Ok(text.to_owned())
    }
}

impl Value for Secret {
    const SECRET: bool = true;

    fn allowed() -> String {
        "a text".to_owned()
    }

    fn from_toml(value: toml::Value) -> Result<Self, Misfit> {
        text(value).map(Self::new)
    }

    fn from_text(text: &str) -> Result<Self, Misfit> {
        Ok(Self::new(text))
    }
}

impl Value for bool {
    fn allowed() -> String {
        "`true` or `false`".to_owned()
    }

    fn from_toml(value: toml::Value) -> Result<Self, Misfit> {
        value.as_bool().ok_or_else(|| Misfit::of_type(&value))
    }

    fn from_text(text: &str) -> Result<Self, Misfit> {
        text.parse().map_err(|_| Misfit::new("another text"))
    }

    fn debug(&self) -> &dyn fmt::Debug {
        self
    }
}

impl Value for u64 {
    fn allowed() -> String {
        "a whole number, zero or more".to_owned()
    }

    fn from_toml(value: toml::Value) -> Result<Self, Misfit> {
        let number = value.as_integer().ok_or_else(|| Misfit::of_type(&value))?;
        number.try_into().map_err(|_| Misfit::new("a negative number"))
    }

    fn from_text(text: &str) -> Result<Self, Misfit> {
        text.parse().map_err(|_| Misfit::new("another text"))
    }

    fn debug(&self) -> &dyn fmt::Debug {
        self
    }
}

impl Value for Vec<String> {
    fn allowed() -> String {
        "a list of texts, or one text".to_owned()
    }

    fn from_toml(value: toml::Value) -> Result<Self, Misfit> {
        match value {
            toml::Value::String(text) => Ok(vec![text]),
            toml::Value::Array(items) => list(items),
            other => Err(Misfit::of_type(&other)),
        }
    }

    fn from_text(text: &str) -> Result<Self, Misfit> {
        Ok(text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect())
    }
}

impl Value for BTreeMap<String, String> {
    fn allowed() -> String {
        "a table of texts".to_owned()
    }

    fn from_toml(value: toml::Value) -> Result<Self, Misfit> {
        let toml::Value::Table(table) = value else { return Err(Misfit::of_type(&value)) };
        let entry = |(key, value)| match text(value) {
            Ok(value) => Ok((key, value)),
            Err(misfit) => Err(Misfit::new(format!("a table with {} in it", misfit.found))),
        };
        table.into_iter().map(entry).collect()
    }

    /// `key=value`, comma separated.
    fn from_text(text: &str) -> Result<Self, Misfit> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let entry = |entry: &str| {
            let (key, value) = entry.split_once('=').ok_or_else(|| Misfit::new("an entry without `=`"))?;
            Ok((key.trim().to_owned(), value.trim().to_owned()))
        };
        entries.map(entry).collect()
    }
}

fn list(items: Vec<toml::Value>) -> Result<Vec<String>, Misfit> {
    let item = |item| text(item).map_err(|misfit| Misfit::new(format!("a list with {} in it", misfit.found)));
    items.into_iter().map(item).collect()
}

/// Lists that the word `any` may stand for.
trait AnyOrListed: Sized {
    const ANY: Self;
    fn listed(items: Vec<Box<str>>) -> Self;
}

impl AnyOrListed for Audience {
    const ANY: Self = Self::Any;

    fn listed(items: Vec<Box<str>>) -> Self {
        Self::OneOf(items)
    }
}

impl AnyOrListed for MachineClients {
    const ANY: Self = Self::Any;

    fn listed(items: Vec<Box<str>>) -> Self {
        Self::Listed(items)
    }
}

macro_rules! any_or_listed {
    ($($type:ty)*) => {$(
        impl Value for $type {
            fn allowed() -> String {
                "a list of texts, or `\"any\"`".to_owned()
            }

            fn from_toml(value: toml::Value) -> Result<Self, Misfit> {
                match value {
                    toml::Value::String(word) if word == "any" => Ok(Self::ANY),
                    toml::Value::String(_) => Err(Misfit::new("another text")),
                    toml::Value::Array(items) => {
                        Ok(Self::listed(list(items)?.into_iter().map(String::into_boxed_str).collect()))
                    }
                    other => Err(Misfit::of_type(&other)),
                }
            }

            fn from_text(text: &str) -> Result<Self, Misfit> {
                if text == "any" {
                    return Ok(Self::ANY);
                }
                Ok(Self::listed(Vec::from_text(text)?.into_iter().map(String::into_boxed_str).collect()))
            }
        }
    )*};
}

any_or_listed! { Audience MachineClients }

/// A word out of a few: those of the type's own `Deserialize`.
macro_rules! choice {
    ($($type:ty)*) => {$(
        impl Value for $type {
            fn allowed() -> String {
                wording::names(words::<Self>().iter().copied())
            }

            fn from_toml(value: toml::Value) -> Result<Self, Misfit> {
                Self::from_text(&text(value)?)
            }

            fn from_text(text: &str) -> Result<Self, Misfit> {
                Self::deserialize(text.into_deserializer()).map_err(|Words(words)| Misfit {
                    found: wording::shown(text),
                    nearest: wording::nearest(text, words.iter().copied()),
                })
            }

            fn debug(&self) -> &dyn fmt::Debug {
                self
            }
        }
    )*};
}

choice! { Mode Transport Prefer TokenVerification ClientAuthentication }

fn words<T: Deserialize<'static>>() -> &'static [&'static str] {
    T::deserialize("".into_deserializer()).err().map_or(&[], |Words(words)| words)
}

/// The error of a word that is not among those of an enum: the words that are.
#[derive(Debug)]
struct Words(&'static [&'static str]);

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&wording::names(self.0.iter().copied()))
    }
}

impl std::error::Error for Words {}

impl serde::de::Error for Words {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(&[])
    }

    fn unknown_variant(_: &str, words: &'static [&'static str]) -> Self {
        Self(words)
    }
}
