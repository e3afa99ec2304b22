//! Three tenants in one actix process, each its own Ory project: `customer` on Ory
//! Network, `admin` and `dealer` self-hosted, partners' machines at `dealer`.
//!
//! ```text
//! scenario-b-actix                  serves against an Ory stand-in and prints curl lines
//! scenario-b-actix --check          plays every case against itself and prints one line each
//! scenario-b-actix .. --real        the same with Ory's own Kratos and Hydra, built once with Go
//! scenario-b-actix --config FILE    serves against the Ory servers that FILE names
//! ```

use std::process::ExitCode;

use actix_web::web::{Data, Json, Path};
use actix_web::{App, HttpServer};
use iam_actix::prelude::*;
use iam_examples::scenario_b::{self, Item, Profile, Started};

define_tenants! {
    /// One Ory project each.
    pub enum Tenants { customer, admin, dealer }
}

/// `/customer`: shoppers, with the session cookie or a session token.
#[tenant("customer")]
mod customer {
    use super::*;

    pub async fn me(me: CurrentUser) -> Result<Json<Profile>, Problem> {
        Ok(Json(Profile { id: me.id.clone(), traits: me.traits()? }))
    }

    pub async fn order(me: CurrentUser, item: Json<Item>) -> Json<serde_json::Value> {
        Json(serde_json::json!({ "ordered": item.sku, "for": me.id }))
    }

    #[require_role("customer:seller")]
    pub async fn sell(item: Json<Item>) -> Json<Item> {
        item
    }

    #[optional_session(override)]
    pub async fn storefront(visitor: Option<CurrentUser>) -> String {
        visitor.map_or("welcome, visitor".into(), |user| format!("welcome back, {}", user.id))
    }
}

/// `/admin`: staff, with a session token.
#[tenant("admin")]
mod admin {
    use super::*;

    #[require_role("platform:admin")]
    pub async fn report() -> &'static str {
        "all quiet"
    }

    /// Authenticated against `admin`, calling into `customer`; the event says who asked.
    #[require_role("platform:admin", "platform:support")]
    pub async fn customer_lookup(iam: Data<Iam<Tenants>>, id: Path<IdentityId>) -> Result<Json<Identity>, Problem> {
        Ok(Json(iam.tenant(Tenants::Customer).identities().get(&id).await?))
    }

    /// Issues a token of the dealers' project for a partner's machine.
    #[require_role("platform:admin")]
    pub async fn issue_partner_token(iam: Data<Iam<Tenants>>) -> Result<Json<serde_json::Value>, Problem> {
        let token = iam.tenant(Tenants::Dealer).tokens().client_credentials(&["inventory:read"]).await?;
        Ok(Json(serde_json::json!({
            "access_token": token.access_token.expose(),
            "expires_in": token.expires_in.as_secs(),
            "scope": token.scope,
        })))
    }
}

/// `/dealer`: dealers with sessions, and permissions on single listings.
#[tenant("dealer")]
mod dealer {
    use super::*;

    pub async fn me(me: CurrentUser) -> Result<Json<Profile>, Problem> {
        Ok(Json(Profile { id: me.id.clone(), traits: me.traits()? }))
    }

    #[require_permission(namespace = "listings", relation = "edit", object = "listings:{id}")]
    pub async fn edit_listing(id: Path<String>) -> Json<serde_json::Value> {
        Json(serde_json::json!({ "edited": *id }))
    }
}

/// `/dealer/partner-api`: partners' machines, whose scopes count as roles.
#[tenant("dealer")]
#[oauth2]
mod partner_api {
    use super::*;

    #[require_role("inventory:read")]
    pub async fn inventory(machine: CurrentMachine) -> Json<Vec<Item>> {
        Json(vec![Item { sku: format!("stock of {}", machine.client_id) }])
    }

    #[require_role("inventory:write")]
    pub async fn restock(item: Json<Item>) -> Json<Item> {
        item
    }
}

