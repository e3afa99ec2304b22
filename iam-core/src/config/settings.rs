//! Configuration after the check: nothing here can be wrong any more.

use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use serde::Deserialize;
use url::Url;

use crate::Secret;

/// The whole process' checked configuration.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Peers whose forwarded headers are believed; empty means nobody's.
    pub trusted_proxies: Vec<IpNet>,
    /// Hosts (`shop.example.com`) and patterns (`*.example.com`) with their tenants' names.
    pub hosts: Vec<(Box<str>, &'static str)>,
    /// One a tenant, in the order of the tenant enum.
    pub tenants: Vec<TenantSettings>,
}

/// One tenant's checked configuration.
#[derive(Debug, Clone)]
pub struct TenantSettings {
    /// The tenant's name, as in the enum.
    pub name: &'static str,
    /// Whether the project is on Ory Network or run by its owner.
    pub mode: Mode,
    /// The tenants that share servers, keys or a cookie name with this one, by its word or theirs.
    pub shares_with: Vec<&'static str>,
    /// Where a session credential may stand in a request.
    pub transport: Transport,
    /// Which credential counts when a request on `cookie-or-bearer` carries both; `None` refuses it.
    pub prefer: Option<Prefer>,
    /// The session cookie's name.
    pub cookie_name: Box<str>,
    /// Other origins that may send state-changing requests with the cookie, such as `https://app.example.com`.
    pub allowed_origins: Vec<Box<str>>,
    /// Whether the origin of cookie-authenticated, state-changing requests is checked.
    pub csrf_check: bool,
    /// Whether `traits.roles`, which users can edit, count as roles.
    pub trust_traits_roles: bool,
    /// Whether a 401 for a recently valid credential asks Ory's readiness before it counts as a logout.
    pub outage_guard: bool,
    /// Caching of answers.
    pub cache: CacheSettings,
    /// Limits of the calls to Ory.
    pub http: HttpSettings,
    /// Sessions and identities.
    pub kratos: KratosSettings,
    /// OAuth2.
    pub hydra: Option<HydraSettings>,
    /// Permissions.
    pub keto: Option<KetoSettings>,
}

/// Who runs the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Ory Network: URLs, cookie name and issuer follow from the project slug.
    Cloud,
    /// Servers of one's own.
    SelfHosted,
}

/// Where a session credential may stand in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// The tenant's session cookie only.
    Cookie,
    /// `Authorization: Bearer` only.
    Bearer,
    /// Either, but not both at once (see `prefer`).
    CookieOrBearer,
}

/// Which of two credentials counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prefer {
    /// The cookie.
    Cookie,
    /// The bearer token.
    Bearer,
}

/// Caching of Ory's answers in this process. A zero duration switches a cache off.
#[derive(Debug, Clone)]
pub struct CacheSettings {
    /// How long an accepted session is remembered at the most; its own expiry may end it earlier.
    pub session_ttl: Duration,
    /// The same for an accepted access token.
    pub introspection_ttl: Duration,
    /// How long a definite refusal is remembered.
    pub negative_ttl: Duration,
    /// Entries of the positive cache; the negative one holds as many.
    pub max_entries: usize,
}

/// Limits of the calls to one tenant's Ory servers, for each product by itself.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Establishing a connection.
    pub connect_timeout: Duration,
    /// One call with all its retries, to the last byte of the body.
    pub total_timeout: Duration,
    /// Repetitions of an idempotent call after its first try.
    pub max_retries: u32,
    /// A response body, counted after decompression, in bytes.
    pub max_response_bytes: usize,
    /// Idle connections kept open.
    pub pool_max_idle: usize,
    /// Calls under way at once for decisions; half are kept for recently valid credentials.
    pub max_in_flight: usize,
    /// A proxy for the calls to Ory; the environment's proxy variables are not read.
    pub proxy: Option<Url>,
    /// A PEM file of further certificate authorities.
    pub ca_file: Option<PathBuf>,
}

