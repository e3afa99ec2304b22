//! What a project is made of.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;

use super::Product;
use super::hydra::Hydra;
use super::keto::Keto;
use super::kratos::Kratos;

/// The three products of a project, in memory.
pub(super) struct Products {
    kratos: Arc<Kratos>,
    hydra: Arc<Hydra>,
    keto: Arc<Keto>,
    ready: Arc<Readiness>,
}

impl Products {
    pub(super) fn new(kratos: Arc<Kratos>, hydra: Arc<Hydra>, keto: Arc<Keto>) -> Products {
        Products { kratos, hydra, keto, ready: Arc::default() }
    }

    /// For whoever answers for all of them.
    pub(super) fn readiness(&self) -> Arc<Readiness> {
        Arc::clone(&self.ready)
    }

    /// Public and admin (or read and write) of each, in order.
    pub(super) fn routers(&self) -> [Router; 6] {
        let Products { kratos, hydra, keto, .. } = self;
        [
            kratos.public_router(),
            kratos.admin_router(),
            hydra.public_router(),
            hydra.admin_router(),
            keto.read_router(),
            keto.write_router(),
        ]
    }

    pub(super) fn set_ready(&self, product: Product, ready: bool) {
        match product {
            Product::Kratos => self.kratos.set_ready(ready),
            Product::Hydra => self.hydra.set_ready(ready),
            Product::Keto => self.keto.set_ready(ready),
        }
        self.ready.0[product as usize].store(!ready, Ordering::SeqCst);
    }
}

/// Which products are *not* ready, by [`Product`]'s order; for the one health answer of a single host.
#[derive(Default)]
pub(super) struct Readiness([AtomicBool; 3]);

impl Readiness {
    pub(super) fn all(&self) -> bool {
        !self.0.iter().any(|failing| failing.load(Ordering::SeqCst))
    }
}
