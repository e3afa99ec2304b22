//! What axum makes of paths: which it does not take, and which are one to it.

use std::collections::HashSet;

use axum::Router;
use axum::routing::any;
use iam_core::policy::{nameless, taken};

/// What stands at a path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Route,
    /// A service below the path.
    Service,
    /// A service that takes what no route takes.
    Root,
    Fallback,
}

/// Whether axum cannot have both: by their paths as the access matrix shows them.
pub(crate) fn clash((path, kind): (&str, Kind), (other_path, other_kind): (&str, Kind)) -> bool {
    let is_last = |kind| matches!(kind, Kind::Root | Kind::Fallback);
    let prefix = |path: &str| path.rsplit_once('/').map(|(prefix, _)| nameless(prefix));
    if is_last(kind) && is_last(other_kind) {
        return prefix(path) == prefix(other_path);
    }
    kind == other_kind && nameless(path) == nameless(other_path)
}

/// Takes the same paths as the router to be, to hear what axum says of each.
#[derive(Default)]
pub(crate) struct Paths {
    router: Router,
    /// Which it has.
    taken: HashSet<String>,
}

impl Paths {
    /// Why axum does not take this path, if it does not.
    pub(crate) fn refuse(&mut self, path: &str, kind: Kind) -> Option<String> {
        let is_new = matches!(kind, Kind::Route | Kind::Service) && self.taken.insert(path.to_owned());
        if !is_new {
            return None;
        }
        let router = self.router.clone();
        let with_path = taken(|| match kind {
            Kind::Service => router.nest_service(path.trim_end_matches("/.."), Router::new()),
            _ => router.route(path, any(async || ())),
        });
        with_path.map(|router| self.router = router).err()
    }
}
