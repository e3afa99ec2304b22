//! What a returning browser must show, and what the application decided meanwhile.

use http::{HeaderMap, StatusCode};

use super::ask::Ask;
use super::cookies;
use super::error::OAuthError;
use super::flow::{Decision, Flow, Rejection};

/// The accepted half of a decision; the rejected one is the client's error.
pub(super) fn decided<T: Clone>(decision: Option<&Decision<T>>, rejected: &str) -> Result<T, OAuthError> {
    match decision {
        Some(Decision::Accepted(accepted)) => Ok(accepted.clone()),
        Some(Decision::Rejected(rejection)) => Err(rejection_error(rejection, rejected)),
        None => Err(OAuthError::denied("The request has not been decided.")),
    }
}

fn rejection_error(rejection: &Rejection, default: &str) -> OAuthError {
    let status = StatusCode::from_u16(rejection.status_code).unwrap_or(StatusCode::BAD_REQUEST);
    let code = if rejection.error.is_empty() { "request_denied" } else { &rejection.error };
    let description = if rejection.error_description.is_empty() { default } else { &rejection.error_description };
    let hint = if rejection.error_hint.is_empty() { String::new() } else { format!(" {}", rejection.error_hint) };
    OAuthError::new(status, code, format!("{description}{hint}"))
}

pub(super) fn same_client(flow: &Flow, ask: &Ask) -> Result<(), OAuthError> {
    if flow.ask.client_id == ask.client_id {
        return Ok(());
    }
    Err(OAuthError::invalid_client("The flow client id does not match the authorize request client id."))
}

pub(super) fn same_browser(headers: &HeaderMap, cookie: &str, csrf: &str) -> Result<(), OAuthError> {
    match cookies::read(headers, cookie) {
        Some(value) if value == csrf => Ok(()),
        Some(_) => Err(OAuthError::forbidden(
            "The CSRF value from the token does not match the CSRF value from the data store.",
        )),
        None => Err(OAuthError::forbidden("No CSRF value available in the session cookie.")),
    }
}
