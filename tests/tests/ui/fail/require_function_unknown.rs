use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

mod checks {
    use super::*;

    pub async fn is_open(_: &Principal, _: &RequestSnapshot) -> Checked {
        Checked::Allow
    }
}

#[tenant("admin")]
#[require(checks::is_opn)]
async fn report() {}

fn main() {}
