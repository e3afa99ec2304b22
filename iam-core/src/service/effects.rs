use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::IamError;
use crate::audit::Operation;
use crate::cache::Gone;
use crate::upstream::Trace;

/// What a service call does besides asking Ory; for one tenant and one caller.
pub(crate) trait Effects: Send + Sync {
    /// What goes along with the call.
    fn trace(&self) -> Trace;

    /// Wall time since 1970-01-01 UTC.
    fn now(&self) -> Duration;

    /// Takes note of an operation. `target` is the id of what it was done to.
    fn record(&self, operation: Operation, target: Option<&str>, result: Result<(), &IamError>);

    /// Raises an alert if Ory refused this service's own credential.
    fn alert(&self, error: &IamError);

    /// Forgets a session or every session of an identity, also for look-ups that are
    /// under way. This process has when it returns; a shared cache has once the future is done.
    fn evict(&self, gone: Gone<'_>) -> Option<BoxFuture<'static, ()>>;
}
