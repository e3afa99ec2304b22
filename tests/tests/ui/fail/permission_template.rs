use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id")]
async fn never_closed() {}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:id}")]
async fn never_opened() {}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "")]
async fn empty() {}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{{id}}")]
async fn doubled_braces() {}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{}")]
async fn nameless() {}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{*rest}")]
async fn spelt_as_in_a_route() {}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id.owner}")]
async fn no_identifier() {}

fn main() {}
