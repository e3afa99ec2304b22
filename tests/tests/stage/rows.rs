//! How much of the suite has met Ory's own servers.

use std::sync::Mutex;

use iam_testing::seed::{Proxies, SeededTenant, World};
use iam_testing::standin::Product;

const PRODUCTS: [Product; 2] = [Product::Kratos, Product::Hydra];

static TOTALS: Mutex<[usize; PRODUCTS.len()]> = Mutex::new([0; PRODUCTS.len()]);

/// Where the totals of this test program are kept for the suite that prints them.
const FILE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/rows-", env!("CARGO_CRATE_NAME"));

/// Requests that each server has had so far, if it is Ory's own.
pub struct Asked([usize; PRODUCTS.len()]);

impl Asked {
    pub fn of(world: &World) -> Asked {
        Asked(PRODUCTS.map(|product| {
            let is_real = |tenant: &&SeededTenant| tenant.project.server(product).is_some();
            world.tenants().filter(is_real).map(|tenant| requests(tenant.proxies.as_ref(), product)).sum()
        }))
    }

    /// Counts one row for each server that was asked since.
    pub fn count_row(self, world: &World) {
        let now = Asked::of(world);
        if now.0 == self.0 {
            return;
        }
        let mut totals = TOTALS.lock().unwrap();
        for ((total, before), after) in totals.iter_mut().zip(self.0).zip(now.0) {
            *total += usize::from(after > before);
        }
        let lines = PRODUCTS.iter().zip(*totals).map(|(product, total)| format!("{product} {total}\n"));
        std::fs::write(FILE, lines.collect::<String>()).unwrap();
    }
}

fn requests(proxies: Option<&Proxies>, product: Product) -> usize {
    let Some(proxies) = proxies else { return 0 };
    let (public, admin) = match product {
        Product::Kratos => (&proxies.kratos_public, &proxies.kratos_admin),
        _ => (&proxies.hydra_public, &proxies.hydra_admin),
    };
    public.count(|_| true) + admin.count(|_| true)
}
