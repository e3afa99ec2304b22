//! Submitting a recovery: an address, a code, or a link that was followed (`selfservice/flow/recovery/handler.go`).

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::header::SET_COOKIE;
use http::{HeaderValue, StatusCode};
use serde_json::json;
use uuid::Uuid;

use super::begin::{self, already_logged_in};
use super::login::disabled;
use super::reply::{self, Refused, Submitted, refuse, see_other};
use super::submission::Submission;
use crate::standin::kratos::Kratos;
use crate::standin::kratos::call::Call;
use crate::standin::kratos::csrf::CsrfToken;
use crate::standin::kratos::flow::{Flow, FlowKind, Message, Messages};
use crate::standin::kratos::identity::IdentityState;
use crate::standin::kratos::recovery::{Recovery, Tried, Way};
use crate::standin::kratos::session::Session;
use crate::standin::kratos::store::Store;
use crate::standin::kratos::totp;
use crate::standin::kratos::wire::{self, Answer, ApiError};

pub(super) fn routes() -> Router<Arc<Kratos>> {
    let mut router = Router::new().route("/self-service/recovery", get(follow).post(submit));
    for path in ["api", "browser", "flows"] {
        router = router.route(&format!("/self-service/verification/{path}"), get(no_verification));
    }
    router
}

/// There is neither recovery where it is off, nor ever verification.
pub(super) fn not_allowed(what: &str) -> ApiError {
    ApiError::bad_request(format!("{what} is not allowed because it was disabled."))
}

async fn no_verification(State(kratos): State<Arc<Kratos>>, call: Call) -> Answer {
    kratos.forward(&mut kratos.store(), &call, not_allowed("Verification"))
}

/// A link, which a browser opens.
async fn follow(State(kratos): State<Arc<Kratos>>, call: Call) -> Answer {
    let mut store = kratos.store();
    let (mut flow, mut way) = match handed_out(&kratos, &mut store, &call)? {
        Ok(found) => found,
        Err(response) => return Ok(response),
    };
    if !way.follow(call.params.get("token").unwrap_or_default()) {
        let message = Message::new(4_060_004, "The recovery token is invalid or has already been used.");
        let (flow, cookie) = begun_anew(&kratos, &mut store, false, message);
        return Ok(with_cookies(see_other(&kratos.flow_page(&flow)), cookie));
    }
    flow.kind = FlowKind::Recovery(Recovery::HandedOut(way.clone()));
    let back_in = logged_in(&kratos, &mut store, &call, &flow, way.identity, "link_recovery")?;
    Ok(back_in.respond(&kratos, &mut store, &call, false))
}

/// The flow that the query names, which waits for what was handed out; otherwise what to answer.
fn handed_out(kratos: &Kratos, store: &mut Store, call: &Call) -> Result<Result<(Flow, Way), Response>, ApiError> {
    let Some(flow) = store.flow(call.params.id("flow")).filter(|flow| matches!(flow.kind, FlowKind::Recovery(_)))
    else {
        let error = ApiError::not_found().reason("The recovery request could not be found. Please restart the flow.");
        return kratos.forward(store, call, error).map(Err);
    };
    let flow = flow.clone();
    if flow.is_expired() {
        return Ok(Err(expired(kratos, store, call, &flow)));
    }
    match &flow.kind {
        FlowKind::Recovery(Recovery::HandedOut(way)) => {
            let way = way.clone();
            Ok(Ok((flow, way)))
        }
        _ => kratos.forward(store, call, ApiError::bad_request("This flow was not handed out.")).map(Err),
    }
}

async fn submit(State(kratos): State<Arc<Kratos>>, call: Call, body: Result<Bytes, BytesRejection>) -> Answer {
    let mut store = kratos.store();
    if call.params.get("flow").is_none() {
        let error = ApiError::bad_request("The flow query parameter is missing or malformed.");
        return kratos.forward(&mut store, &call, error);
    }
    let found = store.flow(call.params.id("flow")).filter(|flow| matches!(flow.kind, FlowKind::Recovery(_)));
    let Some(flow) = found.cloned() else {
        let error = ApiError::not_found().reason("The recovery request could not be found. Please restart the flow.");
        return kratos.forward(&mut store, &call, error);
    };
    if flow.is_expired() {
        return Ok(expired(&kratos, &mut store, &call, &flow));
    }
    let submission = wire::whole(body).and_then(|body| Submission::parse(&call, &body));
    let result = submission.map_err(Refused::Error).and_then(|form| {
        let this = Submitted { kratos: &kratos, call: &call, flow: &flow, form };
        match &flow.kind {
            FlowKind::Recovery(Recovery::HandedOut(way)) => by_code(&mut store, &this, way.clone()),
            _ => by_address(&mut store, &this),
        }
    });
    match result {
        Ok(response) => Ok(response),
        Err(refused) => refuse(&kratos, &mut store, &call, flow, refused),
    }
}

