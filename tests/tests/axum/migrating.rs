//! The steps of `docs/migrating.md`, which quotes them.

use axum::Router;

use crate::Tenants;

#[derive(Clone)]
pub struct Shop {
    pub name: &'static str,
}

pub mod untouched {
    use axum::Router;
    use axum::extract::{Path, State};
    use axum::routing::get;

    use super::Shop;

    async fn health() -> &'static str {
        "ok"
    }

    async fn report(State(shop): State<Shop>) -> String {
        format!("all is well at {}", shop.name)
    }

    async fn order(Path(id): Path<u32>) -> String {
        format!("order {id}")
    }

    pub fn app(shop: Shop) -> Router {
        Router::new()
            .route("/health", get(health))
            .route("/report", get(report))
            .route("/orders/{id}", get(order))
            .with_state(shop)
    }
}

pub mod one_annotated {
    use axum::Router;
    use axum::extract::{FromRef, Path, State};
    use axum::routing::get;
    use iam_axum::{CurrentUser, Iam, guarded, tenant};

    use super::{Shop, Tenants};

    #[derive(Clone, FromRef)]
    pub struct AppState {
        pub iam: Iam<Tenants>,
        pub shop: Shop,
    }

    async fn health() -> &'static str {
        "ok"
    }

    #[tenant("admin")]
    async fn report(State(shop): State<Shop>, me: CurrentUser) -> String {
        format!("all is well at {}, {}", shop.name, me.id)
    }

    async fn order(Path(id): Path<u32>) -> String {
        format!("order {id}")
    }

    pub fn app(state: AppState) -> Router {
        Router::new()
            .route("/health", get(health))
            .route("/report", get(guarded(report)))
            .route("/orders/{id}", get(order))
            .with_state(state)
    }
}

pub mod all_annotated {
    use axum::Router;
    use axum::extract::{Path, State};
    use axum::routing::get;
    use iam_axum::{CurrentUser, guarded, public, tenant};

    use super::one_annotated::AppState;
    use super::{Shop, Tenants};

    #[public]
    async fn health() -> &'static str {
        "ok"
    }

    #[tenant("admin")]
    async fn report(State(shop): State<Shop>, me: CurrentUser) -> String {
        format!("all is well at {}, {}", shop.name, me.id)
    }

    #[tenant("customer")]
    async fn order(Path(id): Path<u32>) -> String {
        format!("order {id}")
    }

    pub fn app(state: AppState) -> Router {
        Router::new()
            .route("/health", get(guarded(health)))
            .route("/report", get(guarded(report)))
            .route("/orders/{id}", get(guarded(order)))
            .with_state(state)
    }
}

pub mod guarded_router {
    use axum::extract::{Path, State};
    use iam_axum::Misfits;
    use iam_axum::prelude::*;

    use super::one_annotated::AppState;
    use super::{Shop, Tenants};

    #[public]
    async fn health() -> &'static str {
        "ok"
    }

    #[tenant("admin")]
    async fn report(State(shop): State<Shop>, me: CurrentUser) -> String {
        format!("all is well at {}, {}", shop.name, me.id)
    }

    #[tenant("customer")]
    async fn order(Path(id): Path<u32>) -> String {
        format!("order {id}")
    }

    pub fn app(state: AppState) -> Result<axum::Router, Misfits> {
        Router::new()
            .route("/health", get(health))
            .route("/report", get(report))
            .route("/orders/{id}", get(order))
            .with_state(state)
    }
}

/// Handlers that ask for what a middleware of their own used to leave for them.
pub mod middleware {
    use std::sync::Arc;

    use axum::Extension;
    use axum::extract::Request;
    use axum::middleware::{Next, from_fn};
    use axum::response::Response;
    use iam_axum::Misfits;
    use iam_axum::prelude::*;

    use super::one_annotated::AppState;
    use super::{Shop, Tenants};

    /// What the old middleware made of a session.
    #[derive(Clone)]
    struct Account {
        id: String,
    }

    async fn account(mut request: Request, next: Next) -> Response {
        if let Some(user) = request.extensions().get::<Arc<Principal>>().and_then(|principal| principal.user()) {
            let account = Account { id: user.id.clone() };
            request.extensions_mut().insert(account);
        }
        next.run(request).await
    }

    #[public]
    async fn health() -> &'static str {
        "ok"
    }

    #[tenant("admin")]
    async fn report(Extension(shop): Extension<Shop>, Extension(account): Extension<Account>) -> String {
        format!("all is well at {}, {}", shop.name, account.id)
    }

    #[tenant("customer")]
    async fn order(Extension(_): Extension<Account>) -> String {
        "order 7".into()
    }

    pub fn app(state: AppState) -> Result<axum::Router, Misfits> {
        Router::new()
            .route("/health", get(health))
            .route("/report", get(report))
            .route("/orders/7", get(order))
            .inner_layer(from_fn(account))
            .layer(Extension(state.shop.clone()))
            .with_state(state)
    }
}

/// The application after so many steps.
pub fn after(steps: usize, iam: iam_axum::Iam<Tenants>) -> Router {
    let shop = Shop { name: "the corner" };
    let state = one_annotated::AppState { iam, shop: shop.clone() };
    match steps {
        0 => untouched::app(shop),
        1 => one_annotated::app(state),
        2 => all_annotated::app(state),
        3 => guarded_router::app(state).unwrap(),
        4 => middleware::app(state).unwrap(),
        _ => crate::from_nestjs::shop::routes().with_state(state).unwrap(),
    }
}
