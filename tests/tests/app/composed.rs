//! Policies that build on others, and callers whose type names their tenant: the same file in the
//! application of each framework.

use super::*;
use crate::tenants;

/// As the path says.
async fn mood(_: &Principal, request: &RequestSnapshot) -> Checked {
    if request.path_parameter("mood") == Some("good") { Checked::Allow } else { Checked::Deny("in a bad mood") }
}

policy! {
    pub Clerks: tenant("customer"), require_role("a");
    Chiefs: tenant("customer"), require_role("b");
    ClerksAndChiefs: require_policy(Clerks), require_role("b");
    Strong: tenant("customer"), require_aal(2);
    Young: tenant("customer"), fresh_session(max_age = "15m");
    Freshest: tenant("customer"), require_role("a", fresh = "0s");
    Cheerful: tenant("customer"), require(mood);
    Editors: tenant("dealer"), require_permission(namespace = "listings", relation = "edit", object = "listings:{id}");
    Writers: tenant("dealer"), oauth2, require_role("inventory:write");
    Shoppers: tenant(host("customer", "dealer")), require_role("a");
    Visitors: tenant("customer"), optional_session;
    Profiles: tenant("customer"), oauth2(delegated, scope = "profile");
}

#[require_policy(Clerks)]
async fn clerks(_: Counted) -> &'static str {
    "clerks"
}

#[require_role("b")]
#[require_policy(Clerks)]
async fn with_role(_: Counted) -> &'static str {
    "with a role"
}

#[require_policy(ClerksAndChiefs)]
async fn nested(_: Counted) -> &'static str {
    "a policy on a policy"
}

#[require_policy(Chiefs)]
#[require_policy(Clerks)]
async fn two(_: Counted) -> &'static str {
    "two policies"
}

#[require_policy(Strong)]
async fn strong(_: Counted) -> &'static str {
    "strong"
}

#[require_policy(Young)]
async fn young(_: Counted) -> &'static str {
    "young"
}

#[require_policy(Freshest)]
async fn freshest(_: Counted) -> &'static str {
    "freshest"
}

#[require_policy(Cheerful)]
async fn cheerful(_: Counted) -> &'static str {
    "cheerful"
}

#[require_policy(Editors)]
async fn editors(_: Counted) -> &'static str {
    "editors"
}

#[require_policy(Writers)]
async fn writers(_: Counted, machine: CurrentMachine<tenants::Dealer>) -> String {
    machine.client_id.clone()
}

#[require_policy(Shoppers)]
async fn shoppers(_: Counted, me: CurrentUser) -> String {
    format!("{} {}", me.at::<tenants::Customer>().is_some(), me.at::<tenants::Dealer>().is_some())
}

#[require_policy(Visitors)]
async fn visitors(_: Counted, me: Option<CurrentUser<tenants::Customer>>) -> String {
    me.is_some().to_string()
}

#[require_policy(Profiles)]
#[oauth2(delegated, scope = "orders")]
async fn delegates(_: Counted, me: CurrentDelegate<tenants::Customer>) -> String {
    me.client_id.clone()
}

#[tenant("customer")]
#[require_policy(Clerks)]
mod block {
    use super::*;

    pub async fn plain(_: Counted) -> &'static str {
        "plain"
    }

    #[require_policy(Chiefs)]
    pub async fn more(_: Counted) -> &'static str {
        "more"
    }
}

struct Office;

#[require_policy(Clerks)]
impl Office {
    pub async fn plain(_: Counted) -> &'static str {
        "plain"
    }

    #[require_policy(Chiefs)]
    async fn more(_: Counted) -> &'static str {
        "more"
    }
}

fn close_books(by: &CurrentUser<tenants::Admin>) -> String {
    format!("closed by {}", by.id)
}

fn restock(by: &CurrentUser<tenants::Dealer>) -> String {
    format!("restocked by {} of {}", by.id, by.tenant)
}

#[tenant("admin")]
async fn books(me: CurrentUser<tenants::Admin>) -> String {
    close_books(&me)
}

#[tenant("admin")]
async fn across(me: CurrentUser<tenants::Admin>) -> String {
    restock(&me.cross_to("case 7\n"))
}

#[tenant("admin")]
async fn hidden(_: Counted, Hidden(me): Hidden) -> String {
    me.id.clone()
}

pub fn add(router: AppRouter) -> AppRouter {
    router
        .route("/customer/composed/clerks", get(clerks))
        .route("/customer/composed/with-role", get(with_role))
        .route("/customer/composed/nested", get(nested))
        .route("/customer/composed/two", get(two))
        .route("/customer/composed/strong", get(strong))
        .route("/customer/composed/young", get(young))
        .route("/customer/composed/freshest", get(freshest))
        .route("/customer/composed/cheerful/{mood}", get(cheerful))
        .route("/dealer/composed/listings/{id}", get(editors))
        .route("/dealer/composed/writers", get(writers))
        .route("/by-host/composed", get(shoppers))
        .route("/customer/composed/visitors", get(visitors))
        .route("/customer/composed/delegates", get(delegates))
        .route("/customer/composed/block/plain", get(block::plain))
        .route("/customer/composed/block/more", get(block::more))
        .route("/customer/composed/methods/plain", get(Office::plain))
        .route("/customer/composed/methods/more", get(Office::more))
        .route("/admin/typed/books", get(books))
        .route("/admin/typed/across", get(across))
        .route("/admin/typed/hidden", get(hidden))
}
