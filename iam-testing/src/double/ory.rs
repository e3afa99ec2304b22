use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use iam_core::upstream::{
    CheckTuple, IdentityRecord, Introspection, Readiness, SessionCredential, SessionRecord, Trace, Upstream, Whoami,
};
use iam_core::{Clock, Product, Secret, UpstreamError, UpstreamFault};
use serde_json::value::to_raw_value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::TestClock;

/// One tenant's Ory, in memory.
#[derive(Debug)]
pub struct FakeOry {
    tenant: &'static str,
    clock: TestClock,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    sessions: HashMap<String, SessionRecord>,
    second_factor: HashSet<String>,
    tokens: HashMap<String, Introspection>,
    allowed: HashSet<(String, String, String, String)>,
    down: HashSet<Product>,
    asked: usize,
}

/// A user to be let in.
#[derive(Debug, Clone)]
pub struct TestUser {
    id: Uuid,
    roles: Vec<String>,
    traits: serde_json::Value,
    lifespan: Duration,
    active: bool,
    needs_second_factor: bool,
    assurance_level: &'static str,
}

impl Default for TestUser {
    fn default() -> Self {
        Self::new()
    }
}

impl TestUser {
    /// An active user of a fresh id without roles, whose session lasts an hour.
    #[must_use]
    pub fn new() -> Self {
        Self {
            id: Uuid::new_v4(),
            roles: Vec::new(),
            traits: serde_json::json!({}),
            lifespan: Duration::from_secs(3600),
            active: true,
            needs_second_factor: false,
            assurance_level: "aal1",
        }
    }

    /// Of this id.
    #[must_use]
    pub fn id(mut self, id: Uuid) -> Self {
        self.id = id;
        self
    }

    /// With this role as well.
    #[must_use]
    pub fn role(mut self, role: &str) -> Self {
        self.roles.push(role.into());
        self
    }

    /// With these traits.
    #[must_use]
    pub fn traits(mut self, traits: serde_json::Value) -> Self {
        self.traits = traits;
        self
    }

    /// With a session that ends after this time.
    #[must_use]
    pub fn lifespan(mut self, lifespan: Duration) -> Self {
        self.lifespan = lifespan;
        self
    }

    /// Deactivated.
    #[must_use]
    pub fn inactive(mut self) -> Self {
        self.active = false;
        self
    }

    /// With a session that has its second factor (`aal2`).
    #[must_use]
    pub fn second_factor(mut self) -> Self {
        self.assurance_level = "aal2";
        self
    }

    /// The id, as handlers, checks and audit events have it.
    #[must_use]
    pub fn subject(&self) -> String {
        self.id.to_string()
    }

    /// With a session that lacks its second factor.
    #[must_use]
    pub fn needs_second_factor(mut self) -> Self {
        self.needs_second_factor = true;
        self
    }
}

/// An OAuth2 client with a token.
#[derive(Debug, Clone)]
pub struct TestClient {
    id: String,
    subject: Option<String>,
    scopes: Vec<String>,
    audience: Vec<String>,
    lifespan: Duration,
}

impl TestClient {
    /// A client with a token of its own, good for an hour, without scopes.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self {
            id: id.into(),
            subject: None,
            scopes: Vec::new(),
            audience: Vec::new(),
            lifespan: Duration::from_secs(3600),
        }
    }

    /// With this scope as well.
    #[must_use]
    pub fn scope(mut self, scope: &str) -> Self {
        self.scopes.push(scope.into());
        self
    }

    /// For this audience as well.
    #[must_use]
    pub fn audience(mut self, audience: &str) -> Self {
        self.audience.push(audience.into());
        self
    }

    /// Acting for this user.
    #[must_use]
    pub fn acting_for(mut self, subject: &str) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// With a token that ends after this time.
    #[must_use]
    pub fn lifespan(mut self, lifespan: Duration) -> Self {
        self.lifespan = lifespan;
        self
    }
}

impl FakeOry {
    pub(super) fn new(tenant: &'static str, clock: TestClock) -> Self {
        Self { tenant, clock, state: Mutex::default() }
    }

