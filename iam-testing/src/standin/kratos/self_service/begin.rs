//! Beginning and reading flows.

use http::StatusCode;
use http::header::SET_COOKIE;
use url::Url;

use super::recovery::not_allowed;
use super::reply::see_other;
use super::{Kind, settings};
use crate::standin::kratos::Kratos;
use crate::standin::kratos::authn::no_session;
use crate::standin::kratos::call::Call;
use crate::standin::kratos::csrf::{self, CsrfToken};
use crate::standin::kratos::flow::{Flow, FlowKind, Message, Messages};
use crate::standin::kratos::identity::Identity;
use crate::standin::kratos::recovery::Recovery;
use crate::standin::kratos::session::{Aal, Session};
use crate::standin::kratos::store::Store;
use crate::standin::kratos::totp;
use crate::standin::kratos::wire::{Answer, ApiError};

/// `/api`: 200 with the flow.
pub(super) fn native(kratos: &Kratos, call: &Call, kind: Kind) -> Answer {
    let mut store = kratos.store();
    let flow = new_flow(kratos, &store, call, kind, None)?;
    store.put_flow(flow.clone());
    answer(kratos, &store, call, &flow)
}

/// `/browser`: to the user interface, or JSON if asked for.
pub(super) fn browser(kratos: &Kratos, call: &Call, kind: Kind) -> Answer {
    let mut store = kratos.store();
    let known = CsrfToken::of_request(&call.headers, &kratos.csrf_cookie);
    let csrf = known.unwrap_or_else(CsrfToken::generate);
    let flow = match new_flow(kratos, &store, call, kind, Some(csrf)) {
        Ok(flow) => flow,
        Err(error) if call.wants_json() => return Err(error),
        Err(error) => {
            return match error.id {
                Some("session_already_available") => Ok(see_other(kratos.config.ui_url.as_str())),
                Some("session_inactive") => Ok(see_other(&kratos.public("/self-service/login/browser"))),
                Some("session_aal2_required") => Ok(see_other(&kratos.second_factor_url())),
                _ => kratos.forward(&mut store, call, error),
            };
        }
    };
    store.put_flow(flow.clone());
    let mut response = match call.wants_json() {
        true => answer(kratos, &store, call, &flow)?,
        false => see_other(&kratos.flow_page(&flow)),
    };
    if known.is_none()
        && let Some(line) = csrf.set_cookie(&kratos.csrf_cookie, kratos.is_secure())
    {
        response.headers_mut().append(SET_COOKIE, line);
    }
    Ok(response)
}

fn answer(kratos: &Kratos, store: &Store, call: &Call, flow: &Flow) -> Answer {
    let user = kratos.user(store, &call.headers).map(|(_, user)| user);
    kratos.flow_json(StatusCode::OK, flow, user)
}

/// A browser flow if there is a `csrf` token.
fn new_flow(
    kratos: &Kratos,
    store: &Store,
    call: &Call,
    kind: Kind,
    csrf: Option<CsrfToken>,
) -> Result<Flow, ApiError> {
    let user = kratos.user(store, &call.headers);
    let (kind, message) = match kind {
        Kind::Login => login(call, user)?,
        // Native, somebody logged in is told that first.
        Kind::Registration if kratos.config.switches.registration_disabled && (csrf.is_some() || user.is_none()) => {
            return Err(registration_disabled());
        }
        Kind::Registration if user.is_some() => return Err(already_logged_in()),
        Kind::Registration => (FlowKind::Registration, None),
        Kind::Recovery if user.is_some() => return Err(already_logged_in()),
        Kind::Recovery if !kratos.config.switches.recovery => return Err(not_allowed("Recovery")),
        Kind::Recovery => (FlowKind::Recovery(Recovery::Address), None),
        Kind::Settings => {
            let (session, identity) = user.ok_or_else(no_session)?;
            kratos.require_aal(session, identity)?;
            let kind = FlowKind::Settings {
                identity: identity.id,
                totp_secret: (!identity.has_second_factor()).then(totp::new_secret),
            };
            (kind, None)
        }
    };
    flow(kratos, store, call, kind, csrf, message)
}

/// One of this kind, as the request asks for it.
pub(super) fn flow(
    kratos: &Kratos,
    store: &Store,
    call: &Call,
    kind: FlowKind,
    csrf: Option<CsrfToken>,
    message: Option<Message>,
) -> Result<Flow, ApiError> {
    let target = call.uri.path_and_query().map_or("/", |p| p.as_str());
    Ok(Flow {
        return_to: return_to(kratos, call)?,
        messages: message.map(Messages::form).unwrap_or_default(),
        ..Flow::new(kind, csrf, kratos.public(target), store.flow_lifespan)
    })
}

