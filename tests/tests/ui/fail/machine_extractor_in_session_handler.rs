use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("dealer")]
async fn inventory(machine: CurrentMachine) -> String {
    machine.client_id.clone()
}

fn main() {}
