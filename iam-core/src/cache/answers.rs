use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;

use super::Digest;
use crate::Principal;
use crate::clock::Clock;
use crate::config::CacheSettings;

/// How long a credential counts as recently valid.
const RECENT: Duration = Duration::from_secs(60);

/// One tenant's remembered answers: accepted credentials, refused ones, and which
/// were accepted of late. Apart from each other, so that a flood of bad tokens
/// pushes out no good one.
pub(crate) struct Answers {
    good: Cache<Digest, Arc<Good>>,
    bad: Cache<Digest, Duration>,
    recent: Cache<Digest, Duration>,
    settings: CacheSettings,
    clock: Arc<dyn Clock>,
}

struct Good {
    principal: Arc<Principal>,
    /// By the monotonic clock: a wall clock set back revives nothing.
    fresh_until: Duration,
    /// By the wall clock: Ory's own end of the session or token.
    ends_at: Duration,
}

/// What is remembered of a credential.
pub(crate) enum Peeked {
    Good(Arc<Principal>),
    Bad,
    Unknown,
}

impl Answers {
    pub(crate) fn new(settings: CacheSettings, clock: Arc<dyn Clock>) -> Self {
        let entries = settings.max_entries;
        Self { good: Cache::new(entries), bad: Cache::new(entries), recent: Cache::new(entries), settings, clock }
    }

    pub(crate) fn peek(&self, digest: Digest) -> Peeked {
        if self.holds_good()
            && let Some(good) = self.good.get(&digest)
        {
            if self.clock.monotonic() < good.fresh_until && self.clock.wall() < good.ends_at {
                return Peeked::Good(Arc::clone(&good.principal));
            }
            self.good.remove(&digest);
        }
        if !self.settings.negative_ttl.is_zero()
            && let Some(until) = self.bad.get(&digest)
        {
            if self.clock.monotonic() < until {
                return Peeked::Bad;
            }
            self.bad.remove(&digest);
        }
        Peeked::Unknown
    }

    /// Remembers an accepted credential, until its own end at the latest.
    pub(crate) fn accept(&self, digest: Digest, principal: &Arc<Principal>) {
        let now = self.clock.monotonic();
        self.recent.insert(digest, now + RECENT);
        self.bad.remove(&digest);
        let ttl = match **principal {
            Principal::User(_) => self.settings.session_ttl,
            Principal::Machine(_) | Principal::Delegate(_) => self.settings.introspection_ttl,
        };
        if ttl.is_zero() {
            return;
        }
        let ends_at = principal.expires_at() - time::OffsetDateTime::UNIX_EPOCH;
        let good = Good {
            principal: Arc::clone(principal),
            fresh_until: now + ttl,
            ends_at: Duration::try_from(ends_at).unwrap_or_default(),
        };
        self.good.insert(digest, Arc::new(good));
    }

    /// Remembers a definite refusal, briefly.
    pub(crate) fn refuse(&self, digest: Digest) {
        self.recent.remove(&digest);
        if !self.settings.negative_ttl.is_zero() {
            self.bad.insert(digest, self.clock.monotonic() + self.settings.negative_ttl);
        }
    }

    /// Whether this process saw the credential accepted in the last minute.
    pub(crate) fn recently_accepted(&self, digest: Digest) -> bool {
        self.recent.get(&digest).is_some_and(|until| self.clock.monotonic() < until)
    }

    /// Forgets every accepted credential whose principal `gone` picks.
    pub(crate) fn forget(&self, gone: impl Fn(&Principal) -> bool) {
        self.good.retain(|_, good| !gone(&good.principal));
    }

    fn holds_good(&self) -> bool {
        !(self.settings.session_ttl.is_zero() && self.settings.introspection_ttl.is_zero())
    }
}
