use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Method};
use serde::Deserialize;
use url::form_urlencoded::byte_serialize;

use super::Hydra;
use crate::config::{Audience, ClientAuthentication, ClientSettings};
use crate::ory::http::{Answer, Call, required, sensitive};
use crate::service::AccessToken;
use crate::upstream::Trace;
use crate::{ErrorKind, IamError, Secret, UpstreamFault};

impl Hydra {
    /// `POST /oauth2/token` with the grant `client_credentials`, for the
    /// tenant's configured audience.
    pub(crate) async fn client_credentials(&self, trace: &Trace, scopes: &[&str]) -> Result<AccessToken, IamError> {
        let missing = |key| self.client.failed(ErrorKind::NotConfigured(key));
        let public = self.public.as_ref().ok_or_else(|| missing("hydra.public_url"))?;
        let client = self.credentials.as_ref().ok_or_else(|| missing("hydra.client"))?;

        let scope = scopes.join(" ");
        let mut fields = vec![("grant_type", "client_credentials")];
        if !scope.is_empty() {
            fields.push(("scope", &scope));
        }
        if let Audience::OneOf(audiences) = &self.audience {
            fields.extend(audiences.iter().map(|audience| ("audience", &**audience)));
        }
        let mut call = Call::new(Method::POST, public, "oauth2/token");
        match client.authentication {
            ClientAuthentication::Basic => {
                let value = basic(client).map_err(|_| self.client.error(UpstreamFault::CredentialRefused))?;
                call = call.credential(AUTHORIZATION, value);
            }
            ClientAuthentication::Post => {
                fields.extend([("client_id", &*client.id), ("client_secret", client.secret.expose())]);
            }
        }
        let answer = call.form(fields).send(&self.client, trace).await?;
        read(&answer, scopes).map_err(|kind| self.client.failed(kind))
    }
}

/// RFC 6749, section 2.3.1: id and secret are each form-urlencoded before they
/// are joined, or a `+`, `%` or `:` in one of them becomes something else.
fn basic(client: &ClientSettings) -> Result<HeaderValue, http::header::InvalidHeaderValue> {
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encode(&client.id), encode(client.secret.expose()));
    sensitive(format!("Basic {}", BASE64.encode(pair)).as_bytes())
}

fn read(answer: &Answer, asked: &[&str]) -> Result<AccessToken, ErrorKind> {
    let unavailable = ErrorKind::Unavailable;
    match answer.status.as_u16() {
        200 => {
            let wire = answer.json::<WireToken>("the token answer").map_err(unavailable)?;
            wire.into_token(asked).map_err(unavailable)
        }
        status => {
            let code = answer.json::<WireError>("the error").ok().and_then(|wire| wire.error);
            Err(match (status, code.as_deref()) {
                (401, Some("invalid_client")) | (400, Some("unauthorized_client")) => {
                    unavailable(UpstreamFault::CredentialRefused)
                }
                (400, Some("invalid_scope")) => ErrorKind::Invalid("scope"),
                _ => unavailable(answer.unexpected()),
            })
        }
    }
}

#[derive(Deserialize)]
struct WireError {
    error: Option<String>,
}

#[derive(Deserialize)]
struct WireToken {
    access_token: Option<String>,
    token_type: Option<String>,
    expires_in: Option<u64>,
    scope: Option<String>,
}

impl WireToken {
    fn into_token(self, asked: &[&str]) -> Result<AccessToken, UpstreamFault> {
        let access_token = required(self.access_token, "a token answer without `access_token`")?;
        let expires_in = self.expires_in.ok_or(UpstreamFault::Unreadable("a token answer without `expires_in`"))?;
        Ok(AccessToken {
            access_token: Secret::new(access_token),
            token_type: required(self.token_type, "a token answer without `token_type`")?,
            expires_in: Duration::from_secs(expires_in),
            scope: match self.scope {
                Some(granted) => granted.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
                // RFC 6749, section 5.1: left out if it is what was asked for.
                None => asked.iter().map(|scope| (*scope).to_owned()).collect(),
            },
        })
    }
}
