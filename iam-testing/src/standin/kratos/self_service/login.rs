//! Submitting a login: password, then the second factor if there is one.

use std::time::SystemTime;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::begin::{already_logged_in, first_factor_first};
use super::reply::{Refused, Submitted, see_other};
use crate::standin::kratos::flow::FlowKind;
use crate::standin::kratos::identity::{Identity, IdentityState};
use crate::standin::kratos::session::{Aal, Session};
use crate::standin::kratos::store::Store;
use crate::standin::kratos::wire::{self, ApiError};
use crate::standin::kratos::{password, schema, totp};

pub(super) fn submit(store: &mut Store, this: Submitted<'_>) -> Result<Response, Refused> {
    let FlowKind::Login { requested_aal, refresh } = this.flow.kind else {
        return Err(ApiError::not_found().into());
    };
    let current =
        this.kratos.user(store, &this.call.headers).map(|(session, identity)| (session.id, session.aal(), identity.id));
    match current {
        Some((_, aal, _)) if !refresh && requested_aal <= aal => {
            if this.redirects() {
                return Ok(see_other(this.kratos.config.ui_url.as_str()));
            }
            return Err(already_logged_in().into());
        }
        None if requested_aal == Aal::Two => {
            return Err(first_factor_first().into());
        }
        _ => {}
    }
    if this.flow.is_expired() {
        return Err(Refused::Expired);
    }
    let (method, aal, user) = match this.method().as_deref() {
        Some("password") if requested_aal == Aal::One => {
            this.check_origin()?;
            ("password", Aal::One, by_password(store, &this)?)
        }
        Some("totp") if requested_aal == Aal::Two => {
            this.check_origin()?;
            ("totp", Aal::Two, by_totp(store, &this)?)
        }
        _ => {
            return Err(Refused::form(
                4_010_002,
                "Could not find any strategy to log you in with. Did you choose the correct method?",
            ));
        }
    };
    if user.state == IdentityState::Inactive {
        return Err(disabled(user).into());
    }
    let (user, lifespan) = (user.id, this.kratos.config.switches.session_lifespan);
    let headers = &this.call.headers;
    let session = match current {
        Some((session, _, owner)) if owner == user => {
            if let Some(session) = store.session_mut(session) {
                session.add_method(method, aal);
                session.reactivate(lifespan, headers);
            }
            session
        }
        _ => store.add_session(Session::new(user, lifespan, method, headers)),
    };
    store.put_flow(this.done(method));
    logged_in(store, &this, session)
}

/// Nobody inactive is given a session.
pub(super) fn disabled(user: &Identity) -> ApiError {
    let error = ApiError::unauthorized("This account was disabled.").message("identity is disabled");
    error.detail("identity_id", user.id.to_string())
}

fn by_password<'s>(store: &'s Store, this: &Submitted<'_>) -> Result<&'s Identity, Refused> {
    let identifier = this.required("identifier")?;
    let secret = this.required("password")?;
    store
        .identity_by_identifier(&schema::normalise(&identifier))
        .filter(|user| {
            user.password
                .as_ref()
                .is_some_and(|hash| password::verify(&hash.value, &secret))
        })
        .ok_or_else(|| {
            Refused::form(
                4_000_006,
                "The provided credentials are invalid, check for spelling mistakes in your password or username, email address, or phone number.",
            )
        })
}

fn by_totp<'s>(store: &'s Store, this: &Submitted<'_>) -> Result<&'s Identity, Refused> {
    let (_, user) =
        this.kratos.user(store, &this.call.headers).ok_or_else(|| ApiError::unauthorized("The session is gone."))?;
    let code = this.required("totp_code")?;
    let secret = user.totp.as_ref().ok_or_else(|| Refused::form(4_000_011, "You have no TOTP device set up."))?;
    if totp::verify(&secret.value, &code, SystemTime::now()) {
        return Ok(user);
    }
    Err(Refused::form(WRONG_CODE, WRONG_CODE_TEXT))
}

pub(super) const WRONG_CODE: u32 = 4_000_008;
pub(super) const WRONG_CODE_TEXT: &str = "The provided authentication code is invalid, please try again.";

/// `selfservice/flow/login/hook.go`, `PostLoginHook`.
fn logged_in(store: &Store, this: &Submitted<'_>, session: Uuid) -> Result<Response, Refused> {
    let kratos = this.kratos;
    let session = store.session(session).ok_or_else(ApiError::not_found)?;
    let user = store.identity(session.identity).ok_or_else(ApiError::not_found)?;
    let needs_more = kratos.require_aal(session, user).is_err();
    let view = session.view().with_devices(session.devices());
    if this.flow.native {
        // Who it is stays unsaid until the second factor is there.
        let view = match needs_more {
            true => view,
            false => view.with_identity(user, user.view(&kratos.schema_url())),
        };
        let body = Success {
            session_token: Some(&session.token),
            session: Some(view),
            identity: None,
            continue_with: Value::Null,
        };
        return Ok(wire::json(StatusCode::OK, &body)?);
    }
    let mut response = match (this.redirects(), needs_more) {
        (true, true) => see_other(&kratos.second_factor_url()),
        (true, false) => see_other(this.return_to()),
        (false, true) => ApiError::location_change(&kratos.second_factor_url()).into_response(),
        (false, false) => {
            let body = Success {
                session_token: None,
                session: Some(view.with_identity(user, user.view(&kratos.schema_url()))),
                identity: None,
                continue_with: redirect_browser_to(this.return_to()),
            };
            wire::json(StatusCode::OK, &body)?
        }
    };
    kratos.issue_cookie(store, &this.call.headers, session, response.headers_mut());
    Ok(response)
}

/// The body of a login or registration that succeeded.
#[derive(serde::Serialize)]
pub(super) struct Success<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<crate::standin::kratos::session::SessionView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) identity: Option<crate::standin::kratos::identity::IdentityView<'a>>,
    pub(super) continue_with: Value,
}

pub(super) fn redirect_browser_to(to: &str) -> Value {
    json!([{"action": "redirect_browser_to", "redirect_browser_to": to}])
}
