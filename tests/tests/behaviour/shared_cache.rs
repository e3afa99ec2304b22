//! A cache that two processes share.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use iam_core::cache::{Gone, SharedCache, SharedCacheError, SharedEntry, SharedKey};
use iam_core::config::{Environment, IamConfig};
use iam_core::{Secret, SessionId};
use iam_testing::client::NewIdentity;
use iam_testing::double::TestClock;
use tokio::sync::Notify;

use crate::stage::{Counters, Host, Stage};
use crate::{Here, Iam, Tenants};

const SECRET: &str = "what both processes know, and nobody else";

/// A store in memory that can fail, panic, and have its entries altered.
#[derive(Clone, Default)]
pub(super) struct Store(Arc<Parts>);

/// An entry, with the ids of its session and its owner.
type Kept = (Vec<u8>, Option<String>, String);

#[derive(Default)]
struct Parts {
    entries: Mutex<HashMap<String, Kept>>,
    is_down: AtomicBool,
    panics: AtomicBool,
    /// Whoever makes the store forget waits here, if there is a door and it is shut.
    door: Mutex<Option<Arc<Door>>>,
}

#[derive(Default)]
struct Door {
    knocked: Notify,
    opens: Notify,
}

impl Store {
    fn answer(&self) -> Result<(), SharedCacheError> {
        assert!(!self.0.panics.load(Ordering::SeqCst), "a store that panics");
        if self.0.is_down.load(Ordering::SeqCst) { Err(SharedCacheError("down")) } else { Ok(()) }
    }

    pub(super) fn set_down(&self, down: bool) {
        self.0.is_down.store(down, Ordering::SeqCst);
    }

    fn len(&self) -> usize {
        self.0.entries.lock().unwrap().len()
    }
}

#[async_trait::async_trait]
impl SharedCache for Store {
    async fn load(&self, key: &SharedKey) -> Result<Option<Vec<u8>>, SharedCacheError> {
        self.answer()?;
        Ok(self.0.entries.lock().unwrap().get(&key.to_string()).map(|entry| entry.0.clone()))
    }

    async fn store(&self, key: &SharedKey, entry: SharedEntry<'_>, _: Duration) -> Result<(), SharedCacheError> {
        self.answer()?;
        let kept = (entry.sealed.to_vec(), entry.session_id.map(str::to_owned), entry.owner_id.to_owned());
        self.0.entries.lock().unwrap().insert(key.to_string(), kept);
        Ok(())
    }

    async fn forget(&self, tenant: &str, gone: Gone<'_>) -> Result<(), SharedCacheError> {
        self.answer()?;
        let door = self.0.door.lock().unwrap().clone();
        if let Some(door) = door {
            door.knocked.notify_one();
            door.opens.notified().await;
        }
        self.0.entries.lock().unwrap().retain(|key, (_, session, owner)| match gone {
            _ if !key.starts_with(tenant) => true,
            Gone::Session(id) => session.as_deref() != Some(id),
            Gone::Identity(id) => owner != id,
        });
        Ok(())
    }
}

/// One of the processes.
pub(super) struct Process {
    pub(super) iam: Iam<Tenants>,
    address: SocketAddr,
}

impl Process {
    async fn start(stage: &Stage, store: &Store, cached: bool) -> Self {
        let clock = TestClock::present();
        Self::clocked(stage, store, cached, clock).await
    }

    async fn clocked(stage: &Stage, store: &Store, cached: bool, clock: TestClock) -> Self {
        let ttl = if cached { "60000" } else { "0" };
        let settings = [
            ("IAM__TENANTS__ADMIN__CACHE__SESSION_TTL_MS", ttl),
            ("IAM__TENANTS__CUSTOMER__CACHE__SESSION_TTL_MS", ttl),
            // A remembered refusal would hide what the store says.
            ("IAM__TENANTS__ADMIN__CACHE__NEGATIVE_TTL_MS", "0"),
            ("IAM__TENANTS__CUSTOMER__CACHE__NEGATIVE_TTL_MS", "0"),
            ("IAM__TENANTS__DEALER__CACHE__INTROSPECTION_TTL_MS", ttl),
        ];
        let config = IamConfig::from_toml(&stage.world.iam_config().unwrap()).unwrap();
        let config = config.with_environment(&Environment::from_pairs(settings));
        let iam = Iam::builder(config).clock(clock).shared_cache(store.clone(), Secret::new(SECRET));
        let iam = iam.build().await.unwrap();
        let address = Here::start(iam.clone(), Arc::new(Counters::default())).await;
        Self { iam, address }
    }

