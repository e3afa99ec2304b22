use std::fmt;

use super::Tenant;

/// A name that no tenant has.
///
/// ```
/// # use iam_core::{Tenant, UnknownTenant};
/// # #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
/// # enum Shops { North, South }
/// # impl Tenant for Shops {
/// #     const ALL: &'static [Self] = &[Self::North, Self::South];
/// #     const DEFAULT: Option<Self> = None;
/// #     fn name(self) -> &'static str { match self { Self::North => "north", Self::South => "south" } }
/// #     fn index(self) -> usize { self as usize }
/// # }
/// let unknown = UnknownTenant::new::<Shops>("nroth");
/// assert_eq!(unknown.to_string(), "no tenant is called `nroth`; did you mean `north`? There are `north`, `south`");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownTenant {
    found: String,
    nearest: Option<&'static str>,
    known: Vec<&'static str>,
}

impl UnknownTenant {
    /// The error for this name among the tenants `T`.
    #[must_use]
    pub fn new<T: Tenant>(found: &str) -> Self {
        // Names come from outside now and then: bounded, and escaped for logs.
        const LONGEST: usize = 64;
        let found: String = found.chars().take(LONGEST).flat_map(char::escape_debug).collect();
        let known: Vec<_> = T::ALL.iter().map(|tenant| tenant.name()).collect();
        let nearest = known
            .iter()
            .map(|name| (strsim::damerau_levenshtein(&found, name), *name))
            .filter(|(distance, name)| *distance <= 1 + name.len() / 3)
            .min()
            .map(|(_, name)| name);
        Self { found, nearest, known }
    }

    /// The tenant whose name comes close.
    #[must_use]
    pub fn nearest(&self) -> Option<&'static str> {
        self.nearest
    }
}

impl fmt::Display for UnknownTenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no tenant is called `{}`", self.found)?;
        if let Some(nearest) = self.nearest {
            write!(f, "; did you mean `{nearest}`?")?;
        } else {
            f.write_str(";")?;
        }
        write!(f, " There are `{}`", self.known.join("`, `"))
    }
}

impl std::error::Error for UnknownTenant {}
