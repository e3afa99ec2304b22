//! `docs/writing-an-adapter.md` quotes this adapter, and the adapter stays small.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources() -> Vec<String> {
    let files = ["src/lib.rs", "src/handler.rs", "src/router.rs", "macros/src/lib.rs"];
    files.map(|file| std::fs::read_to_string(root().join("tests/adapter").join(file)).unwrap()).into()
}

/// Without indentation: a method is quoted without its `impl`.
fn flush(code: &str) -> String {
    code.lines().map(str::trim_start).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_page_quotes_what_is_there() {
    let page = std::fs::read_to_string(root().join("docs/writing-an-adapter.md")).unwrap();
    let sources: Vec<_> = sources().iter().map(|source| flush(source)).collect();
    let quotes: Vec<_> = page.split("```rust\n").skip(1).map(|rest| rest.split_once("```").unwrap().0).collect();
    assert_eq!(quotes.len(), 10);
    for quote in quotes {
        let quoted = flush(quote.trim_end());
        assert!(sources.iter().any(|source| source.contains(&quoted)), "no file holds this:\n{quote}");
    }
}

#[test]
fn an_adapter_is_a_few_hundred_lines() {
    let lines: usize = sources().iter().map(|source| source.lines().count()).sum();
    assert!(lines < 300, "{lines} lines");
    for entry in ["src", "macros/src"] {
        let files = root().join("tests/adapter").join(entry).read_dir().unwrap().count();
        assert_eq!(files, if entry == "src" { 3 } else { 1 }, "a file that is not counted in {entry}");
    }
}
