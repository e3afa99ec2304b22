//! Identities and how they look in answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::address::{RecoveryAddress, VerifiableAddress};
use super::oidc::Oidc;
use super::schema::{self, Violation};

/// Whether an identity may log in and be seen by whoami.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum IdentityState {
    #[default]
    Active,
    Inactive,
}

/// A stored identity. What users and admins wrote stays raw JSON.
#[derive(Clone)]
pub(super) struct Identity {
    pub(super) id: Uuid,
    pub(super) state: IdentityState,
    pub(super) state_changed_at: Option<OffsetDateTime>,
    pub(super) traits: Box<RawValue>,
    pub(super) metadata_public: Option<Box<RawValue>>,
    pub(super) metadata_admin: Option<Box<RawValue>>,
    pub(super) external_id: Option<String>,
    pub(super) organization_id: Option<Uuid>,
    pub(super) identifier: String,
    pub(super) verifiable_address: VerifiableAddress,
    pub(super) recovery_address: RecoveryAddress,
    pub(super) password: Option<Secret>,
    pub(super) totp: Option<Secret>,
    pub(super) oidc: Option<Oidc>,
    pub(super) created_at: OffsetDateTime,
    pub(super) updated_at: OffsetDateTime,
}

/// A stored credential: a password hash or a TOTP secret.
#[derive(Clone)]
pub(super) struct Secret {
    pub(super) value: String,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

impl Secret {
    pub(super) fn new(value: String) -> Self {
        let now = OffsetDateTime::now_utc();
        Self { value, created_at: now, updated_at: now }
    }

    /// The same credential with another value.
    pub(super) fn replaced(old: Option<&Self>, value: String) -> Self {
        let mut new = Self::new(value);
        if let Some(old) = old {
            new.created_at = old.created_at;
        }
        new
    }
}

impl Identity {
    /// A new active identity with nothing but traits.
    pub(super) fn new(traits: Box<RawValue>) -> Result<Self, Violation> {
        let identifier = schema::identifier(&traits)?;
        let now = OffsetDateTime::now_utc();
        Ok(Self {
            id: Uuid::new_v4(),
            state: IdentityState::Active,
            state_changed_at: Some(now),
            traits,
            metadata_public: None,
            metadata_admin: None,
            external_id: None,
            organization_id: None,
            verifiable_address: VerifiableAddress::pending(&identifier, now),
            recovery_address: RecoveryAddress::new(&identifier, now),
            identifier,
            password: None,
            totp: None,
            oidc: None,
            created_at: now,
            updated_at: now,
        })
    }

    /// Replaces the traits and what the schema derives from them. An address
    /// that changes loses its proof.
    pub(super) fn set_traits(&mut self, traits: Box<RawValue>) -> Result<(), Violation> {
        let identifier = schema::identifier(&traits)?;
        if identifier != self.identifier {
            let now = OffsetDateTime::now_utc();
            self.verifiable_address = VerifiableAddress::pending(&identifier, now);
            self.recovery_address = RecoveryAddress::new(&identifier, now);
            self.identifier = identifier;
        }
        self.traits = traits;
        Ok(())
    }

    pub(super) fn set_state(&mut self, state: IdentityState) {
        if self.state != state {
            self.state = state;
            self.state_changed_at = Some(OffsetDateTime::now_utc());
        }
    }

    /// Whether a second factor could be asked for.
    pub(super) fn has_second_factor(&self) -> bool {
        self.totp.is_some()
    }

    /// Whether there is such a credential. The schema makes the one for a password, without one as well.
    pub(super) fn has(&self, kind: &str) -> bool {
        kind == "password" || kind == "totp" && self.totp.is_some() || kind == "oidc" && self.oidc.is_some()
    }

    /// How many ways there are to log in.
    pub(super) fn first_factors(&self) -> usize {
        usize::from(self.password.is_some()) + self.oidc.as_ref().map_or(0, |oidc| oidc.providers.len())
    }

    /// The key URI that authenticator apps scan.
    fn totp_url(secret: &str, account: &str) -> String {
        format!("otpauth://totp/stand-in:{account}?algorithm=SHA1&digits=6&issuer=stand-in&period=30&secret={secret}")
    }

