//! How long a caller may stay: for streams, server-sent events and WebSockets, which outlive the decision.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{Either, select};
use futures_util::{Stream, StreamExt};
use tokio::sync::watch;

use crate::cache::Gone;
use crate::decision::TenantState;
use crate::held::Held;
use crate::{OneTenant, Principal, Tenant, TenantScope};

/// How long at the most before the clock is read again: it may have been set.
const NAP: Duration = Duration::from_secs(30);

/// Departures that are remembered; whoever missed more of them is taken for gone.
const REMEMBERED: usize = 1024;

/// Until when a caller may stay, and whether it was sent away.
///
/// A decision is about a moment. What a handler goes on sending afterwards, it sends to somebody
/// whose session may end meanwhile: by its own end, or because it was revoked.
///
/// ```
/// use futures_util::{Stream, stream};
/// use iam_core::Presence;
///
/// fn news(presence: &Presence) -> impl Stream<Item = &'static str> + use<> {
///     // ends when the session does
///     presence.limit(stream::repeat("news"))
/// }
/// ```
///
/// A revocation is seen when it went through this SDK in this process: log-outs, revoked sessions,
/// deactivated, changed or deleted identities. One that another process made is seen once Ory
/// refuses a remembered credential of that session here, so keep sessions short where that matters.
#[derive(Clone)]
pub struct Presence {
    tenant: Held<TenantState>,
    principal: Arc<Principal>,
    since: u64,
}

/// Why a caller may not stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The session or token came to its own end.
    Expired,
    /// The session or the identity was revoked.
    Revoked,
}

impl Presence {
    pub(crate) fn new(tenant: Arc<TenantState>, principal: Arc<Principal>, since: u64) -> Self {
        Self { tenant: tenant.into(), principal, since }
    }

    /// Whether the tenant that let the caller in is this one; any is [`AnyTenant`](crate::AnyTenant).
    #[must_use]
    pub fn is_at<S: TenantScope>(&self) -> bool {
        S::holds(self.tenant.tenants, self.tenant.settings.name)
    }

    /// Records that the caller is taken for one of the tenant `S` from here on, and why. Callers
    /// have a method for it, whose answer is of that tenant's type: `cross_to`.
    pub fn record_crossing<S: OneTenant>(&self, reason: &str) {
        self.tenant.auditor.crossing(S::TENANT.name(), &self.principal, reason);
    }

    /// Waits until the session or token ends, or is revoked; from when the request was decided on,
    /// so that nothing is missed in between.
    pub fn ended(&self) -> impl Future<Output = Ended> + Send + use<> {
        let (expired, revoked) = (self.expired(), self.revoked());
        async move {
            match select(Box::pin(revoked), Box::pin(expired)).await {
                Either::Left(_) => Ended::Revoked,
                Either::Right(_) => Ended::Expired,
            }
        }
    }

    /// Waits until the session, or whoever it belongs to, is revoked.
    pub fn revoked(&self) -> impl Future<Output = ()> + Send + use<> {
        let Self { tenant, principal, mut since } = self.clone();
        async move {
            let mut news = tenant.departures.news.subscribe();
            loop {
                match tenant.departures.look(&principal, since) {
                    Look::Gone => return,
                    Look::Here(next) => since = next,
                }
                if news.changed().await.is_err() {
                    return;
                }
            }
        }
    }

    /// The stream, until the caller may not stay.
    pub fn limit<S: Stream>(&self, stream: S) -> impl Stream<Item = S::Item> + use<S> {
        stream.take_until(Box::pin(self.ended()))
    }

    fn expired(&self) -> impl Future<Output = ()> + Send + use<> {
        let Self { tenant, principal, .. } = self.clone();
        async move {
            let end = principal.expires_at() - time::OffsetDateTime::UNIX_EPOCH;
            let end = Duration::try_from(end).unwrap_or_default();
            while let Some(left) = end.checked_sub(tenant.clock.wall()).filter(|left| !left.is_zero()) {
                tokio::time::sleep(left.min(NAP)).await;
            }
        }
    }
}

impl fmt::Debug for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presence").field("principal", &self.principal).finish_non_exhaustive()
    }
}

/// One tenant's sessions and identities that were revoked of late.
pub(crate) struct Departures {
    recent: Mutex<Recent>,
    news: watch::Sender<u64>,
}

#[derive(Default)]
struct Recent {
    /// The number of the first of `gone`.
    first: u64,
    gone: VecDeque<Departed>,
}

enum Departed {
    Session(Box<str>),
    Identity(Box<str>),
}

enum Look {
    Gone,
    /// Not among those before this number.
    Here(u64),
}

impl Default for Departures {
    fn default() -> Self {
        Self { recent: Mutex::default(), news: watch::Sender::new(0) }
    }
}

impl Departures {
    /// The number of the next departure.
    pub(crate) fn now(&self) -> u64 {
        *self.news.borrow()
    }

    pub(crate) fn note(&self, gone: Gone<'_>) {
        let departed = match gone {
            Gone::Session(id) => Departed::Session(id.into()),
            Gone::Identity(id) => Departed::Identity(id.into()),
        };
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.gone.push_back(departed);
        if recent.gone.len() > REMEMBERED {
            recent.gone.pop_front();
            recent.first += 1;
        }
        let next = recent.first + recent.gone.len() as u64;
        self.news.send_replace(next);
    }

    fn look(&self, principal: &Principal, since: u64) -> Look {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = since.checked_sub(recent.first) else { return Look::Gone };
        let known = usize::try_from(known).unwrap_or(usize::MAX);
        let left = recent.gone.iter().skip(known).any(|departed| match (departed, principal) {
            (Departed::Session(id), Principal::User(user)) => **id == *user.session_id,
            (Departed::Identity(id), Principal::User(user)) => **id == *user.id,
            (Departed::Identity(id), Principal::Delegate(delegate)) => **id == *delegate.subject,
            _ => false,
        });
        if left { Look::Gone } else { Look::Here(recent.first + recent.gone.len() as u64) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::principal::Delegate;

    fn delegate(subject: &str) -> Principal {
        Principal::Delegate(Delegate {
            tenant: "admin",
            subject: subject.into(),
            client_id: "app".into(),
            scopes: Vec::new(),
            expires_at: time::OffsetDateTime::UNIX_EPOCH,
        })
    }

    #[test]
    fn who_left_since_then_is_gone_and_who_left_before_is_back() {
        let departures = Departures::default();
        departures.note(Gone::Identity("ann"));
        let since = departures.now();
        assert!(matches!(departures.look(&delegate("ann"), since), Look::Here(1)));
        assert!(matches!(departures.look(&delegate("ann"), 0), Look::Gone));
        departures.note(Gone::Session("ann"));
        assert!(matches!(departures.look(&delegate("ann"), since), Look::Here(2)), "a session's id is no identity's");
        departures.note(Gone::Identity("ann"));
        assert!(matches!(departures.look(&delegate("ann"), since), Look::Gone));
        assert!(matches!(departures.look(&delegate("bob"), since), Look::Here(3)));
    }

    #[test]
    fn who_missed_too_many_departures_is_taken_for_gone() {
        let departures = Departures::default();
        for number in 0..=REMEMBERED {
            departures.note(Gone::Identity(&number.to_string()));
        }
        assert!(matches!(departures.look(&delegate("bob"), 0), Look::Gone));
        assert!(matches!(departures.look(&delegate("bob"), 1), Look::Here(_)));
    }
}