/// Whether the address is anybody's is not told, and no mail is sent.
fn by_address(store: &mut Store, this: &Submitted<'_>) -> Result<Response, Refused> {
    this.check_origin()?;
    if this.kratos.user(store, &this.call.headers).is_some() {
        return Err(already_logged_in().into());
    }
    if this.form.text("code").is_some() {
        return wrong(store, this, this.flow.clone());
    }
    this.required("email")?;
    let mut flow = this.flow.clone();
    flow.kind = FlowKind::Recovery(Recovery::Mail);
    let text = "An email containing a recovery code has been sent to the email address you provided.";
    flow.messages = Messages::form(Message::new(1_060_003, text));
    shown(store, this, flow)
}

fn by_code(store: &mut Store, this: &Submitted<'_>, mut way: Way) -> Result<Response, Refused> {
    let (kratos, mut flow) = (this.kratos, this.flow.clone());
    let tried = way.try_code(&this.form.text("code").unwrap_or_default());
    let identity = way.identity;
    flow.kind = FlowKind::Recovery(Recovery::HandedOut(way));
    match tried {
        Tried::Right => {
            let back_in = logged_in(kratos, store, this.call, &flow, identity, "code_recovery")?;
            if kratos.config.switches.continue_with_transitions && (flow.native || this.call.wants_json()) {
                return back_in.continued(kratos, store, this.flow.id);
            }
            Ok(back_in.respond(kratos, store, this.call, this.call.wants_json()))
        }
        Tried::Wrong => wrong(store, this, flow),
        Tried::TooLate => {
            store.put_flow(flow);
            let message = Message::generic("The code was already used. Please request another code.");
            let (new, cookie) = begun_anew(kratos, store, this.flow.native, message);
            Ok(with_cookies(elsewhere(kratos, this.call, &new), cookie))
        }
    }
}

fn wrong(store: &mut Store, this: &Submitted<'_>, mut flow: Flow) -> Result<Response, Refused> {
    let text = "The recovery code is invalid or has already been used. Please try again.";
    flow.messages = Messages::form(Message::new(4_060_006, text));
    shown(store, this, flow)
}

/// 200, also for a wrong code.
fn shown(store: &mut Store, this: &Submitted<'_>, flow: Flow) -> Result<Response, Refused> {
    store.put_flow(flow.clone());
    if this.redirects() {
        return Ok(see_other(&this.kratos.flow_page(&flow)));
    }
    let mut view = this.kratos.flow_view(&flow, None);
    view.transient_payload = Some(json!({}));
    Ok(wire::json(StatusCode::OK, &view)?)
}

/// Somebody who is back in, or would be.
struct BackIn {
    /// Where to choose a new password; without, nobody is let in.
    to: Result<String, ApiError>,
    cookies: Vec<HeaderValue>,
    /// For an app, which gets no cookie.
    token: Option<String>,
}

impl BackIn {
    fn respond(self, kratos: &Kratos, store: &mut Store, call: &Call, as_json: bool) -> Response {
        let response = match self.to {
            Ok(page) if as_json => ApiError::location_change(&page).into_response(),
            Ok(page) => see_other(&page),
            Err(error) => kratos.forward(store, call, error).into_response(),
        };
        with_cookies(response, self.cookies)
    }

    /// `feature_flags.use_continue_with_transitions`: the flow itself, with what to do next.
    fn continued(self, kratos: &Kratos, store: &Store, flow: Uuid) -> Result<Response, Refused> {
        let (page, flow) = (self.to?, store.flow(flow).ok_or_else(ApiError::not_found)?);
        let settings = page.rsplit('=').next().unwrap_or_default();
        let token = self.token.map(|token| json!({"action": "set_ory_session_token", "ory_session_token": token}));
        let show = json!({"action": "show_settings_ui", "flow": {"id": settings, "url": page}});
        let mut view = kratos.flow_view(flow, None);
        view.continue_with = Some(token.into_iter().chain([show]).collect());
        view.transient_payload = Some(json!({}));
        Ok(with_cookies(wire::json(StatusCode::OK, &view)?.into_response(), self.cookies))
    }
}

