use iam_core::{Checked, Principal, RequestSnapshot, Tenant};

use crate::root::prelude::*;
use crate::root::{line, open, policy};

define_tenants! {
    pub(crate) enum Tenants { customer, admin, #[default] dealer }
}

mod shops {
    crate::root::prelude::define_tenants! { pub(crate) enum Shops { north, South } }
}

#[tenant("admin")]
async fn by_literal() {}

#[tenant(admin)]
async fn by_ident() {}

#[tenant(Admin)]
async fn by_variant() {}

#[tenant("north" in shops::Shops)]
async fn elsewhere() {}

#[tenant(host("admin", dealer))]
async fn by_host() {}

#[tenant(host("North") in shops::Shops)]
#[oauth2]
async fn by_host_elsewhere() {}

#[tenant(host("admin", "dealer"))]
mod by_host_block {
    use super::*;

    #[tenant(host(Dealer, "admin"))]
    pub(super) async fn the_same() {}

    #[tenant("admin", override)]
    pub(super) async fn one() {}
}

const STAFF: [Roles; 2] = [Roles::PlatformAdmin, Roles::Support];
const AUDITOR: &str = "auditor";

define_roles! {
    pub(crate) enum Roles { PlatformAdmin = "platform:admin", Support = "support" }
}

mod declared {
    use super::*;

    define_tenants! { pub(crate) enum Tenants { admin, dealer } roles = Roles }

    #[tenant("admin")]
    #[require_role("support", AUDITOR)]
    pub(super) async fn of_declared_roles() {}
}

#[tenant("admin")]
#[require_role(STAFF)]
#[require_role(all("a", any(AUDITOR, "b"), not("suspended")))]
#[require_role("c", all("d", Roles::Support), fresh = "5s")]
async fn of_roles() {}

async fn hours(_: &Principal, _: &RequestSnapshot) -> Checked {
    Checked::Allow
}

#[tenant("admin")]
#[require_aal(2)]
#[fresh_session(max_age = "1h")]
#[require(hours)]
mod strong {
    use super::*;

    #[fresh_session(max_age = "15m")]
    #[require(hours)]
    pub(super) async fn stronger() {}
}

#[tenant("admin")]
#[require_role("a", "b")]
#[require_role("c")]
async fn stacked() {}

#[require_role("c")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id}/{part}")]
#[tenant("admin")]
#[require_permission(object = "all", relation = "see", namespace = "listings")]
async fn any_order() {}

fn object(request: &RequestSnapshot) -> Option<String> {
    request.path_parameter("id").map(String::from)
}

#[tenant("customer")]
#[require_permission(namespace = "listings", relation = "edit", object = object)]
async fn by_function() {}

#[oauth2]
#[require_role("inventory:read")]
async fn machine() {}

#[tenant("dealer")]
#[oauth2(delegated, scope = "openid  listings")]
async fn delegated() {}

#[optional_session]
async fn optional() {}

#[tenant("customer")]
#[optional_session(stale = "anonymous")]
async fn stale() {}

#[authenticated]
async fn authenticated_by_default() {}

#[public]
async fn health() -> &'static str {
    "ok"
}

#[test]
fn say_what_was_written() {
    assert_eq!(line(&by_literal()), "admin: Session");
    assert_eq!(line(&by_ident()), "admin: Session");
    assert_eq!(line(&by_variant()), "admin: Session");
    assert_eq!(line(&elsewhere()), "north: Session");
    assert_eq!(
        line(&of_roles()),
        "admin: Session, role platform:admin|support, role all(a, any(auditor, b), not(suspended)), role c|all(d, support)"
    );
    assert_eq!(line(&declared::of_declared_roles()), "admin: Session, role support|auditor");
    let names = <declared::Tenants as Tenant>::ROLES.unwrap();
    assert_eq!(names.all, Roles::NAMES);
    let mut by_length = names.by_length.concat();
    by_length.sort_by_key(|name| Roles::NAMES.iter().position(|declared| declared == name));
    assert_eq!(by_length, Roles::NAMES);
    assert!(names.by_length.iter().enumerate().all(|(length, names)| names.iter().all(|name| name.len() == length)));
    assert_eq!(Roles::ALL.iter().map(|role| role.name()).collect::<Vec<_>>(), Roles::NAMES);
    assert_eq!(Roles::Support.to_string(), "support");
    let rules = policy(&of_roles()).rules;
    assert_eq!(rules.strictest_freshness(), Some(std::time::Duration::from_secs(5)));
    let rules = policy(&strong::stronger()).rules;
    assert_eq!((rules.aal, rules.max_session_age), (2, Some(std::time::Duration::from_secs(900))));
    assert_eq!(rules.checks.iter().map(|check| check.name).collect::<Vec<_>>(), ["hours", "hours"]);
    assert_eq!(line(&by_host()), "admin or dealer by host: Session");
    assert_eq!(line(&by_host_elsewhere()), "north by host: Machine");
    assert_eq!(line(&by_host_block::the_same()), "admin or dealer by host: Session");
    assert_eq!(line(&by_host_block::one()), "admin: Session, OverridesTenant");
    assert_eq!(line(&stacked()), "admin: Session, role a|b, role c");
    assert_eq!(line(&any_order()), "admin: Session, role c, listings#edit@listings:{id}/{part}, listings#see@all");
    assert_eq!(line(&by_function()), "customer: Session, listings#edit@(computed)");
    assert_eq!(line(&machine()), "dealer: Machine, role inventory:read, DefaultTenant");
    assert_eq!(line(&delegated()), r#"dealer: Delegated { scopes: ["openid", "listings"] }"#);
    assert_eq!(line(&optional()), "dealer: OptionalSession { stale_is_anonymous: false }, DefaultTenant");
    assert_eq!(line(&stale()), "customer: OptionalSession { stale_is_anonymous: true }");
    assert_eq!(line(&authenticated_by_default()), "dealer: Session, DefaultTenant");
    assert_eq!(crate::root::now(open(health())), "ok");
}
