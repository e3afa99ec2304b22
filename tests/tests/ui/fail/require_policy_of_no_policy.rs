use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

struct Clerk;

policy! {
    pub Staff: tenant("admin"), require_policy(Clerk);
    pub Seniors: require_policy(Staff), require_policy(u8);
}

#[require_policy(Clerk)]
async fn report(me: CurrentUser) -> String {
    me.id.to_string()
}

#[require_policy(Clerk)]
mod desk {
    use super::*;

    pub async fn list(_me: CurrentUser) {}

    #[require_policy(Staff)]
    pub async fn show(_me: CurrentUser<iam_axum::AnyTenant>) {}
}

struct Till;

#[require_policy(Clerk)]
impl Till {
    #[get("/till")]
    pub async fn count() -> &'static str {
        "0"
    }
}

// What builds on a policy with a mistake in it is no mistake.
#[require_policy(Seniors)]
#[require_role("senior")]
async fn on_seniors() {}

fn main() {
    let _ = (report, desk::list, desk::show, Till::count, on_seniors);
}
