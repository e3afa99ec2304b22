//! The seed file's shape. A key that is not here is refused.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::SeedError;
use crate::client::AuthMethod;
use crate::standin::{
    AccessTokenStrategy, HydraSwitches, KratosSwitches, Namespace, NetworkConfig, ProjectConfig, ScopeClaim,
    TokenizerTemplate,
};

/// Several tenants, each with a project of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// By name.
    pub tenants: BTreeMap<String, TenantSeed>,
}

impl Seed {
    /// Reads a seed file.
    ///
    /// # Errors
    /// [`SeedError::File`], with the place in the text.
    pub fn from_toml(text: &str) -> Result<Seed, SeedError> {
        Ok(toml::from_str(text)?)
    }
}

/// One tenant: its project, what the SDK is told about it, and who is in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantSeed {
    /// Where the SDK looks for session credentials.
    pub transport: Transport,
    /// What the SDK wants in a token's `aud`. Set, the SDK is told of Hydra; otherwise it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<OneOf>,
    /// Which clients the SDK takes for machines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine_clients: Option<OneOf>,
    /// The client with which the SDK gets tokens; one of `clients`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub our_client: Option<String>,

    /// Set: a project as on Ory Network. Not set: as self-hosted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkConfig>,
    /// The session cookie's name, if not Ory's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cookie_name: Option<String>,
    /// Hydra's issuer, byte for byte, if not the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// How long a session lives, in ms. Default 24 h.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_lifespan_ms: Option<u64>,
    /// How long a login, registration or settings flow lives, in ms. Default 1 h.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow_lifespan_ms: Option<u64>,
    /// How old a log-in may be that changes a password or a second factor, in ms. Default 1 h.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privileged_session_max_age_ms: Option<u64>,
    /// Set: an administrator extends a session only when it has at most so many ms left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earliest_possible_extend_ms: Option<u64>,
    /// Set: `/sessions/whoami` says how long its answer may be kept, at most so many ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cacheable_sessions_max_age_ms: Option<u64>,
    /// Whether somebody who lost their password may get back in: Kratos' recovery, by a code or a link.
    #[serde(default, skip_serializing_if = "is_false")]
    pub recovery: bool,
    /// Whether a recovery tells apps and scripts by `continue_with` how it goes on: a switch of Kratos'.
    #[serde(default, skip_serializing_if = "is_false")]
    pub continue_with_transitions: bool,
    /// Whether nobody may register: Kratos' registration, switched off.
    #[serde(default, skip_serializing_if = "is_false")]
    pub registration_disabled: bool,
    /// What `/sessions/whoami?tokenize_as=..` makes of a session; without any there is `jwt`, which lives for a
    /// minute.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tokenizer_templates: Vec<TokenizerTemplate>,
    /// Whether access tokens are `opaque`, which is the default, or a `jwt`, unless their client says otherwise.
    #[serde(default, skip_serializing_if = "is_opaque")]
    pub access_token_strategy: AccessTokenStrategy,
    /// How a JWT access token tells its scopes: as a `list`, which is the default, as a `string`, or as `both`.
    #[serde(default, skip_serializing_if = "is_list")]
    pub scope_claim: ScopeClaim,
    /// How long an access token lives, in ms. Default 1 h.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token_lifespan_ms: Option<u64>,
    /// How long a page may take for a login, a consent or a logout, in ms. Default 30 min.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge_lifespan_ms: Option<u64>,
    /// Hosts of this tenant, for the SDK's `#[tenant(host(..))]`: `shop.test`, or `*.shops.test`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// Keto's namespaces. With any, the SDK is told of Keto; otherwise it is not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<Namespace>,

    /// Who can log in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identities: Vec<IdentitySeed>,
    /// OAuth2 clients.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<ClientSeed>,
    /// Who may do what to which object.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tuples: Vec<TupleSeed>,
}

