//! Login and consent under way, logins and consents that are remembered, logouts.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};
use url::Url;

use super::ask::Ask;
use super::client::alphanumeric;

/// One authorisation, from the first redirect to the code.
pub(super) struct Flow {
    /// What the consent page is told of the login's challenge.
    pub(super) id: String,
    pub(super) login_challenge: String,
    pub(super) login_csrf: String,
    pub(super) ask: Ask,
    pub(super) request_url: Url,
    pub(super) requested_at: OffsetDateTime,
    pub(super) expires_at: OffsetDateTime,
    pub(super) session_id: String,
    /// The login is remembered: the page has nobody to ask.
    pub(super) login_skip: bool,
    pub(super) subject: String,
    pub(super) authenticated_at: OffsetDateTime,
    pub(super) login: Option<Decision<AcceptLogin>>,
    pub(super) login_verifier: Option<String>,
    pub(super) consent: Option<Consent>,
}

/// The second half of a flow.
pub(super) struct Consent {
    pub(super) challenge: String,
    pub(super) request_id: String,
    pub(super) csrf: String,
    pub(super) skip: bool,
    pub(super) decision: Option<Decision<AcceptConsent>>,
    pub(super) verifier: Option<String>,
}

pub(super) enum Decision<T> {
    Accepted(T),
    Rejected(Rejection),
}

/// The body of an accepted login.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AcceptLogin {
    pub(super) subject: String,
    pub(super) remember: bool,
    /// Seconds; 0 is for ever.
    pub(super) remember_for: u32,
    pub(super) acr: String,
    pub(super) amr: Vec<String>,
    pub(super) context: Value,
}

/// The body of an accepted consent.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AcceptConsent {
    pub(super) grant_scope: Vec<String>,
    pub(super) grant_access_token_audience: Vec<String>,
    pub(super) remember: bool,
    /// Seconds; 0 is for ever.
    pub(super) remember_for: u32,
    pub(super) session: ConsentClaims,
    pub(super) context: Value,
}

/// Claims that the application adds to tokens.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ConsentClaims {
    pub(super) access_token: Option<Map<String, Value>>,
    pub(super) id_token: Option<Map<String, Value>>,
}

/// The body of a rejected login or consent.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Rejection {
    pub(super) error: String,
    pub(super) error_description: String,
    pub(super) error_hint: String,
    pub(super) status_code: u16,
}

/// A login that a cookie names.
pub(super) struct LoginSession {
    pub(super) subject: String,
    pub(super) authenticated_at: OffsetDateTime,
    pub(super) remembered: bool,
    pub(super) expires_at: Option<OffsetDateTime>,
}

/// A consent that was given.
pub(super) struct GrantedConsent {
    pub(super) request_id: String,
    /// As the application was asked for it, without its client.
    pub(super) request: Value,
    pub(super) client_id: String,
    pub(super) subject: String,
    pub(super) login_session_id: String,
    pub(super) accepted: AcceptConsent,
    pub(super) handled_at: OffsetDateTime,
}

impl GrantedConsent {
    pub(super) fn is_remembered(&self) -> bool {
        let lifespan = Duration::seconds(i64::from(self.accepted.remember_for));
        self.accepted.remember && (lifespan.is_zero() || OffsetDateTime::now_utc() < self.handled_at + lifespan)
    }
}

/// A logout that waits for the application.
pub(super) struct Logout {
    pub(super) challenge: String,
    pub(super) verifier: Option<String>,
    pub(super) session_id: String,
    pub(super) subject: String,
    /// As it came: relative.
    pub(super) request_url: String,
    pub(super) requested_at: OffsetDateTime,
}

/// Everything of the browser flow.
#[derive(Default)]
pub(super) struct Flows {
    flows: HashMap<String, Flow>,
    pub(super) sessions: HashMap<String, LoginSession>,
    pub(super) consents: Vec<GrantedConsent>,
    pub(super) logouts: HashMap<String, Logout>,
}

impl Flows {
    pub(super) fn add(&mut self, flow: Flow) {
        self.flows.insert(flow.login_challenge.clone(), flow);
    }

    pub(super) fn by_login_challenge(&mut self, challenge: &str) -> Option<&mut Flow> {
        self.flows.get_mut(challenge)
    }

    pub(super) fn by_login_verifier(&mut self, verifier: &str) -> Option<&mut Flow> {
        self.flows.values_mut().find(|flow| flow.login_verifier.as_deref() == Some(verifier))
    }

    pub(super) fn by_consent_challenge(&mut self, challenge: &str) -> Option<&mut Flow> {
        self.by_consent(|consent| consent.challenge == challenge)
    }

    pub(super) fn by_consent_verifier(&mut self, verifier: &str) -> Option<&mut Flow> {
        self.by_consent(|consent| consent.verifier.as_deref() == Some(verifier))
    }

    fn by_consent(&mut self, wanted: impl Fn(&Consent) -> bool) -> Option<&mut Flow> {
        self.flows.values_mut().find(|flow| flow.consent.as_ref().is_some_and(&wanted))
    }

    /// A login that may be skipped.
    pub(super) fn remembered_login(&self, session_id: &str) -> Option<&LoginSession> {
        let now = OffsetDateTime::now_utc();
        let session = self.sessions.get(session_id)?;
        (session.remembered && session.expires_at.is_none_or(|expiry| now < expiry)).then_some(session)
    }

    pub(super) fn remembered_consent(&self, client_id: &str, subject: &str) -> Option<&GrantedConsent> {
        let of_both = |consent: &&GrantedConsent| consent.client_id == client_id && consent.subject == subject;
        self.consents.iter().rev().filter(of_both).find(|consent| consent.is_remembered())
    }

    pub(super) fn forget_client(&mut self, client_id: &str) {
        self.flows.retain(|_, flow| flow.ask.client_id != client_id);
        self.consents.retain(|consent| consent.client_id != client_id);
    }
}

impl Flow {
    pub(super) fn is_expired(&self) -> bool {
        OffsetDateTime::now_utc() >= self.expires_at
    }
}

/// A random text, as long as it needs to be. The real ones hold the flow itself, sealed.
pub(super) fn random_id() -> String {
    alphanumeric(64)
}
