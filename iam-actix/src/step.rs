use iam_core::policy::{MatrixRow, Source};
use iam_core::{Iam, Tenant};

use crate::foreign::{Nested, below};
use crate::pattern::{covers, covers_below, nearness};
use crate::resources::Foreign;
use crate::routing::Route;

/// Something at a whole path.
pub(crate) struct Step<T: 'static> {
    pub(crate) path: String,
    pub(crate) what: What<T>,
}

pub(crate) enum What<T: 'static> {
    Route(Iam<T>, Route<T>),
    Fallback(Iam<T>, Route<T>),
    Service(Iam<T>, Nested<T>),
    Unguarded(Foreign, Source),
}

impl<T: Tenant> Step<T> {
    /// Its row in the access matrix.
    pub(crate) fn row(&self) -> MatrixRow {
        let path = &self.path;
        match &self.what {
            What::Route(_, route) => route.at(path),
            What::Fallback(_, route) => route.at(&format!("{path}/(fallback)")),
            What::Service(_, service) => service.at(&below(path)),
            What::Unguarded(_, source) => MatrixRow::foreign(path).mounted_at(*source),
        }
    }

    /// What its tenant's configuration or its path lacks, if it has a policy.
    pub(crate) fn misfits(&self) -> Option<Vec<String>> {
        match &self.what {
            What::Route(iam, route) | What::Fallback(iam, route) => Some(route.policy.misfit(iam, &self.path)),
            What::Service(iam, service) => Some(service.policy.misfit(iam, &self.path)),
            What::Unguarded(..) => None,
        }
    }

    /// When a request comes to it.
    pub(crate) fn turn(&self) -> u8 {
        match self.what {
            What::Route(..) => 0,
            What::Service(..) => 1,
            What::Unguarded(..) => 2,
            What::Fallback(..) => 3,
        }
    }

    /// Whether it takes every request for which this other one stands.
    pub(crate) fn hides(&self, other: &Self) -> bool {
        match (&self.what, &other.what) {
            (What::Route(..), What::Route(..)) => covers(&self.path, &other.path),
            // Of those the nearer one comes first, wherever it was mounted.
            (What::Service(..), What::Service(..)) | (What::Fallback(..), What::Fallback(..)) => {
                nearness(&self.path) == nearness(&other.path) && covers_below(&self.path, &other.path)
            }
            (What::Service(..), What::Fallback(..)) => covers_below(&self.path, &other.path),
            _ => false,
        }
    }
}
