use std::time::Instant;

use super::Services;
use crate::audit::Operation;
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

    pub(super) fn end(mut self, result: Result<(), &IamError>) {
        self.recorded = true;
        self.evict();
        self.services.effects.record(self.operation, self.target.as_deref(), result);
    }

    fn evict(&self) {
        match (self.evict, &self.target) {
            (Evict::Session, Some(id)) => self.services.effects.evict_session(id),
            (Evict::Identity, Some(id)) => self.services.effects.evict_identity(id),
            (Evict::Nothing, _) | (_, None) => {}
        }
    }
}

impl Drop for Performed<'_> {
    fn drop(&mut self) {
        if self.recorded {
            return;
        }
        self.evict();
        // The caller waited this long and left; what Ory did is unknown.
        let after_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let error = self.services.failed(self.product, ErrorKind::Unavailable(UpstreamFault::TimedOut { after_ms }));
        self.services.effects.record(self.operation, self.target.as_deref(), Err(&error));
    }
}
