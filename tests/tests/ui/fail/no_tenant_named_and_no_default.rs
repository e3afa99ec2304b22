use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[authenticated]
async fn report() {}

fn main() {}
