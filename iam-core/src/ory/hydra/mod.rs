//! Hydra: what is this token, by its word or by its keys, and tokens of this service's own.

mod introspection;
mod jwk;
mod jwt;
mod keys;
mod known_keys;
mod token;
mod verify;

use std::sync::Arc;

use super::http::{Call, Client, ClientBuildError, Listener};
use crate::Product;
use crate::config::{Audience, ClientSettings, HydraSettings, TokenVerification};
use keys::Keys;

pub(crate) use jwt::is_verifiable;

/// A tenant's Hydra.
pub(crate) struct Hydra {
    client: Arc<Client>,
    public: Option<Listener>,
    admin: Option<Listener>,
    audience: Audience,
    credentials: Option<ClientSettings>,
    /// Where tokens are verified here.
    keys: Option<Arc<Keys>>,
}

impl Hydra {
    pub(super) fn new(
        client: Client,
        settings: &HydraSettings,
        tenant: &'static str,
        max_in_flight: usize,
    ) -> Result<Self, ClientBuildError> {
        let admin = settings.admin.as_ref().map(|admin| Listener::new(admin, tenant, Product::Hydra));
        // The token endpoint takes the OAuth2 client's secret as its credential, the other public ones none.
        let public = settings.public.as_ref().map(Listener::without_token);
        let client = Arc::new(client);
        let is_local = settings.verification == TokenVerification::Local;
        let keys = public.as_ref().filter(|_| is_local);
        let keys = keys.map(|public| Arc::new(Keys::new(Arc::clone(&client), public, max_in_flight)));
        Ok(Self {
            client,
            public,
            keys,
            admin: admin.transpose()?,
            audience: settings.audience.clone(),
            credentials: settings.client.clone(),
        })
    }

    /// Whether tokens are verified here.
    pub(super) fn verifies(&self) -> bool {
        self.keys.is_some()
    }

    pub(super) fn readiness(&self) -> Option<(&Client, Call)> {
        self.admin.as_ref().map(|admin| (&*self.client, Call::get(admin, "health/ready")))
    }
}