fn with_cookies(mut response: Response, lines: impl IntoIterator<Item = HeaderValue>) -> Response {
    for line in lines {
        response.headers_mut().append(SET_COOKIE, line);
    }
    response
}

/// `recoveryIssueSession` of either strategy.
fn logged_in(
    kratos: &Kratos,
    store: &mut Store,
    call: &Call,
    flow: &Flow,
    identity: Uuid,
    method: &'static str,
) -> Result<BackIn, ApiError> {
    let user = store.identity(identity).ok_or_else(ApiError::not_found)?;
    let csrf = (!flow.native).then(CsrfToken::generate);
    let cookie = csrf.and_then(|csrf| csrf.set_cookie(&kratos.csrf_cookie, kratos.is_secure()));
    let mut cookies = Vec::from_iter(cookie);
    if user.state == IdentityState::Inactive {
        let to = Err(disabled(user));
        store.put_flow(flow.clone());
        return Ok(BackIn { to, cookies, token: None });
    }
    let totp_secret = (!user.has_second_factor()).then(totp::new_secret);
    let mut done = flow.clone();
    (done.done, done.messages) = (true, Messages::default());
    store.put_flow(done);
    let session = Session::new(identity, kratos.config.switches.session_lifespan, method, &call.headers);
    let session = store.add_session(session);
    let session = store.session(session);
    let token = session.filter(|_| flow.native).map(|session| session.token.clone());
    cookies.extend(session.filter(|_| !flow.native).and_then(|session| kratos.session_cookie_line(session)));
    let text = "You successfully recovered your account. Please change your password or set up an alternative login.";
    let message = Message::new(1_060_001, text);
    let kind = FlowKind::Settings { identity, totp_secret };
    let settings = begin::flow(kratos, store, call, kind, csrf, Some(message))?;
    let page = kratos.flow_page(&settings);
    store.put_flow(settings);
    Ok(BackIn { to: Ok(page), cookies, token })
}

/// The one error that keeps the browser's token, or gives it none.
fn expired(kratos: &Kratos, store: &mut Store, call: &Call, flow: &Flow) -> Response {
    let message = Message::new(4_060_005, "The recovery flow expired, please try again.");
    let csrf = || CsrfToken::of_request(&call.headers, &kratos.csrf_cookie).unwrap_or_else(CsrfToken::generate);
    let new = anew(kratos, store, (!flow.native).then(csrf), message);
    if kratos.config.switches.continue_with_transitions && flow.native {
        let next = json!([{"action": "show_recovery_ui", "flow": {"id": new.id}}]);
        return reply::expired(flow.expires_at, new.id).detail("continue_with", next).into_response();
    }
    elsewhere(kratos, call, &new)
}

/// And the cookie that the new flow wants to see again.
fn begun_anew(kratos: &Kratos, store: &mut Store, native: bool, message: Message) -> (Flow, Option<HeaderValue>) {
    let csrf = (!native).then(CsrfToken::generate);
    let cookie = csrf.and_then(|csrf| csrf.set_cookie(&kratos.csrf_cookie, kratos.is_secure()));
    (anew(kratos, store, csrf, message), cookie)
}

fn anew(kratos: &Kratos, store: &mut Store, csrf: Option<CsrfToken>, message: Message) -> Flow {
    let kind = FlowKind::Recovery(Recovery::Address);
    let mut flow = Flow::new(kind, csrf, kratos.public("/self-service/recovery"), store.flow_lifespan);
    flow.messages = Messages::form(message);
    store.put_flow(flow.clone());
    flow
}

/// A 303 for scripts as well.
fn elsewhere(kratos: &Kratos, call: &Call, flow: &Flow) -> Response {
    match flow.native || call.wants_json() {
        true => see_other(&kratos.public(&format!("/self-service/recovery/flows?id={}", flow.id))),
        false => see_other(&kratos.flow_page(flow)),
    }
}
