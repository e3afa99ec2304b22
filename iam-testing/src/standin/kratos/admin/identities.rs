//! `/admin/identities` (`identity/handler.go`).

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::get;
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use uuid::Uuid;

use super::batch;
use super::bodies::{CreateIdentity, PatchedIdentity, UpdateIdentity};
use crate::standin::kratos::call::Call;
use crate::standin::kratos::identity::Identity;
use crate::standin::kratos::oidc::Oidc;
use crate::standin::kratos::paging::{self, OffsetPage};
use crate::standin::kratos::query::{Params, id_or_nil};
use crate::standin::kratos::store::{Store, Taken};
use crate::standin::kratos::wire::{self, Answer, ApiError};
use crate::standin::kratos::{Kratos, below, patch, schema};

const MAX_PAGE_SIZE: usize = 500;
const MAX_IDS: usize = 500;

pub(super) fn routes() -> Router<Arc<Kratos>> {
    Router::new()
        .route("/admin/identities", get(list).post(create).patch(batch::create))
        .route("/admin/identities/{id}", get(read).put(update).patch(change).delete(remove))
        .route("/admin/identities/by/external/{external_id}", get(read_by_external_id))
}

fn find(store: &Store, id: &str) -> Result<Identity, ApiError> {
    store.identity(id_or_nil(id)).cloned().ok_or_else(ApiError::not_found)
}

async fn list(State(kratos): State<Arc<Kratos>>, call: Call) -> Answer {
    let params = &call.params;
    let filters = ["ids", "organization_id", "credentials_identifier", "preview_credentials_identifier_similar"];
    if filters.iter().filter(|key| params.has(key)).count() > 1 {
        return Err(ApiError::bad_request("You cannot combine multiple filters in this API"));
    }
    let filter = Filter::of(params)?;
    let with_config = included_configs(params)?;
    let with_credentials =
        matches!(filter, Filter::Identifier(_) | Filter::Similar(_)) || params.has("include_credential");
    let schema_url = kratos.schema_url();
    let shown = |found: Vec<&Identity>| {
        let views = found.into_iter().map(|identity| {
            let view = identity.admin_view(&schema_url);
            match with_credentials {
                true => view.with_credentials(identity, &with_config),
                false => view,
            }
        });
        wire::json(StatusCode::OK, &views.collect::<Vec<_>>())
    };
    let store = kratos.store();
    if let Some(page) = OffsetPage::by_number(params)? {
        let found: Vec<_> = store.identities_after(Uuid::nil()).filter(|identity| filter.accepts(identity)).collect();
        let total = found.len();
        let mut response = shown(page.cut(found))?;
        page.set_links(&call, total, response.headers_mut());
        return Ok(response);
    }
    let size = paging::keyset_size(params, MAX_PAGE_SIZE)?;
    let after = match params.get("page_token") {
        None => Uuid::nil(),
        Some(token) => Uuid::try_parse(token).map_err(|_| ApiError::bad_request("The page token is invalid"))?,
    };
    let mut found: Vec<&Identity> =
        store.identities_after(after).filter(|identity| filter.accepts(identity)).take(size + 1).collect();
    let is_last = found.len() <= size;
    found.truncate(size);
    let next = found.last().map(|i| i.id.to_string()).filter(|_| !is_last);
    let mut response = shown(found)?;
    let first = Uuid::nil().to_string();
    paging::set_keyset_links(&call, size, first, next, response.headers_mut());
    Ok(response)
}

/// What a list is narrowed to: one thing at most.
enum Filter {
    None,
    Ids(Vec<Uuid>),
    Organization(Uuid),
    Identifier(String),
    Similar(String),
}

impl Filter {
    fn of(params: &Params) -> Result<Self, ApiError> {
        let not_an_id = |id: &str| ApiError::bad_request(format!("Invalid UUID value `{id}`."));
        let ids: Vec<Uuid> =
            params.all("ids").map(|id| Uuid::try_parse(id).map_err(|_| not_an_id(id))).collect::<Result<_, _>>()?;
        if ids.len() > MAX_IDS {
            return Err(ApiError::bad_request("The number of ids to filter must not exceed 500."));
        }
        if !ids.is_empty() {
            return Ok(Self::Ids(ids));
        }
        if let Some(id) = params.get("organization_id") {
            let id = Uuid::try_parse(id).map_err(|_| not_an_id(id))?;
            return Ok(Self::Organization(id));
        }
        if let Some(text) = params.get("credentials_identifier") {
            return Ok(Self::Identifier(text.to_owned()));
        }
        let similar = params.get("preview_credentials_identifier_similar");
        Ok(similar.map_or(Self::None, |text| Self::Similar(schema::normalise(text))))
    }

