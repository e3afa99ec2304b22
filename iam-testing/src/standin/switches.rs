//! What can be switched on the servers, the stand-in's and Ory's own alike.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How a Kratos behaves; [`Default`] is as Ory ships it.
#[derive(Clone, Debug, PartialEq)]
pub struct KratosSwitches {
    /// How long a session lives after login or extension (`session.lifespan`). Default 24 h.
    pub session_lifespan: Duration,
    /// How long a login, registration, settings or recovery flow lives (`selfservice.flows.<flow>.lifespan`).
    /// Default 1 h.
    pub flow_lifespan: Duration,
    /// How old a log-in may be that changes a password or a second factor
    /// (`selfservice.flows.settings.privileged_session_max_age`). Default 1 h.
    pub privileged_session_max_age: Duration,
    /// Set: `/sessions/whoami` says how long its answer may be kept, at most this long
    /// (`feature_flags.cacheable_sessions`, and `_max_age`). Default: it does not.
    pub cacheable_sessions_max_age: Option<Duration>,
    /// Set: an administrator extends a session only when it has at most this long left
    /// (`session.earliest_possible_extend`). Default: at any time.
    pub earliest_possible_extend: Option<Duration>,
    /// Whether somebody who lost their password may get back in, by a code or a link
    /// (`selfservice.flows.recovery.enabled`).
    pub recovery: bool,
    /// Whether a recovery tells apps and scripts by `continue_with` how it goes on
    /// (`feature_flags.use_continue_with_transitions`).
    pub continue_with_transitions: bool,
    /// Whether nobody may register (`selfservice.flows.registration.enabled: false`).
    pub registration_disabled: bool,
    /// The assurance level that whoami and the settings flows demand (`session.whoami.required_aal`).
    pub required_aal: RequiredAal,
    /// What `/sessions/whoami?tokenize_as=..` makes of a session (`session.whoami.tokenizer.templates`).
    /// Default: `jwt`.
    pub tokenizer_templates: Vec<TokenizerTemplate>,
}

impl Default for KratosSwitches {
    fn default() -> KratosSwitches {
        KratosSwitches {
            session_lifespan: Duration::from_secs(24 * 3600),
            flow_lifespan: Duration::from_secs(3600),
            privileged_session_max_age: Duration::from_secs(3600),
            cacheable_sessions_max_age: None,
            earliest_possible_extend: None,
            recovery: false,
            continue_with_transitions: false,
            registration_disabled: false,
            required_aal: RequiredAal::default(),
            tokenizer_templates: vec![TokenizerTemplate::default()],
        }
    }
}

/// How a Hydra behaves; [`Default`] is as Ory ships it.
#[derive(Clone, Debug, PartialEq)]
pub struct HydraSwitches {
    /// How long an access token lives unless its client says otherwise (`ttl.access_token`). Default 1 h.
    pub access_token_lifespan: Duration,
    /// How long a page may take for a login, a consent or a logout (`ttl.login_consent_request`). Default 30 min.
    pub challenge_lifespan: Duration,
    /// What an access token is unless its client says otherwise (`strategies.access_token`).
    pub access_token_strategy: AccessTokenStrategy,
    /// How an access token that is a JWT tells its scopes (`strategies.jwt.scope_claim`).
    pub scope_claim: ScopeClaim,
}

impl Default for HydraSwitches {
    fn default() -> HydraSwitches {
        HydraSwitches {
            access_token_lifespan: Duration::from_secs(3600),
            challenge_lifespan: Duration::from_secs(30 * 60),
            access_token_strategy: AccessTokenStrategy::Opaque,
            scope_claim: ScopeClaim::List,
        }
    }
}

/// Which authenticator assurance level whoami asks for
/// (`session.whoami.required_aal`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RequiredAal {
    /// The second factor from everybody who has one. Kratos' default.
    #[default]
    HighestAvailable,
    /// The first factor is enough.
    Aal1,
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
