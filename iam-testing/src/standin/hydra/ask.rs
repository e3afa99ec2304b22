//! What a client asks `/oauth2/auth` for, checked.

use std::net::IpAddr;

use url::Url;

use super::client::Client;
use super::error::OAuthError;
use super::scope;
use super::token_endpoint::{check_audience, check_scope};
use crate::standin::params::Params;

/// fosite's least length of a `state`.
const MIN_STATE: usize = 8;

/// An authorisation request that its client may make.
#[derive(Clone)]
pub(super) struct Ask {
    pub(super) client_id: String,
    pub(super) redirect_uri: Url,
    /// As given, if it was given: the exchange of the code must repeat it.
    pub(super) given_redirect_uri: Option<String>,
    pub(super) state: String,
    pub(super) scope: Vec<String>,
    pub(super) audience: Vec<String>,
    pub(super) prompt: Vec<String>,
    /// Seconds.
    pub(super) max_age: Option<i64>,
    pkce_challenge: Option<String>,
    pkce_method: Option<String>,
}

/// The registered URL that is asked for, or the only one there is.
pub(super) fn redirect_uri(client: &Client, params: &Params) -> Result<Url, OAuthError> {
    let registered = client.document.redirect_uris.as_deref().unwrap_or_default();
    let given = params.text("redirect_uri");
    let chosen = match (given, registered) {
        ("", [only]) => only.as_str(),
        _ if registered.iter().any(|registered| registered == given || same_but_for_port(registered, given)) => given,
        _ => {
            return Err(OAuthError::invalid_request(
                "The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered redirect urls.",
            ));
        }
    };
    Url::parse(chosen).map_err(|_| OAuthError::invalid_request("The 'redirect_uri' parameter is no URL."))
}

/// RFC 8252, section 7.3: a native application listens on any port of the loopback address.
fn same_but_for_port(registered: &str, given: &str) -> bool {
    let portless = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        let address: IpAddr = url.host_str()?.trim_matches(['[', ']']).parse().ok()?;
        url.set_port(None).ok()?;
        (url.scheme() == "http" && address.is_loopback()).then_some(url)
    };
    portless(registered).is_some_and(|registered| portless(given) == Some(registered))
}

pub(super) fn ask(client: &Client, params: &Params, redirect_uri: Url) -> Result<Ask, OAuthError> {
    if params.text("response_type") != "code" || !client.has_grant("authorization_code") {
        return Err(OAuthError::bad(
            "unsupported_response_type",
            "The authorization server does not support obtaining a token using this method.",
        ));
    }
    let state = params.text("state");
    if state.len() < MIN_STATE {
        return Err(OAuthError::bad(
            "invalid_state",
            format!(
                "Request parameter 'state' must be at least {MIN_STATE} characters long to ensure sufficient entropy."
            ),
        ));
    }
    let scope = scope::words(params.text("scope"));
    check_scope(client, &scope)?;
    let audience = check_audience(client, params)?;
    let text = |name: &str| params.first(name).filter(|text| !text.is_empty()).map(str::to_owned);
    let (pkce_challenge, pkce_method) = (text("code_challenge"), text("code_challenge_method"));
    let max_age = match params.text("max_age") {
        "" => None,
        seconds => Some(seconds.parse().map_err(|_| OAuthError::invalid_request("Parameter 'max_age' is no number."))?),
    };
    Ok(Ask {
        client_id: client.document.client_id.clone(),
        redirect_uri,
        given_redirect_uri: params.first("redirect_uri").filter(|uri| !uri.is_empty()).map(str::to_owned),
        state: state.to_owned(),
        scope,
        audience,
        prompt: scope::words(params.text("prompt")),
        max_age,
        pkce_challenge,
        pkce_method,
    })
}

impl Ask {
    /// What the code's exchange has to prove (RFC 7636). Looked at when the code is made, and not before.
    pub(super) fn challenge(&self) -> Result<Option<String>, OAuthError> {
        match (&self.pkce_challenge, self.pkce_method.as_deref()) {
            (Some(_), None | Some("plain")) => {
                Err(OAuthError::invalid_request("Clients must use code_challenge_method=S256, plain is not allowed."))
            }
            (None, _) | (_, Some("S256")) => Ok(self.pkce_challenge.clone()),
            (Some(_), Some(_)) => {
                Err(OAuthError::invalid_request("The code_challenge_method is not supported, use S256 instead."))
            }
        }
    }
}

/// Whether a URL leads to this very machine.
pub(super) fn is_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host == "localhost"
        || host.ends_with(".localhost")
        || host.trim_matches(['[', ']']).parse().is_ok_and(|address: IpAddr| address.is_loopback())
}
