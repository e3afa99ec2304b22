use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
async unsafe fn of_care() {}

#[tenant("admin")]
const fn of_constants() {}

#[tenant("admin")]
extern "C" fn of_another_language() {}

trait Reports {
    #[tenant("admin")]
    async fn without_body();
}

fn main() {}
