//! The page about versions, and how much of the behaviour suite has met Ory's own servers.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use iam_testing::standin::Product;

use crate::tally::Tally;

const PRODUCTS: [Product; 2] = [Product::Kratos, Product::Hydra];

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The version that is built of this product, such as `v1.3.1`.
pub(crate) fn built(product: &str) -> String {
    let package = match product {
        "hydra" => "github.com/ory/hydra/v2",
        _ => "github.com/ory/kratos",
    };
    let module = fs::read_to_string(Path::new(ROOT).join("ory").join(product).join("go.mod")).unwrap();
    let required = module.lines().find_map(|line| line.trim().strip_prefix(package)?.strip_prefix(" v"));
    format!("v{}", required.and_then(|rest| rest.split(' ').next()).unwrap())
}

#[test]
fn the_page_names_the_versions_that_are_built() {
    let page = fs::read_to_string(Path::new(ROOT).join("../docs/ory-versions.md")).unwrap();
    for product in ["kratos", "hydra"] {
        let version = built(product);
        let line = page.lines().find(|line| line.starts_with(&format!("| {product} |"))).unwrap_or_default();
        assert!(line.contains(&format!("| {version} |")), "{product} is built as {version}, the page says: {line}");
    }
}

/// The adapters' suites run before this one, by the order of names.
#[tokio::test]
async fn the_behaviour_suite_has_met_every_server() {
    let servers = crate::servers().await;
    let real: Vec<_> = PRODUCTS.into_iter().filter_map(|product| Some((product, servers.version(product)?))).collect();
    if real.is_empty() {
        return;
    }
    for suite in ["actix", "axum", "hyper"] {
        let Some(tally) = Tally::read(suite) else {
            crate::say(&format!("behaviour on {suite}: not run before this"));
            continue;
        };
        let mut met = BTreeSet::new();
        for (product, version) in &real {
            let name = product.to_string();
            let rows = tally.rows.get(&name).copied().unwrap_or_default();
            let tests = tally.tests.get(&name).cloned().unwrap_or_default();
            crate::say(&format!("behaviour on {suite}: {product} {version}: {rows} rows of {} tests", tests.len()));
            assert!(rows > 0, "{suite}: no row has met {product}");
            met.extend(tests);
        }
        let say = |what: &str| crate::say(&format!("behaviour on {suite}: {what}"));
        let listed = |what: &str, tests: &[&String]| {
            let names: Vec<_> = tests.iter().map(|name| name.trim_start_matches("behaviour::")).collect();
            say(&format!("{} {what}: {}", names.len(), names.join(", ")));
        };
        for (row, why) in &tally.exempt {
            say(&format!("not for Ory's own servers: {row}: {why}"));
        }
        listed(
            "tests have rows that only Ory Network's gateway refuses, for which the stand-in's stands",
            &tally.refused_at_the_gateway.iter().collect::<Vec<_>>(),
        );
        listed(
            "tests with a project asked neither Kratos nor Hydra, at most the stand-in's Keto",
            &tally.staged.difference(&met).collect::<Vec<_>>(),
        );
    }
    crate::say("everything else of the behaviour suite asks no Ory at all, or doubles of it");
}
