//! The steps of `docs/migrating.md`, which quotes them.

use actix_web::web::{Data, ServiceConfig};
use iam_actix::Iam;

use crate::Tenants;

pub struct Shop {
    pub name: &'static str,
}

pub mod untouched {
    use actix_web::web;

    use super::Shop;

    async fn health() -> &'static str {
        "ok"
    }

    async fn report(shop: web::Data<Shop>) -> String {
        format!("all is well at {}", shop.name)
    }

    async fn order(id: web::Path<u32>) -> String {
        format!("order {id}")
    }

    pub fn routes(config: &mut web::ServiceConfig) {
        config
            .route("/health", web::get().to(health))
            .route("/report", web::get().to(report))
            .route("/orders/{id}", web::get().to(order));
    }
}

pub mod one_annotated {
    use actix_web::web;
    use iam_actix::{CurrentUser, guarded, tenant};

    use super::{Shop, Tenants};

    async fn health() -> &'static str {
        "ok"
    }

    #[tenant("admin")]
    async fn report(shop: web::Data<Shop>, me: CurrentUser) -> String {
        format!("all is well at {}, {}", shop.name, me.id)
    }

    async fn order(id: web::Path<u32>) -> String {
        format!("order {id}")
    }

    pub fn routes(config: &mut web::ServiceConfig) {
        config
            .route("/health", web::get().to(health))
            .route("/report", guarded(web::get(), report))
            .route("/orders/{id}", web::get().to(order));
    }
}

pub mod all_annotated {
    use actix_web::web;
    use iam_actix::{CurrentUser, guarded, public, tenant};

    use super::{Shop, Tenants};

    #[public]
    async fn health() -> &'static str {
        "ok"
    }

    #[tenant("admin")]
    async fn report(shop: web::Data<Shop>, me: CurrentUser) -> String {
        format!("all is well at {}, {}", shop.name, me.id)
    }

    #[tenant("customer")]
    async fn order(id: web::Path<u32>) -> String {
        format!("order {id}")
    }

    pub fn routes(config: &mut web::ServiceConfig) {
        config
            .route("/health", guarded(web::get(), health))
            .route("/report", guarded(web::get(), report))
            .route("/orders/{id}", guarded(web::get(), order));
    }
}

pub mod guarded_router {
    use actix_web::web;
    use iam_actix::prelude::*;
    use iam_actix::{Misfits, Routes};

    use super::{Shop, Tenants};

    #[public]
    async fn health() -> &'static str {
        "ok"
    }

    #[tenant("admin")]
    async fn report(shop: web::Data<Shop>, me: CurrentUser) -> String {
        format!("all is well at {}, {}", shop.name, me.id)
    }

    #[tenant("customer")]
    async fn order(id: web::Path<u32>) -> String {
        format!("order {id}")
    }

    pub fn routes(iam: &Iam<Tenants>) -> Result<Routes, Misfits> {
        Router::new(iam)
            .route("/health", get(health))
            .route("/report", get(report))
            .route("/orders/{id}", get(order))
            .verify()
    }
}

/// Handlers that ask for what a middleware of their own used to leave for them.
pub mod middleware {
    use std::sync::Arc;

    use actix_web::body::MessageBody;
    use actix_web::dev::{ServiceRequest, ServiceResponse};
    use actix_web::middleware::{Next, from_fn};
    use actix_web::web::{Data, ReqData};
    use actix_web::{Error, HttpMessage};
    use iam_actix::prelude::*;
    use iam_actix::{Misfits, Routes};

    use super::{Shop, Tenants};

    /// What the old middleware made of a session.
    #[derive(Clone)]
    struct Account {
        id: String,
    }

    async fn account(
        request: ServiceRequest,
        next: Next<impl MessageBody>,
    ) -> Result<ServiceResponse<impl MessageBody>, Error> {
        let principal = request.extensions().get::<Arc<Principal>>().cloned();
        if let Some(user) = principal.as_ref().and_then(|principal| principal.user()) {
            request.extensions_mut().insert(Account { id: user.id.clone() });
        }
        next.call(request).await
    }

    #[public]
    async fn health() -> &'static str {
        "ok"
    }

    #[tenant("admin")]
    async fn report(shop: Data<Shop>, account: ReqData<Account>) -> String {
        format!("all is well at {}, {}", shop.name, account.id)
    }

    #[tenant("customer")]
    async fn order(_: ReqData<Account>) -> &'static str {
        "order 7"
    }

    pub fn routes(iam: &Iam<Tenants>) -> Result<Routes, Misfits> {
        Router::new(iam)
            .route("/health", get(health))
            .route("/report", get(report))
            .route("/orders/7", get(order))
            .inner_layer(|| from_fn(account))
            .verify()
    }
}

/// The routes of the application after so many steps.
pub fn after(steps: usize, iam: &Iam<Tenants>) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    let routes = match steps {
        3 => Some(guarded_router::routes(iam).unwrap()),
        4 => Some(middleware::routes(iam).unwrap()),
        5 => Some(crate::from_nestjs::shop::routes(iam).verify().unwrap()),
        _ => None,
    };
    let (iam, shop) = (Data::new(iam.clone()), Data::new(Shop { name: "the corner" }));
    move |config| {
        config.app_data(iam.clone()).app_data(shop.clone());
        match (steps, &routes) {
            (_, Some(routes)) => _ = config.service(routes.clone()),
            (0, _) => untouched::routes(config),
            (1, _) => one_annotated::routes(config),
            _ => all_annotated::routes(config),
        }
    }
}
