//! Handlers that demand more than a role of a list: the same file in the application of each framework.

use super::*;

define_roles! {
    enum Staff { Clerk = "a", Chief = "b" }
}

const EVERYBODY: [Staff; 2] = [Staff::Clerk, Staff::Chief];
const CLERK: &str = "a";

/// As the path says.
async fn mood(caller: &Principal, request: &RequestSnapshot) -> Checked {
    assert!(!caller.id().is_empty());
    match request.path_parameter("mood") {
        Some("good") => Checked::Allow,
        Some("bad") => Checked::Deny("in a bad mood"),
        Some("panic") => panic!("a check that panics"),
        _ => Checked::CannotTell,
    }
}

/// The second one of two.
async fn route(_: &Principal, request: &RequestSnapshot) -> Checked {
    match request.path_parameter("route") {
        Some("open") => Checked::Allow,
        Some("unknown") => Checked::CannotTell,
        _ => Checked::Deny("closed"),
    }
}

#[tenant("customer")]
mod guarded {
    use super::*;

    #[require_aal(2)]
    pub async fn strong(_: Counted) -> &'static str {
        "strong"
    }

    #[fresh_session(max_age = "15m")]
    pub async fn young(_: Counted) -> &'static str {
        "young"
    }

    #[require_role("a", fresh = "5s")]
    pub async fn fresh(_: Counted) -> &'static str {
        "fresh"
    }

    #[require_role("a", fresh = "0s")]
    pub async fn freshest(_: Counted) -> &'static str {
        "freshest"
    }

    #[require_role(all("a", not("b")))]
    pub async fn a_without_b(_: Counted) -> &'static str {
        "a without b"
    }

    #[require_role("none", all(CLERK, Staff::Chief))]
    pub async fn both(_: Counted) -> &'static str {
        "both"
    }

    #[require_role(EVERYBODY)]
    pub async fn one(_: Counted) -> &'static str {
        "one"
    }

    /// The right side of the first one's "or" is true for many.
    #[require_role("none", any("nobody", CLERK))]
    #[require_role("none", "b")]
    pub async fn stacked(_: Counted) -> &'static str {
        "stacked"
    }

    #[require(mood)]
    #[require(route)]
    pub async fn checked(_: Counted) -> &'static str {
        "checked"
    }
}

#[tenant("dealer")]
#[accept(oauth2, session)]
#[require_role("a", "inventory:read")]
async fn either(_: Counted, caller: CurrentPrincipal) -> String {
    format!("{} {}", caller.kind(), caller.id())
}

#[tenant("dealer")]
#[oauth2]
#[require_role("inventory:read", fresh = "0s")]
async fn asked(_: Counted) -> &'static str {
    "asked"
}

/// Handlers that read the id as their own type does: of many spellings of one.
#[tenant("dealer")]
mod by_id {
    use super::*;

    #[require_permission(namespace = "listings", relation = "edit", object = "listings:{id: u64}")]
    pub async fn number(id: Path<u64>) -> String {
        (*id).to_string()
    }

    #[require_permission(namespace = "listings", relation = "edit", object = "listings:{id: uuid}")]
    pub async fn uuid(id: Path<uuid::Uuid>) -> String {
        (*id).to_string()
    }
}

#[tenant("admin")]
mod of_sessions {
    use super::*;

    #[tenant("dealer", override)]
    #[accept(session, oauth2, override)]
    pub async fn optionally(user: Option<CurrentUser>, machine: Option<CurrentMachine>) -> String {
        format!("{} {}", user.is_some(), machine.is_some())
    }
}

/// Callers that may not be there.
mod perhaps {
    use super::*;

    #[tenant("customer")]
    #[optional_session]
    pub async fn somebody(me: Option<CurrentPrincipal>) -> String {
        me.map_or("nobody".into(), |me| format!("{} {}", me.kind(), me.id()))
    }

    #[tenant("dealer")]
    #[oauth2(delegated, scope = "profile orders")]
    #[allow(deprecated, reason = "the compiler says that it is always there")]
    pub async fn delegate(client: Option<CurrentDelegate>) -> String {
        client.map_or("nobody".into(), |client| format!("{} for {}", client.client_id, client.subject))
    }
}

pub fn add(router: AppRouter) -> AppRouter {
    router
        .route("/customer/demands/strong", get(guarded::strong))
        .route("/customer/demands/young", get(guarded::young))
        .route("/customer/demands/fresh", get(guarded::fresh))
        .route("/customer/demands/freshest", get(guarded::freshest))
        .route("/customer/demands/a-without-b", get(guarded::a_without_b))
        .route("/customer/demands/both", get(guarded::both))
        .route("/customer/demands/stacked", get(guarded::stacked))
        .route("/customer/demands/one", get(guarded::one))
        .route("/customer/demands/somebody", get(perhaps::somebody))
        .route("/dealer/demands/delegate", get(perhaps::delegate))
        .route("/dealer/demands/number/{id}", get(by_id::number))
        .route("/dealer/demands/uuid/{id}", get(by_id::uuid))
        .route("/dealer/demands/either", get(either))
        .route("/dealer/demands/asked", get(asked))
        .route("/dealer/demands/optionally", get(of_sessions::optionally))
        .route("/customer/demands/checked/{mood}/{route}", get(guarded::checked))
}
