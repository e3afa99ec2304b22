use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("dealer")]
#[oauth2]
mod partner {
    use super::*;

    #[authenticated]
    pub async fn stock() {}
}

fn main() {}