#[public]
async fn health() -> &'static str {
    "ok"
}

fn routes(iam: &Iam<Tenants>) -> Router<Tenants> {
    Router::new(iam).route("/customer/me", get(customer::me)).merge(other_routes(iam))
}

fn other_routes(iam: &Iam<Tenants>) -> Router<Tenants> {
    Router::new(iam)
        .route("/customer/orders", post(customer::order))
        .route("/customer/listings", post(customer::sell))
        .route("/customer/storefront", get(customer::storefront))
        .route("/admin/report", get(admin::report))
        .route("/admin/customers/{id}", get(admin::customer_lookup))
        .route("/admin/partner-tokens", post(admin::issue_partner_token))
        .route("/dealer/me", get(dealer::me))
        .route("/dealer/listings/{id}", put(dealer::edit_listing))
        .route("/dealer/partner-api/inventory", get(partner_api::inventory).post(partner_api::restock))
        .route("/health", get(health))
}

/// Starts the application and says where it listens.
async fn start(config: IamConfig) -> Started {
    serve(config, routes).await
}

async fn serve(config: IamConfig, routes: fn(&Iam<Tenants>) -> Router<Tenants>) -> Started {
    let iam = Iam::<Tenants>::builder(config).build().await?;
    let router = routes(&iam);
    let matrix = router.access_matrix();
    let routes = router.verify()?;
    iam.verify_upstreams().await?;
    let app = move || App::new().app_data(Data::new(iam.clone())).service(routes.clone());
    // Whose sender went away, a request is given up, its calls to Ory with it.
    let server = HttpServer::new(app).h1_allow_half_closed(false).disable_signals().bind("127.0.0.1:0")?;
    let address = server.addrs().first().copied().ok_or("the server listens nowhere")?;
    let serving = tokio::spawn(server.run());
    Ok(scenario_b::App { address, matrix, serving })
}

#[tokio::main]
async fn main() -> ExitCode {
    scenario_b::main("scenario-b-actix", start).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_may_call_what_is_as_reviewed() {
        let app = scenario_b::stand_in(start).await.unwrap().1;
        iam_testing::assert_access_matrix!(app.matrix, "access-matrix.txt");
    }

    #[tokio::test]
    async fn nobody_gets_in_who_must_not() {
        scenario_b::attack(start).await.unwrap();
    }

    #[tokio::test]
    async fn every_curl_line_gives_what_it_announces() {
        assert_eq!(scenario_b::paste(start).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn it_serves_with_the_configuration_of_a_file() {
        assert_eq!(scenario_b::with_file(start).await.unwrap(), 200);
    }

    /// What the attack says of other routes than were reviewed.
    async fn said_of(routes: fn(&Iam<Tenants>) -> Router<Tenants>) -> String {
        scenario_b::attack(|config| serve(config, routes)).await.unwrap_err().to_string()
    }

    #[public]
    async fn somebody() -> &'static str {
        "somebody"
    }

    #[tokio::test]
    async fn a_removed_attribute_is_found() {
        let said = said_of(|iam| Router::new(iam).route("/customer/me", get(somebody)).merge(other_routes(iam))).await;
        assert!(said.contains("GET /customer/me  customer: session\n  with no credential: 200;"), "{said}");
    }

    #[tokio::test]
    async fn a_swapped_tenant_is_found() {
        let said =
            said_of(|iam| Router::new(iam).route("/customer/me", get(dealer::me)).merge(other_routes(iam))).await;
        let stranger = "with the session token of first@dealer.example.test (`dealer`): 200; expected 401";
        assert!(said.contains("GET /customer/me  customer: session\n") && said.contains(stranger), "{said}");
    }

    #[tokio::test]
    async fn a_removed_route_is_found() {
        let said = said_of(other_routes).await;
        assert!(said.contains("GET /customer/me  customer: session\n  with no credential: 404;"), "{said}");
    }
}
