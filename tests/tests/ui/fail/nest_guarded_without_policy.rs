use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

fn main() {
    let _: Router<Iam<Tenants>> = Router::new().nest_guarded("/files", "admin", axum::Router::new());
}
