use iam_axum::define_tenants;

pub enum Roles {
    Admin,
}

define_tenants! { pub enum Tenants { customer, admin } roles = Roles }

fn main() {}
