//! Everything a stand-in remembers, and the rules that keep it consistent.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::flow::Flow;
use super::identity::Identity;
use super::oidc::Oidc;
use super::session::Session;

/// The state of one server, behind one lock.
pub(super) struct Store {
    pub(super) ready: bool,
    pub(super) flow_lifespan: Duration,
    identities: BTreeMap<Uuid, Identity>,
    sessions: HashMap<Uuid, Session>,
    tokens: HashMap<String, Uuid>,
    identifiers: HashMap<String, Uuid>,
    external_ids: HashMap<String, Uuid>,
    /// By who they are elsewhere.
    providers: HashMap<String, Uuid>,
    flows: HashMap<Uuid, Flow>,
    errors: HashMap<Uuid, (OffsetDateTime, Value)>,
    next_sequence: u64,
}

/// Another identity has that identifier or external id.
pub(super) struct Taken;

impl Store {
    pub(super) fn new(flow_lifespan: Duration) -> Self {
        Self {
            ready: true,
            flow_lifespan,
            identities: BTreeMap::new(),
            sessions: HashMap::new(),
            tokens: HashMap::new(),
            identifiers: HashMap::new(),
            external_ids: HashMap::new(),
            providers: HashMap::new(),
            flows: HashMap::new(),
            errors: HashMap::new(),
            next_sequence: 1,
        }
    }

    pub(super) fn identity(&self, id: Uuid) -> Option<&Identity> {
        self.identities.get(&id)
    }

    pub(super) fn identity_by_identifier(&self, identifier: &str) -> Option<&Identity> {
        self.identity(*self.identifiers.get(identifier)?)
    }

    pub(super) fn identity_by_external_id(&self, external_id: &str) -> Option<&Identity> {
        self.identity(*self.external_ids.get(external_id)?)
    }

    /// The identities whose id is greater than `after`, in the order of ids.
    pub(super) fn identities_after(&self, after: Uuid) -> impl Iterator<Item = &Identity> {
        use std::ops::Bound::{Excluded, Unbounded};
        self.identities.range((Excluded(after), Unbounded)).map(|(_, identity)| identity)
    }

    /// Adds or replaces an identity.
    pub(super) fn put_identity(&mut self, mut identity: Identity) -> Result<(), Taken> {
        let other = |taken: Option<&Uuid>| taken.is_some_and(|id| *id != identity.id);
        let external = identity.external_id.as_ref();
        let is_known = |identifier: String| other(self.providers.get(&identifier));
        if other(self.identifiers.get(&identity.identifier))
            || other(external.and_then(|id| self.external_ids.get(id)))
            || identity.oidc.iter().flat_map(Oidc::identifiers).any(is_known)
        {
            return Err(Taken);
        }
        if let Some(old) = self.identities.remove(&identity.id) {
            self.forget_names(&old);
            identity.updated_at = OffsetDateTime::now_utc();
        }
        self.identifiers.insert(identity.identifier.clone(), identity.id);
        if let Some(external) = &identity.external_id {
            self.external_ids.insert(external.clone(), identity.id);
        }
        self.providers.extend(identity.oidc.iter().flat_map(Oidc::identifiers).map(|name| (name, identity.id)));
        self.identities.insert(identity.id, identity);
        Ok(())
    }

    /// Removes an identity and its sessions.
    pub(super) fn remove_identity(&mut self, id: Uuid) -> bool {
        let Some(old) = self.identities.remove(&id) else {
            return false;
        };
        self.forget_names(&old);
        self.remove_sessions_of(id);
        true
    }

    fn forget_names(&mut self, identity: &Identity) {
        self.identifiers.remove(&identity.identifier);
        if let Some(external) = &identity.external_id {
            self.external_ids.remove(external);
        }
        for identifier in identity.oidc.iter().flat_map(Oidc::identifiers) {
            self.providers.remove(&identifier);
        }
    }

    pub(super) fn session(&self, id: Uuid) -> Option<&Session> {
        self.sessions.get(&id)
    }

    pub(super) fn session_mut(&mut self, id: Uuid) -> Option<&mut Session> {
        self.sessions.get_mut(&id)
    }

    pub(super) fn session_by_token(&self, token: &str) -> Option<&Session> {
        self.session(*self.tokens.get(token)?)
    }

    /// Stores a new session.
    pub(super) fn add_session(&mut self, mut session: Session) -> Uuid {
        let id = session.id;
        session.sequence = self.next_sequence;
        self.next_sequence += 1;
        self.tokens.insert(session.token.clone(), id);
        self.sessions.insert(id, session);
        id
    }

    /// All sessions that `wanted` accepts, newest first.
    pub(super) fn sessions(&self, wanted: impl Fn(&Session) -> bool) -> Vec<&Session> {
        let mut found: Vec<&Session> = self.sessions.values().filter(|s| wanted(s)).collect();
        found.sort_by_key(|s| std::cmp::Reverse(s.sequence));
        found
    }

    /// Deletes an identity's sessions; how many there were.
    pub(super) fn remove_sessions_of(&mut self, identity: Uuid) -> usize {
        let before = self.sessions.len();
        self.sessions.retain(|_, s| s.identity != identity);
        let sessions = &self.sessions;
        self.tokens.retain(|_, id| sessions.contains_key(id));
        before - self.sessions.len()
    }

    /// Revokes an identity's sessions but `current`; how many there were,
    /// counting those that were inactive already.
    pub(super) fn revoke_others(&mut self, identity: Uuid, current: Uuid) -> usize {
        let others = self.sessions.values_mut().filter(|s| s.identity == identity && s.id != current);
        others.map(Session::revoke).count()
    }

    pub(super) fn flow(&self, id: Uuid) -> Option<&Flow> {
        self.flows.get(&id)
    }

    pub(super) fn put_flow(&mut self, flow: Flow) {
        self.flows.insert(flow.id, flow);
    }

    /// Keeps an error for the page that shows it.
    pub(super) fn add_error(&mut self, error: Value) -> Uuid {
        let id = Uuid::new_v4();
        self.errors.insert(id, (OffsetDateTime::now_utc(), error));
        id
    }

    pub(super) fn error(&self, id: Uuid) -> Option<&(OffsetDateTime, Value)> {
        self.errors.get(&id)
    }
}
