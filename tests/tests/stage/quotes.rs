//! Pages that quote code which the tests run.

use std::path::Path;

/// Checks that a page (its path is the workspace's) quotes these files of the tests, so
/// many times. A quote may leave lines out where it says `// ..`, and is not indented.
#[track_caller]
pub fn check(page: &str, files: &[&str], count: usize) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let flush = |code: &str| code.trim().lines().map(str::trim_start).collect::<Vec<_>>().join("\n");
    let sources: Vec<_> = files.iter().map(|path| flush(&read(path))).collect();
    let page = read(&format!("../{page}"));
    let quotes: Vec<_> = page.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(quotes.len(), count);
    for part in quotes.iter().flat_map(|quote| quote.split("// ..\n")) {
        let part = flush(part);
        assert!(sources.iter().any(|source| source.contains(&part)), "no file holds this:\n{part}");
    }
}
