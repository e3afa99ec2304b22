//! OAuth2 tokens, over Hydra.

use std::time::Duration;

use super::{Evict, Services};
use crate::audit::Operation;
use crate::upstream::Introspection;
use crate::{ErrorKind, IamError, Product, Secret};

/// Tokens of one tenant; see [`Services::tokens`].
#[derive(Debug, Clone)]
pub struct Tokens {
    pub(in crate::service) services: Services,
}

/// A token that was issued to this service's own client.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AccessToken {
    /// The token itself.
    pub access_token: Secret,
    /// How it is used: `bearer`.
    pub token_type: String,
    /// How long it is good for, counted from the answer.
    pub expires_in: Duration,
    /// What was granted.
    pub scope: Vec<String>,
}

impl Tokens {
    /// A token for this service itself, with these scopes and the tenant's
    /// configured audience (grant `client_credentials`). Hydra grants no scope
    /// that is not asked for.
    ///
    /// ```no_run
    /// # use iam_core::{IamError, Secret, service::Services};
    /// async fn token(dealers: &Services) -> Result<Secret, IamError> {
    ///     let token = dealers.tokens().client_credentials(&["inventory:read"]).await?;
    ///     Ok(token.access_token)
    /// }
    /// ```
    ///
    /// # Errors
    /// `Invalid("scope")` when the client may not have one of the scopes, or one
    /// is no scope at all; `Unavailable` when Hydra gives no usable answer or
    /// refuses the client (`hydra.client`); `NotConfigured` without a client or
    /// a public URL.
    pub async fn client_credentials(&self, scopes: &[&str]) -> Result<AccessToken, IamError> {
        if !scopes.iter().all(|scope| is_scope(scope)) {
            return Err(self.failed(ErrorKind::Invalid("scope")));
        }
        let services = &self.services;
        let trace = services.effects.trace();
        let call = async {
            let hydra = services.ory.hydra.as_ref().ok_or_else(|| self.failed(ErrorKind::NotConfigured("hydra")))?;
            hydra.client_credentials(&trace, scopes).await
        };
        services.perform(Operation::TokenIssue, Product::Hydra, None, Evict::Nothing, call).await
    }

    /// What Hydra says of a token. `active` alone lets nobody in: a refresh token
    /// is active too, and Hydra compares no audience.
    ///
    /// # Errors
    /// `Unavailable` when Hydra gives no usable answer or refuses this service's
    /// admin token; `NotConfigured` without an admin URL.
    pub async fn introspect(&self, token: &Secret) -> Result<Introspection, IamError> {
        let services = &self.services;
        let Some(hydra) = &services.ory.hydra else { return Err(self.failed(ErrorKind::NotConfigured("hydra"))) };
        let answer = services.ask(hydra.introspect(&services.effects.trace(), token)).await?;
        answer.ok_or_else(|| self.failed(ErrorKind::NotConfigured("hydra.admin_url")))
    }

    fn failed(&self, kind: ErrorKind) -> IamError {
        self.services.failed(Product::Hydra, kind)
    }
}

/// RFC 6749, section 3.3.
fn is_scope(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}
