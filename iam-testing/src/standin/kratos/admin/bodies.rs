//! The bodies that admins send. Traits and metadata stay raw.

use serde::Deserialize;
use serde_json::value::RawValue;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::standin::kratos::address::AddressStatus;
use crate::standin::kratos::identity::{Identity, IdentityState, Secret};
use crate::standin::kratos::oidc::{Oidc, Provider};
use crate::standin::kratos::schema::{self, Violation};
use crate::standin::kratos::wire::ApiError;
use crate::standin::kratos::{password, totp};

/// `POST /admin/identities`: a strict decoder, unknown fields are refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateIdentity {
    #[serde(default)]
    schema_id: String,
    traits: Option<Box<RawValue>>,
    credentials: Option<ImportCredentials>,
    #[serde(default)]
    verifiable_addresses: Option<Vec<ImportAddress>>,
    // Accepted, but the schema alone decides which there are.
    #[serde(default, rename = "recovery_addresses")]
    _recovery_addresses: Option<Vec<ImportAddress>>,
    metadata_public: Option<Box<RawValue>>,
    metadata_admin: Option<Box<RawValue>>,
    #[serde(default)]
    state: String,
    organization_id: Option<Uuid>,
    #[serde(default)]
    external_id: String,
    #[serde(default, rename = "region")]
    _region: Option<String>,
}