    fn credentials(&self, with_config: &[&str]) -> BTreeMap<&'static str, Value> {
        let mut map = BTreeMap::new();
        let mut put = |kind, identifiers: Vec<String>, times: (OffsetDateTime, OffsetDateTime), config| {
            let mut entry = json!({
                "type": kind,
                "identifiers": identifiers,
                "version": 0,
                "created_at": timestamp(times.0),
                "updated_at": timestamp(times.1),
            });
            if with_config.contains(&kind) {
                entry["config"] = config;
            }
            map.insert(kind, entry);
        };
        // The schema makes the entry, also for an identity without a password.
        let (times, config) = match &self.password {
            Some(s) => ((s.created_at, s.updated_at), json!({"hashed_password": s.value})),
            None => ((self.created_at, self.created_at), json!({})),
        };
        put("password", vec![self.identifier.clone()], times, config);
        if let Some(totp) = &self.totp {
            let url = Self::totp_url(&totp.value, &self.identifier);
            let times = (totp.created_at, totp.updated_at);
            put("totp", vec![self.id.to_string()], times, json!({"totp_url": url}));
        }
        if let Some(oidc) = &self.oidc {
            put("oidc", oidc.identifiers().collect(), (oidc.created_at, oidc.updated_at), oidc.config());
        }
        map
    }

    /// What the user may see of themselves.
    pub(super) fn view(&self, schema_url: &str) -> IdentityView<'_> {
        IdentityView {
            id: self.id,
            external_id: self.external_id.as_deref(),
            credentials: None,
            schema_id: schema::ID,
            schema_url: schema_url.to_owned(),
            state: self.state,
            state_changed_at: self.state_changed_at,
            traits: &self.traits,
            verifiable_addresses: vec![&self.verifiable_address],
            recovery_addresses: vec![&self.recovery_address],
            metadata_public: self.metadata_public.as_deref(),
            metadata_admin: None,
            created_at: self.created_at,
            updated_at: self.updated_at,
            organization_id: self.organization_id,
        }
    }

    /// What an admin sees of a stored identity: `metadata_admin`, `null` if
    /// there is none.
    pub(super) fn admin_view(&self, schema_url: &str) -> IdentityView<'_> {
        let mut view = self.view(schema_url);
        view.metadata_admin = Some(self.metadata_admin.as_deref());
        view
    }

    /// What an admin sees of an identity just written, where an unset
    /// `metadata_admin` is absent: it was not read back.
    pub(super) fn written_view(&self, schema_url: &str) -> IdentityView<'_> {
        let mut view = self.view(schema_url);
        view.metadata_admin = self.metadata_admin.as_deref().map(Some);
        view.credentials = Some(self.credentials(&[]));
        view
    }
}

/// An identity in an answer; `identity/identity.go` says what is always there.
#[derive(Debug, Serialize)]
pub(super) struct IdentityView<'a> {
    id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<BTreeMap<&'static str, Value>>,
    schema_id: &'static str,
    schema_url: String,
    state: IdentityState,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    state_changed_at: Option<OffsetDateTime>,
    traits: &'a RawValue,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    verifiable_addresses: Vec<&'a VerifiableAddress>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recovery_addresses: Vec<&'a RecoveryAddress>,
    metadata_public: Option<&'a RawValue>,
    // The outer option is presence, the inner one `null`.
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata_admin: Option<Option<&'a RawValue>>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
    organization_id: Option<Uuid>,
}

impl IdentityView<'_> {
    /// Without addresses and schema URL, as session lists load identities.
    pub(super) fn bare(mut self) -> Self {
        self.schema_url.clear();
        self.verifiable_addresses.clear();
        self.recovery_addresses.clear();
        self
    }

    /// With the credentials map of `identity`, and the configs named.
    pub(super) fn with_credentials(mut self, identity: &Identity, with_config: &[&str]) -> Self {
        self.credentials = Some(identity.credentials(with_config));
        self
    }
}

/// RFC 3339 as Go writes it: no trailing zeros in the fraction.
pub(super) fn timestamp(at: OffsetDateTime) -> String {
    at.format(&time::format_description::well_known::Rfc3339).unwrap_or_default()
}
