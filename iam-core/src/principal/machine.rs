use time::OffsetDateTime;

/// A machine: an OAuth2 client with a token of its own (client credentials).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Machine {
    /// The tenant whose Hydra vouched.
    pub tenant: &'static str,
    /// The client's id; never empty.
    pub client_id: String,
    /// Granted scopes; they count as roles.
    pub scopes: Vec<String>,
    /// When the token ends.
    pub expires_at: OffsetDateTime,
}

/// A client that acts for a user who granted it a token.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Delegate {
    /// The tenant whose Hydra vouched.
    pub tenant: &'static str,
    /// The user who granted the token; never empty.
    pub subject: String,
    /// The client that holds it; never empty.
    pub client_id: String,
    /// Granted scopes. They are no roles: a user cannot grant what is the application's to give.
    pub scopes: Vec<String>,
    /// When the token ends.
    pub expires_at: OffsetDateTime,
}
