//! Self-service flows: a form, whom it is for, and how far it got.

use std::time::Duration;

use time::OffsetDateTime;
use uuid::Uuid;

use super::csrf::CsrfToken;
use super::recovery::{Proof, Recovery, Way};
use super::session::Aal;

/// Which form.
#[derive(Clone)]
pub(super) enum FlowKind {
    Login {
        requested_aal: Aal,
        refresh: bool,
    },
    Registration,
    Settings {
        identity: Uuid,
        /// The secret on offer while the identity has no TOTP.
        totp_secret: Option<String>,
    },
    Recovery(Recovery),
}

impl FlowKind {
    /// The word in paths.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Login { .. } => "login",
            Self::Registration => "registration",
            Self::Settings { .. } => "settings",
            Self::Recovery(_) => "recovery",
        }
    }
}

/// A text shown to the user. Clients go by the id (`text/id.go`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) id: u32,
    pub(super) text: String,
}

impl Message {
    pub(super) fn new(id: u32, text: impl Into<String>) -> Self {
        Self { id, text: text.into() }
    }

    /// A reason without an id of its own.
    pub(super) fn generic(text: impl Into<String>) -> Self {
        Self::new(4_000_001, text)
    }

    pub(super) fn required(field: &str) -> Self {
        Self::new(4_000_002, format!("Property {field} is missing."))
    }
}

/// What is wrong with, or new about, a form: messages for the whole of it, and
/// for single fields by their name.
#[derive(Clone, Debug, Default)]
pub(super) struct Messages {
    pub(super) form: Vec<Message>,
    pub(super) fields: Vec<(&'static str, Message)>,
}

impl Messages {
    pub(super) fn form(message: Message) -> Self {
        Self { form: vec![message], fields: Vec::new() }
    }

    pub(super) fn field(name: &'static str, message: Message) -> Self {
        Self { form: Vec::new(), fields: vec![(name, message)] }
    }
}

/// A stored flow.
#[derive(Clone)]
pub(super) struct Flow {
    pub(super) id: Uuid,
    pub(super) kind: FlowKind,
    /// Begun at `/api`, so no browser may submit it.
    pub(super) native: bool,
    pub(super) issued_at: OffsetDateTime,
    pub(super) expires_at: OffsetDateTime,
    pub(super) request_url: String,
    pub(super) return_to: Option<String>,
    /// Value of the hidden node; empty in native flows.
    pub(super) csrf_token: String,
    /// The method last submitted.
    pub(super) active: Option<&'static str>,
    pub(super) done: bool,
    pub(super) messages: Messages,
}

impl Flow {
    /// A flow that nobody has answered yet; one of a browser if there is a `csrf` token.
    pub(super) fn new(kind: FlowKind, csrf: Option<CsrfToken>, request_url: String, lifespan: Duration) -> Self {
        let now = OffsetDateTime::now_utc();
        Self {
            id: Uuid::new_v4(),
            // A recovery knows from the start how it will go on.
            active: matches!(kind, FlowKind::Recovery(_)).then_some("code"),
            kind,
            native: csrf.is_none(),
            issued_at: now,
            expires_at: now + lifespan,
            request_url,
            return_to: None,
            csrf_token: csrf.map(|token| token.masked()).unwrap_or_default(),
            done: false,
            messages: Messages::default(),
        }
    }

    /// A recovery that an administrator began.
    pub(super) fn handed_out(way: Way, request_url: String, lifespan: Duration, native: bool) -> Self {
        let active = match way.proof {
            Proof::Code(_) => "code",
            Proof::Link(_) => "link",
        };
        let kind = FlowKind::Recovery(Recovery::HandedOut(way));
        let csrf = (!native).then(CsrfToken::generate);
        Self { active: Some(active), ..Self::new(kind, csrf, request_url, lifespan) }
    }

    /// Whether the browser that shows it must have begun it: who handed out a code was no browser.
    pub(super) fn is_bound_to_browser(&self) -> bool {
        let by_code = |way: &Way| matches!(way.proof, Proof::Code(_));
        !self.native && !matches!(&self.kind, FlowKind::Recovery(Recovery::HandedOut(way)) if by_code(way))
    }

    pub(super) fn is_expired(&self) -> bool {
        self.expires_at <= OffsetDateTime::now_utc()
    }
}
