//! Tenants as a policy names them.

use std::fmt;

use proc_macro2::{Ident, Span};
use syn::Path;
use syn::ext::IdentExt;

use super::names::snake;
use crate::parse::TenantNames;

/// Tenants' names in an enum.
#[derive(Clone)]
pub(crate) struct Named {
    pub(crate) names: TenantNames,
    pub(crate) of: Option<Path>,
    pub(crate) up: usize,
}

pub(super) enum Same {
    Yes,
    /// The names are equal, the paths of the enums are spelt differently.
    IfTheEnumIs,
    No,
}

impl Named {
    /// Whether both spell it alike.
    pub(super) fn is_of_the_enum_of(&self, other: &Self) -> bool {
        let spelt = |of: &Option<Path>| quote::quote!(#of).to_string();
        spelt(&self.of) == spelt(&other.of)
    }

    pub(super) fn is_same_as(&self, other: &Self) -> Same {
        match (self.names == other.names, self.is_of_the_enum_of(other)) {
            (true, true) => Same::Yes,
            (true, false) => Same::IfTheEnumIs,
            (false, _) => Same::No,
        }
    }

    /// The arguments as written.
    pub(super) fn described(&self) -> String {
        let quoted = |name: &Ident| format!("\"{}\"", name.unraw());
        let names = self.names.all().iter().map(quoted).collect::<Vec<_>>().join(", ");
        let names = if matches!(self.names, TenantNames::One(_)) { names } else { format!("host({names})") };
        match &self.of {
            Some(of) => format!("{names} in {}", quote::quote!(#of).to_string().replace(' ', "")),
            None => names,
        }
    }
}

impl TenantNames {
    /// Where an error about them belongs.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::One(name) => name.span(),
            Self::ByHost(host, _) => *host,
        }
    }

    /// Every one of them.
    pub(crate) fn all(&self) -> &[Ident] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::ByHost(_, names) => names,
        }
    }

    /// In the order of the alphabet.
    pub(crate) fn sorted(&self) -> Vec<&Ident> {
        let mut names: Vec<_> = self.all().iter().collect();
        names.sort_by_key(|name| snake(&name.to_string()));
        names
    }

    /// The first that stands twice.
    pub(super) fn repeated(&self) -> Option<&Ident> {
        let spelt = self.spelt();
        let again = (1..spelt.len()).find(|at| spelt[..*at].contains(&spelt[*at]))?;
        self.all().get(again)
    }

    fn spelt(&self) -> Vec<String> {
        self.all().iter().map(|name| snake(&name.to_string())).collect()
    }
}

/// In whichever order, as snake or as Pascal case.
impl PartialEq for TenantNames {
    fn eq(&self, other: &Self) -> bool {
        let sorted = |names: &Self| {
            let mut spelt = names.spelt();
            spelt.sort();
            (matches!(names, Self::ByHost(..)), spelt)
        };
        sorted(self) == sorted(other)
    }
}

impl fmt::Display for TenantNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(_) => f.write_str(&self.spelt().concat()),
            Self::ByHost(..) => write!(f, "host({})", self.spelt().join(", ")),
        }
    }
}
