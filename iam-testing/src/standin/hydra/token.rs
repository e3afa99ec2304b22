//! Tokens and codes: their texts, what these stand for, and the chains they are revoked by.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::error::Unspecified;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::HydraConfig;
use crate::standin::ScopeClaim;
use crate::standin::key::Key;

/// What was granted; shared by all tokens that come of it.
#[derive(Debug, Default)]
pub(super) struct Grant {
    pub(super) client_id: String,
    /// The user; of a machine's token, the client again.
    pub(super) subject: String,
    pub(super) scope: Vec<String>,
    pub(super) audience: Vec<String>,
    /// `session.access_token` of the accepted consent: `ext` of an introspection.
    pub(super) access_claims: Map<String, Value>,
    /// `session.id_token` of the accepted consent: extra claims of `/userinfo`.
    pub(super) id_claims: Map<String, Value>,
    /// Only with a user behind it.
    pub(super) user: Option<UserGrant>,
}

/// What only a user's grant has.
#[derive(Debug)]
pub(super) struct UserGrant {
    pub(super) consent_request_id: String,
    /// The login's.
    pub(super) session_id: String,
    pub(super) authenticated_at: OffsetDateTime,
    pub(super) requested_at: OffsetDateTime,
    /// How the application says that the user proved who they are.
    pub(super) acr: String,
    pub(super) amr: Vec<String>,
}

impl UserGrant {
    /// Absent where the application says nothing.
    pub(super) fn tell_proof(&self, claims: &mut Value) {
        if !self.acr.is_empty() {
            claims["acr"] = json!(self.acr);
        }
        if !self.amr.is_empty() {
            claims["amr"] = json!(self.amr);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenUse {
    Access,
    Refresh,
}

impl TokenUse {
    pub(super) fn name(self) -> &'static str {
        match self {
            TokenUse::Access => "access_token",
            TokenUse::Refresh => "refresh_token",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            TokenUse::Access => "ory_at_",
            TokenUse::Refresh => "ory_rt_",
        }
    }
}

pub(super) struct Token {
    pub(super) token_use: TokenUse,
    pub(super) grant: Arc<Grant>,
    /// All tokens that descend from one authorisation; they are revoked together.
    pub(super) chain: Uuid,
    pub(super) issued_at: OffsetDateTime,
    pub(super) expires_at: OffsetDateTime,
    /// The key of a token that is a JWT.
    pub(super) signed_by: Option<Uuid>,
    /// A refresh token that has been used. It is kept so that a second use is noticed.
    pub(super) spent: bool,
}

impl Token {
    fn new(token_use: TokenUse, grant: Arc<Grant>, chain: Uuid, lifespan: Duration) -> Token {
        let issued_at = OffsetDateTime::now_utc();
        let expires_at = issued_at + lifespan;
        Token { token_use, grant, chain, issued_at, expires_at, signed_by: None, spent: false }
    }

    pub(super) fn is_active(&self) -> bool {
        !self.spent && OffsetDateTime::now_utc() < self.expires_at
    }

    fn claims(&self, config: &HydraConfig) -> Value {
        let (grant, issued_at) = (&self.grant, self.issued_at.unix_timestamp());
        let mut claims = json!({
            "iss": config.issuer,
            "sub": grant.subject,
            "aud": grant.audience,
            "exp": self.expires_at.unix_timestamp(),
            "iat": issued_at,
            "nbf": issued_at,
            "jti": Uuid::new_v4(),
            "client_id": grant.client_id,
            "ext": grant.access_claims,
        });
        if config.switches.scope_claim != ScopeClaim::String {
            claims["scp"] = json!(grant.scope);
        }
        if config.switches.scope_claim != ScopeClaim::List {
            claims["scope"] = json!(grant.scope.join(" "));
        }
        claims
    }
}

/// An authorisation code and what its exchange must repeat.
#[derive(Clone)]
pub(super) struct Code {
    pub(super) grant: Arc<Grant>,
    pub(super) chain: Uuid,
    pub(super) expires_at: OffsetDateTime,
    /// Present if the authorisation request named it (RFC 6749, section 4.1.3).
    pub(super) redirect_uri: Option<String>,
    /// The S256 challenge.
    pub(super) challenge: Option<String>,
    pub(super) used: bool,
}

/// All tokens and codes, by their text without its prefix: Hydra takes either form.
#[derive(Default)]
pub(super) struct Tokens {
    tokens: HashMap<String, Token>,
    codes: HashMap<String, Code>,
}

impl Tokens {
    pub(super) fn issue(&mut self, token_use: TokenUse, grant: Arc<Grant>, chain: Uuid, lifespan: Duration) -> String {
        let text = random_text();
        let shown = format!("{}{text}", token_use.prefix());
        self.tokens.insert(text, Token::new(token_use, grant, chain, lifespan));
        shown
    }

    /// An access token that says itself what it stands for, in Hydra's own claims. It is kept all the same, so that
    /// it can be revoked.
    pub(super) fn issue_signed(
        &mut self,
        key: &Key,
        config: &HydraConfig,
        grant: Arc<Grant>,
        chain: Uuid,
        lifespan: Duration,
    ) -> Result<String, Unspecified> {
        let mut token = Token::new(TokenUse::Access, grant, chain, lifespan);
        token.signed_by = Some(key.serial);
        let text = key.sign(&token.claims(config))?;
        self.tokens.insert(text.clone(), token);
        Ok(text)
    }

    pub(super) fn find(&self, text: &str) -> Option<&Token> {
        self.tokens.get(bare(text))
    }

    pub(super) fn issue_code(&mut self, code: Code) -> String {
        let text = random_text();
        let shown = format!("ory_ac_{text}");
        self.codes.insert(text, code);
        shown
    }

    pub(super) fn code(&self, text: &str) -> Option<&Code> {
        self.codes.get(bare(text))
    }

    /// The proof that a code demands, which is asked for once: later exchanges find none.
    pub(super) fn take_challenge(&mut self, text: &str) -> Option<String> {
        self.codes.get_mut(bare(text))?.challenge.take()
    }

    pub(super) fn spend_code(&mut self, text: &str) {
        if let Some(code) = self.codes.get_mut(bare(text)) {
            code.used = true;
        }
    }

    /// Kills every token of a chain.
    pub(super) fn revoke_chain(&mut self, chain: Uuid) {
        self.tokens.retain(|_, token| token.chain != chain);
    }

    /// Kills a chain's access tokens and spends its refresh tokens: what a refresh leaves behind.
    pub(super) fn rotate_chain(&mut self, chain: Uuid) {
        self.tokens.retain(|_, token| token.chain != chain || token.token_use == TokenUse::Refresh);
        for token in self.tokens.values_mut().filter(|token| token.chain == chain) {
            token.spent = true;
        }
    }

    pub(super) fn revoke_where(&mut self, doomed: impl Fn(&Grant) -> bool) {
        self.tokens.retain(|_, token| !doomed(&token.grant));
        self.codes.retain(|_, code| !doomed(&code.grant));
    }
}

fn bare(text: &str) -> &str {
    ["ory_at_", "ory_rt_", "ory_ac_"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text)
}

/// Two parts of 32 random bytes each, as Hydra's key and signature.
fn random_text() -> String {
    let part = || URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
    format!("{}.{}", part(), part())
}
