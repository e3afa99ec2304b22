//! A handler of one enum's tenants on a router of another's.

use http::Method;
use iam_hyper::{Iam, IamError, Response, Router, define_tenants, tenant};

define_tenants! { pub enum Tenants { customer, admin } }

mod shops {
    iam_hyper::define_tenants! { pub enum Shops { north } }
}

#[tenant("north" in crate::shops::Shops)]
async fn stock() -> Result<Response, IamError> {
    Ok(Response::default())
}

fn routes(iam: &Iam<Tenants>) -> Router<Tenants> {
    Router::new(iam).route(Method::GET, "/stock", stock)
}

fn main() {
    let _ = routes;
}
