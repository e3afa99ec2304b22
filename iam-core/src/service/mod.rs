//! What `iam.tenant(t)` offers: one tenant's Ory servers as an application
//! calls them.
//!
//! ```no_run
//! use iam_core::service::Services;
//! use iam_core::{IamError, IdentityId};
//!
//! async fn block(customers: &Services, id: &IdentityId) -> Result<(), IamError> {
//!     customers.identities().deactivate(id).await?;
//!     customers.identities().revoke_sessions(id).await
//! }
//! ```
//!
//! Every change and every read of what only administrators see becomes an audit
//! event ([`Operation`]). A change that ends a session
//! or alters an identity also evicts what this process remembers of it, before
//! the call returns, and whatever its result: a call that timed out may have
//! taken effect all the same.
//!
//! Values from callers may be passed on as they are: an id that is no UUID is
//! "not found" without a request.

mod effects;
mod identities;
mod performed;
mod permissions;
mod sessions;
mod tokens;

use std::fmt;
use std::sync::Arc;

pub(crate) use effects::Effects;
pub use identities::{
    AdminMetadata, Channel, Identities, Identity, IdentityAddress, IdentityPatch, IdentityState, ListOptions,
    NewIdentity, Page, PageToken,
};
use performed::{Evict, Performed};
pub use permissions::{Permissions, Subject, Tuple};
pub use sessions::{Device, Session, SessionSummary, Sessions};
pub use tokens::{AccessToken, Tokens};

use crate::audit::Operation;
use crate::config::TenantSettings;
use crate::ory::Ory;
use crate::{ErrorKind, IamError, Product};

/// One tenant's services; cheap to clone.
#[derive(Clone)]
pub struct Services {
    settings: Arc<TenantSettings>,
    ory: Arc<Ory>,
    effects: Arc<dyn Effects>,
}

impl Services {
    pub(crate) fn new(settings: Arc<TenantSettings>, ory: Arc<Ory>, effects: Arc<dyn Effects>) -> Self {
        Self { settings, ory, effects }
    }

    /// The tenant's name.
    #[must_use]
    pub fn tenant(&self) -> &'static str {
        self.settings.name
    }

    /// Identities and their sessions, over Kratos' admin listener.
    #[must_use]
    pub fn identities(&self) -> Identities {
        Identities { services: self.clone() }
    }

    /// Sessions, by their credential or id.
    #[must_use]
    pub fn sessions(&self) -> Sessions {
        Sessions { services: self.clone() }
    }

    /// OAuth2 tokens.
    #[must_use]
    pub fn tokens(&self) -> Tokens {
        Tokens { services: self.clone() }
    }

    /// Permissions, as relation tuples.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        Permissions { services: self.clone() }
    }

    fn failed(&self, product: Product, kind: ErrorKind) -> IamError {
        IamError::new(self.tenant(), product, kind)
    }

    /// Runs one call into Ory that changes nothing and reads nothing of administrators: no event,
    /// but an alert all the same.
    async fn ask<T, E: Into<IamError>>(&self, call: impl Future<Output = Result<T, E>>) -> Result<T, IamError> {
        let answer = call.await.map_err(Into::into);
        answer.inspect_err(|error| self.effects.alert(error))
    }

    /// Runs one call into Ory with its effects; see [`Performed`].
    async fn perform<T>(
        &self,
        operation: Operation,
        product: Product,
        target: Option<String>,
        evict: Evict,
        call: impl Future<Output = Result<T, IamError>>,
    ) -> Result<T, IamError> {
        let performed = Performed::begin(self, operation, product, target, evict);
        let result = call.await;
        if let Some(rest) = performed.end(result.as_ref().map(drop)) {
            rest.await;
        }
        result
    }
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Services").field("tenant", &self.tenant()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
