use std::any::TypeId;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};

use super::Failure;
use crate::audit::Auditor;
use crate::cache::{Answers, Digester, Flights, Gone, JointCache};
use crate::clock::Clock;
use crate::config::{Mode, TenantSettings, Transport};
use crate::credential::foreign_session_cookie;
use crate::error::{Product, UpstreamError, UpstreamFault};
use crate::host::TrustedProxies;
use crate::ory::Ory;
use crate::policy::CredentialKind;
use crate::presence::Departures;
use crate::request::RequestView;
use crate::upstream::{Readiness, Upstream};
use crate::{Principal, Tenant};

/// How long a readiness answer is kept.
const READINESS_KEPT: Duration = Duration::from_secs(1);

/// How far apart two alerts about the same refused credential are at least.
const ALERT_PAUSE: Duration = Duration::from_secs(60);

/// Everything that exists once per tenant.
pub(crate) struct TenantState {
    /// The enum: names are unique in one enum only.
    pub(crate) tenants: TypeId,
    pub(crate) settings: Arc<TenantSettings>,
    pub(super) proxies: Arc<TrustedProxies>,
    pub(crate) ory: Arc<Ory>,
    pub(super) upstream: Arc<dyn Upstream>,
    pub(crate) auditor: Auditor,
    pub(crate) clock: Arc<dyn Clock>,
    pub(super) digester: Digester,
    pub(super) answers: Answers,
    pub(super) shared: Option<JointCache>,
    pub(super) flights: Flights,
    pub(super) sessions_in_flight: Slots,
    pub(super) tokens_in_flight: Slots,
    pub(super) permissions_in_flight: Semaphore,
    readiness: [Mutex<Option<(Duration, Readiness)>>; 3],
    last_alert: [AtomicU64; 3],
    hinted: AtomicBool,
    pub(crate) departures: Departures,
}

impl TenantState {
    pub(crate) fn new<T: Tenant>(
        settings: Arc<TenantSettings>,
        proxies: Arc<TrustedProxies>,
        ory: Arc<Ory>,
        upstream: Arc<dyn Upstream>,
        shared: Option<JointCache>,
        auditor: Auditor,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let in_flight = settings.http.max_in_flight;
        Self {
            tenants: TypeId::of::<T>(),
            answers: Answers::new(settings.cache.clone(), Arc::clone(&clock)),
            sessions_in_flight: Slots::new(in_flight),
            tokens_in_flight: Slots::new(in_flight),
            permissions_in_flight: Semaphore::new(in_flight),
            digester: Digester::new(),
            flights: Flights::default(),
            readiness: Default::default(),
            last_alert: [const { AtomicU64::new(0) }; 3],
            hinted: AtomicBool::new(false),
            departures: Departures::default(),
            settings,
            proxies,
            ory,
            shared,
            upstream,
            auditor,
            clock,
        }
    }

    /// A fault of one of this tenant's products.
    pub(super) fn fault(&self, product: Product, fault: UpstreamFault) -> UpstreamError {
        UpstreamError { tenant: self.settings.name, product, fault }
    }

    /// Forgets what is known of a session or an identity, after Ory was told. What is
    /// left to do is in the future: having a shared cache forget it.
    pub(crate) fn forget(self: &Arc<Self>, gone: Gone<'_>) -> Option<BoxFuture<'static, ()>> {
        self.flights.begin_generation();
        self.departures.note(gone);
        self.answers.forget(|principal| match (gone, principal) {
            (Gone::Session(id), Principal::User(user)) => user.session_id == id,
            (Gone::Identity(id), Principal::User(user)) => user.id == id,
            (Gone::Identity(id), Principal::Delegate(delegate)) => delegate.subject == id,
            _ => false,
        });
        self.shared.as_ref()?.distrust(gone);
        let (tenant, id) = (Arc::clone(self), gone.id().to_owned());
        let is_session = matches!(gone, Gone::Session(_));
        Some(Box::pin(async move {
            let gone = if is_session { Gone::Session(&id) } else { Gone::Identity(&id) };
            if let Some(shared) = &tenant.shared {
                shared.forget(gone).await;
            }
        }))
    }

    /// Whether the product is ready, asked at most once a second.
    pub(super) async fn readiness(&self, product: Product) -> Readiness {
        let mut known = self.readiness[product as usize].lock().await;
        let now = self.clock.monotonic();
        if let Some((asked_at, answer)) = *known
            && now.saturating_sub(asked_at) < READINESS_KEPT
        {
            return answer;
        }
        let answer = self.upstream.ready(product).await;
        *known = Some((now, answer));
        answer
    }

    /// Raises an alert when Ory refused this service's own credential, at most one a minute.
    pub(crate) fn alert_on_refused_credential(&self, failure: &Failure) {
        let Failure::Upstream(error) = failure else { return };
        if !error.is_credential_refused() {
            return;
        }
        let now = u64::try_from(self.clock.monotonic().as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        let pause = u64::try_from(ALERT_PAUSE.as_millis()).unwrap_or(u64::MAX);
        let last = &self.last_alert[error.product as usize];
        let due = |before: u64| before == 0 || now.saturating_sub(before) >= pause;
        let claimed = last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |before| due(before).then_some(now));
        if claimed.is_ok() {
            self.auditor.alert(self.settings.name, error.product);
        }
    }

    /// A wrong cookie name looks like everybody being logged out: say so, once.
    pub(super) fn hint_at_foreign_cookie(&self, kind: CredentialKind, view: &dyn RequestView) {
        let reads_cookies = kind.takes_sessions() && self.settings.transport != Transport::Bearer;
        if self.settings.mode != Mode::Cloud || !reads_cookies || self.hinted.load(Ordering::Relaxed) {
            return;
        }
        if let Some(seen) = foreign_session_cookie(view)
            && !self.hinted.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                target: "iam",
                tenant = self.settings.name,
                expected = &*self.settings.cookie_name,
                seen,
                "a request carries another project's session cookie: is `kratos.cookie_name` right?"
            );
        }
    }
}

/// Calls under way, half of which are kept for credentials that were accepted of late.
pub(super) struct Slots {
    anybody: Semaphore,
    recent: Semaphore,
}

impl Slots {
    fn new(all: usize) -> Self {
        let recent = all / 2;
        Self { anybody: Semaphore::new(all - recent), recent: Semaphore::new(recent) }
    }

    pub(super) fn take(&self, recently_accepted: bool) -> Option<SemaphorePermit<'_>> {
        let kept = || if recently_accepted { self.recent.try_acquire().ok() } else { None };
        kept().or_else(|| self.anybody.try_acquire().ok())
    }
}
