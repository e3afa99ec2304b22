//! Several new identities in one call (`identity/handler.go`, `batchPatchIdentities`).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::bodies::CreateIdentity;
use crate::standin::kratos::Kratos;
use crate::standin::kratos::identity::Identity;
use crate::standin::kratos::store::Taken;
use crate::standin::kratos::wire::{self, Answer, ApiError};

const MAX: usize = 1000;

/// With passwords to be hashed.
const MAX_CLEAR: usize = 200;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    #[serde(default)]
    identities: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    create: Option<CreateIdentity>,
    patch_id: Option<Uuid>,
}

/// 200 also if nobody was created: each entry says for itself. One that cannot be read fails them all.
pub(super) async fn create(State(kratos): State<Arc<Kratos>>, body: Result<Bytes, BytesRejection>) -> Answer {
    let batch: Batch = match serde_json::from_slice(&wire::whole(body)?) {
        Ok(batch) => batch,
        Err(error) => {
            // Only the status line says whose mistake it is.
            let mut response = ApiError::internal(error.to_string()).into_response();
            *response.status_mut() = StatusCode::BAD_REQUEST;
            return Ok(response);
        }
    };
    if batch.identities.len() > MAX {
        let reason =
            format!("The maximum number of identities per request that can be created or deleted at once is {MAX}.");
        return Err(ApiError::bad_request(reason));
    }
    let is_clear = |entry: &&Entry| entry.create.as_ref().is_some_and(CreateIdentity::has_clear_password);
    if batch.identities.iter().filter(is_clear).count() > MAX_CLEAR {
        let reason = format!("The maximum number of identities per request with clear text passwords is {MAX_CLEAR}.");
        return Err(ApiError::bad_request(reason));
    }
    let read = |entry: Entry| match entry.create {
        Some(create) => create.into_identity().map(|identity| Some((entry.patch_id, identity))),
        None => Ok(None),
    };
    let entries: Vec<Option<(Option<Uuid>, Identity)>> =
        batch.identities.into_iter().map(read).collect::<Result<_, _>>()?;
    let mut store = kratos.store();
    let created = entries.into_iter().map(|entry| {
        let Some((patch_id, identity)) = entry else { return Value::Null };
        let id = identity.id;
        let mut answer = match store.put_identity(identity) {
            Ok(()) => json!({"action": "create", "identity": id}),
            Err(Taken) => json!({"action": "error", "error": ApiError::taken().inner()}),
        };
        if let Some(patch_id) = patch_id {
            answer["patch_id"] = json!(patch_id);
        }
        answer
    });
    let created: Vec<Value> = created.collect();
    wire::json(StatusCode::OK, &json!({"identities": created}))
}
