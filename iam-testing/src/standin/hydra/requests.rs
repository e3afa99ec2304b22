//! Login and consent requests of the admin API: what the application reads and decides.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::Hydra;
use super::error::OAuthError;
use super::flow::{AcceptConsent, AcceptLogin, Decision, Flow, Rejection, random_id};
use super::{Data, redirect};
use crate::standin::go_json;
use crate::standin::herodot::success;
use crate::standin::params::Params;
use time::OffsetDateTime;

type Server = State<Arc<Hydra>>;
type Answer = Result<Response, OAuthError>;

pub(super) async fn login(State(hydra): Server, RawQuery(query): RawQuery) -> Answer {
    let challenge = challenge(query, "login_challenge")?;
    let mut data = hydra.data();
    let client = client_of(&mut data, |data| found(data.flows.by_login_challenge(&challenge)))?;
    let flow = found(data.flows.by_login_challenge(&challenge))?;
    Ok(success(
        StatusCode::OK,
        &json!({
            "challenge": challenge,
            "client": client,
            "oidc_context": {},
            "request_url": flow.request_url,
            "requested_access_token_audience": flow.ask.audience,
            "requested_scope": flow.ask.scope,
            "session_id": flow.session_id,
            "skip": flow.login_skip,
            "subject": flow.subject,
        }),
    ))
}

/// Accepting the same request again is fine and makes a new verifier.
pub(super) async fn accept_login(State(hydra): Server, RawQuery(query): RawQuery, body: Bytes) -> Answer {
    let challenge = challenge(query, "login_challenge")?;
    let mut accepted: AcceptLogin = read(&body)?;
    if accepted.subject.is_empty() {
        return Err(OAuthError::invalid_request("Field 'subject' must not be empty."));
    }
    let mut data = hydra.data();
    let flow = found(data.flows.by_login_challenge(&challenge))?;
    if !flow.subject.is_empty() && flow.subject != accepted.subject {
        // Somebody else than the one remembered: nothing is accepted, the login starts over.
        return Ok(redirect_to(redirect::with_parameter(&flow.request_url, "prompt", "login")));
    }
    if flow.login_skip {
        accepted.remember = true;
    } else {
        flow.authenticated_at = OffsetDateTime::now_utc();
    }
    flow.subject.clone_from(&accepted.subject);
    Ok(decide_login(flow, Decision::Accepted(accepted)))
}

pub(super) async fn reject_login(State(hydra): Server, RawQuery(query): RawQuery, body: Bytes) -> Answer {
    let challenge = challenge(query, "login_challenge")?;
    let rejection: Rejection = read(&body)?;
    let mut data = hydra.data();
    let flow = found(data.flows.by_login_challenge(&challenge))?;
    Ok(decide_login(flow, Decision::Rejected(rejection)))
}

fn decide_login(flow: &mut Flow, decision: Decision<AcceptLogin>) -> Response {
    let verifier = random_id();
    let url = redirect::with_parameter(&flow.request_url, "login_verifier", &verifier);
    flow.login = Some(decision);
    flow.login_verifier = Some(verifier);
    redirect_to(url)
}

pub(super) async fn consent(State(hydra): Server, RawQuery(query): RawQuery) -> Answer {
    let challenge = challenge(query, "consent_challenge")?;
    let mut data = hydra.data();
    let client = client_of(&mut data, |data| found(data.flows.by_consent_challenge(&challenge)))?;
    let flow = found(data.flows.by_consent_challenge(&challenge))?;
    Ok(success(StatusCode::OK, &consent_request(flow, &challenge, client)))
}

pub(super) fn consent_request(flow: &Flow, challenge: &str, client: Value) -> Value {
    let (acr, amr, context) = match &flow.login {
        Some(Decision::Accepted(login)) => (login.acr.as_str(), json!(login.amr), login.context.clone()),
        _ => ("", json!([]), Value::Null),
    };
    json!({
        "challenge": challenge,
        "client": client,
        "oidc_context": {},
        "request_url": flow.request_url,
        "requested_access_token_audience": flow.ask.audience,
        "requested_scope": flow.ask.scope,
        "skip": flow.consent.as_ref().is_some_and(|consent| consent.skip),
        "subject": flow.subject,
        "login_challenge": flow.id,
        "login_session_id": flow.session_id,
        "acr": acr,
        "amr": amr,
        "consent_request_id": flow.consent.as_ref().map(|consent| consent.request_id.as_str()),
        "context": context,
    })
}

pub(super) async fn accept_consent(State(hydra): Server, RawQuery(query): RawQuery, body: Bytes) -> Answer {
    let challenge = challenge(query, "consent_challenge")?;
    let accepted: AcceptConsent = read(&body)?;
    decide_consent(&hydra, &challenge, Decision::Accepted(accepted))
}

pub(super) async fn reject_consent(State(hydra): Server, RawQuery(query): RawQuery, body: Bytes) -> Answer {
    let challenge = challenge(query, "consent_challenge")?;
    let rejection: Rejection = read(&body)?;
    decide_consent(&hydra, &challenge, Decision::Rejected(rejection))
}

fn decide_consent(hydra: &Hydra, challenge: &str, decision: Decision<AcceptConsent>) -> Answer {
    let mut data = hydra.data();
    let flow = found(data.flows.by_consent_challenge(challenge))?;
    let verifier = random_id();
    let url = redirect::with_parameter(&flow.request_url, "consent_verifier", &verifier);
    let consent = flow.consent.as_mut().ok_or_else(OAuthError::not_found)?;
    consent.decision = Some(decision);
    consent.verifier = Some(verifier);
    Ok(redirect_to(url))
}

/// A decision, or a 400 that says what is wrong with it.
fn read<T: serde::de::DeserializeOwned>(body: &Bytes) -> Result<T, OAuthError> {
    go_json::object(body)
        .map_err(|error| OAuthError::invalid_request(format!("Unable to decode body because: {error}")))
}

/// The challenge under its own name or the older one.
pub(super) fn challenge(query: Option<String>, name: &str) -> Result<String, OAuthError> {
    let query = Params::parse(query.unwrap_or_default());
    match query.first(name).or_else(|| query.first("challenge")) {
        Some(challenge) if !challenge.is_empty() => Ok(challenge.to_owned()),
        _ => Err(OAuthError::invalid_request("Query parameter 'challenge' is not defined but should have been.")),
    }
}

pub(super) fn redirect_to(url: url::Url) -> Response {
    success(StatusCode::OK, &json!({"redirect_to": url}))
}

fn found(flow: Option<&mut Flow>) -> Result<&mut Flow, OAuthError> {
    let flow = flow.ok_or_else(OAuthError::not_found)?;
    if flow.is_expired() {
        return Err(OAuthError::new(
            StatusCode::UNAUTHORIZED,
            "request_unauthorized",
            "The login request has expired, please try again.",
        ));
    }
    Ok(flow)
}

fn client_of(
    data: &mut Data,
    flow: impl FnOnce(&mut Data) -> Result<&mut Flow, OAuthError>,
) -> Result<Value, OAuthError> {
    let id = flow(data)?.ask.client_id.clone();
    let client = data.clients.get(&id).ok_or_else(OAuthError::not_found)?;
    Ok(client.with_secret(false))
}
