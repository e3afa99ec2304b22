//! Consent and login sessions of the admin API.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;
use url::form_urlencoded;

use super::error::OAuthError;
use super::flow::GrantedConsent;
use super::token::Grant;
use super::{Data, Hydra};
use crate::standin::herodot::success;
use crate::standin::page;
use crate::standin::params::Params;

type Server = State<Arc<Hydra>>;

/// A subject's consents, newest first, on one page.
pub(super) async fn list(State(hydra): Server, RawQuery(query): RawQuery) -> Result<Response, OAuthError> {
    let query = Params::parse(query.unwrap_or_default());
    let subject = query.text("subject");
    if subject.is_empty() {
        return Err(OAuthError::invalid_request("Query parameter 'subject' is not defined but should have been."));
    }
    let session = query.text("login_session_id");
    let data = hydra.data();
    let consents =
        data.flows.consents.iter().rev().filter(|consent| {
            consent.subject == subject && (session.is_empty() || consent.login_session_id == session)
        });
    let shown: Vec<Value> = consents.map(|consent| show(&data, consent)).collect();
    let mut response = success(StatusCode::OK, &json!(shown));
    if shown.is_empty() {
        return Ok(response);
    }
    let pairs = [("page_size", "100"), ("page_token", &page::token(subject, "")), ("subject", subject)];
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let link = format!("</admin/oauth2/auth/sessions/consent?{query}>; rel=\"first\"");
    if let Ok(link) = HeaderValue::from_str(&link) {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

fn show(data: &Data, consent: &GrantedConsent) -> Value {
    let mut request = consent.request.clone();
    request["client"] = json!(data.clients.get(&consent.client_id).map(|client| client.with_secret(false)));
    let claims = |claims: &Option<Map<String, Value>>| json!(claims.clone().unwrap_or_default());
    json!({
        "consent_request_id": consent.request_id,
        "consent_request": request,
        "grant_scope": consent.accepted.grant_scope,
        "grant_access_token_audience": consent.accepted.grant_access_token_audience,
        "remember": consent.accepted.remember,
        "remember_for": consent.accepted.remember_for,
        "session": {
            "access_token": claims(&consent.accepted.session.access_token),
            "id_token": claims(&consent.accepted.session.id_token),
        },
        "context": consent.accepted.context,
        "handled_at": consent.handled_at.format(&Rfc3339).ok(),
    })
}

/// Takes consents back, and with them every token that they led to. Nothing found is done, too.
pub(super) async fn revoke(State(hydra): Server, RawQuery(query): RawQuery) -> Result<Response, OAuthError> {
    let query = Params::parse(query.unwrap_or_default());
    let (subject, client, id) = (query.text("subject"), query.text("client"), query.text("consent_request_id"));
    let all = query.text("all") == "true";
    let mut data = hydra.data();
    match (id.is_empty(), subject.is_empty(), client.is_empty(), all) {
        (false, true, true, _) => revoke_where(&mut data, |_, _, request| request == id),
        (true, false, false, false) => revoke_where(&mut data, |of, at, _| of == subject && at == client),
        (true, false, true, true) => revoke_where(&mut data, |of, _, _| of == subject),
        _ => {
            return Err(OAuthError::invalid_request("Invalid combination of query parameters."));
        }
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `doomed` is asked with subject, client and consent request id.
fn revoke_where(data: &mut Data, doomed: impl Fn(&str, &str, &str) -> bool) {
    data.flows.consents.retain(|consent| !doomed(&consent.subject, &consent.client_id, &consent.request_id));
    data.tokens.revoke_where(|Grant { subject, client_id, user, .. }| {
        user.as_ref().is_some_and(|user| doomed(subject, client_id, &user.consent_request_id))
    });
}

/// Forgets remembered logins, so that the next flow asks again; tokens stay.
pub(super) async fn forget_login(State(hydra): Server, RawQuery(query): RawQuery) -> Result<Response, OAuthError> {
    let query = Params::parse(query.unwrap_or_default());
    let (subject, sid) = (query.text("subject"), query.text("sid"));
    let sessions = &mut hydra.data().flows.sessions;
    match (subject.is_empty(), sid.is_empty()) {
        (false, true) => sessions.retain(|_, session| session.subject != subject),
        (true, false) => drop(sessions.remove(sid)),
        _ => {
            return Err(OAuthError::invalid_request("Either 'subject' or 'sid' query parameters need to be set."));
        }
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
