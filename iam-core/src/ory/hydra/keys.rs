//! The keys that an issuer signs with, kept for a while.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex as Turn;
use tokio::time::Instant;

use super::jwk::{Algorithm, Key};
use crate::ory::http::{Answer, Call, Client, Listener};
use crate::upstream::Trace;
use crate::{RequestId, UpstreamError, UpstreamFault};

/// Keys of this age are still good, and asked for again meanwhile.
const REFRESHED_AFTER: Duration = Duration::from_secs(600);
/// Keys that could not be asked for again in all this time are good no longer: one of them may have been withdrawn.
const KEPT_AT_MOST: Duration = Duration::from_secs(3_600);
/// How far apart two requests are at least that were for nothing: anybody can make up a key's id.
const PAUSE: Duration = Duration::from_secs(5);

/// The issuer's keys.
pub(super) struct Keys {
    client: Arc<Client>,
    call: Call,
    ring: Mutex<Ring>,
    /// Whoever has it asks; the others wait for what comes of it.
    turn: Arc<Turn<()>>,
}

impl Keys {
    pub(super) fn new(client: Arc<Client>, public: &Listener) -> Self {
        let call = Call::get(public, ".well-known/jwks.json");
        Self { client, call, ring: Mutex::default(), turn: Arc::default() }
    }

    /// All keys of this id that may sign by this algorithm; none if the issuer has none.
    pub(super) async fn find(
        self: &Arc<Self>,
        kid: &str,
        algorithm: Algorithm,
        trace: &Trace,
    ) -> Result<Vec<Arc<Key>>, UpstreamError> {
        let began = Instant::now();
        match self.ring().look(kid, algorithm, began) {
            Look::Good(keys) => return Ok(keys),
            Look::Aging(keys) => {
                self.refresh();
                return Ok(keys);
            }
            Look::Down(fault) => return Err(self.client.error(fault)),
            Look::Ask => {}
        }
        let _turn = self.turn.lock().await;
        // Whoever had it before may have asked meanwhile.
        if let Some(fault) = self.ring().failed_since(began) {
            return Err(self.client.error(fault));
        }
        if matches!(self.ring().look(kid, algorithm, Instant::now()), Look::Ask) {
            self.ask(Some(kid), trace).await.map_err(|fault| self.client.error(fault))?;
        }
        match self.ring().look(kid, algorithm, Instant::now()) {
            Look::Good(keys) | Look::Aging(keys) => Ok(keys),
            Look::Down(fault) => Err(self.client.error(fault)),
            Look::Ask => Ok(Vec::new()),
        }
    }

    /// Whether there are keys at all, asked now.
    pub(super) async fn verify(&self, trace: &Trace) -> Result<(), UpstreamFault> {
        let _turn = self.turn.lock().await;
        self.ask(None, trace).await?;
        match self.ring().keys.is_empty() {
            false => Ok(()),
            true => Err(UpstreamFault::Unreadable("no key that verifies an access token")),
        }
    }

    /// Asks while nobody waits for it, unless somebody is about it.
    fn refresh(self: &Arc<Self>) {
        if let Ok(turn) = Arc::clone(&self.turn).try_lock_owned() {
            let this = Arc::clone(self);
            drop(tokio::spawn(async move {
                let trace = Trace { request_id: RequestId::generate(), traceparent: None };
                // What comes of it is in the ring.
                let _ = this.ask(None, &trace).await;
                drop(turn);
            }));
        }
    }

