//! The Ory edge of the decision: what it asks Ory, in types of its own.
//!
//! The real edge speaks HTTP (one for each tenant); test doubles replace it and
//! nothing else, so that tests run the same decision.

use std::fmt;

use async_trait::async_trait;
use serde::Serialize;
use serde_json::value::RawValue;
use time::OffsetDateTime;

use crate::error::{Product, UpstreamError};
use crate::{RequestId, Secret};

/// What one tenant's Ory servers are asked while a request is decided.
#[async_trait]
pub trait Upstream: Send + Sync + 'static {
    /// Whose session is this? (Kratos `GET /sessions/whoami`)
    ///
    /// # Errors
    /// When there is no usable answer.
    async fn whoami(&self, trace: &Trace, credential: &SessionCredential) -> Result<Whoami, UpstreamError>;

    /// What is this access token? (Hydra `POST /admin/oauth2/introspect`)
    ///
    /// # Errors
    /// When there is no usable answer.
    async fn introspect(&self, trace: &Trace, token: &Secret) -> Result<Introspection, UpstreamError>;

    /// What does this access token, a JWT, say of itself, if a key of the issuer's signed it? Not active
    /// if none did. (Hydra `GET /.well-known/jwks.json`, now and then)
    ///
    /// Asked in place of [`introspect`](Self::introspect) about JWTs, where `hydra.verification` is `local`. What
    /// knows tokens in no other way, such as a double, introspects.
    ///
    /// # Errors
    /// When there are no keys to verify it with, or it is signed and yet unreadable.
    async fn verify_token(&self, trace: &Trace, token: &Secret) -> Result<Introspection, UpstreamError> {
        self.introspect(trace, token).await
    }

    /// Does the relation hold? (Keto `GET /relation-tuples/check`)
    ///
    /// # Errors
    /// When there is no usable answer.
    async fn check(&self, trace: &Trace, tuple: &CheckTuple) -> Result<bool, UpstreamError>;

    /// Is the server ready? (`GET /health/ready`)
    async fn ready(&self, product: Product) -> Readiness;
}

/// What goes along with a call besides its one credential.
#[derive(Debug, Clone)]
pub struct Trace {
    /// Sent as `X-Request-Id`.
    pub request_id: RequestId,
    /// Sent as `traceparent` (W3C Trace Context), already a child of the caller's.
    pub traceparent: Option<Box<str>>,
}

/// The one session credential of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionCredential {
    /// The value of the tenant's session cookie, exactly as sent.
    Cookie(Secret),
    /// A session token, sent to Kratos as `X-Session-Token`.
    Token(Secret),
}

/// Kratos' answer to whoami.
#[derive(Debug)]
pub enum Whoami {
    /// 200 with a session; whether it authenticates is the decision's to say.
    Session(Box<SessionRecord>),
    /// Kratos' own 401. It has one for every cause.
    Rejected,
    /// Kratos' own 403 `session_aal2_required`.
    SecondFactorRequired {
        /// Where Kratos would send a browser, unchecked.
        redirect_to: Option<String>,
    },
}

/// A session as Kratos describes it.
#[derive(Debug, Clone)]
pub struct SessionRecord {
    /// The session's id; never empty.
    pub id: String,
    /// Kratos' own flag.
    pub active: bool,
    /// When it ends.
    pub expires_at: OffsetDateTime,
    /// When it was authenticated.
    pub authenticated_at: Option<OffsetDateTime>,
    /// `aal1`, `aal2` or a level yet unknown.
    pub assurance_level: String,
    /// `password`, `totp`, .., or one yet unknown.
    pub methods: Vec<String>,
    /// Whose session it is.
    pub identity: IdentityRecord,
}

/// An identity as whoami shows it.
#[derive(Clone)]
pub struct IdentityRecord {
    /// The identity's id; never empty.
    pub id: String,
    /// `active`, `inactive` or one yet unknown.
    pub state: String,
    /// The identity schema.
    pub schema_id: String,
    /// Self-editable data, unparsed: parsing happens when a handler asks.
    pub traits: Option<Box<RawValue>>,
    /// Data that only the tenant's administrators can write, unparsed.
    pub metadata_public: Option<Box<RawValue>>,
}

/// Shows no traits and no metadata: they are personal data.
impl fmt::Debug for IdentityRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityRecord").field("id", &self.id).field("state", &self.state).finish_non_exhaustive()
    }
}

/// Hydra's answer to an introspection.
#[derive(Debug, Clone, Default)]
pub struct Introspection {
    /// Exactly `true` in the answer.
    pub active: bool,
    /// The client that the token was issued to.
    pub client_id: Option<String>,
    /// The subject; the client's id for client credentials.
    pub subject: Option<String>,
    /// Granted scopes, space separated.
    pub scope: Option<String>,
    /// Audiences; a single string becomes a list of one.
    pub audience: Vec<String>,
    /// The issuer.
    pub issuer: Option<String>,
    /// `access_token` or `refresh_token`.
    pub token_use: Option<String>,
    /// Seconds since 1970.
    pub expires_at: Option<i64>,
    /// Seconds since 1970.
    pub not_before: Option<i64>,
    /// Seconds since 1970.
    pub issued_at: Option<i64>,
}

/// A relation tuple to check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckTuple {
    /// The namespace, such as `listings`.
    pub namespace: String,
    /// The object, such as `listings:42`.
    pub object: String,
    /// The relation or permission, such as `edit`.
    pub relation: String,
    /// The subject id, such as `user:6f3c..`.
    pub subject_id: String,
}

impl CheckTuple {
    /// As a query names them.
    pub(crate) fn fields(&self) -> [(&'static str, &str); 4] {
        let Self { namespace, object, relation, subject_id } = self;
        [("namespace", namespace), ("object", object), ("relation", relation), ("subject_id", subject_id)]
    }
}

/// What a readiness probe said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// 200.
    Ready,
    /// 503, a timeout, or no connection.
    NotReady,
    /// Anything else.
    Unknown,
}
