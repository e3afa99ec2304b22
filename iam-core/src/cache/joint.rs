use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use quick_cache::sync::Cache;

use super::{CredentialSort, Gone, Sealer, SharedCache, SharedCacheError, SharedEntry};
use crate::Principal;
use crate::clock::Clock;
use crate::config::CacheSettings;

/// How long a shared store may take: Ory is asked in its place afterwards.
const PATIENCE: Duration = Duration::from_millis(250);

/// One tenant's use of the store that several processes share.
pub(crate) struct JointCache {
    store: Arc<dyn SharedCache>,
    sealer: Sealer,
    tenant: &'static str,
    settings: CacheSettings,
    clock: Arc<dyn Clock>,
    /// Sessions and identities forgotten here: the store may have failed to, and an
    /// entry that it still gives must not be believed by the process that knows better.
    forgotten: Cache<String, Duration>,
    failing: AtomicBool,
}

impl JointCache {
    pub(crate) fn new(
        store: Arc<dyn SharedCache>,
        sealer: Sealer,
        tenant: &'static str,
        settings: CacheSettings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let forgotten = Cache::new(settings.max_entries);
        Self { store, sealer, tenant, settings, clock, forgotten, failing: AtomicBool::new(false) }
    }

    /// The principal of a credential, if the store has one that can be believed, and how long
    /// ago Ory was asked for it.
    pub(crate) async fn load(&self, sort: CredentialSort, credential: &str) -> Option<(Principal, Duration)> {
        let ttl = self.ttl(sort);
        if ttl.is_zero() {
            return None;
        }
        let key = self.sealer.key(self.tenant, sort, credential);
        let sealed = self.ask(self.store.load(&key)).await??;
        let (principal, asked_at) = self.sealer.open(&key, &sealed)?;
        let ends_at = principal.expires_at() - time::OffsetDateTime::UNIX_EPOCH;
        let now = self.clock.wall();
        // The store was told when to drop it, and may not have listened.
        let ago = now.saturating_sub(asked_at);
        let alive = ago < ttl && Duration::try_from(ends_at).is_ok_and(|end| now < end);
        (alive && !self.is_forgotten(&principal)).then_some((principal, ago))
    }

    /// Keeps a principal for the other processes; `asked_at` by the wall clock.
    pub(crate) async fn save(&self, sort: CredentialSort, credential: &str, principal: &Principal, asked_at: Duration) {
        let now = self.clock.wall();
        let ends_at = principal.expires_at() - time::OffsetDateTime::UNIX_EPOCH;
        let left = Duration::try_from(ends_at).unwrap_or_default().saturating_sub(now);
        let ttl = self.ttl(sort).saturating_sub(now.saturating_sub(asked_at)).min(left);
        if ttl.is_zero() {
            return;
        }
        let key = self.sealer.key(self.tenant, sort, credential);
        if let Some(sealed) = self.sealer.seal(&key, principal, asked_at) {
            let session_id = principal.user().map(|user| &*user.session_id);
            let entry = SharedEntry { sealed: &sealed, session_id, owner_id: principal.id() };
            self.ask(self.store.store(&key, entry, ttl)).await;
        }
    }

    /// Stops believing entries of a session or an identity, at once.
    pub(crate) fn distrust(&self, gone: Gone<'_>) {
        let until = self.clock.monotonic() + self.settings.session_ttl.max(self.settings.introspection_ttl);
        self.forgotten.insert(name(gone), until);
    }

    /// Has the store forget them too.
    pub(crate) async fn forget(&self, gone: Gone<'_>) {
        self.ask(self.store.forget(self.tenant, gone)).await;
    }

    fn is_forgotten(&self, principal: &Principal) -> bool {
        let now = self.clock.monotonic();
        let gone = |gone| self.forgotten.get(&name(gone)).is_some_and(|until| now < until);
        principal.user().is_some_and(|user| gone(Gone::Session(&user.session_id)))
            || gone(Gone::Identity(principal.id()))
    }

    fn ttl(&self, sort: CredentialSort) -> Duration {
        match sort {
            CredentialSort::Cookie | CredentialSort::SessionToken => self.settings.session_ttl,
            CredentialSort::AccessToken => self.settings.introspection_ttl,
        }
    }

    /// The store's answer; none if it fails, panics or takes too long, which is logged
    /// when it begins.
    async fn ask<R>(&self, asking: impl Future<Output = Result<R, SharedCacheError>>) -> Option<R> {
        let answer = tokio::time::timeout(PATIENCE, AssertUnwindSafe(asking).catch_unwind()).await;
        let reason = match answer {
            Ok(Ok(Ok(answer))) => {
                self.failing.store(false, Ordering::Relaxed);
                return Some(answer);
            }
            Ok(Ok(Err(error))) => error.0,
            Ok(Err(_)) => "it panicked",
            Err(_) => "it took too long",
        };
        if !self.failing.swap(true, Ordering::Relaxed) {
            tracing::warn!(target: "iam", tenant = self.tenant, reason, "the shared cache fails and is passed over");
        }
        None
    }
}

fn name(gone: Gone<'_>) -> String {
    match gone {
        Gone::Session(id) => format!("session {id}"),
        Gone::Identity(id) => format!("identity {id}"),
    }
}
