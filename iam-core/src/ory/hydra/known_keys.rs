//! The keys of an issuer that are known at a moment, and when to ask for them again.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::jwk::{Algorithm, Key};
use crate::UpstreamFault;

/// Keys of this age are still good, and asked for again meanwhile.
const AGING_AFTER: Duration = Duration::from_secs(600);
/// Keys of this age are asked for again before they count: nobody came meanwhile, or nobody was answered.
const OLD_AFTER: Duration = Duration::from_secs(900);
/// Keys of this age count no longer, whatever the outage: one of them may have been withdrawn.
const KEPT_AT_MOST: Duration = Duration::from_secs(3_600);
/// How far apart two requests are at least that brought nothing new: anybody can make up a key's id.
const VAIN_PAUSE: Duration = Duration::from_secs(5);
/// How far apart two requests are at least of which the first failed.
const FAILED_PAUSE: Duration = Duration::from_secs(1);

/// The keys of a moment.
#[derive(Default)]
pub(super) struct KnownKeys {
    keys: Vec<Arc<Key>>,
    learnt: Option<Instant>,
    /// That the last request failed, and how.
    failed: Option<(Instant, UpstreamFault)>,
    /// The last request that brought nothing new.
    in_vain: Option<Instant>,
}

/// What is known of a key.
pub(super) enum Found {
    /// These, or none, and it is not to be asked now.
    Good(Vec<Arc<Key>>),
    /// These, and it is time to ask again meanwhile.
    Aging(Vec<Arc<Key>>),
    /// These, unless asking brings better ones.
    Old(Vec<Arc<Key>>),
    /// Nothing, before it is asked.
    Ask,
    /// Nothing, and it could not be asked just now: an outage is no refusal.
    Down(UpstreamFault),
}

impl Found {
    pub(super) fn keys(self) -> Vec<Arc<Key>> {
        match self {
            Self::Good(keys) | Self::Aging(keys) | Self::Old(keys) => keys,
            Self::Ask | Self::Down(_) => Vec::new(),
        }
    }
}

impl KnownKeys {
    pub(super) fn find(&self, kid: &str, algorithm: Algorithm, now: Instant) -> Found {
        let failed = self.failed.filter(|(at, _)| now.saturating_duration_since(*at) < FAILED_PAUSE);
        let nothing = match failed {
            Some((_, fault)) => Found::Down(fault),
            None => Found::Ask,
        };
        let Some(learnt) = self.learnt else { return nothing };
        let age = now.saturating_duration_since(learnt);
        if age >= KEPT_AT_MOST {
            return nothing;
        }
        let of_this_id: Vec<_> = self.keys.iter().filter(|key| *key.kid == *kid).collect();
        if of_this_id.is_empty() {
            let in_vain = self.in_vain.is_some_and(|at| now.saturating_duration_since(at) < VAIN_PAUSE);
            return if in_vain { Found::Good(Vec::new()) } else { nothing };
        }
        let keys = of_this_id.into_iter().filter(|key| key.signs_by(algorithm)).cloned().collect();
        match age {
            _ if failed.is_some() || age < AGING_AFTER => Found::Good(keys),
            _ if age < OLD_AFTER => Found::Aging(keys),
            _ => Found::Old(keys),
        }
    }

    /// `kid` is the key that was looked for.
    pub(super) fn learn(
        &mut self,
        kid: Option<&str>,
        keys: Result<Vec<Arc<Key>>, UpstreamFault>,
        now: Instant,
    ) -> Result<(), UpstreamFault> {
        self.failed = keys.as_ref().err().map(|fault| (now, *fault));
        let keys = keys?;
        let is_new = |kid: &str| keys.iter().any(|key| *key.kid == *kid);
        if kid.is_some_and(|kid| !is_new(kid)) {
            self.in_vain = Some(now);
        }
        (self.keys, self.learnt) = (keys, Some(now));
        Ok(())
    }

    pub(super) fn failed_since(&self, began: Instant) -> Option<UpstreamFault> {
        self.failed.filter(|(at, _)| *at >= began).map(|(_, fault)| fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const BY: Algorithm = Algorithm::EdDsa;

    fn keys(kids: &[&str]) -> Vec<Arc<Key>> {
        let key = |kid: &&str| {
            let x = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
            Key::of(&json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x})).map(Arc::new).unwrap()
        };
        kids.iter().map(key).collect()
    }

