//! A small application as its access matrix was reviewed, and with one flaw at a
//! time. The same source stands on every framework.

use crate::prelude::*;
use crate::{Routes, Tenants};

/// What people reviewed.
pub const REVIEWED: &str = "
  GET /customer/me  customer: session
  POST /customer/orders  customer: session
  GET /customer/shop  customer: optional session
  GET /dealer/report  dealer: session, role a
  GET /dealer/listings/{id}  dealer: session, permission listings#edit@listings:{id}
  GET /dealer/stock  dealer: machine, role inventory:read
  GET /by-host  customer or dealer by host: session
  GET /dealer/orders  dealer: delegated, scope profile, scope orders
! GET /open  PUBLIC
  * /nested/(fallback)  admin: session
! * /(foreign)  UNGUARDED
";

/// What somebody changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    Nothing,
    AttributeRemoved,
    TenantSwapped,
    RoleRemoved,
    RoleSwapped,
    PermissionRemoved,
    ScopeRemoved,
    MachinesSwappedForUsers,
    VisitorsOfAnotherTenant,
    PublicRouteClosed,
    RouteRemoved,
    HeadOpened,
    TrailingSlashOpened,
    EncodedPathOpened,
    FallbackOpened,
    HostIgnored,
}

#[tenant("customer")]
mod customer {
    pub async fn me() -> &'static str {
        "a customer"
    }

    pub async fn order() -> &'static str {
        "ordered"
    }
}

#[tenant("dealer")]
mod dealer {
    use super::*;

    pub async fn me() -> &'static str {
        "a dealer"
    }

    #[require_role("a")]
    pub async fn report() -> &'static str {
        "a report"
    }

    #[require_role("b")]
    pub async fn report_for_b() -> &'static str {
        "a report"
    }

    #[require_permission(namespace = "listings", relation = "edit", object = "listings:{id}")]
    pub async fn listing() -> &'static str {
        "a listing"
    }
}

#[tenant("dealer")]
#[oauth2]
#[require_role("inventory:read")]
async fn stock() -> &'static str {
    "stock"
}

#[tenant("dealer")]
#[oauth2(delegated, scope = "profile orders")]
async fn orders() -> &'static str {
    "orders"
}

#[tenant("dealer")]
#[oauth2(delegated, scope = "profile")]
async fn orders_for_less() -> &'static str {
    "orders"
}

fn greeting(visitor: Option<CurrentUser>) -> String {
    visitor.map_or("welcome".into(), |user| format!("welcome back, {}", user.id))
}

#[tenant("customer")]
#[optional_session]
async fn shop(visitor: Option<CurrentUser>) -> String {
    greeting(visitor)
}

#[tenant("dealer")]
#[optional_session]
async fn shop_of_dealers(visitor: Option<CurrentUser>) -> String {
    greeting(visitor)
}

#[tenant(host("customer", "dealer"))]
async fn by_host() -> &'static str {
    "of this host"
}

#[tenant("admin")]
async fn lost() -> &'static str {
    "nothing is here"
}

#[public]
async fn open() -> &'static str {
    "open"
}

/// Below `/nested`.
pub fn nested(router: Routes, flaw: Flaw) -> Routes {
    if flaw == Flaw::FallbackOpened { router.fallback(open) } else { router.fallback(lost) }
}

/// All other routes.
pub fn routes(router: Routes, flaw: Flaw) -> Routes {
    let me = match flaw {
        Flaw::AttributeRemoved => get(open),
        Flaw::TenantSwapped => get(dealer::me),
        Flaw::HeadOpened => get(customer::me).head(open),
        _ => get(customer::me),
    };
    let report = match flaw {
        Flaw::RoleRemoved => get(dealer::me),
        Flaw::RoleSwapped => get(dealer::report_for_b),
        _ => get(dealer::report),
    };
    let listing = if flaw == Flaw::PermissionRemoved { get(dealer::me) } else { get(dealer::listing) };
    let stock = if flaw == Flaw::MachinesSwappedForUsers { get(dealer::me) } else { get(stock) };
    let by_host = if flaw == Flaw::HostIgnored { get(customer::me) } else { get(by_host) };
    let orders = if flaw == Flaw::ScopeRemoved { get(orders_for_less) } else { get(orders) };
    let shop = if flaw == Flaw::VisitorsOfAnotherTenant { get(shop_of_dealers) } else { get(shop) };
    let open_to_all = if flaw == Flaw::PublicRouteClosed { get(customer::me) } else { get(open) };
    let mut router = router.route("/customer/me", me);
    if flaw != Flaw::RouteRemoved {
        router = router.route("/customer/orders", post(customer::order));
    }
    if flaw == Flaw::TrailingSlashOpened {
        router = router.route("/customer/me/", get(open));
    }
    if flaw == Flaw::EncodedPathOpened {
        router = router.route("/customer%2Fme", get(open)).route("/%2563ustomer/me", get(open));
    }
    router
        .route("/customer/shop", shop)
        .route("/dealer/report", report)
        .route("/dealer/listings/{id}", listing)
        .route("/dealer/stock", stock)
        .route("/by-host", by_host)
        .route("/dealer/orders", orders)
        .route("/open", open_to_all)
}
