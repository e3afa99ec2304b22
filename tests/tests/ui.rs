//! Mistakes that must not compile, each with the compiler's words, and uses
//! that must.
//!
//! A word of the compiler's own may change with any of its versions, so the
//! messages are compared on one. After a change of it, or of ours:
//! `TRYBUILD=overwrite cargo test -p iam-tests --test ui`, and read the
//! difference as prose: would it tell a newcomer what to type?

#[path = "ui/pass/mod.rs"]
mod pass;

/// The compiler whose words stand in the `.stderr` files: the workspace's `rust-version`.
const COMPARED_ON: &str = env!("CARGO_PKG_RUST_VERSION");

#[test]
fn mistakes_do_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/ui/fail/*.rs");
}
