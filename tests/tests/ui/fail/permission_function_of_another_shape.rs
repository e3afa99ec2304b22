use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

fn object(id: u64) -> String {
    format!("listings:{id}")
}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = object)]
async fn listing() {}

fn text(request: &RequestSnapshot) -> String {
    request.path_parameter("id").unwrap_or_default().into()
}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = text)]
async fn named_by_a_text() {}

fn main() {}
