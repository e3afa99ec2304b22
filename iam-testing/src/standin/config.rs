//! What a project is made from.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::RequiredAal;

/// One Ory product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Product {
    /// Identities and sessions.
    Kratos,
    /// OAuth2.
    Hydra,
    /// Permissions.
    Keto,
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Product::Kratos => "kratos",
            Product::Hydra => "hydra",
            Product::Keto => "keto",
        })
    }
}

/// A project's configuration; [`Default`] is a self-hosted one with Ory's own defaults.
#[derive(Clone, Debug)]
pub struct ProjectConfig {
    /// A name for people, in output and errors.
    pub name: String,
    /// Set: one host for everything, as on Ory Network. Not set: six ports, as self-hosted.
    pub network: Option<NetworkConfig>,
    /// The session cookie's name. Default `ory_kratos_session`; on Ory Network `ory_session_` and the slug
    /// without hyphens.
    pub cookie_name: Option<String>,
    /// How long a session lives. Kratos' default is 24 h.
    pub session_lifespan: Duration,
    /// How long a login, registration or settings flow lives. Kratos' default is 1 h.
    pub flow_lifespan: Duration,
    /// How old a log-in may be that changes a password or a second factor. Kratos' default is 1 h.
    pub privileged_session_max_age: Duration,
    /// Set: `/sessions/whoami` says how long its answer may be kept, at most this long. Kratos' default is not to.
    pub cacheable_sessions_max_age: Option<Duration>,
    /// Set: an administrator extends a session only when it has at most this long left. Kratos' default is at any
    /// time.
    pub earliest_possible_extend: Option<Duration>,
    /// Whether somebody who lost their password may get back in, by a code or a link.
    pub recovery: bool,
    /// Whether a recovery tells apps and scripts by `continue_with` how it goes on.
    pub continue_with_transitions: bool,
    /// Whether nobody may register.
    pub registration_disabled: bool,
    /// The assurance level that `/sessions/whoami` demands.
    pub required_aal: RequiredAal,
    /// What `/sessions/whoami?tokenize_as=..` makes of a session. Default: `jwt`.
    pub tokenizer_templates: Vec<TokenizerTemplate>,
    /// How long an access token lives unless its client says otherwise. Hydra's default is 1 h.
    pub access_token_lifespan: Duration,
    /// How long a page may take for a login, a consent or a logout. Default 30 min.
    pub challenge_lifespan: Duration,
    /// What an access token is unless its client says otherwise.
    pub access_token_strategy: AccessTokenStrategy,
    /// How an access token that is a JWT tells its scopes.
    pub scope_claim: ScopeClaim,
    /// Hydra's issuer, byte for byte. Default: its own public address with a slash; on Ory Network
    /// `https://<slug>.projects.oryapis.com`.
    pub issuer: Option<String>,
    /// Where login, consent, logout and error pages are; nothing needs to answer there. Default: `/ui/` at
    /// the Kratos public address.
    pub ui_url: Option<Url>,
    /// Keto's namespaces.
    pub namespaces: Vec<Namespace>,
}

impl Default for ProjectConfig {
    fn default() -> ProjectConfig {
        ProjectConfig {
            name: "standin".to_owned(),
            network: None,
            cookie_name: None,
            session_lifespan: Duration::from_secs(24 * 3600),
            flow_lifespan: Duration::from_secs(3600),
            privileged_session_max_age: Duration::from_secs(3600),
            cacheable_sessions_max_age: None,
            earliest_possible_extend: None,
            recovery: false,
            continue_with_transitions: false,
            registration_disabled: false,
            required_aal: RequiredAal::HighestAvailable,
            tokenizer_templates: vec![TokenizerTemplate::default()],
            access_token_lifespan: Duration::from_secs(3600),
            challenge_lifespan: Duration::from_secs(30 * 60),
            access_token_strategy: AccessTokenStrategy::Opaque,
            scope_claim: ScopeClaim::List,
            issuer: None,
            ui_url: None,
            namespaces: Vec::new(),
        }
    }
}

impl ProjectConfig {
    /// The session cookie's name, given or derived.
    pub(crate) fn cookie_name(&self) -> String {
        match (&self.cookie_name, &self.network) {
            (Some(name), _) => name.clone(),
            (None, Some(network)) => format!("ory_session_{}", network.slug.replace('-', "")),
            (None, None) => "ory_kratos_session".to_owned(),
        }
    }

    /// The issuer, given or derived from the slug; otherwise it is Hydra's public address.
    pub(crate) fn given_issuer(&self) -> Option<String> {
        let derived = || self.network.as_ref().map(|network| format!("https://{}.projects.oryapis.com", network.slug));
        self.issuer.clone().or_else(derived)
    }
}

/// A project as on Ory Network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkConfig {
    /// The project's slug.
    pub slug: String,
    /// The key that admin calls and permission checks must bring as `Authorization: Bearer`.
    pub api_key: String,
}

/// How a session becomes a JWT; [`tokenizer_jwks`](super::tokenizer_jwks) has the keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenizerTemplate {
    /// Its name, for `tokenize_as`.
    pub name: String,
    /// How long a JWT lives, in ms. Without, it has expired as it is made: the minute that Kratos' schema promises
    /// is not applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl_ms: Option<u64>,
}

impl Default for TokenizerTemplate {
    fn default() -> TokenizerTemplate {
        TokenizerTemplate { name: "jwt".to_owned(), ttl_ms: Some(60_000) }
    }
}

/// What an access token is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessTokenStrategy {
    /// Nothing but a reference. Hydra's default.
    #[default]
    Opaque,
    /// A JWT that says what it stands for.
    Jwt,
}

/// How a JWT tells its scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScopeClaim {
    /// `scp`, a list. Hydra's default.
    #[default]
    List,
    /// `scope`, with spaces between them (RFC 9068, section 2.2.3).
    String,
    /// Either way.
    Both,
}

/// A Keto namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Namespace {
    /// Its name.
    pub name: String,
    /// The relations that its OPL class declares; any other one is then a 400. `None` declares nothing and
    /// takes every relation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relations: Option<Vec<String>>,
}

impl Namespace {
    /// A namespace without declared relations.
    #[must_use]
    pub fn any(name: &str) -> Namespace {
        Namespace { name: name.to_owned(), relations: None }
    }

    /// A namespace with exactly these relations.
    #[must_use]
    pub fn with_relations(name: &str, relations: &[&str]) -> Namespace {
        Namespace {
            name: name.to_owned(),
            relations: Some(relations.iter().map(|relation| (*relation).to_owned()).collect()),
        }
    }
}
