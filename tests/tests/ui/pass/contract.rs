//! The program that the documentation promises.

use axum::extract::{Path, State};
use axum::{Json, Router as AxumRouter};
use iam_axum::prelude::*;

define_tenants! {
    /// One Ory project each.
    pub enum Tenants { customer, admin, dealer }
}

#[tenant("admin")]
#[require_role("platform:admin", "platform:support")]
async fn customer_lookup(
    State(iam): State<Iam<Tenants>>,
    Path(id): Path<IdentityId>,
) -> Result<Json<Identity>, Problem> {
    Ok(Json(iam.tenant(Tenants::Customer).identities().get(&id).await?))
}

#[tenant("dealer")]
#[oauth2]
mod partner_api {
    use super::*;

    #[require_role("inventory:read")]
    pub async fn inventory(machine: CurrentMachine) -> Json<Vec<String>> {
        Json(vec![machine.client_id.clone()])
    }
}

#[public]
async fn health() -> &'static str {
    "ok"
}

fn routes() -> Router<Iam<Tenants>> {
    Router::new()
        .route("/admin/customers/{id}", get(customer_lookup))
        .route("/dealer/partner-api/inventory", get(partner_api::inventory))
        .route("/health", get(health))
        .route("/ping", get(|| async { iam_axum::public("pong") }))
}

#[expect(dead_code, reason = "it has to compile")]
async fn start() -> Result<AxumRouter, Box<dyn std::error::Error>> {
    let iam = Iam::<Tenants>::builder(IamConfig::load("iam.toml")?).build().await?;
    let app = routes().with_state(iam.clone())?;
    let _token = iam.tenant(Tenants::Dealer).tokens().client_credentials(&["inventory:read"]).await?;
    Ok(app)
}

#[test]
fn the_matrix_shows_every_route() {
    let expected = "\
\x20 GET /admin/customers/{id}          admin: session, role platform:admin or platform:support
\x20 GET /dealer/partner-api/inventory  dealer: machine, role inventory:read
! GET /health                        PUBLIC
! GET /ping                          PUBLIC
";
    assert_eq!(routes().access_matrix().to_string(), expected);
}

#[tokio::test]
async fn a_handler_can_be_called_by_a_unit_test() {
    assert_eq!(health().await.unguarded(), "ok");
}