impl TenantSeed {
    /// The stand-in's configuration.
    #[must_use]
    pub fn project(&self, name: &str) -> ProjectConfig {
        let (kratos, hydra) = (KratosSwitches::default(), HydraSwitches::default());
        let templates = match self.tokenizer_templates.is_empty() {
            true => kratos.tokenizer_templates,
            false => self.tokenizer_templates.clone(),
        };
        let millis = |given: Option<u64>, default| given.map_or(default, Duration::from_millis);
        ProjectConfig {
            name: name.to_owned(),
            network: self.network.clone(),
            cookie_name: self.cookie_name.clone(),
            kratos: KratosSwitches {
                session_lifespan: millis(self.session_lifespan_ms, kratos.session_lifespan),
                flow_lifespan: millis(self.flow_lifespan_ms, kratos.flow_lifespan),
                privileged_session_max_age: millis(
                    self.privileged_session_max_age_ms,
                    kratos.privileged_session_max_age,
                ),
                cacheable_sessions_max_age: self.cacheable_sessions_max_age_ms.map(Duration::from_millis),
                earliest_possible_extend: self.earliest_possible_extend_ms.map(Duration::from_millis),
                recovery: self.recovery,
                continue_with_transitions: self.continue_with_transitions,
                registration_disabled: self.registration_disabled,
                required_aal: kratos.required_aal,
                tokenizer_templates: templates,
            },
            hydra: HydraSwitches {
                access_token_lifespan: millis(self.access_token_lifespan_ms, hydra.access_token_lifespan),
                challenge_lifespan: millis(self.challenge_lifespan_ms, hydra.challenge_lifespan),
                access_token_strategy: self.access_token_strategy,
                scope_claim: self.scope_claim,
            },
            issuer: self.issuer.clone(),
            ui_url: None,
            namespaces: self.namespaces.clone(),
        }
    }
}

/// Where session credentials are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// In the cookie.
    Cookie,
    /// In `Authorization: Bearer`.
    Bearer,
    /// In either.
    #[default]
    CookieOrBearer,
}

/// `"any"`, or a list of what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected \"any\" or a list")]
pub enum OneOf {
    /// `"any"`.
    Any(AnyWord),
    /// A list.
    Listed(Vec<String>),
}

impl OneOf {
    /// `"any"`.
    pub const ANY: OneOf = OneOf::Any(AnyWord::Any);
}

/// The word `any`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnyWord {
    /// It.
    Any,
}

/// Somebody who can log in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentitySeed {
    /// The address, which is the login name.
    pub email: String,
    /// The password; a random one if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// `metadata_public.roles`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Traits besides `email`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub traits: Map<String, Value>,
    /// Further `metadata_public`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata_public: Map<String, Value>,
    /// Deactivated after it logged in, so that there are sessions to be refused.
    #[serde(default, skip_serializing_if = "is_false")]
    pub inactive: bool,
    /// Has an authenticator app. Its token has used the second factor, its cookie still has to.
    #[serde(default, skip_serializing_if = "is_false")]
    pub second_factor: bool,
}

/// An OAuth2 client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientSeed {
    /// Its id.
    pub id: String,
    /// Its secret; Hydra makes one if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// How it authenticates.
    #[serde(default)]
    pub auth_method: AuthMethod,
    /// Its grant types.
    #[serde(default = "client_credentials")]
    pub grants: Vec<String>,
    /// What it may ask for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// Where its tokens may be used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audience: Vec<String>,
    /// Where its users come back to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<String>,
    /// Its access tokens are JWTs.
    #[serde(default, skip_serializing_if = "is_false")]
    pub signed_tokens: bool,
}

/// A relation of somebody to an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TupleSeed {
    /// The namespace; one of the tenant's.
    pub namespace: String,
    /// The object.
    pub object: String,
    /// The relation.
    pub relation: String,
    /// Who.
    pub subject: TupleSubject,
}

/// Who a tuple is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TupleSubject {
    /// The identity with this address, as `user:<id>`.
    User(String),
    /// The client with this id, as `client:<id>`.
    Client(String),
    /// A subject id as it stands.
    Id(String),
}

fn client_credentials() -> Vec<String> {
    vec!["client_credentials".to_owned()]
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_opaque(strategy: &AccessTokenStrategy) -> bool {
    *strategy == AccessTokenStrategy::Opaque
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_list(claim: &ScopeClaim) -> bool {
    *claim == ScopeClaim::List
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_false(value: &bool) -> bool {
    !value
}
