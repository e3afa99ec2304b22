//! What the documents say of the tests is so.

use std::collections::BTreeSet;
use std::path::Path;

use iam_core::Reason;
use iam_core::audit::Operation;
use iam_core::config::{Environment, IamConfig, check_names};

/// The pieces between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Whether that is a table, of which each row is a test.
fn is_table(source: &str, name: &str) -> bool {
    let heads = source.lines().filter_map(|line| line.trim_start().strip_prefix("cases! { "));
    heads.into_iter().any(|head| head.split([' ', ':']).any(|word| word == name))
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
            if is_table(&source, test) {
                continue;
            }
            let declared = source.find(&format!("fn {test}(")).unwrap_or_else(|| panic!("W{number}: no test {test}"));
            let above = &source[..declared];
            let above = &above[above.rfind("\n\n").unwrap_or_default()..];
            assert!(above.contains("test]"), "W{number}: {test} is no test");
        }
    }
    let meant: BTreeSet<u8> = (1..=13).chain(24..=45).chain(72..=73).collect();
    assert_eq!(numbers, meant);
}

#[test]
fn the_security_page_knows_every_reason_every_operation_and_every_dangerous_key() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = std::fs::read_to_string(root.join("docs/security.md")).unwrap();
    let source = std::fs::read_to_string(root.join("iam-core/src/reason.rs")).unwrap();
    let mut rows = 0;
    for line in text.lines() {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [_, reason, outcome, status, code, _, _] = &cells[..] else { continue };
        let Some(reason) = REASONS.iter().find(|known| reason.trim_matches('`') == known.name()) else { continue };
        assert_eq!((*status, code.trim_matches('`')), (&*reason.status().to_string(), reason.code()), "{line}");
        assert_eq!(*outcome, if reason.status() == 503 { "unavailable" } else { "denied" }, "{line}");
        rows += 1;
    }
    assert_eq!(rows, REASONS.len(), "a reason stands in no row");
    let declared = source.split_once("pub enum Reason {").unwrap().1.split_once("\n}").unwrap().0;
    let variants = declared.lines().filter(|line| line.trim_start().starts_with(char::is_uppercase)).count();
    assert_eq!(variants, REASONS.len(), "there are reasons that this test does not know");
    for operation in Operation::ALL {
        assert!(text.contains(&format!("`{operation}`")), "{operation}");
    }
    let keys = std::fs::read_to_string(root.join("iam-core/src/config/model.rs")).unwrap();
    let words = keys.split(|c: char| !c.is_ascii_lowercase() && c != '_');
    for key in words.filter(|word| word.starts_with("dangerously_")) {
        assert!(text.contains(&format!("`{key}`")), "{key}");
    }
}

const REASONS: [Reason; 28] = [
    Reason::SessionTooOld,
    Reason::Check,
    Reason::CheckUnavailable,
    Reason::HostUnknown,
    Reason::HostMalformed,
    Reason::HostConflict,
    Reason::HostResolver,
    Reason::Missing,
    Reason::Malformed,
    Reason::Ambiguous,
    Reason::RejectedByTenant,
    Reason::Expired,
    Reason::Inactive,
    Reason::TenantMismatch,
    Reason::NotYetValid,
    Reason::WrongTokenUse,
    Reason::WrongAudience,
    Reason::WrongIssuer,
    Reason::NoSubject,
    Reason::Csrf,
    Reason::SecondFactor,
    Reason::NotAMachine,
    Reason::NotADelegate,
    Reason::Role,
    Reason::Permission,
    Reason::BadParameter,
    Reason::Upstream,
    Reason::UpstreamCredentialRefused,
];

#[test]
fn the_configuration_that_the_front_page_shows_is_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = std::fs::read_to_string(root.join("README.md")).unwrap();
    let toml = text.split("```toml\n").find(|block| block.starts_with("[tenants.")).unwrap();
    let config = IamConfig::from_toml(toml.split("```").next().unwrap()).unwrap();
    let key = ("IAM__TENANTS__CUSTOMER__CLOUD__API_KEY", "ory_apikey_x");
    let config = config.with_environment(&Environment::from_pairs([key]));
    check_names(&config, &["customer", "admin"], None).unwrap();
}