    /// Only for who has the turn.
    async fn ask(&self, kid: Option<&str>, trace: &Trace) -> Result<(), UpstreamFault> {
        let answer = self.call.clone().send(&self.client, trace).await;
        let found = answer.map_err(|error| error.fault).and_then(|answer| read(&answer));
        self.ring().learn(kid, found, Instant::now())
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known of a key.
enum Look {
    /// These, or none, and it is not to be asked now.
    Good(Vec<Arc<Key>>),
    /// These, and it is time to ask again.
    Aging(Vec<Arc<Key>>),
    /// Nothing, before it is asked.
    Ask,
    /// Nothing, and it could not be asked just now: an outage is no refusal.
    Down(UpstreamFault),
}

/// The keys of one moment.
#[derive(Default)]
struct Ring {
    keys: Vec<Arc<Key>>,
    learnt: Option<Instant>,
    /// That the last request failed, and how.
    failed: Option<(Instant, UpstreamFault)>,
    /// The last request that brought nothing new.
    in_vain: Option<Instant>,
}

impl Ring {
    fn look(&self, kid: &str, algorithm: Algorithm, now: Instant) -> Look {
        let Some(learnt) = self.learnt else { return Look::Ask };
        let may_ask = self.in_vain.is_none_or(|at| now.saturating_duration_since(at) >= PAUSE);
        let of_this_id: Vec<_> = self.keys.iter().filter(|key| *key.kid == *kid).collect();
        if of_this_id.is_empty() {
            return match self.failed {
                _ if may_ask => Look::Ask,
                Some((_, fault)) => Look::Down(fault),
                None => Look::Good(Vec::new()),
            };
        }
        let keys = of_this_id.into_iter().filter(|key| key.signs_by(algorithm)).cloned().collect();
        match now.saturating_duration_since(learnt) {
            age if age >= KEPT_AT_MOST => Look::Ask,
            age if age >= REFRESHED_AFTER && may_ask => Look::Aging(keys),
            _ => Look::Good(keys),
        }
    }

    /// `kid` is the key that was looked for.
    fn learn(
        &mut self,
        kid: Option<&str>,
        found: Result<Vec<Arc<Key>>, UpstreamFault>,
        now: Instant,
    ) -> Result<(), UpstreamFault> {
        let is_first = self.learnt.is_none();
        let brings_it = |keys: &[Arc<Key>]| kid.is_none_or(|kid| keys.iter().any(|key| *key.kid == *kid));
        self.in_vain = match &found {
            Ok(keys) if is_first || brings_it(keys) => None,
            _ => Some(now),
        };
        self.failed = found.as_ref().err().map(|fault| (now, *fault));
        (self.keys, self.learnt) = (found?, Some(now));
        Ok(())
    }

    fn failed_since(&self, began: Instant) -> Option<UpstreamFault> {
        self.failed.filter(|(at, _)| *at >= began).map(|(_, fault)| fault)
    }
}

/// `GET /.well-known/jwks.json` (RFC 7517, section 5); keys that are of no use here are left out.
fn read(answer: &Answer) -> Result<Vec<Arc<Key>>, UpstreamFault> {
    match answer.status.as_u16() {
        200 => Ok(answer.json::<WireKeys>("the set of keys")?.keys.iter().filter_map(Key::of).map(Arc::new).collect()),
        _ => Err(answer.unexpected()),
    }
}

#[derive(Deserialize)]
struct WireKeys {
    keys: Vec<Value>,
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

    /// What a look-up of this key says: how many there are, or what to do.
    fn said(ring: &Ring, kid: &str, at: Instant) -> &'static str {
        match ring.look(kid, BY, at) {
            Look::Good(keys) => ["unknown", "good"][keys.len()],
            Look::Aging(keys) => ["aging, unknown", "aging"][keys.len()],
            Look::Ask => "ask",
            Look::Down(_) => "down",
        }
    }

    #[test]
    fn a_key_is_good_for_a_while_then_asked_for_meanwhile_then_first() {
        let start = Instant::now();
        let mut ring = Ring::default();
        assert_eq!(said(&ring, "a", start), "ask");
        let _ = ring.learn(Some("a"), Ok(keys(&["a"])), start);
        let seconds = |count| start + Duration::from_secs(count);
        for (at, meant) in [(0, "good"), (599, "good"), (600, "aging"), (3_599, "aging"), (3_600, "ask")] {
            assert_eq!(said(&ring, "a", seconds(at)), meant, "after {at} s");
        }
        // Nobody could be asked: not again at once, and the key is good until it is too old.
        let _ = ring.learn(None, Err(UpstreamFault::NoConnection), seconds(600));
        for (at, meant) in [(600, "good"), (604, "good"), (605, "aging"), (3_600, "ask")] {
            assert_eq!(said(&ring, "a", seconds(at)), meant, "after {at} s");
        }
        let _ = ring.learn(None, Ok(keys(&["a"])), seconds(700));
        assert_eq!([said(&ring, "a", seconds(1_299)), said(&ring, "a", seconds(1_300))], ["good", "aging"]);
        let _ = ring.learn(None, Ok(keys(&["b"])), seconds(1_300));
        assert_eq!(said(&ring, "a", seconds(1_300)), "ask", "withdrawn, or so it seems");
        assert_eq!(said(&ring, "b", seconds(1_300)), "good");
    }

    #[test]
    fn an_unknown_key_is_asked_for_once_in_a_while() {
        let start = Instant::now();
        let seconds = |count| start + Duration::from_secs(count);
        let mut ring = Ring::default();
        let _ = ring.learn(Some("a"), Ok(keys(&["a"])), start);
        assert_eq!(said(&ring, "new", start), "ask", "the first one may be new");
        let _ = ring.learn(Some("new"), Ok(keys(&["a", "new"])), start);
        assert_eq!([said(&ring, "new", start), said(&ring, "newer", start)], ["good", "ask"]);
        let _ = ring.learn(Some("made up"), Ok(keys(&["a", "new"])), start);
        for (at, meant) in [(0, "unknown"), (4, "unknown"), (5, "ask")] {
            assert_eq!(said(&ring, "newer", seconds(at)), meant, "after {at} s");
        }
        assert_eq!(said(&ring, "a", start), "good");
        let _ = ring.learn(Some("newer"), Err(UpstreamFault::Status(503)), seconds(5));
        for (at, meant) in [(5, "down"), (9, "down"), (10, "ask")] {
            assert_eq!(said(&ring, "newer", seconds(at)), meant, "after {at} s");
        }
        assert_eq!(said(&ring, "a", seconds(5)), "good");
    }

    #[test]
    fn another_algorithm_is_not_worth_asking_for() {
        let mut ring = Ring::default();
        let _ = ring.learn(None, Ok(keys(&["a"])), Instant::now());
        let named = json!({"kty": "OKP", "crv": "Ed25519", "kid": "b", "x": "AAAA", "alg": "EdDSA"});
        ring.keys.extend(Key::of(&named).map(Arc::new));
        assert!(matches!(ring.look("b", Algorithm::Rs256, Instant::now()), Look::Good(keys) if keys.is_empty()));
        assert!(matches!(ring.look("b", BY, Instant::now()), Look::Good(keys) if keys.len() == 1));
    }
}
