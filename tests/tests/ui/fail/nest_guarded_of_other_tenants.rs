use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

mod other {
    iam_axum::define_tenants! { pub enum Shops { north } }
}

policy! { North: tenant("north" in other::Shops) }

fn main() {
    let _: Router<Iam<Tenants>> = Router::new().nest_guarded("/files", North, axum::Router::new());
}