/// One server's address and this service's credential there.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// The base URL, its path ending in a slash.
    pub url: Url,
    /// Sent as `Authorization: Bearer`.
    pub token: Option<Secret>,
}

/// Kratos: sessions and identities.
#[derive(Debug, Clone)]
pub struct KratosSettings {
    /// The public listener.
    pub public: Endpoint,
    /// The admin listener; without it identity calls answer "not configured".
    pub admin: Option<Endpoint>,
    /// Where browsers reach the public listener: the only origin and path under which a step-up URL is handed on.
    pub browser_url: Url,
}

/// Hydra: OAuth2.
#[derive(Debug, Clone)]
pub struct HydraSettings {
    /// The public listener, for tokens and keys.
    pub public: Option<Endpoint>,
    /// The admin listener, for introspection.
    pub admin: Option<Endpoint>,
    /// The issuer, compared byte for byte.
    pub issuer: Box<str>,
    /// How a token shows that it is good.
    pub verification: TokenVerification,
    /// What a token's `aud` must contain.
    pub audience: Audience,
    /// Which clients are machines of ours.
    pub machine_clients: MachineClients,
    /// This service's own OAuth2 client, for issuing machine tokens.
    pub client: Option<ClientSettings>,
}

impl HydraSettings {
    /// Whether Hydra can be asked about an access token.
    pub(crate) fn introspects(&self) -> bool {
        self.admin.is_some()
    }

    /// Whether any access token can be told good from bad.
    pub(crate) fn takes_tokens(&self) -> bool {
        self.introspects() || self.verification == TokenVerification::Local
    }
}

/// How an access token shows that it is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenVerification {
    /// Hydra is asked about each (RFC 7662), and knows of revocations.
    #[default]
    Introspection,
    /// A JWT is taken at its word, until it expires, if a key of the issuer's signed it: Hydra is asked
    /// for its keys only (`GET /.well-known/jwks.json`), and a revocation is not seen. Where there is an
    /// admin listener, Hydra is asked about all that cannot be verified here (opaque tokens, algorithms
    /// other than RS, PS and EdDSA, ES256 and ES384), and where a policy demands a `fresh` answer.
    Local,
}

/// What a token's `aud` must contain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Nothing: `audience = "any"`.
    Any,
    /// One of these.
    OneOf(Vec<Box<str>>),
}

/// Which clients' own tokens make a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MachineClients {
    /// Every client that the issuer knows: `machine_clients = "any"`.
    Any,
    /// These.
    Listed(Vec<Box<str>>),
}

/// This service's own OAuth2 client.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// The client's id.
    pub id: Box<str>,
    /// The client's secret.
    pub secret: Secret,
    /// How the two are sent; Hydra enforces the method that the client was registered with.
    pub authentication: ClientAuthentication,
}

/// How a client sends its secret (RFC 6749, section 2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientAuthentication {
    /// `client_secret_basic`.
    #[default]
    Basic,
    /// `client_secret_post`.
    Post,
}

/// Keto: permissions.
#[derive(Debug, Clone)]
pub struct KetoSettings {
    /// The read listener.
    pub read: Endpoint,
    /// The write listener; without it tuples cannot be changed.
    pub write: Option<Endpoint>,
    /// Put before an identity's id to make a subject, `user:` by default.
    pub user_prefix: Box<str>,
    /// Put before a client's id to make a subject, `client:` by default.
    pub client_prefix: Box<str>,
}

impl KetoSettings {
    /// A user as a Keto subject; nobody without an id.
    pub(crate) fn user_subject(&self, id: &str) -> Option<String> {
        (!id.is_empty()).then(|| format!("{}{id}", self.user_prefix))
    }

    /// A client as a Keto subject; nobody without an id.
    pub(crate) fn client_subject(&self, id: &str) -> Option<String> {
        (!id.is_empty()).then(|| format!("{}{id}", self.client_prefix))
    }
}
