use iam_axum::define_roles;

define_roles! { pub enum Nobody {} }

define_roles! { pub enum Unsaid { PlatformAdmin, Support = "support" } }

define_roles! { pub enum Twice { Admin = "admin", Root = "admin" } }

define_roles! { pub enum Numbers { Admin = 1 } }

define_roles! { pub enum Fields { Admin(u8) } }

define_roles! { pub enum Blank { Admin = " admin", Nothing = "" } }

define_roles! { pub struct Roles { admin: String } }

define_roles! { pub enum Generic<T> { Admin = "admin" } }

define_roles! { pub enum Behind { Admin = "admin" } tenants = Tenants }

define_roles! {}

fn main() {}
