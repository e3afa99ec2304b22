use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

policy! {
    Misspelt: tenat("admin"), require_rol("staff");
    Torn: tenant("admin") require_role("a");
    Nameless tenant("admin");
    Fine: tenant("admin"), require_role("a");
}

// None of these is a mistake of its own.
#[require_policy(Misspelt)]
async fn misspelt() {}

#[tenant("admin")]
#[require_policy(Torn)]
async fn torn(me: CurrentUser) -> String {
    me.id.clone()
}

#[oauth2]
#[require_policy(Nameless)]
async fn nameless(me: CurrentMachine) -> String {
    me.client_id.clone()
}

#[require_policy(Fine)]
async fn fine() {}

policy! { Empty: }

policy! { Nobody: tenant("admin"), require_role() }

policy! { Twofold: tenant("admin"), tenant("dealer") }

policy! { Everybody: public }

policy! { Placed: tenant("admin"), get("/reports") }

policy! { Staff: tenant("admin"), Others: tenant("dealer") }

fn main() {}
