//! Principals as bytes that only holders of the shared secret can write.

use std::time::Duration;

use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::Sha256;
use time::OffsetDateTime;

use super::{CredentialSort, SharedKey};
use crate::principal::{Delegate, Machine, User};
use crate::{Principal, Secret};

const TAG_BYTES: usize = 32;

/// Makes keys and entries under the secret that the processes share.
#[derive(Clone)]
pub(crate) struct Sealer(Hmac<Sha256>);

impl Sealer {
    pub(crate) fn new(secret: &Secret) -> Option<Self> {
        Hmac::new_from_slice(secret.expose().as_bytes()).ok().map(Self)
    }

    pub(crate) fn key(&self, tenant: &'static str, kind: CredentialSort, credential: &str) -> SharedKey {
        let digest = self.mac("key", &[tenant, kind.name(), credential].map(str::as_bytes));
        SharedKey { tenant, kind, digest: digest.finalize().into_bytes().into() }
    }

    /// A principal as an entry for this key, and for no other, with when Ory was asked, by the wall clock.
    pub(crate) fn seal(&self, key: &SharedKey, principal: &Principal, asked_at: Duration) -> Option<Vec<u8>> {
        let entry = serde_json::to_vec(&Entry::of(principal, asked_at)).ok()?;
        let tag = self.mac("entry", &[key.to_string().as_bytes(), &entry]).finalize().into_bytes();
        Some([&tag[..], &entry].concat())
    }

    /// The principal of an entry and when Ory was asked, if it was sealed for this key and fits it.
    pub(crate) fn open(&self, key: &SharedKey, sealed: &[u8]) -> Option<(Principal, Duration)> {
        let (tag, entry) = sealed.split_at_checked(TAG_BYTES)?;
        self.mac("entry", &[key.to_string().as_bytes(), entry]).verify_slice(tag).ok()?;
        let entry = serde_json::from_slice::<Entry>(entry).ok()?;
        let asked_at = Duration::from_secs(entry.asked_at);
        let principal = entry.principal(key.tenant)?;
        let is_user = principal.user().is_some();
        (is_user == (key.kind != CredentialSort::AccessToken)).then_some((principal, asked_at))
    }

