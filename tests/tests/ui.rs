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
    assert_eq!(pages.len(), 17);
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

/// `docs/compile-errors.md` shows each mistake with its message. To take over what changed:
/// `UPDATE_DOCS=1 cargo test -p iam-tests --test ui every_mistake_is_on_the_page`.
#[test]
fn every_mistake_is_on_the_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = root.join("../docs/compile-errors.md");
    let expected = compile_errors(&root.join("tests/ui/fail"));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&page, &expected).unwrap();
    }
    assert!(std::fs::read_to_string(&page).unwrap() == expected, "docs/compile-errors.md is not of the ui cases");
}

/// Each case below its name: the code without what all have in common, the files that it reads, then the
/// compiler's words.
fn compile_errors(folder: &Path) -> String {
    let mut page = String::from(
        "# What does not compile\n\n\
         Mistakes, and what the compiler says to each. A test makes this page of `tests/tests/ui/fail`, \
         where each is compiled.\n",
    );
    let mut cases: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|case| case.extension().is_some_and(|extension| extension == "rs"));
    cases.sort();
    for case in cases {
        let title = case.file_stem().unwrap().to_str().unwrap().replace('_', " ");
        let code = std::fs::read_to_string(&case).unwrap();
        let code = code.trim().trim_end_matches("fn main() {}").trim();
        let told = std::fs::read_to_string(case.with_extension("stderr")).unwrap();
        page += &format!("\n## {title}\n\n```rust\n{code}\n```\n");
        for name in code.split("from \"").skip(1).filter_map(|behind| behind.split('"').next()) {
            if let Ok(file) = std::fs::read_to_string(folder.join("../files").join(name)) {
                page += &format!("\n`{name}`:\n\n```toml\n{}\n```\n", file.trim_end());
            }
        }
        page += &format!("\n```text\n{}\n```\n", told.trim_end());
    }
    page
}
