use std::time::Duration;

use crate::IamError;
use crate::audit::Operation;
use crate::upstream::Trace;

/// What a service call does besides asking Ory; for one tenant and one caller.
pub(crate) trait Effects: Send + Sync {
    /// What goes along with the call.
    fn trace(&self) -> Trace;

    /// Wall time since 1970-01-01 UTC.
    fn now(&self) -> Duration;

    /// Takes note of an operation. `target` is the id of what it was done to.
    fn record(&self, operation: Operation, target: Option<&str>, result: Result<(), &IamError>);

    /// Forgets a session, also for calls that are under way.
    fn evict_session(&self, id: &str);

    /// Forgets every session of an identity, also for calls that are under way.
    fn evict_identity(&self, id: &str);
}
