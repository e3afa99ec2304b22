use std::collections::HashSet;

use super::pages::Walk;
use super::{Identities, Page};
use crate::audit::Operation;
use crate::service::{Evict, SessionSummary};
use crate::{ErrorKind, IamError, IdentityId, Product, SessionId, UpstreamFault};

/// Sessions on a page; Kratos allows 1000.
const PAGE_SIZE: usize = 500;
/// Pages that are read, so that an endless list cannot fill the memory.
const MOST_PAGES: usize = 20;

impl Identities {
    /// All sessions of an identity, ended ones too; none for an unknown identity.
    ///
    /// A session's `active` says nothing of the identity's state here.
    ///
    /// # Errors
    /// `Unavailable` also for more than 10,000 sessions, and of Kratos v1 for more than 500; see [`Identities`].
    pub async fn list_sessions(&self, id: &IdentityId) -> Result<Vec<SessionSummary>, IamError> {
        let id = self.known(id)?;
        let trace = self.services.effects.trace();
        let unreadable = |fault| self.services.failed(Product::Kratos, ErrorKind::Unavailable(fault));
        let call = async {
            let mut sessions = Vec::new();
            let (mut walk, mut seen) = (Walk::default(), HashSet::new());
            let mut query = vec![("page_size", PAGE_SIZE.to_string())];
            for _ in 0..MOST_PAGES {
                let wire = self.services.ory.kratos.sessions_of(&trace, id, &query).await?;
                let page = Page::new(wire.items, wire.next);
                let (known, is_empty) = (sessions.len(), page.items.is_empty());
                // One that begins meanwhile pushes another over the edge of its page, where it is seen twice.
                let is_new = |session: &SessionSummary| session.id.uuid().is_none_or(|id| seen.insert(id));
                sessions.extend(page.items.into_iter().filter(is_new));
                if !is_empty && known == sessions.len() {
                    // Kratos v1 numbers its pages otherwise than its links: the first one comes twice, the last never.
                    return Err(unreadable(UpstreamFault::Unreadable("a page of sessions twice")));
                }
                let Some(token) = walk.go_on(page.next).map_err(unreadable)? else { return Ok(sessions) };
                query.truncate(1);
                query.push(("page_token", token.as_str().to_owned()));
            }
            Err(unreadable(UpstreamFault::Unreadable("more than 10,000 sessions of one identity")))
        };
        self.perform(Operation::IdentityListSessions, id, Evict::Nothing, call).await
    }

    /// Revokes every session of an identity; nothing to revoke is fine.
    ///
    /// # Errors
    /// `NotFound` only for an id that can name nobody; see [`Identities`].
    pub async fn revoke_sessions(&self, id: &IdentityId) -> Result<(), IamError> {
        let id = self.known(id)?;
        let trace = self.services.effects.trace();
        let call = async {
            match self.services.ory.kratos.revoke_sessions_of(&trace, id).await {
                Err(error) if !error.is_not_found() => Err(error),
                _ => Ok(()),
            }
        };
        self.perform(Operation::IdentityRevokeSessions, id, Evict::Identity, call).await
    }

    /// Revokes one session; the same as [`Sessions::revoke`](crate::service::Sessions::revoke).
    ///
    /// # Errors
    /// `NotFound` only for an id that can name no session; see [`Identities`].
    pub async fn revoke_session(&self, id: &SessionId) -> Result<(), IamError> {
        self.services.sessions().revoke(id).await
    }
}
