use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

use axum::extract::Path;

#[tenant("customer")]
async fn change(body: String, Path(id): Path<String>) -> String {
    id + &body
}

fn main() {
    let _: Router<Iam<Tenants>> = Router::new().route("/{id}", put(change));
}