/// Imported credentials. Unknown types are refused, unlike by the real server,
/// which knows more of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportCredentials {
    password: Option<ImportPassword>,
    totp: Option<ImportTotp>,
    oidc: Option<ImportOidc>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportPassword {
    config: Option<PasswordConfig>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PasswordConfig {
    password: String,
    hashed_password: String,
    #[serde(rename = "use_password_migration_hook")]
    _use_password_migration_hook: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportTotp {
    config: TotpConfig,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportOidc {
    config: Option<OidcConfig>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct OidcConfig {
    providers: Vec<Provider>,
    // Accepted, and of no use: who is known elsewhere has no password there.
    #[serde(rename = "config")]
    _config: Option<PasswordConfig>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TotpConfig {
    totp_url: String,
}

impl TotpConfig {
    /// The secret in the key URI.
    fn secret(&self) -> Result<String, ApiError> {
        url::Url::parse(&self.totp_url)
            .ok()
            .and_then(|url| {
                let mut pairs = url.query_pairs();
                pairs.find(|(k, _)| k == "secret").map(|(_, v)| v.into())
            })
            .filter(|secret: &String| totp::totp_code(secret, std::time::SystemTime::now()).is_some())
            .ok_or_else(|| ApiError::bad_request("the TOTP URL has no usable secret"))
    }
}

/// An address as imported or patched; what the schema knows better is ignored.
#[derive(Debug, Deserialize)]
pub(super) struct ImportAddress {
    value: String,
    #[serde(default)]
    verified: bool,
    status: Option<AddressStatus>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    verified_at: Option<OffsetDateTime>,
}

impl ImportCredentials {
    fn import_into(self, identity: &mut Identity) -> Result<(), ApiError> {
        if let Some(config) = self.password.and_then(|p| p.config) {
            let hash = match (config.password, config.hashed_password) {
                (clear, _) if !clear.is_empty() => Some(password::hash(&clear)),
                (_, hash) => Some(hash).filter(|h| !h.is_empty()),
            };
            if hash.as_deref().is_some_and(|hash| !password::is_known(hash)) {
                return Err(ApiError::bad_request("The imported password does not match any known hash format."));
            }
            identity.password =
                hash.map(|hash| Secret::replaced(identity.password.as_ref(), hash)).or(identity.password.take());
        }
        if let Some(totp) = self.totp {
            let secret = totp.config.secret()?;
            identity.totp = Some(Secret::replaced(identity.totp.as_ref(), secret));
        }
        if let Some(oidc) = self.oidc.and_then(|oidc| oidc.config) {
            identity.oidc = Some(Oidc::with(identity.oidc.take(), oidc.providers));
        }
        Ok(())
    }
}

impl CreateIdentity {
    /// Whether its password has to be hashed, which takes a while.
    pub(super) fn has_clear_password(&self) -> bool {
        let config = self.credentials.as_ref().and_then(|all| all.password.as_ref()?.config.as_ref());
        config.is_some_and(|config| !config.password.is_empty())
    }

    pub(super) fn into_identity(self) -> Result<Identity, ApiError> {
        check_schema(&self.schema_id)?;
        let mut identity = Identity::new(required(self.traits)?).map_err(refused)?;
        if let Some(state) = parse_state(&self.state)? {
            identity.state = state;
        }
        identity.metadata_public = self.metadata_public;
        identity.metadata_admin = self.metadata_admin;
        identity.external_id = Some(self.external_id).filter(|id| !id.is_empty());
        identity.organization_id = self.organization_id;
        if let Some(credentials) = self.credentials {
            credentials.import_into(&mut identity)?;
        }
        apply_addresses(self.verifiable_addresses, &mut identity);
        Ok(identity)
    }
}

/// `PUT /admin/identities/{id}`: what is left out is wiped, except schema,
/// state and credentials.
#[derive(Debug, Deserialize)]
pub(super) struct UpdateIdentity {
    #[serde(default)]
    schema_id: String,
    traits: Option<Box<RawValue>>,
    credentials: Option<ImportCredentials>,
    metadata_public: Option<Box<RawValue>>,
    metadata_admin: Option<Box<RawValue>>,
    #[serde(default)]
    state: String,
    #[serde(default)]
    external_id: String,
}

impl UpdateIdentity {
    pub(super) fn apply(self, identity: &mut Identity) -> Result<(), ApiError> {
        check_schema(&self.schema_id)?;
        if let Some(state) = parse_state(&self.state)? {
            identity.set_state(state);
        }
        identity.set_traits(required(self.traits)?).map_err(refused)?;
        identity.metadata_public = self.metadata_public;
        identity.metadata_admin = self.metadata_admin;
        identity.external_id = Some(self.external_id).filter(|id| !id.is_empty());
        match self.credentials {
            Some(credentials) => credentials.import_into(identity),
            None => Ok(()),
        }
    }
}

/// An identity after a JSON Patch; what no admin can change is not read.
#[derive(Debug, Deserialize)]
pub(super) struct PatchedIdentity {
    #[serde(default)]
    schema_id: String,
    traits: Option<Box<RawValue>>,
    metadata_public: Option<Box<RawValue>>,
    metadata_admin: Option<Box<RawValue>>,
    #[serde(default)]
    state: String,
    #[serde(default)]
    external_id: Option<String>,
    #[serde(default)]
    credentials: PatchedCredentials,
    verifiable_addresses: Option<Vec<ImportAddress>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PatchedCredentials {
    password: Option<Patched<PasswordConfig>>,
    totp: Option<Patched<TotpConfig>>,
}

#[derive(Debug, Deserialize)]
struct Patched<C> {
    r#type: String,
    config: C,
}

impl<C> Patched<C> {
    /// A credential must say what it is, and say it truly.
    fn checked(self, kind: &str) -> Result<C, ApiError> {
        if self.r#type == kind {
            return Ok(self.config);
        }
        Err(ApiError::bad_request(format!("the credential under \"{kind}\" has type \"{}\"", self.r#type)))
    }
}

impl PatchedIdentity {
    pub(super) fn apply(self, identity: &mut Identity) -> Result<(), ApiError> {
        check_schema(&self.schema_id)?;
        let state =
            parse_state(&self.state)?.ok_or_else(|| ApiError::bad_request("The supplied state ('') was not valid."))?;
        identity.set_state(state);
        identity.set_traits(required(self.traits)?).map_err(refused)?;
        identity.metadata_public = self.metadata_public;
        identity.metadata_admin = self.metadata_admin;
        identity.external_id = self.external_id.filter(|id| !id.is_empty());
        let PatchedCredentials { password, totp } = self.credentials;
        let hash = match password {
            Some(password) => password.checked("password")?.hashed_password,
            None => String::new(),
        };
        set_secret(&mut identity.password, Some(hash).filter(|h| !h.is_empty()));
        let secret = totp.map(|t| t.checked("totp")?.secret()).transpose()?;
        set_secret(&mut identity.totp, secret);
        apply_addresses(self.verifiable_addresses, identity);
        Ok(())
    }
}

/// Leaves an unchanged credential as old as it is.
fn set_secret(slot: &mut Option<Secret>, value: Option<String>) {
    let same = slot.as_ref().map(|s| &s.value) == value.as_ref();
    if !same {
        *slot = value.map(|v| Secret::replaced(slot.as_ref(), v));
    }
}

fn check_schema(id: &str) -> Result<(), ApiError> {
    if id.is_empty() || id == schema::ID {
        return Ok(());
    }
    Err(ApiError::bad_request(format!("Unable to find JSON Schema ID: {id}")))
}

fn required(traits: Option<Box<RawValue>>) -> Result<Box<RawValue>, ApiError> {
    traits.ok_or_else(|| refused(Violation::Missing))
}

fn refused(violation: Violation) -> ApiError {
    ApiError::bad_request(violation.text())
}

/// `None` for an empty text, which keeps or defaults the state.
fn parse_state(text: &str) -> Result<Option<IdentityState>, ApiError> {
    match text {
        "" => Ok(None),
        "active" => Ok(Some(IdentityState::Active)),
        "inactive" => Ok(Some(IdentityState::Inactive)),
        other => Err(ApiError::bad_request(format!("identity state is not valid: {other}"))),
    }
}

/// The schema decides which addresses there are; what is known of their proof
/// is taken over.
fn apply_addresses(addresses: Option<Vec<ImportAddress>>, identity: &mut Identity) {
    let known = &mut identity.verifiable_address;
    let address = addresses.into_iter().flatten().find(|a| known.is(&a.value));
    if let Some(address) = address {
        known.verified = address.verified;
        known.verified_at = address.verified.then(|| address.verified_at.unwrap_or_else(OffsetDateTime::now_utc));
        known.status = address.status.unwrap_or(match address.verified {
            true => AddressStatus::Completed,
            false => AddressStatus::Pending,
        });
    }
}
