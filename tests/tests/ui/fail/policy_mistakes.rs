use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

policy! {
    Misspelt: tenat("admin");
    Torn: tenant("admin") require_role("a");
}

policy! { Empty: }

policy! { Nobody: tenant("admin"), require_role() }

policy! { Twofold: tenant("admin"), tenant("dealer") }

policy! { Everybody: public }

policy! { Placed: tenant("admin"), get("/reports") }

policy! { Staff tenant("admin") }

policy! { Staff: tenant("admin"), Others: tenant("dealer") }

fn main() {}
