//! What an admin does to customers: authenticated by one tenant, calling another's services.

use super::*;

#[tenant("admin")]
#[require_role("platform:admin", "platform:support")]
mod customers {
    use super::*;

    pub async fn look_up(iam: Data<Iam<Tenants>>, id: Path<IdentityId>) -> Result<Json<Identity>, Problem> {
        Ok(Json(iam.tenant(Tenants::Customer).identities().get(&id).await?))
    }

    pub async fn delete(iam: Data<Iam<Tenants>>, id: Path<IdentityId>) -> Result<Json<bool>, Problem> {
        Ok(Json(iam.tenant(Tenants::Customer).identities().delete(&id).await?))
    }

    pub async fn sessions(iam: Data<Iam<Tenants>>, id: Path<IdentityId>) -> Result<Json<usize>, Problem> {
        Ok(Json(iam.tenant(Tenants::Customer).identities().list_sessions(&id).await?.len()))
    }

    pub async fn log_out(iam: Data<Iam<Tenants>>, id: Path<IdentityId>) -> Result<String, Problem> {
        iam.tenant(Tenants::Customer).identities().revoke_sessions(&id).await?;
        Ok(String::new())
    }

    pub async fn revoke(iam: Data<Iam<Tenants>>, id: Path<SessionId>) -> Result<String, Problem> {
        iam.tenant(Tenants::Customer).sessions().revoke(&id).await?;
        Ok(String::new())
    }
}

pub(super) fn routes(iam: &Iam<Tenants>) -> Router<Tenants> {
    Router::new(iam)
        .route("/admin/customers/{id}", get(customers::look_up).delete(customers::delete))
        .route("/admin/customers/{id}/sessions", get(customers::sessions).delete(customers::log_out))
        .route("/admin/customer-sessions/{id}", delete(customers::revoke))
}
