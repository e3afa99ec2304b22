use std::any::TypeId;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Either, join_all};
use tokio::runtime::Handle;
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
    /// The tenants that share servers with this one: what is gone here is gone there.
    kin: OnceLock<Vec<Weak<Self>>>,
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
            kin: OnceLock::new(),
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

    /// Names the tenants that share servers with this one, once.
    pub(crate) fn share_with<'a>(&self, kin: impl Iterator<Item = &'a Arc<Self>>) {
        self.kin.get_or_init(|| kin.map(Arc::downgrade).collect());
    }

    /// Forgets what is known of a session or an identity, after Ory was told, here and at the
    /// tenants that share servers with this one. What goes on by itself, and can be waited
    /// for, is having a shared cache forget it.
    pub(crate) fn forget(self: &Arc<Self>, gone: Gone<'_>) -> Option<BoxFuture<'static, ()>> {
        let kin = self.kin.get().into_iter().flatten().filter_map(Weak::upgrade);
        let rest: Vec<_> = kin.chain([Arc::clone(self)]).filter_map(|tenant| tenant.forget_here(gone)).collect();
        (!rest.is_empty()).then(|| carried_on(join_all(rest).map(drop)).boxed())
    }

    fn forget_here(self: Arc<Self>, gone: Gone<'_>) -> Option<BoxFuture<'static, ()>> {
        // In this order: no look-up that begins in between may write what is then not deleted,
        // nor anybody be let in by memory who does not hear of the departure.
        if let Some(shared) = &self.shared {
            shared.distrust(gone);
        }
        self.flights.begin_generation();
        self.answers.forget(|principal| match (gone, principal) {
            (Gone::Session(id), Principal::User(user)) => user.session_id == id,
            (Gone::Identity(id), Principal::User(user)) => user.id == id,
            (Gone::Identity(id), Principal::Delegate(delegate)) => delegate.subject == id,
            _ => false,
        });
        self.departures.note(gone);
        self.shared.as_ref()?;
        let (id, is_session) = (gone.id().to_owned(), matches!(gone, Gone::Session(_)));
        Some(Box::pin(async move {
            let gone = if is_session { Gone::Session(&id) } else { Gone::Identity(&id) };
            if let Some(shared) = &self.shared {
                shared.forget(gone).await;
            }
        }))
    }

    /// Memory let somebody in whom Ory now refuses: what else it holds of the session goes, too.
    pub(super) async fn ended_elsewhere(self: &Arc<Self>, principal: &Principal) {
        match (principal, &self.shared) {
            (Principal::User(user), _) => {
                if let Some(rest) = self.forget(Gone::Session(&user.session_id)) {
                    rest.await;
                }
            }
            // A token has no id to forget it by: its owner's entries are asked for again.
            (Principal::Machine(_) | Principal::Delegate(_), Some(shared)) => {
                shared.distrust(Gone::Identity(principal.id()));
            }
            (Principal::Machine(_) | Principal::Delegate(_), None) => {}
        }
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
        if let Some(seen) = foreign_session_cookie(&self.settings.cookie_name, view)
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

/// Goes on to its end, whether or not whoever waits for it leaves.
pub(super) fn carried_on(rest: impl Future<Output = ()> + Send + 'static) -> impl Future<Output = ()> + Send {
    match Handle::try_current() {
        Ok(runtime) => Either::Left(runtime.spawn(rest).map(drop)),
        Err(_) => Either::Right(rest),
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
