//! Route attributes: the function stays a function, and knows its route.

use iam_core::policy::{AtRoute, Route};

use crate::root::prelude::*;
use crate::root::{line, now, open};

define_tenants! {
    pub enum Tenants { admin }
}

#[get("/items/{id}")]
#[tenant("admin")]
async fn read(id: u32) -> u32 {
    id
}

#[tenant("admin")]
#[require_permission(namespace = "n", relation = "r", object = "items:{id}")]
#[delete("/items/{id}")]
pub(crate) async fn remove(_id: u32) -> impl std::fmt::Debug {}

#[public]
#[get("/health")]
async fn health() -> &'static str {
    "ok"
}

#[tenant("admin")]
mod block {
    use super::{patch, post, put};

    #[post("/a")]
    async fn private() {}

    #[put("/b")]
    async fn another() {}

    #[patch("/c")]
    pub(super) async fn shared() {}

    pub(super) fn routes() -> [crate::root::Called; 3] {
        [crate::root::called(&private()), crate::root::called(&another()), crate::root::called(&shared())]
    }
}

#[head("/f")]
#[public]
async fn headers() {}

#[options("/g")]
#[public]
async fn choices() {}

fn route<F: AtRoute>(_: &F) -> Route {
    F::ROUTE
}

#[test]
fn routes_are_as_written() {
    assert_eq!(route(&read(1)), Route { method: "GET", path: "/items/{id}" });
    assert_eq!(line(&read(1)), "admin: Session");
    assert_eq!(route(&remove(1)), Route { method: "DELETE", path: "/items/{id}" });
    assert_eq!(line(&remove(1)), "admin: Session, n#r@items:{id}");
    assert_eq!(route(&health()), Route { method: "GET", path: "/health" });
    assert_eq!(route(&headers()).method, "HEAD");
    assert_eq!(route(&choices()).method, "OPTIONS");
    let lines = [("POST", "/a"), ("PUT", "/b"), ("PATCH", "/c")];
    assert_eq!(block::routes(), lines.map(|(method, path)| (Route { method, path }, "admin: Session".to_owned())));
}

#[test]
fn the_function_stays_callable() {
    assert_eq!(now(read(7)), 7);
    assert_eq!(now(open(health())), "ok");
}
