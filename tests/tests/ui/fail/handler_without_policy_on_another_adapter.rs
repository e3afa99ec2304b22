//! A guarded handler and a forgotten attribute, on the router of a third adapter.

use http::Method;
use iam_hyper::{Iam, IamError, Response, Router, define_tenants, tenant};

define_tenants! { pub enum Tenants { customer, admin } }

#[tenant("admin")]
async fn guarded() -> Result<Response, IamError> {
    Ok(Response::default())
}

async fn forgotten() -> Result<Response, IamError> {
    Ok(Response::default())
}

fn routes(iam: &Iam<Tenants>) -> Router<Tenants> {
    Router::new(iam).route(Method::GET, "/guarded", guarded).route(Method::GET, "/forgotten", forgotten)
}

fn main() {
    let _ = routes;
}
