//! Where a row comes from.

use std::panic::Location;

use serde::Serialize;

/// Where a route was mounted, and with what. Not in the text, so that moving a line changes no reviewed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The handler's path, such as `shop::admin::report`, as far as its type tells it.
    pub handler: Option<&'static str>,
    /// The file that mounts it, as the compiler was given it.
    pub file: &'static str,
    /// The line there, from 1.
    pub line: u32,
}

impl Source {
    /// The caller's place, without a handler.
    #[must_use]
    #[track_caller]
    pub fn here() -> Self {
        let place = Location::caller();
        Self { handler: None, file: place.file(), line: place.line() }
    }

    /// The caller's place, with a handler of type `H`.
    ///
    /// ```
    /// use iam_core::policy::Source;
    ///
    /// fn report() {}
    ///
    /// fn mount<H>(_handler: H) -> Source {
    ///     Source::of::<H>()
    /// }
    ///
    /// assert!(mount(report).handler.is_some_and(|path| path.ends_with("::report")));
    /// ```
    #[must_use]
    #[track_caller]
    pub fn of<H>() -> Self {
        Self { handler: Some(std::any::type_name::<H>()), ..Self::here() }
    }
}