    pub(super) async fn get(&self, path: &str, token: &str) -> u16 {
        let http = iam_testing::client::http_client().unwrap();
        let url = format!("http://{}{path}", self.address);
        http.get(url).bearer_auth(token).send().await.unwrap().status().as_u16()
    }
}

pub(super) async fn two(stage: &Stage, store: &Store) -> (Process, Process) {
    (Process::start(stage, store, true).await, Process::start(stage, store, true).await)
}

#[tokio::test]
async fn what_one_process_looked_up_the_other_need_not() {
    let (stage, store) = (Stage::new().await, Store::default());
    let (one, other) = two(&stage, &store).await;
    let token = &stage.account("admin", "a").session.token;
    assert_eq!(one.get("/admin/a-or-b", token).await, 200);
    assert_eq!(other.get("/admin/a-or-b", token).await, 200);
    assert_eq!(other.get("/admin/a-and-b", token).await, 403, "with its roles and no others");
    assert_eq!(stage.whoamis("admin"), 1);

    let machine = stage.tenant("dealer").machine("reader").token.clone().unwrap();
    assert_eq!(one.get("/dealer/partner/read", &machine).await, 200);
    assert_eq!(other.get("/dealer/partner/read", &machine).await, 200);
    assert_eq!(other.get("/dealer/partner/write", &machine).await, 403);
    assert_eq!(stage.introspections("dealer"), 1);
    assert_eq!(other.get("/dealer/me", &machine).await, 401, "an access token is no session");
}

#[tokio::test]
async fn nothing_is_shared_where_the_cache_is_off() {
    let (stage, store) = (Stage::new().await, Store::default());
    let process = Process::start(&stage, &store, false).await;
    assert_eq!(process.get("/admin/me", &stage.account("admin", "a").session.token).await, 200);
    assert_eq!(store.len(), 0);
}

#[tokio::test]
async fn a_revocation_in_one_process_is_one_in_all() {
    let (stage, store) = (Stage::new().await, Store::default());
    let (one, other) = two(&stage, &store).await;
    let session = &stage.account("admin", "a").session;
    assert_eq!(one.get("/admin/me", &session.token).await, 200);
    one.iam.tenant(Tenants::Admin).sessions().revoke(&SessionId::new(&session.session_id)).await.unwrap();
    assert_eq!(store.len(), 0);
    assert_eq!(one.get("/admin/me", &session.token).await, 401);
    assert_eq!(other.get("/admin/me", &session.token).await, 401);
}

#[tokio::test]
async fn a_store_that_could_not_forget_is_not_believed_by_the_process_that_revoked() {
    let (stage, store) = (Stage::new().await, Store::default());
    let (one, other) = two(&stage, &store).await;
    let session = &stage.account("admin", "a").session;
    assert_eq!(one.get("/admin/me", &session.token).await, 200);
    store.set_down(true);
    one.iam.tenant(Tenants::Admin).sessions().revoke(&SessionId::new(&session.session_id)).await.unwrap();
    assert_eq!(one.get("/admin/me", &session.token).await, 401);
    store.set_down(false);
    assert_eq!(one.get("/admin/me", &session.token).await, 401, "also once the store is back");
    // Elsewhere the entry ends with the cache's lifetime, as documented.
    assert_eq!(other.get("/admin/me", &session.token).await, 200);
}

#[tokio::test]
async fn an_entry_is_as_old_in_one_process_as_in_the_other() {
    let (stage, store) = (Stage::new().await, Store::default());
    let clock = TestClock::present();
    let one = Process::clocked(&stage, &store, true, clock.clone()).await;
    let other = Process::clocked(&stage, &store, true, clock.clone()).await;
    let session = &stage.account("admin", "a").session;
    assert_eq!(one.get("/admin/me", &session.token).await, 200);
    stage.tenant("admin").client.revoke_session(&session.session_id).await.unwrap();
    clock.advance(Duration::from_secs(58));
    assert_eq!(other.get("/admin/me", &session.token).await, 200, "within the 60 s that are configured");
    clock.advance(Duration::from_secs(3));
    // This store keeps entries for ever, whatever it is told.
    assert_eq!(other.get("/admin/me", &session.token).await, 401, "and no longer");
    assert_eq!(one.get("/admin/me", &session.token).await, 401);
}

