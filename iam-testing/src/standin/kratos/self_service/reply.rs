//! How flows answer: with a form, a redirect or an error, depending on who
//! asks and what went wrong.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::submission::Submission;
use crate::standin::kratos::Kratos;
use crate::standin::kratos::call::Call;
use crate::standin::kratos::cookie;
use crate::standin::kratos::csrf;
use crate::standin::kratos::flow::{Flow, FlowKind, Message, Messages};
use crate::standin::kratos::identity::{Identity, timestamp};
use crate::standin::kratos::query::Params;
use crate::standin::kratos::schema::Violation;
use crate::standin::kratos::store::{Store, Taken};
use crate::standin::kratos::ui::{self, FlowView};
use crate::standin::kratos::wire::{self, Answer, ApiError};

/// Why a submission did not succeed.
pub(super) enum Refused {
    /// The form comes back with messages.
    Form(Messages),
    /// An error; a 400 becomes a message of the form.
    Error(ApiError),
    /// The flow is too old; a new one replaces it.
    Expired,
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self::Error(error)
    }
}

impl From<Taken> for Refused {
    fn from(Taken: Taken) -> Self {
        Self::form(4_000_007, "An account with the same identifier (email, phone, username, ...) exists already.")
    }
}

impl From<Violation> for Refused {
    fn from(violation: Violation) -> Self {
        let message = match &violation {
            Violation::Missing => Message::required("email"),
            Violation::NotAnObject | Violation::NotAnEmail(_) => Message::generic(violation.text()),
        };
        Self::Form(Messages::field("traits.email", message))
    }
}

impl Refused {
    /// A message about the whole form.
    pub(super) fn form(id: u32, text: &str) -> Self {
        Self::Form(Messages::form(Message::new(id, text)))
    }

    /// A message about one field.
    pub(super) fn field(name: &'static str, message: Message) -> Self {
        Self::Form(Messages::field(name, message))
    }
}

/// A submission and what it is about.
pub(super) struct Submitted<'a> {
    pub(super) kratos: &'a Kratos,
    pub(super) call: &'a Call,
    pub(super) flow: &'a Flow,
    pub(super) form: Submission,
}

impl Submitted<'_> {
    pub(super) fn method(&self) -> Option<String> {
        self.form.text("method")
    }

    /// # Errors
    /// The message that the required field `name` is missing.
    pub(super) fn required(&self, name: &'static str) -> Result<String, Refused> {
        let text = self.form.text(name);
        text.ok_or_else(|| Refused::field(name, Message::required(name)))
    }

    /// A browser must prove that it got the form; anything else must not look
    /// like a browser (`selfservice/flow/request.go`).
    pub(super) fn check_origin(&self) -> Result<(), Refused> {
        if !self.flow.native {
            let token = self.form.text("csrf_token").unwrap_or_default();
            csrf::check(&self.call.headers, &self.kratos.csrf_cookie, &token)?;
            return Ok(());
        }
        if self.call.header("origin").is_some() {
            return Err(ApiError::bad_request("The HTTP Request Header included the \"Origin\" key, indicating that this request was made as part of an AJAX request in a Browser. The flow however was initiated as an API request.").into());
        }
        let from_cloudflare = |name: &str| ["__cf", "_cf", "cf_"].iter().any(|p| name.starts_with(p));
        if cookie::all(&self.call.headers).any(|(name, _)| !from_cloudflare(name)) {
            return Err(ApiError::bad_request("The HTTP Request Header included the \"Cookie\" key, indicating that this request was made by a Browser. The flow however was initiated as an API request.").into());
        }
        Ok(())
    }

    /// Whether the answer is a redirect.
    pub(super) fn redirects(&self) -> bool {
        !self.flow.native && !self.call.wants_json()
    }

    /// Where the browser goes when all is done.
    pub(super) fn return_to(&self) -> &str {
        let default = self.kratos.config.ui_url.as_str();
        self.flow.return_to.as_deref().unwrap_or(default)
    }

    /// The flow as done by `method`.
    pub(super) fn done(&self, method: &'static str) -> Flow {
        let mut flow = self.flow.clone();
        flow.active = Some(method);
        flow.done = true;
        flow.messages = Messages::default();
        flow
    }
}

impl Kratos {
    /// The page of the user interface that shows `flow`.
    pub(super) fn flow_page(&self, flow: &Flow) -> String {
        self.ui(&format!("/{}?flow={}", flow.kind.name(), flow.id))
    }

