use iam_axum::{define_roles, define_tenants};

define_roles! { pub enum Roles { Admin = "admin" } }

define_tenants! { pub enum InQuotes { north } roles = "Roles" }

define_tenants! { pub enum Misspelt { north } role = Roles }

define_tenants! { pub enum Twice { north } roles = Roles, roles = Roles }

define_tenants! { #[derive(Debug)] pub enum Derived { north } }

fn main() {}
