use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } types = tenants }

fn close_books(by: &CurrentUser<tenants::Admin>) -> String {
    format!("closed by {}", by.id)
}

#[tenant("dealer")]
async fn stock(me: CurrentUser<tenants::Dealer>) -> String {
    close_books(&me)
}

fn main() {}
