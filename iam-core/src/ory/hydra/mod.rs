//! Hydra: what is this token, and tokens of this service's own.

mod introspection;
mod token;
mod verify;

use super::http::{Call, Client, ClientBuildError, Listener};
use crate::Product;
use crate::config::{Audience, ClientSettings, HydraSettings};

/// A tenant's Hydra.
pub(crate) struct Hydra {
    client: Client,
    public: Option<Listener>,
    admin: Option<Listener>,
    audience: Audience,
    credentials: Option<ClientSettings>,
}

impl Hydra {
    pub(super) fn new(
        client: Client,
        settings: &HydraSettings,
        tenant: &'static str,
    ) -> Result<Self, ClientBuildError> {
        let admin = settings.admin.as_ref().map(|admin| Listener::new(admin, tenant, Product::Hydra));
        Ok(Self {
            client,
            // The token endpoint takes the OAuth2 client's secret as its credential.
            public: settings.public.as_ref().map(Listener::without_token),
            admin: admin.transpose()?,
            audience: settings.audience.clone(),
            credentials: settings.client.clone(),
        })
    }

    pub(super) fn readiness(&self) -> Option<(&Client, Call)> {
        self.admin.as_ref().map(|admin| (&self.client, Call::get(admin, "health/ready")))
    }
}
