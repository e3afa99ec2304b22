//! The table of keys, and the way into a key's place.
//!
//! [`section!`] makes a struct's fields the keys of a section: what the file
//! reader, the environment and the messages know of keys, they know from there.

use std::collections::BTreeMap;
use std::fmt;

use super::model::TenantConfig;
use super::problem::{Problem, Problems, UNKNOWN_KEY};
use super::value::{Value, type_name};
use super::wording;
use crate::Secret;

/// One key of a section.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
}

/// What a key holds.
pub(super) enum Shape {
    /// A value.
    Value,
    /// A value that is never shown and may come from a mounted file.
    Secret,
    /// A table with these keys.
    Section(&'static [Key]),
    /// A table of tables with these keys, each under a tenant's name.
    Tenants(&'static [Key]),
}

/// A struct whose fields are the keys of a table.
pub(super) trait Section: Table + Default {
    const KEYS: &'static [Key];
}

/// A table to read into.
pub(super) trait Table {
    /// The place of this key, if there is such a key.
    fn slot(&mut self, key: &str) -> Option<&mut dyn Slot>;
    /// The keys there are, none where every name is one.
    fn keys(&self) -> &'static [Key];
}

/// The place of one key.
pub(super) trait Slot {
    /// Takes what a file holds.
    fn read(&mut self, value: toml::Value, path: &str, problems: &mut Problems);
    /// Takes what an environment variable or a mounted file holds.
    fn read_text(&mut self, text: &Secret, path: &str, problems: &mut Problems);
    /// What `Debug` shows of it; `None` where nothing is set.
    fn debug(&self) -> Option<&dyn fmt::Debug>;
    /// The table in this place, made if need be.
    fn table(&mut self) -> Option<&mut dyn Table>;
}

/// A [`Slot`] that the table of keys knows the shape of.
pub(super) trait Field: Slot {
    const SHAPE: Shape;
}

/// Declares a section: a struct, its keys, and their places.
macro_rules! section {
    ($(#[$doc:meta])* pub struct $name:ident {
        $($(#[$field_doc:meta])* pub $field:ident: $type:ty,)*
        $(@apart $apart:ident: $apart_type:ty,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Default)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
            $(pub(super) $apart: $apart_type,)?
        }

        impl $crate::config::keys::Section for $name {
            const KEYS: &'static [$crate::config::keys::Key] = &[$($crate::config::keys::Key {
                name: stringify!($field),
                shape: <$type as $crate::config::keys::Field>::SHAPE,
            }),*];
        }

        /// What is set, and no text of it: before the check a secret may stand anywhere.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut shown = f.debug_struct(stringify!($name));
                $(if let Some(value) = $crate::config::keys::Slot::debug(&self.$field) {
                    shown.field(stringify!($field), value);
                })*
                shown.finish()
            }
        }

        impl $crate::config::keys::Table for $name {
            fn slot(&mut self, key: &str) -> Option<&mut dyn $crate::config::keys::Slot> {
                match key {
                    $(stringify!($field) => Some(&mut self.$field),)*
                    _ => None,
                }
            }

            fn keys(&self) -> &'static [$crate::config::keys::Key] {
                <Self as $crate::config::keys::Section>::KEYS
            }
        }

        impl $crate::config::keys::Slot for $name {
            fn read(&mut self, value: toml::Value, path: &str, problems: &mut $crate::config::problem::Problems) {
                $crate::config::keys::read_table(self, value, path, problems);
            }

            fn read_text(&mut self, _: &$crate::Secret, _: &str, _: &mut $crate::config::problem::Problems) {}

            fn debug(&self) -> Option<&dyn std::fmt::Debug> {
                Some(self)
            }

            fn table(&mut self) -> Option<&mut dyn $crate::config::keys::Table> {
                Some(self)
            }
        }

        impl $crate::config::keys::Field for $name {
            const SHAPE: $crate::config::keys::Shape =
                $crate::config::keys::Shape::Section(<Self as $crate::config::keys::Section>::KEYS);
        }

        /// A section whose presence says something.
        impl $crate::config::keys::Slot for Option<$name> {
            fn read(&mut self, value: toml::Value, path: &str, problems: &mut $crate::config::problem::Problems) {
                self.get_or_insert_default().read(value, path, problems);
            }

            fn read_text(&mut self, _: &$crate::Secret, _: &str, _: &mut $crate::config::problem::Problems) {}

            fn debug(&self) -> Option<&dyn std::fmt::Debug> {
                self.as_ref().map(|section| section as _)
            }

            fn table(&mut self) -> Option<&mut dyn $crate::config::keys::Table> {
                Some(self.get_or_insert_default())
            }
        }

        impl $crate::config::keys::Field for Option<$name> {
            const SHAPE: $crate::config::keys::Shape = <$name as $crate::config::keys::Field>::SHAPE;
        }
    };
}