    /// Gives the user a session and returns its credential: a session token, and a cookie's value alike.
    pub fn user(&self, user: TestUser) -> String {
        let token = format!("ory_st_{}", Uuid::new_v4().simple());
        let session = SessionRecord {
            id: Uuid::new_v4().to_string(),
            active: true,
            expires_at: self.now() + user.lifespan,
            authenticated_at: Some(self.now()),
            assurance_level: user.assurance_level.into(),
            methods: vec!["password".into()],
            identity: IdentityRecord {
                id: user.id.to_string(),
                state: if user.active { "active" } else { "inactive" }.into(),
                schema_id: "default".into(),
                traits: to_raw_value(&user.traits).ok(),
                metadata_public: to_raw_value(&serde_json::json!({ "roles": user.roles })).ok(),
            },
        };
        let mut state = self.lock();
        if user.needs_second_factor {
            state.second_factor.insert(token.clone());
        }
        state.sessions.insert(token.clone(), session);
        token
    }

    /// Gives the client an access token and returns it.
    pub fn client(&self, client: TestClient) -> String {
        let token = format!("ory_at_{}", Uuid::new_v4().simple());
        let now = self.now().unix_timestamp();
        let introspection = Introspection {
            active: true,
            subject: Some(client.subject.unwrap_or_else(|| client.id.clone())),
            client_id: Some(client.id),
            scope: Some(client.scopes.join(" ")),
            audience: client.audience,
            issuer: Some(format!("https://{}.issuer.test", self.tenant)),
            token_use: Some("access_token".into()),
            expires_at: i64::try_from(client.lifespan.as_secs()).ok().and_then(|life| now.checked_add(life)),
            not_before: Some(now),
            issued_at: Some(now),
        };
        self.lock().tokens.insert(token.clone(), introspection);
        token
    }

    /// Lets `subject` (such as `user:6f3c..`) have `relation` on `object` of `namespace`.
    pub fn allow(&self, namespace: &str, object: &str, relation: &str, subject: &str) {
        self.lock().allowed.insert((namespace.into(), object.into(), relation.into(), subject.into()));
    }

    /// Ends a session or token.
    pub fn revoke(&self, credential: &str) {
        let mut state = self.lock();
        state.sessions.remove(credential);
        state.tokens.remove(credential);
    }

    /// Takes a server down, or up again.
    pub fn set_down(&self, product: Product, down: bool) {
        let mut state = self.lock();
        if down {
            state.down.insert(product)
        } else {
            state.down.remove(&product)
        };
    }

    /// How often this Ory was asked anything.
    #[must_use]
    pub fn times_asked(&self) -> usize {
        self.lock().asked
    }

    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + self.clock.wall()
    }

    fn ask(&self, product: Product) -> Result<MutexGuard<'_, State>, UpstreamError> {
        let mut state = self.lock();
        state.asked += 1;
        if state.down.contains(&product) {
            return Err(UpstreamError { tenant: self.tenant, product, fault: UpstreamFault::NoConnection });
        }
        Ok(state)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Upstream for FakeOry {
    async fn whoami(&self, _: &Trace, credential: &SessionCredential) -> Result<Whoami, UpstreamError> {
        let state = self.ask(Product::Kratos)?;
        let (SessionCredential::Cookie(text) | SessionCredential::Token(text)) = credential;
        let session = state.sessions.get(text.expose());
        // As Kratos: one refusal for every cause.
        let alive = session.filter(|session| session.expires_at > self.now() && session.identity.state == "active");
        Ok(match alive {
            None => Whoami::Rejected,
            Some(_) if state.second_factor.contains(text.expose()) => {
                Whoami::SecondFactorRequired { redirect_to: None }
            }
            Some(session) => Whoami::Session(Box::new(session.clone())),
        })
    }

    async fn introspect(&self, _: &Trace, token: &Secret) -> Result<Introspection, UpstreamError> {
        let state = self.ask(Product::Hydra)?;
        let now = self.now().unix_timestamp();
        let known = state.tokens.get(token.expose()).filter(|token| token.expires_at.is_some_and(|end| end > now));
        Ok(known.cloned().unwrap_or_default())
    }

    async fn check(&self, _: &Trace, tuple: &CheckTuple) -> Result<bool, UpstreamError> {
        let CheckTuple { namespace, object, relation, subject_id } = tuple.clone();
        Ok(self.ask(Product::Keto)?.allowed.contains(&(namespace, object, relation, subject_id)))
    }

    async fn ready(&self, product: Product) -> Readiness {
        if self.lock().down.contains(&product) { Readiness::NotReady } else { Readiness::Ready }
    }
}
