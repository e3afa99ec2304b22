//! What an admin does to customers: authenticated by one tenant, calling another's services.

use super::*;

#[tenant("admin")]
#[require_role("platform:admin", "platform:support")]
mod customers {
    use super::*;

    pub async fn look_up(
        State(iam): State<Iam<Tenants>>,
        Path(id): Path<IdentityId>,
    ) -> Result<Json<Identity>, Problem> {
        Ok(Json(iam.tenant(Tenants::Customer).identities().get(&id).await?))
    }

    pub async fn delete(State(iam): State<Iam<Tenants>>, Path(id): Path<IdentityId>) -> Result<Json<bool>, Problem> {
        Ok(Json(iam.tenant(Tenants::Customer).identities().delete(&id).await?))
    }

    pub async fn sessions(State(iam): State<Iam<Tenants>>, Path(id): Path<IdentityId>) -> Result<Json<usize>, Problem> {
        Ok(Json(iam.tenant(Tenants::Customer).identities().list_sessions(&id).await?.len()))
    }

    pub async fn log_out(State(iam): State<Iam<Tenants>>, Path(id): Path<IdentityId>) -> Result<(), Problem> {
        Ok(iam.tenant(Tenants::Customer).identities().revoke_sessions(&id).await?)
    }

    pub async fn revoke(State(iam): State<Iam<Tenants>>, Path(id): Path<SessionId>) -> Result<(), Problem> {
        Ok(iam.tenant(Tenants::Customer).sessions().revoke(&id).await?)
    }
}

pub(super) fn routes() -> AppRouter {
    Router::new()
        .route("/admin/customers/{id}", get(customers::look_up).delete(customers::delete))
        .route("/admin/customers/{id}/sessions", get(customers::sessions).delete(customers::log_out))
        .route("/admin/customer-sessions/{id}", delete(customers::revoke))
}