#[tokio::test]
async fn whom_ory_refused_the_store_lets_in_no_more() {
    let (stage, store) = (Stage::new().await, Store::default());
    let (one, other) = two(&stage, &store).await;
    let session = &stage.account("customer", "a").session;
    assert_eq!(one.get("/customer/me", &session.token).await, 200);
    stage.tenant("customer").client.revoke_session(&session.session_id).await.unwrap();
    // This process knows nothing yet, and asks Ory itself for a route that wants a fresh answer.
    assert_eq!(other.get("/customer/demands/freshest", &session.token).await, 401);
    assert_eq!(other.get("/customer/me", &session.token).await, 401, "whatever the store has");
}

#[tokio::test]
async fn who_steps_up_is_let_in_by_the_other_process_too() {
    let (stage, store) = (Stage::new().await, Store::default());
    let (one, other) = two(&stage, &store).await;
    let ory = &stage.tenant("customer").client;
    let identity = ory.create_identity(NewIdentity::new("careful@customer.test")).await.unwrap();
    let session = ory.login(&identity).await.unwrap();
    assert_eq!(one.get("/customer/me", &session.token).await, 200);
    ory.set_up_totp(&session).await.unwrap();
    assert_eq!(other.get("/customer/demands/strong", &session.token).await, 200);
}

#[tokio::test]
async fn the_store_forgets_also_if_whoever_revokes_leaves() {
    let (stage, store) = (Stage::new().await, Store::default());
    let (one, other) = two(&stage, &store).await;
    let session = &stage.account("admin", "a").session;
    assert_eq!(one.get("/admin/me", &session.token).await, 200);
    let door = Arc::new(Door::default());
    *store.0.door.lock().unwrap() = Some(Arc::clone(&door));
    let (sessions, id) = (one.iam.tenant(Tenants::Admin).sessions(), SessionId::new(&session.session_id));
    tokio::select! {
        biased;
        () = door.knocked.notified() => {}
        _ = sessions.revoke(&id) => panic!("the store has not answered yet"),
    }
    door.opens.notify_one();
    for _ in 0..200 {
        if store.len() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(store.len(), 0, "nobody waited for it, and it was told all the same");
    assert_eq!(other.get("/admin/me", &session.token).await, 401);
}

#[tokio::test]
async fn an_altered_entry_lets_nobody_in_and_stops_nobody() {
    let (stage, store) = (Stage::new().await, Store::default());
    let (one, other) = two(&stage, &store).await;
    let plain = &stage.account("admin", "plain").session.token;
    assert_eq!(one.get("/admin/me", plain).await, 200);
    for entry in store.0.entries.lock().unwrap().values_mut() {
        let text = String::from_utf8_lossy(&entry.0[32..]).replace(r#""roles":[]"#, r#""roles":["a"]"#);
        assert!(text.contains(r#""roles":["a"]"#), "{text}");
        entry.0.truncate(32);
        entry.0.extend_from_slice(text.as_bytes());
    }
    assert_eq!(other.get("/admin/a-or-b", plain).await, 403, "no role of the store's making");
    assert_eq!(stage.whoamis("admin"), 2, "Ory was asked instead");
}

#[tokio::test]
async fn a_store_that_fails_or_panics_is_passed_over() {
    let (stage, store) = (Stage::new().await, Store::default());
    let (one, _) = two(&stage, &store).await;
    store.set_down(true);
    assert_eq!(one.get("/admin/me", &stage.account("admin", "a").session.token).await, 200);
    store.0.panics.store(true, Ordering::SeqCst);
    assert_eq!(one.get("/admin/me", &stage.account("admin", "b").session.token).await, 200);
    assert_eq!(one.get("/admin/me", "ory_st_unknown").await, 401);
}

#[tokio::test]
async fn a_short_secret_is_refused() {
    let stage = Stage::new().await;
    let config = IamConfig::from_toml(&stage.world.iam_config().unwrap()).unwrap();
    let builder = Iam::<Tenants>::builder(config).shared_cache(Store::default(), Secret::new("short"));
    let error = builder.build().await.unwrap_err().to_string();
    assert!(error.contains("32 bytes") && !error.contains("short\""), "{error}");
}
