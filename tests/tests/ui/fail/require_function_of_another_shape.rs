use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

async fn open(request: &RequestSnapshot) -> Checked {
    match request.path_parameter("id") {
        Some(_) => Checked::Allow,
        None => Checked::CannotTell,
    }
}

#[tenant("admin")]
#[require(open)]
async fn report() {}

fn main() {}