pub(super) use section;

impl<V: Value> Slot for Option<V> {
    fn read(&mut self, value: toml::Value, path: &str, problems: &mut Problems) {
        match V::from_toml(value) {
            Ok(value) => *self = Some(value),
            Err(misfit) => _ = problems.note(misfit.at(path, V::allowed())),
        }
    }

    fn read_text(&mut self, text: &Secret, path: &str, problems: &mut Problems) {
        match V::from_text(text.expose()) {
            Ok(value) => *self = Some(value),
            Err(misfit) => _ = problems.note(misfit.at(path, V::allowed())),
        }
    }

    fn debug(&self) -> Option<&dyn fmt::Debug> {
        self.as_ref().map(V::debug)
    }

    fn table(&mut self) -> Option<&mut dyn Table> {
        None
    }
}

impl<V: Value> Field for Option<V> {
    const SHAPE: Shape = if V::SECRET { Shape::Secret } else { Shape::Value };
}

/// Tenants by name: every name is a key here, whether the enum knows it is checked later.
impl Table for BTreeMap<String, TenantConfig> {
    fn slot(&mut self, key: &str) -> Option<&mut dyn Slot> {
        Some(self.entry(key.to_owned()).or_default())
    }

    fn keys(&self) -> &'static [Key] {
        &[]
    }
}

impl Slot for BTreeMap<String, TenantConfig> {
    fn read(&mut self, value: toml::Value, path: &str, problems: &mut Problems) {
        read_table(self, value, path, problems);
    }

    fn read_text(&mut self, _: &Secret, _: &str, _: &mut Problems) {}

    fn debug(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }

    fn table(&mut self) -> Option<&mut dyn Table> {
        Some(self)
    }
}

impl Field for BTreeMap<String, TenantConfig> {
    const SHAPE: Shape = Shape::Tenants(TenantConfig::KEYS);
}

/// Reads a table key by key, to its end whatever is wrong with any of them.
pub(super) fn read_table(table: &mut dyn Table, value: toml::Value, path: &str, problems: &mut Problems) {
    let values = match value {
        toml::Value::Table(values) => values,
        other => {
            problems.note(Problem::new(path, type_name(&other), "a table"));
            return;
        }
    };
    for (key, value) in values {
        let below = join(path, &wording::name(&key));
        match table.slot(&key) {
            Some(slot) => slot.read(value, &below, problems),
            None => {
                let names = || table.keys().iter().map(|key| key.name);
                let near = wording::nearest(&key, names()).map(str::to_owned).or_else(|| elsewhere(&key, path));
                problems.note(Problem::new(below, UNKNOWN_KEY, wording::names(names())).near(near));
            }
        }
    }
}

/// The path of a key that stands in another section of the same tenant.
fn elsewhere(key: &str, path: &str) -> Option<String> {
    let tenant = path.strip_prefix("tenants.")?.split('.').next()?;
    let leaf = leaves(TenantConfig::KEYS)
        .into_iter()
        .map(|(leaf, _)| leaf)
        .find(|leaf| leaf.rsplit('.').next() == Some(key))?;
    Some(format!("tenants.{tenant}.{leaf}"))
}

/// Every value below these keys: its path, and whether it is a secret. Tenants stand as `<name>`.
pub(super) fn leaves(keys: &[Key]) -> Vec<(String, bool)> {
    let below = |key: &Key, infix: &str, keys: &[Key]| -> Vec<_> {
        leaves(keys).into_iter().map(|(leaf, secret)| (format!("{}.{infix}{leaf}", key.name), secret)).collect()
    };
    keys.iter()
        .flat_map(|key| match key.shape {
            Shape::Value => vec![(key.name.to_owned(), false)],
            Shape::Secret => vec![(key.name.to_owned(), true)],
            Shape::Section(keys) => below(key, "", keys),
            Shape::Tenants(keys) => below(key, "<name>.", keys),
        })
        .collect()
}

pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
