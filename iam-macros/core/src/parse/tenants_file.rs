//! Tenants from a configuration file: `from "iam.toml"`.

use std::fmt;
use std::path::Path;

use syn::LitStr;
use toml::de::DeTable;

use super::secrecy::secrets;
use super::tenant::tenant_name;
use super::tenants::Variant;
use crate::errors::Errors;
use crate::model::{complaint, snake};

/// What the file says of tenants.
#[derive(Default)]
pub(super) struct TenantsFile {
    /// In the order of the file.
    pub(super) variants: Vec<Variant>,
    /// Where it was found.
    pub(super) path: String,
}

/// A place in the file.
#[derive(Clone)]
pub(crate) struct Place {
    file: String,
    line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`, line {}", self.file, self.line)
    }
}

impl TenantsFile {
    /// Reads it, as far as it is understood. All mistakes stand at the literal, with their line.
    pub(super) fn read(literal: &LitStr, errors: &mut Errors) -> Self {
        let name = literal.value();
        let path = Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join(&name);
        let mut file = Self { variants: Vec::new(), path: path.to_string_lossy().into_owned() };
        match std::fs::read_to_string(&path) {
            Ok(text) => Reader { literal, name, text: &text, errors }.read(&mut file),
            Err(error) => {
                let kind = error.kind();
                let message = format!(
                    "`{name}` cannot be read ({kind}): the path begins at the folder of this package's `Cargo.toml`"
                );
                errors.push(syn::Error::new(literal.span(), message));
            }
        }
        file
    }
}

struct Reader<'a> {
    literal: &'a LitStr,
    name: String,
    text: &'a str,
    errors: &'a mut Errors,
}

impl Reader<'_> {
    fn read(mut self, file: &mut TenantsFile) {
        let document = match DeTable::parse(self.text) {
            Ok(document) => document.into_inner(),
            Err(error) => {
                // The library's own message quotes the line, and a secret may stand in it.
                let at = error.span().map_or(self.text.len(), |span| span.start);
                let before = self.text.get(..at).unwrap_or(self.text).rsplit('\n').next().unwrap_or_default();
                self.refuse(at, format_args!("this is no TOML, from column {} on", before.chars().count() + 1));
                return;
            }
        };
        for (at, complaint) in secrets(self.text, &document) {
            self.refuse(at, complaint);
        }
        let tenants = self.tenants(&document);
        let default = self.default(&document, &tenants);
        for (name, at) in tenants {
            if let Some(complaint) = complaint(name) {
                self.refuse(at, complaint);
            } else if snake(name) != name {
                let spelt = snake(name);
                self.refuse(
                    at,
                    format_args!("`{name}` is no good name of a tenant: a configuration spells it `{spelt}`"),
                );
            } else {
                let place = Some(self.place(at));
                let default = (default == Some(name)).then(|| self.literal.span());
                let written = self.errors.take(tenant_name(&LitStr::new(name, self.literal.span())));
                let variant = written.map(|written| Variant { attributes: Vec::new(), written, default, place });
                file.variants.extend(variant);
            }
        }
    }

    /// The names of all tenants, and where they stand.
    fn tenants<'d>(&mut self, document: &'d DeTable<'_>) -> Vec<(&'d str, usize)> {
        const ADVICE: &str = "each tenant is a table of its own: `[tenants.customer]`";
        let Some((key, tables)) = document.get_key_value("tenants") else {
            let message = format!("`{}` names no tenant: {ADVICE}", self.name);
            self.errors.push(syn::Error::new(self.literal.span(), message));
            return Vec::new();
        };
        let Some(tables) = tables.get_ref().as_table().filter(|tables| !tables.is_empty()) else {
            self.refuse(key.span().start, format_args!("`tenants` names none: {ADVICE}"));
            return Vec::new();
        };
        let mut tenants: Vec<_> = tables.iter().map(|(name, table)| (name, table.get_ref())).collect();
        tenants.sort_by_key(|(name, _)| name.span().start);
        for (name, table) in &tenants {
            if !table.is_table() {
                self.refuse(name.span().start, format_args!("`tenants.{}` is no table: {ADVICE}", name.get_ref()));
            }
        }
        tenants.into_iter().map(|(name, _)| (name.get_ref().as_ref(), name.span().start)).collect()
    }

    /// The tenant that `default_tenant` names.
    fn default<'d>(&mut self, document: &DeTable<'_>, tenants: &[(&'d str, usize)]) -> Option<&'d str> {
        let (key, value) = document.get_key_value("default_tenant")?;
        let names: Vec<_> = tenants.iter().map(|(name, _)| *name).collect();
        let named = names.iter().find(|name| value.get_ref().as_str() == Some(**name)).copied();
        // Of a file without tenants that was said.
        if named.is_none() && !names.is_empty() {
            let names = names.join("`, `");
            self.refuse(key.span().start, format_args!("`default_tenant` is one of the file's tenants: `{names}`"));
        }
        named
    }

    fn place(&self, at: usize) -> Place {
        let before = self.text.get(..at).unwrap_or(self.text);
        Place { file: self.name.clone(), line: before.matches('\n').count() + 1 }
    }

    fn refuse(&mut self, at: usize, complaint: impl fmt::Display) {
        let message = format!("{}: {complaint}", self.place(at));
        self.errors.push(syn::Error::new(self.literal.span(), message));
    }
}