    /// What a look-up of this key says: whether there is one, or what to do.
    fn said(known: &KnownKeys, kid: &str, at: Instant) -> &'static str {
        match known.find(kid, BY, at) {
            Found::Good(keys) => ["unknown", "good"][keys.len()],
            Found::Aging(keys) => ["aging, unknown", "aging"][keys.len()],
            Found::Old(keys) => ["old, unknown", "old"][keys.len()],
            Found::Ask => "ask",
            Found::Down(_) => "down",
        }
    }

    #[test]
    fn a_key_is_good_for_a_while_then_asked_for_meanwhile_then_first() {
        let start = Instant::now();
        let seconds = |count| start + Duration::from_secs(count);
        let mut known = KnownKeys::default();
        assert_eq!(said(&known, "a", start), "ask");
        known.learn(Some("a"), Ok(keys(&["a"])), start).unwrap();
        let ages =
            [(0, "good"), (599, "good"), (600, "aging"), (899, "aging"), (900, "old"), (3_599, "old"), (3_600, "ask")];
        for (at, meant) in ages {
            assert_eq!(said(&known, "a", seconds(at)), meant, "after {at} s");
        }
        // Nobody could be asked: not again at once, and the key is good until it is too old.
        for (failed, next) in [(600, "aging"), (1_000, "old"), (3_598, "old"), (3_600, "ask")] {
            known.learn(None, Err(UpstreamFault::NoConnection), seconds(failed)).unwrap_err();
            let meanwhile = if failed == 3_600 { "down" } else { "good" };
            assert_eq!([said(&known, "a", seconds(failed)), said(&known, "a", seconds(failed + 1))], [meanwhile, next]);
        }
        known.learn(None, Ok(keys(&["b"])), seconds(3_700)).unwrap();
        assert_eq!([said(&known, "a", seconds(3_700)), said(&known, "b", seconds(3_700))], ["ask", "good"]);
    }

    #[test]
    fn an_unknown_key_is_asked_for_once_in_a_while() {
        let start = Instant::now();
        let seconds = |count| start + Duration::from_secs(count);
        let mut known = KnownKeys::default();
        known.learn(Some("a"), Ok(keys(&["a"])), start).unwrap();
        assert_eq!(said(&known, "new", start), "ask", "the first one may be new");
        known.learn(Some("new"), Ok(keys(&["a", "new"])), start).unwrap();
        assert_eq!([said(&known, "new", start), said(&known, "newer", start)], ["good", "ask"]);
        known.learn(Some("made up"), Ok(keys(&["a", "new"])), start).unwrap();
        for (at, meant) in [(0, "unknown"), (4, "unknown"), (5, "ask")] {
            assert_eq!(said(&known, "newer", seconds(at)), meant, "after {at} s");
        }
        assert_eq!(said(&known, "a", start), "good");
        known.learn(Some("newer"), Err(UpstreamFault::Status(503)), seconds(5)).unwrap_err();
        for (at, meant) in [(5, "down"), (6, "ask")] {
            assert_eq!(said(&known, "newer", seconds(at)), meant, "after {at} s");
        }
        assert_eq!(said(&known, "a", seconds(5)), "good");
    }

    #[test]
    fn a_server_that_fails_is_not_asked_again_at_once() {
        let start = Instant::now();
        let mut known = KnownKeys::default();
        known.learn(Some("a"), Err(UpstreamFault::NoConnection), start).unwrap_err();
        let later = start + FAILED_PAUSE;
        assert_eq!(
            [said(&known, "a", start), said(&known, "b", start), said(&known, "a", later)],
            ["down", "down", "ask"]
        );
        assert_eq!(known.failed_since(start), Some(UpstreamFault::NoConnection));
        assert_eq!(known.failed_since(later), None);
    }

    #[test]
    fn another_algorithm_is_not_worth_asking_for() {
        let now = Instant::now();
        let named = json!({"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "AAAA", "alg": "EdDSA"});
        let mut known = KnownKeys::default();
        known.learn(None, Ok(Key::of(&named).map(Arc::new).into_iter().collect()), now).unwrap();
        assert!(matches!(known.find("a", Algorithm::Rs256, now), Found::Good(keys) if keys.is_empty()));
        assert!(matches!(known.find("a", BY, now), Found::Good(keys) if keys.len() == 1));
    }
}
