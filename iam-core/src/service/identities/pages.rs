use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::UpstreamFault;

/// One page of a list.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next page starts; `None` on the last one.
    pub next: Option<PageToken>,
}

/// Where a page starts. Opaque, tied to the list's other options, and short-lived.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageToken(String);

impl PageToken {
    /// A token that was handed out before.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The token's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T> Page<T> {
    /// An empty page is the last one, whatever it names as next: the session
    /// lists of Kratos name a next page for ever.
    pub(super) fn new(items: Vec<T>, next: Option<String>) -> Self {
        let next = next.filter(|_| !items.is_empty()).map(PageToken);
        Self { items, next }
    }
}

/// Follows the tokens of one list.
#[derive(Default)]
pub(super) struct Walk {
    seen: HashSet<PageToken>,
}

impl Walk {
    /// Whether to go on with this token.
    ///
    /// # Errors
    /// When the token was followed before: the rest of the list is out of reach,
    /// and saying that it is complete would be a lie.
    pub(super) fn go_on(&mut self, next: Option<PageToken>) -> Result<Option<PageToken>, UpstreamFault> {
        match next {
            Some(token) if !self.seen.insert(token.clone()) => Err(UpstreamFault::Unreadable("a page token twice")),
            next => Ok(next),
        }
    }
}
