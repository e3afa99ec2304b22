//! Submitting settings: traits, password, second factor.

use std::time::SystemTime;

use axum::response::Response;
use http::StatusCode;
use time::OffsetDateTime;
use url::form_urlencoded;

use super::login::{WRONG_CODE, WRONG_CODE_TEXT, redirect_browser_to};
use super::registration::accepted_password;
use super::reply::{Refused, Submitted, see_other};
use crate::standin::kratos::Kratos;
use crate::standin::kratos::authn::no_session;
use crate::standin::kratos::call::Call;
use crate::standin::kratos::flow::{FlowKind, Message, Messages};
use crate::standin::kratos::identity::Secret;
use crate::standin::kratos::schema::Violation;
use crate::standin::kratos::session::Aal;
use crate::standin::kratos::store::Store;
use crate::standin::kratos::wire::{self, Answer, ApiError};
use crate::standin::kratos::{password, totp};

/// Reading and submitting settings need a session; a browser is sent to log in. Unlike at the beginning, the error
/// has no id (`selfservice/flow/settings/strategy_helper.go`, `OnUnauthenticated`).
pub(super) fn unauthenticated(kratos: &Kratos, call: &Call) -> Answer {
    if call.wants_json() {
        return Err(ApiError::unauthorized("A valid Ory Session Cookie or Ory Session Token is missing."));
    }
    Ok(wire::redirect(StatusCode::FOUND, &kratos.ui("/login")))
}

pub(super) fn somebody_else() -> ApiError {
    ApiError::forbidden("The request was made for another identity and has been blocked for security reasons.")
        .id("security_identity_mismatch")
}

/// What changes a credential wants a session of somebody who logged in of late.
fn require_recent_login(this: &Submitted<'_>, authenticated_at: OffsetDateTime) -> Result<(), Refused> {
    if OffsetDateTime::now_utc() < authenticated_at + this.kratos.config.switches.privileged_session_max_age {
        return Ok(());
    }
    let page = this.kratos.flow_page(this.flow);
    let mut to = this.kratos.public("/self-service/login/browser?refresh=true");
    to.push_str("&return_to=");
    to.extend(form_urlencoded::byte_serialize(page.as_bytes()));
    Err(ApiError::forbidden(
        "The login session is too old and thus not allowed to update these fields. Please re-authenticate.",
    )
    .id("session_refresh_required")
    .beside("redirect_browser_to", to)
    .into())
}

pub(super) fn submit(store: &mut Store, this: Submitted<'_>) -> Result<Response, Refused> {
    let FlowKind::Settings { identity: owner, totp_secret } = &this.flow.kind else {
        return Err(ApiError::not_found().into());
    };
    let (session, user) = this.kratos.user(store, &this.call.headers).ok_or_else(no_session)?;
    this.kratos.require_aal(session, user)?;
    if this.flow.is_expired() {
        return Err(Refused::Expired);
    }
    if *owner != user.id {
        return Err(somebody_else().into());
    }
    let (since, session, mut user) = (session.authenticated_at, session.id, user.clone());
    let unlink = this.form.flag("totp_unlink");
    let mut offered = totp_secret.clone();
    let method = match this.method().as_deref() {
        Some("profile") => {
            this.check_origin()?;
            user.set_traits(this.form.traits().ok_or(Violation::Missing)?)?;
            // Lost as the real one copies the identity (`identity/manager.go`, `SetTraits`).
            user.state_changed_at = None;
            "profile"
        }
        Some("password") => {
            this.check_origin()?;
            require_recent_login(&this, since)?;
            let hash = password::hash(&accepted_password(&this)?);
            user.password = Some(Secret::replaced(user.password.as_ref(), hash));
            "password"
        }
        _ if unlink => {
            this.check_origin()?;
            require_recent_login(&this, since)?;
            user.totp = None;
            offered = Some(totp::new_secret());
            "totp"
        }
        Some("totp") => {
            this.check_origin()?;
            require_recent_login(&this, since)?;
            // With a device already there, nothing but unlinking has an effect.
            if let Some(secret) = offered.take().filter(|_| user.totp.is_none()) {
                let code = this.required("totp_code")?;
                if !totp::verify(&secret, &code, SystemTime::now()) {
                    // At its field, where a log-in says it above the form.
                    return Err(Refused::field("totp_code", Message::new(WRONG_CODE, WRONG_CODE_TEXT)));
                }
                user.totp = Some(Secret::new(secret));
                // Who confirmed the new factor has just used it.
                if let Some(session) = store.session_mut(session) {
                    session.add_method("totp", Aal::Two);
                }
            }
            "totp"
        }
        _ => {
            return Err(Refused::form(
                4_010_004,
                "Could not find any strategy to update your settings. Did you choose the correct method?",
            ));
        }
    };
    let id = user.id;
    store.put_identity(user)?;
    let mut flow = this.done(method);
    // Unlike a login, it does not say by which method.
    flow.active = None;
    flow.kind = FlowKind::Settings { identity: id, totp_secret: offered };
    flow.messages = Messages::form(Message::new(1_050_001, "Your changes have been saved!"));
    store.put_flow(flow.clone());
    let user = store.identity(id);
    if flow.native {
        return Ok(this.kratos.flow_json(StatusCode::OK, &flow, user)?);
    }
    let page = this.kratos.flow_page(&flow);
    let to = this.flow.return_to.as_deref().unwrap_or(&page);
    let mut response = match this.redirects() {
        true => see_other(to),
        false => {
            let mut view = this.kratos.flow_view(&flow, user);
            view.continue_with = Some(redirect_browser_to(to));
            wire::json(StatusCode::OK, &view)?
        }
    };
    // It lasts no longer than before, and is handed out all the same.
    let session = store.session(session).ok_or_else(no_session)?;
    this.kratos.issue_cookie(store, &this.call.headers, session, response.headers_mut());
    Ok(response)
}
