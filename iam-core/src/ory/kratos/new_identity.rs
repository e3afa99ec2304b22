use serde::Serialize;
use serde_json::value::RawValue;

use crate::service::{Channel, IdentityState, NewIdentity};

/// The body of `POST /admin/identities`. Kratos refuses unknown fields and
/// reads `null` as a value, so what is not set is left out.
#[derive(Serialize)]
pub(super) struct WireNewIdentity<'a> {
    schema_id: &'a str,
    traits: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a IdentityState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata_public: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata_admin: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<Credentials<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    verifiable_addresses: Vec<VerifiableAddress<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recovery_addresses: Vec<RecoveryAddress<'a>>,
}

#[derive(Serialize)]
struct Credentials<'a> {
    password: Password<'a>,
}

#[derive(Serialize)]
struct Password<'a> {
    config: PasswordConfig<'a>,
}

#[derive(Serialize)]
struct PasswordConfig<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hashed_password: Option<&'a str>,
}

#[derive(Serialize)]
struct VerifiableAddress<'a> {
    value: &'a str,
    via: &'a Channel,
    verified: bool,
    status: &'static str,
}

#[derive(Serialize)]
struct RecoveryAddress<'a> {
    value: &'a str,
    via: &'a Channel,
}

impl<'a> WireNewIdentity<'a> {
    pub(super) fn of(new: &'a NewIdentity) -> Self {
        let password = new.password.as_ref().map(|secret| secret.expose());
        let hashed_password = new.hashed_password.as_ref().map(|secret| secret.expose());
        let config = PasswordConfig { password, hashed_password };
        Self {
            schema_id: &new.schema_id,
            traits: &new.traits,
            state: new.state.as_ref(),
            external_id: new.external_id.as_deref(),
            metadata_public: new.metadata_public.as_deref(),
            metadata_admin: new.metadata_admin.as_deref(),
            credentials: (password.is_some() || hashed_password.is_some())
                .then_some(Credentials { password: Password { config } }),
            verifiable_addresses: new
                .verifiable_addresses
                .iter()
                .map(|(via, value, verified)| VerifiableAddress {
                    value,
                    via,
                    verified: *verified,
                    status: if *verified { "completed" } else { "pending" },
                })
                .collect(),
            recovery_addresses: new
                .recovery_addresses
                .iter()
                .map(|(via, value)| RecoveryAddress { value, via })
                .collect(),
        }
    }
}
