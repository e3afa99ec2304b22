//! Mistakes that must not compile, each with the compiler's words, and uses
//! that must.
//!
//! To take over changed words:
//! `TRYBUILD=overwrite cargo test -p iam-tests --test ui`. Then read the
//! difference as prose: would it tell a newcomer what to type?

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::io::Write;
use std::path::Path;
use std::process::Command;

// The adapter under another name, for `crate = ::iam`.
extern crate iam_axum as iam;

#[path = "ui/page.rs"]
mod page;

#[path = "ui/pass/mod.rs"]
#[deny(warnings, clippy::pedantic)]
#[allow(unreachable_pub, reason = "`pub` is what marks a handler in a block")]
#[allow(clippy::wildcard_imports, reason = "preludes are made for it")]
#[allow(clippy::unused_async, reason = "helpers beside handlers, which wait for nothing either")]
mod pass;

iam_axum::define_tenants! {
    /// One Ory project each.
    pub enum Tenants { customer, admin, dealer }
}

/// The compiler whose words stand in the `.stderr` files: the workspace's own.
const COMPARED_ON: &str = env!("CARGO_PKG_RUST_VERSION");

#[test]
fn mistakes_do_not_compile() {
    let here = compiler();
    if here.split_whitespace().nth(1).is_some_and(|version| version.starts_with(COMPARED_ON)) {
        lay_out_files();
        trybuild::TestCases::new().compile_fail("tests/ui/fail/*.rs");
        return;
    }
    // Not by `eprintln!`, which the harness keeps to itself when a test passes.
    let notice = format!("\nNOT COMPARED: messages of mistakes are those of rustc {COMPARED_ON}, this is {here}\n");
    std::io::stderr().write_all(notice.as_bytes()).unwrap();
}

/// Cases are compiled in a package of trybuild's own: what they read has to be there.
fn lay_out_files() {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../tests/trybuild").join(env!("CARGO_PKG_NAME"));
    std::fs::create_dir_all(&package).unwrap();
    for file in Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/files").read_dir().unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), package.join(file.file_name())).unwrap();
    }
}

/// What the attributes' pages quote is what the compiler says.
#[test]
fn pages_quote_what_is_printed() {
    let read = |folder: &str, extension: &str| -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let files = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
        let files = files.filter(|file| file.extension().is_some_and(|found| found == extension));
        files.map(|file| std::fs::read_to_string(file).unwrap()).collect()
    };
    let printed = read("tests/ui/fail", "stderr").concat();
    let pages = read("../iam-macros/docs", "md");
    assert_eq!(pages.len(), 18);
    for page in pages {
        let (_, behind) = page.split_once("# What does not compile").unwrap();
        let quoted: Vec<_> = behind.lines().filter(|line| line.starts_with("error")).collect();
        assert!(!quoted.is_empty(), "{page}");
        for line in quoted {
            assert!(printed.lines().any(|printed| printed == line), "printed by no mistake: {line}");
        }
    }
}

fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let told = Command::new(rustc).arg("--version").output().unwrap();
    String::from_utf8(told.stdout).unwrap()
}
