//! What the documents say of the tests is so.

use std::collections::BTreeSet;
use std::path::Path;

/// The pieces between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_test_named_in_not_repeated_exists_and_no_number_is_missing() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = std::fs::read_to_string(root.join("docs/not-repeated.md")).unwrap();
    let mut numbers = BTreeSet::new();
    for line in text.lines() {
        let Some((number, rest)) = line.strip_prefix("* **W").and_then(|rest| rest.split_once("** ")) else { continue };
        assert!(numbers.insert(number.parse::<u8>().unwrap()), "W{number} stands twice");
        let named: Vec<_> = quoted(rest).filter_map(|piece| piece.split_once(".rs::")).collect();
        assert!(!named.is_empty(), "W{number} names no test");
        for (file, test) in named {
            let path = root.join(format!("{file}.rs"));
            let source = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("W{number}: no file {file}.rs"));
            let declared = source.find(&format!("fn {test}(")).unwrap_or_else(|| panic!("W{number}: no test {test}"));
            let above = &source[..declared];
            let above = &above[above.rfind("\n\n").unwrap_or_default()..];
            assert!(above.contains("test]"), "W{number}: {test} is no test");
        }
    }
    let meant: BTreeSet<u8> = (1..=13).chain(24..=45).chain(72..=73).collect();
    assert_eq!(numbers, meant);
}
