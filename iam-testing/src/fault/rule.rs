//! Which requests a fault hits.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Fault, Recorded};

/// Picks requests by method and path, and counts how many it has picked.
#[derive(Clone)]
pub struct Rule {
    method: String,
    path: String,
    skip: usize,
    left: Option<usize>,
    condition: Option<Condition>,
}

type Condition = Arc<dyn Fn(&Recorded) -> bool + Send + Sync>;

impl Rule {
    /// Requests with this method (`*` is every one) and this path without its query; a path that ends in `*`
    /// stands for all that begin with what is before it.
    #[must_use]
    pub fn on(method: &str, path: &str) -> Rule {
        Rule { method: method.to_owned(), path: path.to_owned(), skip: 0, left: None, condition: None }
    }

    /// Every request.
    #[must_use]
    pub fn any() -> Rule {
        Rule::on("*", "*")
    }

    /// Only the first so many of them; without this, all until [`heal`](super::FaultProxy::heal).
    #[must_use]
    pub fn times(mut self, times: usize) -> Rule {
        self.left = Some(times);
        self
    }

    /// Lets the first so many pass unharmed.
    #[must_use]
    pub fn skip(mut self, requests: usize) -> Rule {
        self.skip = requests;
        self
    }

    /// Only requests of which this holds (a header, a piece of the body).
    #[must_use]
    pub fn when(mut self, condition: impl Fn(&Recorded) -> bool + Send + Sync + 'static) -> Rule {
        self.condition = Some(Arc::new(condition));
        self
    }

    fn matches(&self, request: &Recorded) -> bool {
        (self.method == "*" || self.method.eq_ignore_ascii_case(request.method.as_str()))
            && match self.path.strip_suffix('*') {
                Some(prefix) => request.path().starts_with(prefix),
                None => request.path() == self.path,
            }
            && self.condition.as_ref().is_none_or(|condition| condition(request))
    }

    /// Counts one matching request; true if it is to be hit.
    fn take(&mut self) -> bool {
        if self.left == Some(0) {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        if let Some(left) = &mut self.left {
            *left -= 1;
        }
        true
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rule({} {}, skip {}, left {:?})", self.method, self.path, self.skip, self.left)
    }
}

/// The rules in force, oldest first.
#[derive(Default)]
pub(super) struct Rules(Mutex<Vec<(Rule, Fault)>>);

impl Rules {
    pub(super) fn add(&self, rule: Rule, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((rule, fault));
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The fault for this request, if a rule picks it.
    pub(super) fn pick(&self, request: &Recorded) -> Option<Fault> {
        let mut rules = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let picked =
            rules.iter_mut().find_map(|(rule, fault)| (rule.matches(request) && rule.take()).then(|| fault.clone()));
        rules.retain(|(rule, _)| rule.left != Some(0));
        picked
    }
}
