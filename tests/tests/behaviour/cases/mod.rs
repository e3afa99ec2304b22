//! Faults that users of other projects reported in public, as inputs for this one.
//!
//! Each test is named after its case, `a01` to `a44`. Cases about parts that do not
//! exist yet stand in [`MISSING`] with the part named.

mod caches;
mod credentials;
mod decoding;
mod outages;
mod permissions;
mod routing;
mod secrets;
mod tokens;

use std::collections::BTreeSet;
use std::path::Path;

use iam_testing::fault::{Fault, Rule};

use crate::stage::Stage;

const CASES: std::ops::RangeInclusive<u8> = 1..=44;

/// A case, or the rest of one, that waits for something.
struct Waiting {
    case: u8,
    title: &'static str,
    /// The part that does not exist yet.
    part: &'static str,
}

/// Cases without a test.
const MISSING: &[Waiting] = &[
    Waiting { case: 8, title: "a public key used as an HMAC secret", part: "local verification of JWTs" },
    Waiting { case: 9, title: "a key that the token brings along", part: "local verification of JWTs" },
    Waiting { case: 12, title: "an unknown `kid` causes a fetch per request", part: "a JWKS cache" },
    Waiting { case: 17, title: "fields of a flow's form", part: "the flow helper" },
    Waiting { case: 20, title: "`return_to` as an open redirect", part: "the flow helper" },
    Waiting { case: 33, title: "4xx answers trip the breaker", part: "a circuit breaker" },
];

/// Cases of which a part is tested and the rest waits.
const PARTLY: &[Waiting] = &[
    Waiting { case: 6, title: "ambiguous cache keys", part: "a cache of this service's own tokens" },
    Waiting { case: 19, title: "session fixation at login", part: "the flow helper" },
];

/// The numbers of all tests `aNN_..` in this folder, and of all tables, of which each row is a test.
fn tested() -> BTreeSet<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/behaviour/cases");
    let mut numbers = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let source = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let lines: Vec<_> = source.lines().map(str::trim).collect();
        for pair in lines.windows(2) {
            let is_test = ["#[test]", "#[tokio::test]"].contains(&pair[0]);
            let test = pair[1].trim_start_matches("async ").strip_prefix("fn ").filter(|_| is_test);
            let table = pair[0].strip_prefix("cases! { ").map(|head| head.split_once(", ").map_or(head, |head| head.1));
            let name = test.or(table).and_then(|name| name.strip_prefix('a'));
            let number = name.and_then(|name| name.split_once('_')).and_then(|(number, _)| number.parse::<u8>().ok());
            numbers.extend(number);
        }
    }
    numbers
}

#[test]
fn every_case_is_a_test_or_waits_for_a_part_that_is_named() {
    let tested = tested();
    let missing: BTreeSet<u8> = MISSING.iter().map(|waiting| waiting.case).collect();
    let both: Vec<_> = tested.intersection(&missing).collect();
    assert!(both.is_empty(), "no longer missing: {both:?}");
    let all: Vec<_> = tested.union(&missing).copied().collect();
    assert_eq!(all, CASES.collect::<Vec<_>>(), "neither a test nor on the list, or beyond it");
    for waiting in PARTLY {
        assert!(tested.contains(&waiting.case), "a{:02} is said to be tested in part", waiting.case);
    }
    for waiting in MISSING.iter().chain(PARTLY) {
        assert!(!waiting.title.is_empty() && !waiting.part.is_empty(), "a{:02}", waiting.case);
    }
}

fn whoami() -> Rule {
    Rule::on("GET", "/sessions/whoami")
}

fn introspection() -> Rule {
    Rule::on("POST", "/admin/oauth2/introspect")
}

/// From now on, this is what `tenant`'s Kratos says to every whoami, and nothing else.
fn whoami_answers(stage: &Stage, tenant: &str, fault: Fault) {
    stage.proxies(tenant).kratos_public.heal();
    stage.proxies(tenant).kratos_public.fault(whoami(), fault);
}

/// The same for Hydra and introspections.
fn introspection_answers(stage: &Stage, tenant: &str, fault: Fault) {
    stage.proxies(tenant).hydra_admin.heal();
    stage.proxies(tenant).hydra_admin.fault(introspection(), fault);
}

/// Kratos' own 401.
fn kratos_refusal() -> Fault {
    let body = r#"{"error":{"code":401,"status":"Unauthorized","reason":"No valid session credentials found in the request.","message":"The request could not be authorized"}}"#;
    Fault::json(401, body)
}
