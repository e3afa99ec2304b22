//! Submitting a registration. The session hook is on, so whoever registers is
//! logged in.

use axum::response::Response;
use http::StatusCode;
use serde_json::json;

use super::begin::already_logged_in;
use super::login::{Success, redirect_browser_to};
use super::reply::{Refused, Submitted, see_other};
use crate::standin::kratos::flow::Message;
use crate::standin::kratos::identity::{Identity, Secret};
use crate::standin::kratos::password;
use crate::standin::kratos::schema::Violation;
use crate::standin::kratos::session::Session;
use crate::standin::kratos::store::Store;
use crate::standin::kratos::wire::{self, ApiError};

pub(super) fn submit(store: &mut Store, this: Submitted<'_>) -> Result<Response, Refused> {
    if this.kratos.user(store, &this.call.headers).is_some() {
        if this.redirects() {
            return Ok(see_other(this.kratos.config.ui_url.as_str()));
        }
        return Err(already_logged_in().into());
    }
    if this.flow.is_expired() {
        return Err(Refused::Expired);
    }
    if this.method().as_deref() != Some("password") {
        return Err(Refused::form(
            4_010_003,
            "Could not find any strategy to sign you up with. Did you choose the correct method?",
        ));
    }
    this.check_origin()?;
    let secret = accepted_password(&this)?;
    let traits = this.form.traits().ok_or(Violation::Missing)?;
    let mut user = Identity::new(traits)?;
    user.password = Some(Secret::new(password::hash(&secret)));
    let id = user.id;
    store.put_identity(user)?;
    let lifespan = this.kratos.config.switches.session_lifespan;
    let session = Session::new(id, lifespan, "password", &this.call.headers);
    let session = store.add_session(session);
    store.put_flow(this.done("password"));

    let kratos = this.kratos;
    let session = store.session(session).ok_or_else(ApiError::not_found)?;
    let user = store.identity(id).ok_or_else(ApiError::not_found)?;
    let schema_url = kratos.schema_url();
    let view = session.view().with_identity(user, user.view(&schema_url)).with_devices(session.devices());
    let mut body = Success {
        session_token: None,
        session: Some(view),
        identity: Some(user.view(&schema_url)),
        continue_with: redirect_browser_to(this.return_to()),
    };
    if this.flow.native {
        body.session_token = Some(&session.token);
        body.continue_with = json!([{
            "action": "set_ory_session_token",
            "ory_session_token": session.token,
        }]);
        return Ok(wire::json(StatusCode::OK, &body)?);
    }
    let mut response = match this.redirects() {
        true => see_other(this.return_to()),
        false => wire::json(StatusCode::OK, &body)?,
    };
    kratos.issue_cookie(store, &this.call.headers, session, response.headers_mut());
    Ok(response)
}

/// The new password in the form.
///
/// # Errors
/// A message at the field: missing, or shorter than Kratos allows.
pub(super) fn accepted_password(this: &Submitted<'_>) -> Result<String, Refused> {
    let secret = this.required("password")?;
    let chars = secret.chars().count();
    if chars >= password::MIN_CHARS {
        return Ok(secret);
    }
    let text = format!("The password must be at least {} characters long, but got {chars}.", password::MIN_CHARS);
    Err(Refused::field("password", Message::new(4_000_032, text)))
}
