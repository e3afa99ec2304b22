//! The keys that an issuer signs with, as they are asked for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Deserialize;
use serde_json::Value;
use tokio::sync::{Mutex as Turns, OwnedMutexGuard, Semaphore};
use tokio::time::Instant;

use super::jwk::{Algorithm, Key};
use super::known_keys::{Found, KnownKeys};
use crate::ory::http::{Answer, Call, Client, Listener};
use crate::upstream::Trace;
use crate::{RequestId, UpstreamError, UpstreamFault};

/// The issuer's keys.
pub(super) struct Keys {
    client: Arc<Client>,
    call: Call,
    known: Mutex<KnownKeys>,
    /// Whoever has the turn asks; the others wait for what comes of it.
    turns: Arc<Turns<()>>,
    /// Those who wait.
    places: Semaphore,
}

impl Keys {
    /// So many requests wait for keys at the most.
    pub(super) fn new(client: Arc<Client>, public: &Listener, places: usize) -> Self {
        let call = Call::get(public, ".well-known/jwks.json");
        let places = Semaphore::new(places);
        Self { client, call, known: Mutex::default(), turns: Arc::default(), places }
    }

    /// All keys of this id that may sign by this algorithm; none if the issuer has none.
    pub(super) async fn find(
        self: &Arc<Self>,
        kid: &str,
        algorithm: Algorithm,
        trace: &Trace,
    ) -> Result<Vec<Arc<Key>>, UpstreamError> {
        let began = Instant::now();
        let found = self.known().find(kid, algorithm, began);
        match found {
            Found::Good(keys) => return Ok(keys),
            Found::Aging(keys) => {
                // Nobody waits for it.
                if let Ok(turn) = Arc::clone(&self.turns).try_lock_owned() {
                    drop(self.ask(turn, None, &fresh_trace()));
                }
                return Ok(keys);
            }
            Found::Old(keys) => {
                // One waits for all; if there is no answer, they still count.
                let Ok(turn) = Arc::clone(&self.turns).try_lock_owned() else { return Ok(keys) };
                return Ok(match self.ask(turn, None, trace).await {
                    Ok(()) => self.known().find(kid, algorithm, Instant::now()).keys(),
                    Err(_) => keys,
                });
            }
            Found::Down(fault) => return Err(self.client.error(fault)),
            Found::Ask => {}
        }
        let _place = self.places.try_acquire().map_err(|_| self.client.error(UpstreamFault::Saturated))?;
        let turn = Arc::clone(&self.turns).lock_owned().await;
        // Whoever had it before may have asked meanwhile.
        let failed = self.known().failed_since(began);
        let asked = match failed {
            Some(fault) => Err(fault),
            None if matches!(self.known().find(kid, algorithm, Instant::now()), Found::Ask) => {
                self.ask(turn, Some(kid.to_owned()), trace).await
            }
            None => Ok(()),
        };
        asked.map_err(|fault| self.client.error(fault))?;
        match self.known().find(kid, algorithm, Instant::now()) {
            Found::Down(fault) => Err(self.client.error(fault)),
            found => Ok(found.keys()),
        }
    }

    /// Whether there are keys, asked now.
    pub(super) async fn probe(self: &Arc<Self>, trace: &Trace) -> Result<(), UpstreamFault> {
        let turn = Arc::clone(&self.turns).lock_owned().await;
        self.ask(turn, None, trace).await
    }

    /// Asks in a task of its own: who waits for it may leave, and what comes of it is known all the same.
    /// `kid` is the key that is looked for.
    fn ask(
        self: &Arc<Self>,
        turn: OwnedMutexGuard<()>,
        kid: Option<String>,
        trace: &Trace,
    ) -> impl Future<Output = Result<(), UpstreamFault>> + use<> {
        let (this, trace) = (Arc::clone(self), trace.clone());
        let asking = tokio::spawn(async move {
            let answer = this.call.clone().send(&this.client, &trace).await;
            let keys = answer.map_err(|error| error.fault).and_then(|answer| read(&answer));
            let learnt = this.known().learn(kid.as_deref(), keys, Instant::now());
            drop(turn);
            learnt
        });
        async move { asking.await.unwrap_or(Err(UpstreamFault::Panicked)) }
    }

    fn known(&self) -> MutexGuard<'_, KnownKeys> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// For no request in particular.
fn fresh_trace() -> Trace {
    Trace { request_id: RequestId::generate(), traceparent: None }
}

/// `GET /.well-known/jwks.json` (RFC 7517, section 5); keys that are of no use here are left out.
fn read(answer: &Answer) -> Result<Vec<Arc<Key>>, UpstreamFault> {
    if answer.status != 200 {
        return Err(answer.unexpected());
    }
    let set: WireKeys = answer.json("the set of keys")?;
    let keys: Vec<_> = set.keys.iter().filter_map(Key::of).map(Arc::new).collect();
    // Hydra makes keys when it has none: this is somebody else, and the keys of before are better.
    if keys.is_empty() {
        return Err(UpstreamFault::Unreadable("no key that verifies an access token"));
    }
    Ok(keys)
}

#[derive(Deserialize)]
struct WireKeys {
    keys: Vec<Value>,
}
