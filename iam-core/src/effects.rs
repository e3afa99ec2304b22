//! What service calls cause besides the call: events with their actor, and eviction.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::audit::Operation;
use crate::cache::Gone;
use crate::decision::TenantState;
use crate::error::UpstreamError;
use crate::reason::Failure;
use crate::service::Effects;
use crate::upstream::Trace;
use crate::{ErrorKind, IamError, Principal, context};

/// The effects of one tenant's services, called by one actor.
pub(crate) struct TenantEffects {
    pub(crate) tenant: Arc<TenantState>,
    pub(crate) acting: Option<Arc<Principal>>,
}

impl Effects for TenantEffects {
    fn trace(&self) -> Trace {
        context::current_trace()
    }

    fn now(&self) -> Duration {
        self.tenant.clock.wall()
    }

    fn record(&self, operation: Operation, target: Option<&str>, result: Result<(), &IamError>) {
        let tenant = self.tenant.settings.name;
        self.tenant.auditor.operation(tenant, operation, self.acting.as_deref(), target, result);
        if let Err(error) = result {
            self.alert(error);
        }
    }

    fn alert(&self, error: &IamError) {
        if let ErrorKind::Unavailable(fault) = error.kind() {
            let error = UpstreamError { tenant: self.tenant.settings.name, product: error.product(), fault };
            self.tenant.alert_on_refused_credential(&Failure::Upstream(error));
        }
    }

    fn evict(&self, gone: Gone<'_>) -> Option<BoxFuture<'static, ()>> {
        self.tenant.forget(gone)
    }
}
