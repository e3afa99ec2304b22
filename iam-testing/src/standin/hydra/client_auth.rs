//! Client authentication at `/oauth2/token` and `/oauth2/revoke` (RFC 6749, section 2.3).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};

use super::client::Client;
use super::error::OAuthError;
use super::{Hydra, client_assertion};
use crate::standin::params::Params;

/// The client, authenticated by the method that it is registered for and by no other.
pub(super) async fn authenticate(hydra: &Hydra, headers: &HeaderMap, form: &Params) -> Result<Client, OAuthError> {
    match form.text("client_assertion_type") {
        "" => by_secret(hydra, headers, form),
        client_assertion::TYPE => client_assertion::authenticate(hydra, form).await,
        other => Err(OAuthError::invalid_request(format!("Unknown client_assertion_type '{other}'."))),
    }
}

fn by_secret(hydra: &Hydra, headers: &HeaderMap, form: &Params) -> Result<Client, OAuthError> {
    let basic = basic(headers);
    let (id, secret) = match &basic {
        Some((id, secret)) => {
            let undecodable = || {
                OAuthError::invalid_request(
                    "The HTTP authorization header could not be decoded from 'application/x-www-form-urlencoded'.",
                )
            };
            (query_unescape(id).ok_or_else(undecodable)?, query_unescape(secret).ok_or_else(undecodable)?)
        }
        None => (form.text("client_id").to_owned(), form.text("client_secret").to_owned()),
    };
    if id.is_empty() {
        return Err(OAuthError::invalid_request(
            "Client credentials missing or malformed in both HTTP Authorization header and HTTP POST body.",
        ));
    }
    let refused = || OAuthError::invalid_client("Client authentication failed.");
    if !hydra.is_ready() {
        return Err(refused());
    }
    let client = hydra.data().clients.get(&id).cloned().ok_or_else(refused)?;

    let method = client.document.token_endpoint_auth_method.as_str();
    let in_form = !form.text("client_id").is_empty() && !form.text("client_secret").is_empty();
    let in_header = basic.as_ref().is_some_and(|(_, secret)| !secret.is_empty());
    let used = match (in_form, in_header) {
        (true, _) if method != "client_secret_post" => Some("client_secret_post"),
        (_, true) if method != "client_secret_basic" => Some("client_secret_basic"),
        _ => None,
    };
    if let Some(used) = used {
        return Err(OAuthError::invalid_client(format!(
            "The OAuth 2.0 Client supports client authentication method '{method}', but method '{used}' was requested."
        )));
    }
    let proven = client.is_public() || client.knows(&secret);
    if proven { Ok(client) } else { Err(refused()) }
}

/// Id and secret, still encoded.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(credentials).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// Go's `url.QueryUnescape`: `+` is a blank, and a `%` without two hex digits is an error.
fn query_unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        bytes.push(match first {
            b'+' => b' ',
            b'%' => {
                let (digits, tail) = rest.split_at_checked(2)?;
                rest = tail;
                let digit = |byte: u8| char::from(byte).to_digit(16);
                u8::try_from(digit(digits[0])? * 16 + digit(digits[1])?).ok()?
            }
            other => *other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unescapes_as_go_does() {
        assert_eq!(query_unescape("a%2Bb+c%25").as_deref(), Some("a+b c%"));
        assert_eq!(query_unescape("100%"), None);
        assert_eq!(query_unescape("%zz"), None);
        assert_eq!(query_unescape("%+1"), None);
    }
}
