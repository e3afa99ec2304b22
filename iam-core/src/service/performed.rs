use std::time::Instant;

use futures_util::future::BoxFuture;

use super::Services;
use crate::audit::Operation;
use crate::cache::Gone;
use crate::{ErrorKind, IamError, Product, UpstreamFault};

/// What an operation makes this process forget.
#[derive(Clone, Copy)]
pub(super) enum Evict {
    Nothing,
    /// The session that is the target.
    Session,
    /// Every session of the identity that is the target.
    Identity,
}

/// An operation under way. However it ends, also by being dropped because its
/// caller left, it evicts and is recorded: Ory may have carried it out.
pub(super) struct Performed<'a> {
    services: &'a Services,
    operation: Operation,
    product: Product,
    target: Option<String>,
    evict: Evict,
    started: Instant,
    recorded: bool,
}

impl<'a> Performed<'a> {
    pub(super) fn begin(
        services: &'a Services,
        operation: Operation,
        product: Product,
        target: Option<String>,
        evict: Evict,
    ) -> Self {
        Self { services, operation, product, target, evict, started: Instant::now(), recorded: false }
    }

    /// Names what only the answer could name.
    pub(super) fn names(&mut self, target: String) {
        self.target = Some(target);
    }

    /// What is left to do is in the future; see [`Effects::evict`](super::Effects::evict).
    pub(super) fn end(mut self, result: Result<(), &IamError>) -> Option<BoxFuture<'static, ()>> {
        self.recorded = true;
        let rest = self.evict();
        self.services.effects.record(self.operation, self.target.as_deref(), result);
        rest
    }

    fn evict(&self) -> Option<BoxFuture<'static, ()>> {
        let id = self.target.as_deref()?;
        match self.evict {
            Evict::Session => self.services.effects.evict(Gone::Session(id)),
            Evict::Identity => self.services.effects.evict(Gone::Identity(id)),
            Evict::Nothing => None,
        }
    }
}

impl Drop for Performed<'_> {
    fn drop(&mut self) {
        if self.recorded {
            return;
        }
        // The rest of it goes on by itself.
        drop(self.evict());
        // The caller waited this long and left; what Ory did is unknown.
        let after_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let error = self.services.failed(self.product, ErrorKind::Unavailable(UpstreamFault::TimedOut { after_ms }));
        self.services.effects.record(self.operation, self.target.as_deref(), Err(&error));
    }
}