    /// Each part goes in behind its length, so that no two lists of parts are alike.
    fn mac(&self, purpose: &str, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in [purpose.as_bytes()].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

#[derive(Serialize, Deserialize)]
struct Entry {
    tenant: String,
    expires_at: i64,
    asked_at: u64,
    who: Who,
}

#[derive(Serialize, Deserialize)]
enum Who {
    User {
        id: String,
        session_id: String,
        schema_id: String,
        roles: Vec<String>,
        authenticated_at: Option<i64>,
        assurance_level: String,
        methods: Vec<String>,
        traits: Option<Box<RawValue>>,
        metadata_public: Option<Box<RawValue>>,
    },
    Machine {
        client_id: String,
        scopes: Vec<String>,
    },
    Delegate {
        subject: String,
        client_id: String,
        scopes: Vec<String>,
    },
}

impl Entry {
    fn of(principal: &Principal, asked_at: Duration) -> Self {
        let who = match principal.clone() {
            Principal::User(user) => Who::User {
                traits: user.traits,
                metadata_public: user.metadata_public,
                id: user.id,
                session_id: user.session_id,
                schema_id: user.schema_id,
                roles: user.roles,
                authenticated_at: user.authenticated_at.map(OffsetDateTime::unix_timestamp),
                assurance_level: user.assurance_level,
                methods: user.methods,
            },
            Principal::Machine(machine) => Who::Machine { client_id: machine.client_id, scopes: machine.scopes },
            Principal::Delegate(delegate) => {
                Who::Delegate { subject: delegate.subject, client_id: delegate.client_id, scopes: delegate.scopes }
            }
        };
        // Whole seconds, rounded down: an entry may end early, never late.
        let (expires_at, asked_at) = (principal.expires_at().unix_timestamp(), asked_at.as_secs());
        Self { tenant: principal.tenant().into(), expires_at, asked_at, who }
    }

    fn principal(self, tenant: &'static str) -> Option<Principal> {
        let expires_at = OffsetDateTime::from_unix_timestamp(self.expires_at).ok()?;
        (self.tenant == tenant).then_some(())?;
        Some(match self.who {
            Who::User {
                id,
                session_id,
                schema_id,
                roles,
                authenticated_at,
                assurance_level,
                methods,
                traits,
                metadata_public,
            } => Principal::User(User {
                tenant,
                id,
                session_id,
                schema_id,
                roles,
                expires_at,
                authenticated_at: authenticated_at.and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok()),
                assurance_level,
                methods,
                traits,
                metadata_public,
            }),
            Who::Machine { client_id, scopes } => Principal::Machine(Machine { tenant, client_id, scopes, expires_at }),
            Who::Delegate { subject, client_id, scopes } => {
                Principal::Delegate(Delegate { tenant, subject, client_id, scopes, expires_at })
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED_AT: Duration = Duration::from_secs(1_799_999_000);

    fn machine() -> Principal {
        Principal::Machine(Machine {
            tenant: "dealer",
            client_id: "erp".into(),
            scopes: vec!["a".into()],
            expires_at: OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap(),
        })
    }

    fn user() -> Principal {
        let raw = |json: &str| Some(RawValue::from_string(json.into()).unwrap());
        Principal::User(User {
            tenant: "dealer",
            id: "6f3c".into(),
            session_id: "s1".into(),
            schema_id: "default".into(),
            roles: vec!["a".into()],
            expires_at: OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap(),
            authenticated_at: None,
            assurance_level: "aal1".into(),
            methods: vec!["password".into()],
            traits: raw(r#"{"$serde_json::private::RawValue":"x","n":1e999}"#),
            metadata_public: None,
        })
    }

    fn sealer() -> Sealer {
        Sealer::new(&Secret::new("0123456789abcdef0123456789abcdef")).unwrap()
    }

    #[test]
    fn what_is_sealed_comes_back() {
        let sealer = sealer();
        for (principal, kind) in [
            (machine(), CredentialSort::AccessToken),
            (user(), CredentialSort::Cookie),
            (user(), CredentialSort::SessionToken),
        ] {
            let key = sealer.key("dealer", kind, "credential");
            let sealed = sealer.seal(&key, &principal, ASKED_AT).unwrap();
            let (back, asked_at) = sealer.open(&key, &sealed).unwrap();
            assert_eq!(asked_at, ASKED_AT);
            assert_eq!(format!("{back:?}"), format!("{principal:?}"));
            let traits = |principal: &Principal| {
                principal.user().and_then(|user| user.traits.clone()).map(|raw| raw.get().to_owned())
            };
            assert_eq!(traits(&back), traits(&principal));
        }
    }

    #[test]
    fn nothing_else_is_believed() {
        let (sealer, other) = (sealer(), Sealer::new(&Secret::new("another secret of the same length")).unwrap());
        let key = sealer.key("dealer", CredentialSort::AccessToken, "credential");
        let sealed = sealer.seal(&key, &machine(), ASKED_AT).unwrap();
        assert!(sealer.open(&key, &sealed).is_some());
        for index in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[index] ^= 1;
            assert!(sealer.open(&key, &altered).is_none(), "byte {index}");
            assert!(sealer.open(&key, &sealed[..index]).is_none(), "cut at {index}");
        }
        assert!(other.open(&key, &sealed).is_none());
        for moved in [
            sealer.key("dealer", CredentialSort::AccessToken, "another"),
            sealer.key("dealer", CredentialSort::Cookie, "credential"),
            sealer.key("admin", CredentialSort::AccessToken, "credential"),
        ] {
            assert!(sealer.open(&moved, &sealed).is_none(), "{moved}");
        }
    }

    #[test]
    fn a_machine_never_comes_out_under_a_session_and_no_other_tenants_principal() {
        let sealer = sealer();
        let cookie = sealer.key("dealer", CredentialSort::Cookie, "credential");
        assert!(sealer.open(&cookie, &sealer.seal(&cookie, &machine(), ASKED_AT).unwrap()).is_none());
        let access = sealer.key("dealer", CredentialSort::AccessToken, "credential");
        assert!(sealer.open(&access, &sealer.seal(&access, &user(), ASKED_AT).unwrap()).is_none());
        let admin = sealer.key("admin", CredentialSort::AccessToken, "credential");
        assert!(sealer.open(&admin, &sealer.seal(&admin, &machine(), ASKED_AT).unwrap()).is_none());
    }
}
