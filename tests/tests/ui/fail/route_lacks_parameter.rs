use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{nr}")]
#[put("/listings/{id}")]
async fn edit() {}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id}")]
mod block {
    use super::get;

    #[get("/listings")]
    async fn all() {}
}

fn main() {
    let _: Router<Iam<Tenants>> = Router::new().mount(edit);
}
