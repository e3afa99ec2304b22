//! Audit: exactly one event per decision and per operation, off the request path.

mod event;
mod operation;
mod queue;
mod sink;

pub use event::{Event, EventOutcome, NO_TENANT};
pub use operation::Operation;
pub use queue::Dropped;
pub use sink::{AuditSink, TracingSink};

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use time::OffsetDateTime;

use crate::clock::Clock;
use crate::error::{IamError, Product};
use crate::reason::Failure;
use crate::request::{RequestId, RequestView, printable};
use crate::{Principal, context};

/// What an event says of the request.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) request_id: RequestId,
    method: String,
    route: Option<String>,
}

impl Facts {
    pub(crate) fn of(request_id: RequestId, view: &dyn RequestView) -> Self {
        Self {
            request_id,
            method: printable(view.method()).into_owned(),
            route: view.route().map(|route| printable(route).into_owned()),
        }
    }
}

impl Facts {
    /// Method and route, where the framework tells it.
    pub(crate) fn route(&self) -> (&str, &str) {
        (&self.method, self.route.as_deref().unwrap_or("(unknown)"))
    }
}

/// Makes events and sends them off.
#[derive(Clone)]
pub(crate) struct Auditor(Arc<Parts>);

struct Parts {
    sink: Arc<dyn AuditSink>,
    queue: Arc<queue::Queue>,
    clock: Arc<dyn Clock>,
}

impl Drop for Parts {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl Auditor {
    pub(crate) fn start(sink: Arc<dyn AuditSink>, clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        let queue = queue::Queue::start(Arc::clone(&sink))?;
        Ok(Self(Arc::new(Parts { sink, queue, clock })))
    }

    pub(crate) fn allowed(&self, tenant: &'static str, facts: impl FnOnce() -> Facts, principal: Option<&Principal>) {
        if self.wants(EventOutcome::Allowed) {
            let mut event = self.decision(EventOutcome::Allowed, tenant, facts());
            principal.inspect(|principal| actor(&mut event, principal));
            self.0.queue.push(event);
        }
    }

    pub(crate) fn refused(
        &self,
        tenant: &'static str,
        facts: impl FnOnce() -> Facts,
        principal: Option<&Principal>,
        failure: &Failure,
    ) {
        let reason = failure.reason();
        let outcome = if reason.status() == 503 { EventOutcome::Unavailable } else { EventOutcome::Denied };
        if self.wants(outcome) {
            let mut event = self.decision(outcome, tenant, facts());
            event.reason = Some(reason.name());
            principal.inspect(|principal| actor(&mut event, principal));
            match failure {
                Failure::Upstream(error) => event.product = Some(error.product.name()),
                Failure::Demand(_, demand) => event.detail = Some(printable(demand).into_owned()),
                _ => {}
            }
            self.0.queue.push(event);
        }
    }

    pub(crate) fn operation(
        &self,
        tenant: &'static str,
        operation: Operation,
        acting: Option<&Principal>,
        target: Option<&str>,
        result: Result<(), &IamError>,
    ) {
        let outcome = if result.is_ok() { EventOutcome::Succeeded } else { EventOutcome::Failed };
        if !self.wants(outcome) {
            return;
        }
        let mut event = Event::new(self.now(), operation.name(), outcome, tenant);
        event.target = target.map(|target| printable(target).into_owned());
        event.request_id = context::current_request_id().map(|id| id.to_string());
        match (acting, context::current_principal()) {
            (Some(principal), _) => actor(&mut event, principal),
            (None, Some(principal)) => actor(&mut event, &principal),
            (None, None) => {}
        }
        if let Err(error) = result {
            event = event.about(error.product());
        }
        self.0.queue.push(event);
    }

    /// The principal of one tenant is taken for one of the tenant named here.
    pub(crate) fn crossing(&self, tenant: &'static str, principal: &Principal, reason: &str) {
        if self.wants(EventOutcome::Succeeded) {
            let name = Operation::TenantCross.name();
            let mut event = Event::new(self.now(), name, EventOutcome::Succeeded, tenant);
            event.request_id = context::current_request_id().map(|id| id.to_string());
            event.detail = Some(printable(reason).into_owned());
            actor(&mut event, principal);
            self.0.queue.push(event);
        }
    }

    pub(crate) fn alert(&self, tenant: &'static str, product: Product) {
        let name = "alert.upstream_credential_refused";
        self.0.queue.push(Event::new(self.now(), name, EventOutcome::Alert, tenant).about(product));
    }

    pub(crate) async fn flush(&self) {
        self.0.queue.flush().await;
    }

    pub(crate) fn dropped(&self) -> Dropped {
        self.0.queue.dropped()
    }

    fn decision(&self, outcome: EventOutcome, tenant: &'static str, facts: Facts) -> Event {
        let mut event = Event::new(self.now(), "decision", outcome, tenant);
        event.method = Some(facts.method);
        event.route = facts.route;
        event.request_id = Some(facts.request_id.to_string());
        event
    }

    /// A sink that panics when asked is asked to record: better one event too many.
    fn wants(&self, outcome: EventOutcome) -> bool {
        catch_unwind(AssertUnwindSafe(|| self.0.sink.wants(outcome))).unwrap_or(true)
    }

    fn now(&self) -> OffsetDateTime {
        let wall = catch_unwind(AssertUnwindSafe(|| self.0.clock.wall())).unwrap_or_default();
        i128::try_from(wall.as_nanos())
            .ok()
            .and_then(|nanos| OffsetDateTime::from_unix_timestamp_nanos(nanos).ok())
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

fn actor(event: &mut Event, principal: &Principal) {
    event.actor_kind = Some(principal.kind());
    event.actor = Some(printable(principal.id()).into_owned());
    event.actor_tenant = Some(principal.tenant());
}