/// `selfservice/flow/login/handler.go`, `NewLoginFlow`.
fn login(call: &Call, user: Option<(&Session, &Identity)>) -> Result<(FlowKind, Option<Message>), ApiError> {
    let requested_aal = match call.params.get("aal") {
        None | Some("aal1") => Aal::One,
        Some("aal2") => Aal::Two,
        Some(other) => {
            return Err(ApiError::bad_request(format!(
                "Unable to parse AuthenticationMethod Assurance Level (AAL): {other}"
            )));
        }
    };
    let wants_refresh = call.params.flag("refresh");
    let message = match user {
        None if requested_aal == Aal::Two => {
            return Err(first_factor_first());
        }
        None => None,
        Some((session, _)) => {
            let upgrades = requested_aal > session.aal();
            if !wants_refresh && !upgrades {
                return Err(already_logged_in());
            }
            let second_factor = "Please complete the second authentication challenge.";
            let again = "Please confirm this action by verifying that it is you.";
            Some(match upgrades {
                true => Message::new(1_010_004, second_factor),
                false => Message::new(1_010_003, again),
            })
        }
    };
    let kind = FlowKind::Login { requested_aal, refresh: wants_refresh && user.is_some() };
    Ok((kind, message))
}

pub(super) fn first_factor_first() -> ApiError {
    ApiError::unauthorized("You can not requested a higher AAL (AAL2/AAL3) without an active session.")
        .message("aal2 and aal3 can only be requested if a session exists already")
        .id("session_aal1_required")
}

pub(super) fn already_logged_in() -> ApiError {
    ApiError::bad_request(
        "A valid session was detected and thus login is not possible. Did you forget to set `?refresh=true`?",
    )
    .message("you are already logged in")
    .id("session_already_available")
}

/// `selfservice/flow/registration/error.go`, `ErrRegistrationDisabled`.
fn registration_disabled() -> ApiError {
    ApiError::bad_request("Registration is not allowed because it was disabled.")
        .message("registration flow disabled")
        .id("self_service_flow_disabled")
}

/// `return_to`, which must stay at home.
pub(super) fn return_to(kratos: &Kratos, call: &Call) -> Result<Option<String>, ApiError> {
    let Some(text) = call.params.get("return_to") else {
        return Ok(None);
    };
    let home = [&kratos.config.ui_url, &kratos.config.public_url];
    let target = kratos.config.ui_url.join(text).ok();
    let at_home = |url: &Url| home.iter().any(|h| h.origin() == url.origin());
    let target = target.filter(at_home).ok_or_else(|| {
        ApiError::bad_request("Requested return_to URL is not allowed.").id("self_service_flow_return_to_forbidden")
    })?;
    Ok(Some(target.into()))
}

/// `/flows?id=`: the form again, for the page that renders it.
pub(super) fn read(kratos: &Kratos, call: &Call, kind: Kind) -> Answer {
    let mut store = kratos.store();
    if kind == Kind::Recovery && !kratos.config.switches.recovery {
        return kratos.forward(&mut store, call, not_allowed("Recovery"));
    }
    if kind == Kind::Registration && kratos.config.switches.registration_disabled {
        return kratos.forward(&mut store, call, registration_disabled());
    }
    if kind == Kind::Settings && kratos.user(&store, &call.headers).is_none() {
        return settings::unauthenticated(kratos, call);
    }
    let flow = store.flow(call.params.id("id")).filter(|flow| kind.is(&flow.kind)).ok_or_else(ApiError::not_found)?;
    if let FlowKind::Settings { identity, .. } = flow.kind {
        let (session, user) = kratos.user(&store, &call.headers).ok_or_else(no_session)?;
        if identity != user.id {
            return Err(settings::somebody_else());
        }
        kratos.require_aal(session, user)?;
    } else if flow.is_bound_to_browser() {
        csrf::check(&call.headers, &kratos.csrf_cookie, &flow.csrf_token)?;
    }
    if flow.is_expired() {
        return Err(expired(kratos, flow, kind));
    }
    answer(kratos, &store, call, flow)
}

/// Settings do not name the error, nor do a browser's recoveries.
fn expired(kratos: &Kratos, flow: &Flow, kind: Kind) -> ApiError {
    let name = kind.name();
    let gone = ApiError::gone().reason(format!("The {name} flow has expired. Begin a new one."));
    let gone = match kind {
        Kind::Settings => gone,
        Kind::Recovery if !flow.native => gone,
        Kind::Login | Kind::Registration | Kind::Recovery => gone.id("self_service_flow_expired"),
    };
    let begin = |end| kratos.public(&format!("/self-service/{name}/{end}"));
    match flow.native {
        true => gone.detail("api", begin("api")),
        false => {
            gone.detail("redirect_to", begin("browser")).detail("return_to", flow.return_to.clone().unwrap_or_default())
        }
    }
}
