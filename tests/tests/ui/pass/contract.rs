//! The program that the documentation promises, as it stands there; the bodies that it leaves out are filled in.

use axum::Json;
use axum::extract::{Path, State};
use iam_axum::prelude::*;

#[derive(serde::Serialize)]
pub struct Item {
    sku: String,
}

#[rustfmt::skip]
mod as_written {
    use super::*;

    define_tenants! {
        /// One Ory project each.
        pub enum Tenants { customer, admin, dealer }
    }

    #[tenant("admin")]
    #[require_role("platform:admin", "platform:support")]
    async fn customer_lookup(State(iam): State<Iam<Tenants>>, Path(id): Path<IdentityId>)
        -> Result<Json<Identity>, Problem>
    {
        // authenticated against `admin`, calling into `customer`; the event says who asked
        Ok(Json(iam.tenant(Tenants::Customer).identities().get(&id).await?))
    }

    #[tenant("dealer")]
    #[oauth2]                              // bearer access token instead of a session
    mod partner_api {
        use super::*;
        #[require_role("inventory:read")]  // scope doubles as role for machines
        pub async fn inventory(machine: CurrentMachine) -> Json<Vec<Item>> {
            Json(vec![Item { sku: machine.client_id.clone() }])
        }
    }

    #[public]
    pub async fn health() -> &'static str { "ok" }

    pub fn routes() -> iam_axum::Router<Iam<Tenants>> {  // takes guarded handlers only; knows the access matrix
        iam_axum::Router::new()
            .route("/admin/customers/{id}", get(customer_lookup))
            .route("/dealer/partner-api/inventory", get(partner_api::inventory))
            .route("/health", get(health))
    }

    #[expect(dead_code, reason = "it has to compile")]
    async fn start() -> Result<axum::Router, Box<dyn std::error::Error>> {
        let iam = Iam::<Tenants>::builder(IamConfig::load("iam.toml")?).build().await?;
        let app = routes().with_state(iam.clone())?;     // an axum::Router, or every misfit of policies, routes and config at once

        let _token = iam.tenant(Tenants::Dealer).tokens().client_credentials(&["inventory:read"]).await?;
        Ok(app)
    }
}

use as_written::{health, routes};

#[test]
fn the_matrix_shows_every_route() {
    let expected = "\
\x20 GET /admin/customers/{id}          admin: session, role platform:admin or platform:support
\x20 GET /dealer/partner-api/inventory  dealer: machine, role inventory:read
! GET /health                        PUBLIC
! GET /ping                          PUBLIC
";
    let routes = routes().route("/ping", get(|| async { iam_axum::public("pong") }));
    assert_eq!(routes.access_matrix().to_string(), expected);
}

#[tokio::test]
async fn a_handler_can_be_called_by_a_unit_test() {
    assert_eq!(health().await.unguarded(), "ok");
}
