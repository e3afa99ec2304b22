//! `docs/writing-an-adapter.md` quotes this adapter, and the adapter stays small.

use std::path::Path;

use crate::stage::quotes;

const FILES: [&str; 4] =
    ["adapter/macros/src/lib.rs", "adapter/src/handler.rs", "adapter/src/lib.rs", "adapter/src/router.rs"];

#[test]
fn the_page_quotes_what_is_there() {
    quotes::check("docs/writing-an-adapter.md", &FILES, 10);
}

#[test]
fn an_adapter_is_less_than_300_lines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lines = FILES.map(|file| std::fs::read_to_string(root.join(file)).unwrap().lines().count());
    assert!(lines.iter().sum::<usize>() < 300, "{lines:?}");
    let files = ["adapter/src", "adapter/macros/src"].map(|folder| root.join(folder).read_dir().unwrap().count());
    assert_eq!(files.iter().sum::<usize>(), FILES.len(), "some file is not counted");
}
