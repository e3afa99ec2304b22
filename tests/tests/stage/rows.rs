//! Which rows have met Ory's own servers, and which are not for them.

use std::collections::HashSet;
use std::io::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use iam_testing::fault::FaultProxy;
use iam_testing::seed::{SeededTenant, World};
use iam_testing::standin::Product;

use super::child;
use super::tally::Tally;

const PRODUCTS: [Product; 2] = [Product::Kratos, Product::Hydra];

/// A way to Ory's own servers, and how many requests have taken it so far.
struct Way {
    proxy: Arc<FaultProxy>,
    arrived: usize,
    /// What a gateway like Ory Network's wants for admin calls, if one stands before the servers.
    key: Option<String>,
}

/// All ways there are in a world, before a row.
pub struct Asked(Vec<Way>);

impl Asked {
    pub fn of(world: &World) -> Self {
        let (mut ways, mut seen) = (Vec::new(), HashSet::new());
        for tenant in world.tenants().filter(has_server) {
            let Some(of) = &tenant.proxies else { continue };
            let key = tenant.project.api_key().map(|key| format!("Bearer {key}"));
            for proxy in [&of.kratos_public, &of.kratos_admin, &of.hydra_public, &of.hydra_admin] {
                // On one host they are the same.
                if seen.insert(Arc::as_ptr(proxy)) {
                    ways.push(Way { proxy: Arc::clone(proxy), arrived: proxy.arrived(), key: key.clone() });
                }
            }
        }
        Self(ways)
    }

    /// Counts one row for each of Ory's own servers that was asked since. Where a fault or the gateway answered,
    /// it was not.
    pub fn count_row(self) {
        let (mut met, mut is_refused) = (Vec::new(), false);
        for Way { proxy, arrived, key } in self.0 {
            for request in proxy.requests_after(arrived).into_iter().filter(|request| request.passed_on) {
                let needs_key = key.as_deref().filter(|_| request.path().starts_with("/admin/"));
                match product(request.path()) {
                    Some(_) if needs_key.is_some_and(|key| request.header("authorization") != Some(key)) => {
                        is_refused = true;
                    }
                    Some(product) if !met.contains(&product) => met.push(product),
                    _ => {}
                }
            }
        }
        if met.is_empty() && !is_refused {
            return;
        }
        let mut tally = tally();
        if is_refused {
            tally.refused_at_the_gateway.insert(test());
        }
        for product in met {
            *tally.rows.entry(product.to_string()).or_default() += 1;
            tally.tests.entry(product.to_string()).or_default().insert(test());
        }
        keep(&tally);
    }
}

/// Notes that the running test has a stage.
pub fn set(world: &World) {
    if world.tenants().any(|tenant| has_server(&tenant)) && tally().staged.insert(test()) {
        keep(&tally());
    }
}

/// Says, where this world has Ory's own server of that product, that a row is not for it; whether it has.
pub fn exempt(world: &World, product: Product, row: &str, why: &str) -> bool {
    let is_exempt = world.tenants().any(|tenant| tenant.project.server(product).is_some());
    if is_exempt {
        let row = format!("{}: {row}", test());
        // Past libtest, which shows what passed tests print to nobody.
        let _ = writeln!(std::io::stderr(), "not for Ory's own servers: {row}: {why}");
        let mut tally = tally();
        tally.exempt.insert(row, why.to_owned());
        keep(&tally);
    }
    is_exempt
}

fn has_server(tenant: &&SeededTenant) -> bool {
    PRODUCTS.iter().any(|product| tenant.project.server(*product).is_some())
}

/// Whose call that is; `None` for Keto's and for what all of them have.
fn product(path: &str) -> Option<Product> {
    let is_under = |prefixes: &[&str]| prefixes.iter().any(|prefix| path.starts_with(prefix));
    if is_under(&["/relation-tuples", "/admin/relation-tuples", "/namespaces", "/health/"]) {
        None
    } else if is_under(&["/oauth2/", "/admin/oauth2/", "/admin/clients", "/admin/keys", "/userinfo", "/.well-known/"]) {
        Some(Product::Hydra)
    } else {
        Some(Product::Kratos)
    }
}

/// libtest gives each test a thread of its name.
fn test() -> String {
    std::thread::current().name().unwrap_or("a thread of its own").to_owned()
}

fn tally() -> MutexGuard<'static, Tally> {
    static TALLY: OnceLock<Mutex<Tally>> = OnceLock::new();
    TALLY.get_or_init(|| Mutex::new(Tally::new())).lock().unwrap()
}

fn keep(tally: &Tally) {
    // A child has another parent, and its rows are its parent's test.
    if !child::is_one() {
        tally.keep(env!("CARGO_CRATE_NAME"));
    }
}
