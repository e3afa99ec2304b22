use std::fmt;

/// A relation or permission of a namespace, as a file in Ory Permission Language declares it:
/// what the constants of `define_permissions!` are.
///
/// ```
/// use iam_core::policy::{DeclaredNamespaces, Relation};
///
/// const FILE: DeclaredNamespaces = DeclaredNamespaces { file: "namespaces.keto.ts", names: &["User", "Listing"] };
/// const EDIT: Relation = Relation::declared("Listing", "edit", &FILE);
///
/// assert_eq!(EDIT.to_string(), "Listing#edit");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Relation {
    namespace: &'static str,
    name: &'static str,
    declared: &'static DeclaredNamespaces,
}

/// All namespaces of a file.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct DeclaredNamespaces {
    /// The file, as `define_permissions!` names it.
    pub file: &'static str,
    /// The namespaces' names.
    pub names: &'static [&'static str],
}

impl Relation {
    /// This one of a namespace of the file; `define_permissions!` expands to it.
    #[must_use]
    pub const fn declared(namespace: &'static str, name: &'static str, declared: &'static DeclaredNamespaces) -> Self {
        Self { namespace, name, declared }
    }

    /// The namespace, such as `Listing`.
    #[must_use]
    pub const fn namespace(self) -> &'static str {
        self.namespace
    }

    /// The relation or permission, such as `edit`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// All namespaces of the file that declares it.
    #[must_use]
    pub const fn namespaces(self) -> &'static DeclaredNamespaces {
        self.declared
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.namespace, self.name)
    }
}

impl fmt::Debug for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Relation({self})")
    }
}
