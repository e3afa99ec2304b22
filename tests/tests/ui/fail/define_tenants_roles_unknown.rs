use iam_axum::define_tenants;

define_tenants! { pub enum Tenants { customer, admin } roles = Rolls }

fn main() {}
