//! Black-box suites over the public API; they live in `tests/`.

/// The README's program compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
