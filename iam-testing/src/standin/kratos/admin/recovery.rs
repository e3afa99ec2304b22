//! Ways back in that administrators hand out (`selfservice/strategy/{link,code}`). Whoever has one is logged in.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::routing::post;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::standin::go_duration;
use crate::standin::kratos::Kratos;
use crate::standin::kratos::call::Call;
use crate::standin::kratos::flow::Flow;
use crate::standin::kratos::identity::timestamp;
use crate::standin::kratos::recovery::{Proof, Way};
use crate::standin::kratos::wire::{self, Answer, ApiError};

/// `selfservice.methods.{link,code}.config.lifespan`: 1 h.
const LIFESPAN: Duration = Duration::from_secs(3600);

pub(super) fn routes() -> Router<Arc<Kratos>> {
    Router::new().route("/admin/recovery/link", post(link)).route("/admin/recovery/code", post(code))
}

#[derive(Deserialize)]
#[serde(default)]
struct Wanted {
    identity_id: Uuid,
    expires_in: String,
    flow_type: String,
}

impl Default for Wanted {
    fn default() -> Self {
        Wanted { identity_id: Uuid::nil(), expires_in: String::new(), flow_type: "browser".to_owned() }
    }
}

impl Wanted {
    fn read(kratos: &Kratos, call: &Call, body: Result<Bytes, BytesRejection>) -> Result<Wanted, ApiError> {
        if !kratos.config.switches.recovery {
            return Err(ApiError::not_found().reason("This endpoint was disabled by system administrator."));
        }
        call.require_json_body()?;
        let unreadable = |e: serde_json::Error| ApiError::bad_request(format!("Unable to decode JSON payload: {e}"));
        serde_json::from_slice(&wire::whole(body)?).map_err(unreadable)
    }

    fn lifespan(&self) -> Result<Duration, ApiError> {
        match go_duration::parse(&self.expires_in) {
            _ if self.expires_in.is_empty() => Ok(LIFESPAN),
            Some(given) if !given.is_zero() => Ok(given),
            _ => Err(ApiError::bad_request(format!("Unable to parse \"expires_in\": {}", self.expires_in))),
        }
    }
}

async fn link(State(kratos): State<Arc<Kratos>>, call: Call, body: Result<Bytes, BytesRejection>) -> Answer {
    let wanted = Wanted::read(&kratos, &call, body)?;
    let lifespan = wanted.lifespan()?;
    let mut store = kratos.store();
    let unknown = || ApiError::bad_request("The requested identity id does not exist.");
    let way = Way::link(store.identity(wanted.identity_id).ok_or_else(unknown)?.id);
    let token = token(&way);
    let flow = Flow::handed_out(way, kratos.public("/recovery/link"), lifespan, false);
    let link = kratos.public(&format!("/self-service/recovery?flow={}&token={token}", flow.id));
    let body = json!({"recovery_link": link, "expires_at": timestamp(flow.expires_at)});
    store.put_flow(flow);
    wire::json(StatusCode::OK, &body)
}

async fn code(State(kratos): State<Arc<Kratos>>, call: Call, body: Result<Bytes, BytesRejection>) -> Answer {
    let wanted = Wanted::read(&kratos, &call, body)?;
    let lifespan = wanted.lifespan()?;
    if !["api", "browser"].contains(&wanted.flow_type.as_str()) {
        return Err(ApiError::bad_request(format!("Value from \"flow_type\" is not valid: {}", wanted.flow_type)));
    }
    let mut store = kratos.store();
    let unknown = || ApiError::not_found().reason("could not find identity");
    let way = Way::code(store.identity(wanted.identity_id).ok_or_else(unknown)?.id);
    let code = token(&way);
    let flow = Flow::handed_out(way, kratos.public("/recovery/code"), lifespan, wanted.flow_type == "api");
    let body = json!({
        "recovery_link": kratos.ui(&format!("/recovery?flow={}", flow.id)),
        "recovery_code": code,
        "expires_at": timestamp(flow.expires_at),
    });
    store.put_flow(flow);
    wire::json(StatusCode::CREATED, &body)
}

fn token(way: &Way) -> String {
    match &way.proof {
        Proof::Code(text) | Proof::Link(text) => text.clone(),
    }
}