    /// `flow` as JSON; `user` is whom the request is from.
    pub(super) fn flow_json(&self, status: StatusCode, flow: &Flow, user: Option<&Identity>) -> Answer {
        wire::json(status, &self.flow_view(flow, user))
    }

    pub(super) fn flow_view<'a>(&self, flow: &'a Flow, user: Option<&'a Identity>) -> FlowView<'a> {
        let action = self.public(&format!("/self-service/{}?flow={}", flow.kind.name(), flow.id));
        let schema_url = self.schema_url();
        ui::view(flow, &action, user.map(|u| (u, u.view(&schema_url))))
    }

    /// An error without a form to show it in: JSON, or a redirect to the page
    /// that shows errors.
    pub(super) fn forward(&self, store: &mut Store, call: &Call, error: ApiError) -> Answer {
        if call.wants_json() {
            return Err(error);
        }
        let body = error.body(None);
        let id = store.add_error(body["error"].clone());
        let to = self.ui(&format!("/error?id={id}"));
        Ok(wire::redirect(StatusCode::SEE_OTHER, &to))
    }
}

/// `/self-service/errors`: what the error page shows.
pub(super) async fn read_error(State(kratos): State<Arc<Kratos>>, params: Params) -> Answer {
    let store = kratos.store();
    let id = params.id("id");
    let (at, error) = store.error(id).ok_or_else(ApiError::not_found)?;
    let at = timestamp(*at);
    let body = json!({"id": id, "error": error, "created_at": at, "updated_at": at});
    wire::json(StatusCode::OK, &body)
}

/// Answers a submission that did not succeed.
pub(super) fn refuse(kratos: &Kratos, store: &mut Store, call: &Call, mut flow: Flow, refused: Refused) -> Answer {
    let redirects = !flow.native && !call.wants_json();
    let messages = match refused {
        Refused::Form(messages) => messages,
        Refused::Expired => return replace(kratos, store, flow, redirects),
        Refused::Error(error) if error.status == StatusCode::BAD_REQUEST => {
            Messages::form(Message::generic(error.text()))
        }
        Refused::Error(error) if flow.native => return Err(error),
        Refused::Error(error) if error.id == Some("session_aal2_required") && redirects => {
            return Ok(see_other(&kratos.second_factor_url()));
        }
        Refused::Error(error) => return kratos.forward(store, call, error),
    };
    flow.messages = messages;
    // Settings that were changed once say so from then on.
    flow.done &= matches!(flow.kind, FlowKind::Settings { .. });
    store.put_flow(flow.clone());
    if redirects {
        return Ok(see_other(&kratos.flow_page(&flow)));
    }
    let user = kratos.user(store, &call.headers).map(|(_, user)| user);
    kratos.flow_json(StatusCode::BAD_REQUEST, &flow, user)
}

/// Begins the flow anew, and says so with a 410 or by sending the browser
/// there.
fn replace(kratos: &Kratos, store: &mut Store, old: Flow, redirects: bool) -> Answer {
    let now = OffsetDateTime::now_utc();
    let expired_at = old.expires_at;
    let message = match old.kind {
        FlowKind::Login { .. } => Message::new(4_010_001, "The login flow expired."),
        FlowKind::Registration => Message::new(4_040_001, "The registration flow expired."),
        FlowKind::Settings { .. } => Message::new(4_050_001, "The settings flow expired."),
        FlowKind::Recovery(_) => Message::new(4_060_005, "The recovery flow expired."),
    };
    let new = Flow {
        id: Uuid::new_v4(),
        issued_at: now,
        expires_at: now + store.flow_lifespan,
        messages: Messages::form(message),
        ..old
    };
    let page = kratos.flow_page(&new);
    let id = new.id;
    store.put_flow(new);
    if redirects {
        return Ok(see_other(&page));
    }
    Err(expired(expired_at, id))
}

/// `selfservice/flow/error.go`, `ExpiredError`: the flow is over, here is another.
pub(super) fn expired(at: OffsetDateTime, next: Uuid) -> ApiError {
    let since = OffsetDateTime::now_utc() - at;
    let minutes = since.as_seconds_f64() / 60.0;
    ApiError::gone()
        .message("self-service flow expired")
        .id("self_service_flow_expired")
        .reason(format!("The self-service flow expired {minutes:.2} minutes ago, initialize a new one."))
        .beside("expired_at", timestamp(at))
        .beside("since", i64::try_from(since.whole_nanoseconds()).unwrap_or(i64::MAX))
        .beside("use_flow_id", next.to_string())
}

/// 303, as after every form.
pub(super) fn see_other(to: &str) -> Response {
    wire::redirect(StatusCode::SEE_OTHER, to).into_response()
}
