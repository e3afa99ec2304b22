//! The page about versions, and how much of the behaviour suite has met Ory's own servers.

use std::fs;
use std::path::Path;

use iam_testing::standin::Product;

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

/// The suites of the adapters run before this one, by the order of names.
#[tokio::test]
async fn the_behaviour_suite_has_met_every_server() {
    let servers = crate::servers().await;
    for adapter in ["actix", "axum"] {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("rows-{adapter}"));
        let Ok(rows) = fs::read_to_string(&file) else { continue };
        for product in [Product::Kratos, Product::Hydra] {
            let Some(version) = servers.version(product) else { continue };
            let prefix = format!("{product} ");
            let count: usize = rows.lines().find_map(|line| line.strip_prefix(&prefix)?.parse().ok()).unwrap();
            crate::say(&format!(
                "{product} {version}: {count} requests of the behaviour suite on {adapter} have met it"
            ));
            assert!(count > 0, "{adapter}: no request has met {product}");
        }
    }
}
