//! A controller of ory-nestjs as a block of handlers: `docs/migrating.md` quotes it.

use crate::Tenants;
use crate::migrating::Shop;
use crate::migrating::one_annotated::AppState;

#[iam_axum::tenant("admin")]
pub mod shop {
    use axum::extract::{Path, State};
    use iam_axum::prelude::*;

    use super::{AppState, Shop, Tenants};

    #[get("/health")]
    #[public]
    async fn health() -> &'static str {
        "ok"
    }

    #[get("/report")]
    async fn report(State(shop): State<Shop>, me: CurrentUser) -> String {
        format!("all is well at {}, {}", shop.name, me.id)
    }

    #[get("/orders/{id}")]
    #[tenant("customer", override)]
    async fn order(Path(id): Path<u32>) -> String {
        format!("order {id}")
    }

    pub fn routes() -> Router<AppState> {
        Router::new().mount(health).mount(report).mount(order)
    }
}
