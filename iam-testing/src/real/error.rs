//! Why one of Ory's servers does not run.

use std::fmt;

/// What could not be done, and the reason; for people.
#[derive(Debug)]
pub struct RealError {
    what: String,
    why: String,
}

impl RealError {
    pub(super) fn new(what: impl Into<String>, why: impl fmt::Display) -> RealError {
        RealError { what: what.into(), why: why.to_string() }
    }

    /// For `map_err`.
    pub(crate) fn of<E: fmt::Display>(what: impl Into<String>) -> impl FnOnce(E) -> RealError {
        let what = what.into();
        move |why| RealError::new(what, why)
    }
}

impl fmt::Display for RealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.why)
    }
}

impl std::error::Error for RealError {}