    fn accepts(&self, identity: &Identity) -> bool {
        match self {
            Self::None => true,
            Self::Ids(ids) => ids.contains(&identity.id),
            Self::Organization(id) => identity.organization_id == Some(*id),
            // Only a provider's own name has its case.
            Self::Identifier(text) => {
                identity.identifier == schema::normalise(text)
                    || identity.oidc.iter().flat_map(Oidc::identifiers).any(|name| name == *text)
            }
            Self::Similar(text) => {
                let mut names = identity.oidc.iter().flat_map(Oidc::identifiers);
                identity.identifier.starts_with(text.as_str()) || names.any(|name| name.starts_with(text.as_str()))
            }
        }
    }
}

async fn create(State(kratos): State<Arc<Kratos>>, body: Result<Bytes, BytesRejection>) -> Answer {
    let body: CreateIdentity = body
        .map_err(|e| e.body_text())
        .and_then(|body| serde_json::from_slice(&body).map_err(|e| e.to_string()))
        .map_err(ApiError::unreadable)?;
    let identity = body.into_identity()?;
    let mut store = kratos.store();
    store
        .put_identity(identity.clone())
        .map_err(|Taken| ApiError::conflict("This identity conflicts with another identity that already exists."))?;
    let view = identity.written_view(&kratos.schema_url());
    let mut response = wire::json(StatusCode::CREATED, &view)?;
    let location = below(&kratos.config.admin_url, &format!("/identities/{}", identity.id));
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

async fn read(State(kratos): State<Arc<Kratos>>, Path(id): Path<String>, call: Call) -> Answer {
    let store = kratos.store();
    let identity = store.identity(id_or_nil(&id));
    answer_with(&kratos, identity, &call)
}

async fn read_by_external_id(State(kratos): State<Arc<Kratos>>, Path(external_id): Path<String>, call: Call) -> Answer {
    let store = kratos.store();
    let identity = store.identity_by_external_id(&external_id);
    answer_with(&kratos, identity, &call)
}

/// The credential types whose config is asked for.
fn included_configs(params: &Params) -> Result<Vec<&str>, ApiError> {
    const TYPES: [&str; 11] = [
        "password",
        "oidc",
        "saml",
        "totp",
        "lookup_secret",
        "webauthn",
        "code",
        "link_recovery",
        "code_recovery",
        "deviceauthn",
        "passkey",
    ];
    let known = |kind: &str| match TYPES.contains(&kind) {
        true => Ok(()),
        false => Err(ApiError::bad_request(format!("Invalid value `{kind}` for parameter `include_credential`."))),
    };
    params.all("include_credential").map(|kind| known(kind).map(|()| kind)).collect()
}

/// The credentials map is always there, configs only for the types asked for.
fn answer_with(kratos: &Kratos, identity: Option<&Identity>, call: &Call) -> Answer {
    let identity = identity.ok_or_else(ApiError::not_found)?;
    let with_config = included_configs(&call.params)?;
    let view = identity.admin_view(&kratos.schema_url()).with_credentials(identity, &with_config);
    wire::json(StatusCode::OK, &view)
}

async fn update(
    State(kratos): State<Arc<Kratos>>,
    Path(id): Path<String>,
    call: Call,
    body: Result<Bytes, BytesRejection>,
) -> Answer {
    call.require_json_body()?;
    let body: UpdateIdentity = serde_json::from_slice(&wire::whole(body)?)
        .map_err(|e| ApiError::bad_request(format!("Unable to decode JSON payload: {e}")))?;
    let mut store = kratos.store();
    let mut identity = find(&store, &id)?;
    body.apply(&mut identity)?;
    let stored = replace(&mut store, identity)?;
    wire::json(StatusCode::OK, &stored.written_view(&kratos.schema_url()))
}

async fn change(
    State(kratos): State<Arc<Kratos>>,
    Path(id): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Answer {
    let body = wire::whole(body)?;
    let mut store = kratos.store();
    let mut identity = find(&store, &id)?;
    let failed = |text: String| ApiError::bad_request("failed to apply JSON patch").message(text);
    let view = identity.admin_view(&kratos.schema_url()).with_credentials(&identity, &["password", "totp"]);
    let document = serde_json::to_string(&view).map_err(|e| failed(e.to_string()))?;
    let patched = patch::apply(&document, &body).map_err(failed)?;
    let patched: PatchedIdentity = serde_json::from_str(patched.get()).map_err(|e| failed(e.to_string()))?;
    patched.apply(&mut identity)?;
    let stored = replace(&mut store, identity)?;
    // The patch had the unset `metadata_admin` before it as `null`.
    let view = stored.admin_view(&kratos.schema_url()).with_credentials(stored, &[]);
    wire::json(StatusCode::OK, &view)
}

/// Stores a changed identity. The 409 is not that of a create.
fn replace(store: &mut Store, identity: Identity) -> Result<&Identity, ApiError> {
    let id = identity.id;
    store.put_identity(identity).map_err(|Taken| ApiError::taken())?;
    store.identity(id).ok_or_else(ApiError::not_found)
}

async fn remove(State(kratos): State<Arc<Kratos>>, Path(id): Path<String>) -> Answer {
    if kratos.store().remove_identity(id_or_nil(&id)) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Err(ApiError::not_found())
}
