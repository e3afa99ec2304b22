use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;

use super::Digest;
use crate::Principal;
use crate::clock::Clock;
use crate::config::CacheSettings;

/// How long a credential counts as recently valid, after it was last let in.
const RECENT: Duration = Duration::from_secs(60);

/// One tenant's remembered answers: accepted credentials, refused ones, and which
/// were accepted of late. Apart from each other, so that a flood of bad tokens
/// pushes out no good one.
pub(crate) struct Answers {
    good: Cache<Digest, Arc<Good>>,
    bad: Cache<Digest, Refused>,
    recent: Cache<Digest, Duration>,
    settings: CacheSettings,
    clock: Arc<dyn Clock>,
}

struct Good {
    principal: Arc<Principal>,
    /// By the monotonic clock, as the rest of it; none for before this process began.
    asked_at: Option<Duration>,
    /// Since when it is known here.
    known_at: Duration,
    /// Whether this process asked.
    is_own: bool,
    /// By the monotonic clock: a wall clock set back revives nothing.
    fresh_until: Duration,
    /// By the wall clock: Ory's own end of the session or token.
    ends_at: Duration,
}

/// By the monotonic clock.
#[derive(Clone, Copy)]
struct Refused {
    asked_at: Duration,
    until: Duration,
}

/// When Ory was asked for an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked {
    /// By this process, then, by the monotonic clock.
    Here(Duration),
    /// By another one, so long ago by its clock: too vague for routes that want a fresh answer.
    Elsewhere(Duration),
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

    /// What is known, from an answer that is at most `fresh` old.
    pub(crate) fn peek(&self, digest: Digest, fresh: Option<Duration>) -> Peeked {
        if self.holds_good()
            && let Some(good) = self.good.get(&digest)
        {
            let now = self.clock.monotonic();
            if now >= good.fresh_until || self.clock.wall() >= good.ends_at {
                self.good.remove(&digest);
            } else if fresh.is_none_or(|fresh| good.is_own && now.saturating_sub(good.known_at) < fresh) {
                return Peeked::Good(Arc::clone(&good.principal));
            }
        }
        if !self.settings.negative_ttl.is_zero()
            && self.bad.get(&digest).is_some_and(|refused| self.clock.monotonic() < refused.until)
        {
            return Peeked::Bad;
        }
        Peeked::Unknown
    }

    /// How long the remembered answer has been known here, if there is one.
    pub(crate) fn age(&self, digest: Digest) -> Option<Duration> {
        self.good.get(&digest).map(|good| self.clock.monotonic().saturating_sub(good.known_at))
    }

    /// Remembers an accepted credential, until its own end at the latest. Of two answers the
    /// one counts that was asked for later: says whether this one does, against a refusal.
    pub(crate) fn accept(&self, digest: Digest, principal: &Arc<Principal>, asked: Asked) -> bool {
        let now = self.clock.monotonic();
        let asked_at = asked.at(now);
        if self.bad.get(&digest).is_some_and(|refused| asked_at < Some(refused.asked_at)) {
            return false;
        }
        let ttl = match **principal {
            Principal::User(_) => self.settings.session_ttl,
            Principal::Machine(_) | Principal::Delegate(_) => self.settings.introspection_ttl,
        };
        // Until its entry ends it is let in without a word to Ory; when it does, a user who
        // was here all the time must not look like a stranger.
        self.recent.insert(digest, now + ttl + RECENT);
        self.bad.remove(&digest);
        if ttl.is_zero() || self.good.get(&digest).is_some_and(|known| asked_at < known.asked_at) {
            return true;
        }
        let ends_at = principal.expires_at() - time::OffsetDateTime::UNIX_EPOCH;
        let good = Good {
            principal: Arc::clone(principal),
            asked_at,
            known_at: if let Asked::Here(at) = asked { at } else { now },
            is_own: matches!(asked, Asked::Here(_)),
            fresh_until: match asked {
                Asked::Here(at) => at + ttl,
                Asked::Elsewhere(ago) => now + ttl.saturating_sub(ago),
            },
            ends_at: Duration::try_from(ends_at).unwrap_or_default(),
        };
        self.good.insert(digest, Arc::new(good));
        true
    }

    /// Takes note of a credential that showed by itself to be good: nothing is remembered of it but that.
    pub(crate) fn saw(&self, digest: Digest) {
        self.recent.insert(digest, self.clock.monotonic() + RECENT);
    }

    /// Takes note of a definite refusal, and gives who was let in by memory until now.
    pub(crate) fn refuse(&self, digest: Digest, asked_at: Duration) -> Option<Arc<Principal>> {
        if self.good.get(&digest).is_some_and(|good| Some(asked_at) < good.asked_at) {
            return None;
        }
        self.recent.remove(&digest);
        self.good.remove(&digest).map(|(_, good)| Arc::clone(&good.principal))
    }

    /// Remembers a definite refusal, briefly.
    pub(crate) fn remember_refusal(&self, digest: Digest, asked_at: Duration) {
        let until = self.clock.monotonic() + self.settings.negative_ttl;
        self.bad.insert(digest, Refused { asked_at, until });
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

impl Asked {
    /// By the monotonic clock; none for before this process began.
    fn at(self, now: Duration) -> Option<Duration> {
        match self {
            Self::Here(at) => Some(at),
            Self::Elsewhere(ago) => now.checked_sub(ago),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use time::OffsetDateTime;

    use super::*;
    use crate::cache::Digester;
    use crate::credential::Credential;
    use crate::principal::Machine;
    use crate::request::testing::settings;

    const NOW: Asked = Asked::Here(Duration::ZERO);

    /// Wall and monotonic time, moved by hand.
    #[derive(Default)]
    struct Hands(Mutex<(Duration, Duration)>);

    impl Clock for Hands {
        fn wall(&self) -> Duration {
            self.0.lock().unwrap().0
        }

        fn monotonic(&self) -> Duration {
            self.0.lock().unwrap().1
        }
    }

    fn answers() -> (Answers, Arc<Hands>, Digest) {
        let clock = Arc::new(Hands::default());
        let digest = Digester::new().digest(&Credential::AccessToken("t"));
        (Answers::new(settings().cache, Arc::clone(&clock) as _), clock, digest)
    }

    fn machine(ends_in: i64) -> Arc<Principal> {
        Arc::new(Principal::Machine(Machine {
            tenant: "admin",
            client_id: "erp".into(),
            scopes: Vec::new(),
            expires_at: OffsetDateTime::from_unix_timestamp(ends_in).unwrap(),
        }))
    }

    fn state(answers: &Answers, digest: Digest) -> &'static str {
        match answers.peek(digest, None) {
            Peeked::Good(_) => "good",
            Peeked::Bad => "bad",
            Peeked::Unknown => "unknown",
        }
    }

    #[test]
    fn a_good_answer_ends_with_its_token_and_a_clock_set_back_does_not_revive_it() {
        let (answers, clock, digest) = answers();
        answers.accept(digest, &machine(2), NOW);
        clock.0.lock().unwrap().0 = Duration::from_secs(1);
        assert_eq!(state(&answers, digest), "good");
        clock.0.lock().unwrap().0 = Duration::from_secs(2);
        assert_eq!(state(&answers, digest), "unknown");
        clock.0.lock().unwrap().0 = Duration::ZERO;
        assert_eq!(state(&answers, digest), "unknown");
    }

    #[test]
    fn a_good_answer_ends_with_the_configured_time_whatever_the_wall_clock_says() {
        let (answers, clock, digest) = answers();
        answers.accept(digest, &machine(4_102_444_800), NOW);
        clock.0.lock().unwrap().1 = Duration::from_millis(59_999);
        assert_eq!(state(&answers, digest), "good");
        clock.0.lock().unwrap().1 = Duration::from_secs(60);
        assert_eq!(state(&answers, digest), "unknown");
    }

    #[test]
    fn an_answer_that_is_too_old_for_one_route_is_good_for_others() {
        let (answers, clock, digest) = answers();
        let second = Duration::from_secs(1);
        answers.accept(digest, &machine(4_102_444_800), NOW);
        let is_good = |fresh| matches!(answers.peek(digest, fresh), Peeked::Good(_));
        assert!(is_good(Some(second)) && !is_good(Some(Duration::ZERO)));
        clock.0.lock().unwrap().1 = second;
        assert!(!is_good(Some(second)) && is_good(None) && is_good(Some(second * 2)));
        answers.accept(digest, &machine(4_102_444_800), Asked::Elsewhere(Duration::ZERO));
        assert!(!is_good(Some(second * 1000)) && is_good(None), "of vague age");
    }

    #[test]
    fn another_process_answer_lives_no_longer_than_it_would_there() {
        let (answers, clock, digest) = answers();
        let (ttl, second) = (answers.settings.introspection_ttl, Duration::from_secs(1));
        answers.accept(digest, &machine(4_102_444_800), Asked::Elsewhere(ttl - second));
        assert_eq!(state(&answers, digest), "good");
        clock.0.lock().unwrap().1 = second;
        assert_eq!(state(&answers, digest), "unknown");
    }

    #[test]
    fn a_refusal_ends_what_was_remembered_and_no_older_answer_brings_it_back() {
        let (answers, clock, digest) = answers();
        let at = Duration::from_secs;
        answers.accept(digest, &machine(4_102_444_800), Asked::Here(at(1)));
        assert!(answers.refuse(digest, at(3)).is_some(), "who was let in until now");
        answers.remember_refusal(digest, at(3));
        clock.0.lock().unwrap().1 = at(5);
        assert_eq!(state(&answers, digest), "unknown", "the refusal is over, and nothing is behind it");
        for asked in [Asked::Here(at(2)), Asked::Elsewhere(at(3)), Asked::Elsewhere(at(600))] {
            assert!(!answers.accept(digest, &machine(4_102_444_800), asked));
            assert_eq!(state(&answers, digest), "unknown", "{asked:?}: asked for before, answered after");
        }
        assert!(answers.accept(digest, &machine(4_102_444_800), Asked::Here(at(4))));
        assert_eq!(state(&answers, digest), "good");
        assert!(answers.refuse(digest, at(3)).is_none(), "a refusal that is late itself");
        assert_eq!(state(&answers, digest), "good");
    }

    #[test]
    fn of_two_acceptances_the_later_question_counts() {
        let (answers, clock, digest) = answers();
        let at = Duration::from_secs;
        clock.0.lock().unwrap().1 = at(5);
        let (older, newer) = (machine(10), machine(20));
        answers.accept(digest, &newer, Asked::Here(at(4)));
        assert!(answers.accept(digest, &older, Asked::Here(at(2))));
        let Peeked::Good(remembered) = answers.peek(digest, None) else { panic!("nothing is remembered") };
        assert!(Arc::ptr_eq(&remembered, &newer));
        assert_eq!(answers.age(digest), Some(at(1)));
    }

    #[test]
    fn a_refusal_is_short_lived_and_ends_recent_acceptance() {
        let (answers, clock, digest) = answers();
        answers.accept(digest, &machine(1), NOW);
        assert!(answers.recently_accepted(digest));
        answers.forget(|_| true);
        answers.refuse(digest, Duration::ZERO);
        answers.remember_refusal(digest, Duration::ZERO);
        assert!(!answers.recently_accepted(digest));
        assert_eq!(state(&answers, digest), "bad");
        clock.0.lock().unwrap().1 = Duration::from_secs(1);
        assert_eq!(state(&answers, digest), "unknown");
    }

    #[test]
    fn acceptance_is_recent_for_a_minute_also_without_a_cache() {
        let (mut answers, clock, digest) = answers();
        answers.settings.introspection_ttl = Duration::ZERO;
        answers.accept(digest, &machine(4_102_444_800), NOW);
        assert_eq!(state(&answers, digest), "unknown");
        clock.0.lock().unwrap().1 = Duration::from_millis(59_999);
        assert!(answers.recently_accepted(digest));
        clock.0.lock().unwrap().1 = RECENT;
        assert!(!answers.recently_accepted(digest));
    }

    #[test]
    fn acceptance_is_recent_for_a_minute_after_a_cached_answer_has_ended() {
        let (answers, clock, digest) = answers();
        answers.accept(digest, &machine(4_102_444_800), NOW);
        let ttl = answers.settings.introspection_ttl;
        clock.0.lock().unwrap().1 = ttl;
        assert_eq!(state(&answers, digest), "unknown");
        assert!(answers.recently_accepted(digest));
        clock.0.lock().unwrap().1 = ttl + RECENT;
        assert!(!answers.recently_accepted(digest));
    }

    #[test]
    fn refusals_push_out_no_good_answer() {
        let (answers, _, digest) = answers();
        answers.accept(digest, &machine(4_102_444_800), NOW);
        let digester = Digester::new();
        for index in 0..10_000 {
            let digest = digester.digest(&Credential::AccessToken(&index.to_string()));
            answers.remember_refusal(digest, Duration::ZERO);
        }
        assert_eq!(state(&answers, digest), "good");
        assert!(answers.bad.len() <= settings().cache.max_entries);
    }
}
