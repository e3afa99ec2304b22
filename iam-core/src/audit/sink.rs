use super::{Event, EventOutcome};

/// Where audit events go. Called on a thread of its own, one event at a time, so
/// that a slow sink slows no request; a panic loses that one event.
pub trait AuditSink: Send + Sync + 'static {
    /// Takes an event.
    fn record(&self, event: &Event);

    /// Whether events of this outcome are of interest; called on the request path,
    /// where a "no" saves making the event.
    fn wants(&self, outcome: EventOutcome) -> bool {
        let _ = outcome;
        true
    }
}

/// The default sink: `tracing` events with the target `iam::audit`; what was
/// let in or worked at `INFO`, the rest at `WARN`, alerts at `ERROR`.
#[derive(Debug, Clone, Copy, Default)]
pub struct TracingSink;

macro_rules! emit {
    ($level:ident, $event:ident) => {
        tracing::event!(
            target: "iam::audit",
            tracing::Level::$level,
            event = $event.name,
            outcome = $event.outcome.name(),
            reason = $event.reason,
            tenant = $event.tenant,
            product = $event.product,
            method = $event.method.as_deref(),
            route = $event.route.as_deref(),
            request_id = $event.request_id.as_deref(),
            actor_kind = $event.actor_kind,
            actor = $event.actor.as_deref(),
            actor_tenant = $event.actor_tenant,
            target_id = $event.target.as_deref(),
            detail = $event.detail.as_deref(),
        )
    };
}

impl AuditSink for TracingSink {
    fn record(&self, event: &Event) {
        match event.outcome {
            EventOutcome::Allowed | EventOutcome::Succeeded => emit!(INFO, event),
            EventOutcome::Denied | EventOutcome::Unavailable | EventOutcome::Failed => emit!(WARN, event),
            EventOutcome::Alert => emit!(ERROR, event),
        }
    }

    fn wants(&self, outcome: EventOutcome) -> bool {
        match outcome {
            EventOutcome::Allowed | EventOutcome::Succeeded => {
                tracing::enabled!(target: "iam::audit", tracing::Level::INFO)
            }
            EventOutcome::Alert => true,
            _ => tracing::enabled!(target: "iam::audit", tracing::Level::WARN),
        }
    }
}
