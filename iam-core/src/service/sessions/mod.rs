//! Sessions, by their credential or their id.

mod session;

pub use session::{Device, Session, SessionSummary};

use super::{Evict, Services};
use crate::audit::Operation;
use crate::upstream::{SessionCredential, Whoami};
use crate::{ErrorKind, IamError, Product, SessionId};

/// Sessions of one tenant; see [`Services::sessions`].
#[derive(Debug, Clone)]
pub struct Sessions {
    pub(in crate::service) services: Services,
}

impl Sessions {
    /// Whose session is it? Asks Kratos every time, past every cache.
    ///
    /// ```no_run
    /// # use iam_core::{IamError, Secret, service::Services};
    /// use iam_core::upstream::SessionCredential;
    ///
    /// async fn user_of(customers: &Services, token: Secret) -> Result<String, IamError> {
    ///     let session = customers.sessions().whoami(&SessionCredential::Token(token)).await?;
    ///     Ok(session.identity_id.to_string())
    /// }
    /// ```
    ///
    /// # Errors
    /// `Unauthenticated` when it is no session, or one that is over or whose
    /// identity is not active; `SecondFactorRequired`; `Unavailable` when Kratos
    /// gives no usable answer.
    pub async fn whoami(&self, credential: &SessionCredential) -> Result<Session, IamError> {
        let failed = |kind| self.services.failed(Product::Kratos, kind);
        let trace = self.services.effects.trace();
        match self.services.ask(self.services.ory.kratos.whoami(&trace, credential)).await? {
            Whoami::Session(record) => {
                let session = Session::new(*record, self.services.tenant()).map_err(failed)?;
                if session.is_good_at(self.services.effects.now()) {
                    Ok(session)
                } else {
                    Err(failed(ErrorKind::Unauthenticated))
                }
            }
            Whoami::Rejected => Err(failed(ErrorKind::Unauthenticated)),
            Whoami::SecondFactorRequired { .. } => Err(failed(ErrorKind::SecondFactorRequired)),
        }
    }

    /// The same for callers to whom no session is no error.
    ///
    /// # Errors
    /// As in [`Sessions::whoami`], but `None` in place of `Unauthenticated`.
    pub async fn whoami_or_none(&self, credential: &SessionCredential) -> Result<Option<Session>, IamError> {
        match self.whoami(credential).await {
            Ok(session) => Ok(Some(session)),
            Err(error) if error.kind() == ErrorKind::Unauthenticated => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Revokes one session, over Kratos' admin listener; one that is gone
    /// already is fine. Once this returns, this process accepts it no more.
    ///
    /// # Errors
    /// `NotFound` only for an id that can name no session; `Unavailable` when
    /// Kratos gives no usable answer or refuses this service's admin token;
    /// `NotConfigured` without an admin URL.
    pub async fn revoke(&self, id: &SessionId) -> Result<(), IamError> {
        let services = &self.services;
        let id = id.uuid().ok_or_else(|| services.failed(Product::Kratos, ErrorKind::NotFound))?;
        let trace = services.effects.trace();
        let call = async {
            match services.ory.kratos.revoke_session(&trace, id).await {
                Err(error) if !error.is_not_found() => Err(error),
                _ => Ok(()),
            }
        };
        let target = Some(id.hyphenated().to_string());
        services.perform(Operation::SessionRevoke, Product::Kratos, target, Evict::Session, call).await
    }
}
