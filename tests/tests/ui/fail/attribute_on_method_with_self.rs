use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

struct Reports;

impl Reports {
    #[tenant("admin")]
    async fn list(&self) {}
}

fn main() {}
