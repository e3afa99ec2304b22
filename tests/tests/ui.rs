//! Mistakes that must not compile, each with the compiler's words, and uses
//! that must.
//!
//! To take over changed words:
//! `TRYBUILD=overwrite cargo test -p iam-tests --test ui`. Then read the
//! difference as prose: would it tell a newcomer what to type?

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

// The adapter under another name, for `crate = ::iam`.
extern crate iam_axum as iam;
// The other one too.
extern crate iam_actix as of_actix;

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
        let cases = trybuild::TestCases::new();
        cases.compile_fail("tests/ui/fail/*.rs");
        cases.compile_fail(lay_out_for_actix().join("*.rs"));
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

/// Cases that name no framework, rewritten for the other adapter, which is to say the same.
fn lay_out_for_actix() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fail_on_actix");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    let place = format!("--> {}/", folder.display());
    let mut laid_out = 0;
    for file in Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/fail").read_dir().unwrap() {
        let file = file.unwrap().path();
        let name = file.file_name().unwrap();
        if file.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let code = std::fs::read_to_string(&file).unwrap();
        if is_for_both(&code) {
            let told = std::fs::read_to_string(file.with_extension("stderr")).unwrap();
            let told = told.replace("iam_axum", "iam_actix").replace("iam-axum", "iam-actix");
            // An underline below the import is longer by a letter.
            let told = told.replace("::prelude::*;\n  |     ^", "::prelude::*;\n  |     ^^");
            let target = folder.join(name);
            std::fs::write(&target, code.replace("iam_axum", "iam_actix")).unwrap();
            std::fs::write(target.with_extension("stderr"), told.replace("--> tests/ui/fail/", &place)).unwrap();
            laid_out += 1;
        }
    }
    assert!(laid_out > 60, "{laid_out}");
    folder
}

/// Whether a case has the prelude for all that it says of a framework, and stands in one file.
fn is_for_both(code: &str) -> bool {
    const OF_ONE: [&str; 5] = ["axum", "actix", "Router", "tokio", "mod reports;"];
    let rest = code.replacen("use iam_axum::prelude::*;", "", 1);
    rest.len() < code.len() && OF_ONE.iter().all(|word| !rest.contains(word))
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
