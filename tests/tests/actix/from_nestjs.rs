//! A controller of ory-nestjs as a block of handlers: `docs/migrating.md` quotes it.

use crate::Tenants;
use crate::migrating::Shop;

#[iam_actix::tenant("admin")]
pub mod shop {
    use actix_web::web;
    use iam_actix::prelude::*;

    use super::{Shop, Tenants};

    #[get("/health")]
    #[public]
    async fn health() -> &'static str {
        "ok"
    }

    #[get("/report")]
    async fn report(shop: web::Data<Shop>, me: CurrentUser) -> String {
        format!("all is well at {}, {}", shop.name, me.id)
    }

    #[get("/orders/{id}")]
    #[tenant("customer", override)]
    async fn order(id: web::Path<u32>) -> String {
        format!("order {id}")
    }

    pub fn routes(iam: &Iam<Tenants>) -> Router<Tenants> {
        Router::new(iam).mount(health).mount(report).mount(order)
    }
}
