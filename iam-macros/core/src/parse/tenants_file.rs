//! Tenants from a configuration file: `from "iam.toml"`.

use std::collections::BTreeSet;
use std::fmt;

use syn::LitStr;
use toml::de::DeTable;

use super::file::{Place, SourceFile};
use super::secrecy::secrets;
use super::tenant::tenant_name;
use super::tenants::Variant;
use crate::errors::{Errors, nearest};
use crate::model::{complaint, snake};

/// What the file says of tenants.
#[derive(Default)]
pub(super) struct TenantsFile {
    /// In the order of the file.
    pub(super) variants: Vec<Variant>,
    /// Whether these are all: a name may stand where the file is not understood.
    pub(super) is_whole: bool,
    /// Where it was found.
    pub(super) path: String,
}

impl TenantsFile {
    /// Reads it, as far as it is understood. All mistakes stand at the literal, with their line.
    pub(super) fn read(literal: &LitStr, errors: &mut Errors) -> Self {
        let mut file = Self::default();
        if let Some(SourceFile { text, path }) = errors.take(SourceFile::read(literal)) {
            file.path = path;
            Reader { literal, name: literal.value(), text: &text, errors, broken: BTreeSet::new() }.read(&mut file);
        }
        file
    }
}

struct Reader<'a> {
    literal: &'a LitStr,
    name: String,
    text: &'a str,
    errors: &'a mut Errors,
    /// Lines that are no TOML: nothing more is said about them, least of all what stands in them.
    broken: BTreeSet<usize>,
}

impl<'a> Reader<'a> {
    fn read(mut self, file: &mut TenantsFile) {
        // What is understood beside a mistake is looked at for further ones.
        let (document, mut mistakes) = DeTable::parse_recoverable(self.text);
        mistakes.sort_by_key(|error| error.span().map(|span| span.start));
        let document = document.into_inner();
        for error in mistakes {
            // The library's own message quotes the line, and a secret may stand in it.
            let at = error.span().map_or(self.text.len(), |span| span.start);
            let before = self.text.get(..at).unwrap_or(self.text).rsplit('\n').next().unwrap_or_default();
            self.refuse(at, format_args!("not valid TOML at column {}", before.chars().count() + 1));
            self.broken.insert(self.place(at).line);
        }
        for (at, complaint) in secrets(self.text, &document) {
            self.tell(at, complaint);
        }
        let tenants = self.tenants(&document);
        let default = self.default(&document, &tenants);
        let names = tenants.len();
        for (name, at) in tenants {
            if let Some(complaint) = complaint(name) {
                self.refuse(at, complaint);
            } else if snake(name) != name {
                let spelt = snake(name);
                self.refuse(at, format_args!("`{name}` cannot name a tenant: a configuration spells it `{spelt}`"));
            } else {
                let place = Some(self.place(at));
                let default = (default == Some(name)).then(|| self.literal.span());
                let written = self.errors.take(tenant_name(&LitStr::new(name, self.literal.span())));
                let variant = written.map(|written| Variant { attributes: Vec::new(), written, default, place });
                file.variants.extend(variant);
            }
        }
        file.is_whole = self.broken.is_empty() && file.variants.len() == names;
    }

    /// The names of all tenants, and where they stand.
    fn tenants<'d>(&mut self, document: &'d DeTable<'_>) -> Vec<(&'d str, usize)> {
        const ADVICE: &str = "each tenant is a table of its own: `[tenants.customer]`";
        let Some((key, tables)) = document.get_key_value("tenants") else {
            if self.broken.is_empty() {
                let message = format!("`{}` names no tenant: {ADVICE}", self.name);
                self.errors.push(syn::Error::new(self.literal.span(), message));
            }
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
        // Of a file without tenants that was said, and it may stand in a broken line.
        if named.is_none() && !names.is_empty() && self.broken.is_empty() {
            let near = value.get_ref().as_str().and_then(|spelt| nearest(spelt, &names));
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            let names = names.join("`, `");
            let complaint = format_args!("`default_tenant` has to be one of the file's tenants, `{names}`{near}");
            self.refuse(key.span().start, complaint);
        }
        named
    }

    fn place(&self, at: usize) -> Place {
        let before = self.text.get(..at).unwrap_or(self.text);
        Place { file: self.name.clone(), line: before.matches('\n').count() + 1 }
    }

    fn refuse(&mut self, at: usize, complaint: impl fmt::Display) {
        if !self.broken.contains(&self.place(at).line) {
            self.tell(at, complaint);
        }
    }

    fn tell(&mut self, at: usize, complaint: impl fmt::Display) {
        let message = format!("{}: {complaint}", self.place(at));
        self.errors.push(syn::Error::new(self.literal.span(), message));
    }
}
