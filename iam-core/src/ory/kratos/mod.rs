//! Kratos: whose session is it, and the identities behind it.

mod admin;
mod identity;
mod new_identity;
mod session;
mod verify;
mod whoami;

use super::http::{Call, Client, ClientBuildError, Listener};
use crate::Product;
use crate::config::TenantSettings;

/// A tenant's Kratos.
pub(crate) struct Kratos {
    client: Client,
    public: Listener,
    admin: Option<Listener>,
    cookie_name: Box<str>,
    tenant: &'static str,
}

impl Kratos {
    pub(super) fn new(client: Client, settings: &TenantSettings) -> Result<Self, ClientBuildError> {
        let tenant = settings.name;
        let admin = settings.kratos.admin.as_ref().map(|admin| Listener::new(admin, tenant, Product::Kratos));
        Ok(Self {
            client,
            // Kratos tries a bearer token as a session token when the cookie
            // fails, so nothing but the caller's credential may go there.
            public: Listener::without_token(&settings.kratos.public),
            admin: admin.transpose()?,
            cookie_name: settings.cookie_name.clone(),
            tenant,
        })
    }

    pub(super) fn readiness(&self) -> (&Client, Call) {
        (&self.client, Call::get(&self.public, "health/ready"))
    }
}
