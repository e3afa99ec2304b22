//! Who an identity is elsewhere: the credential `oidc`. Nobody logs in by it here; it is kept, shown and found.

use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

/// One provider, and who the identity is there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provider {
    provider: String,
    subject: String,
    #[serde(default)]
    organization: Option<Uuid>,
    #[serde(default)]
    use_auto_link: bool,
}

impl Provider {
    /// What it is found by, with the case that it has.
    pub(super) fn identifier(&self) -> String {
        format!("{}:{}", self.provider, self.subject)
    }

    /// Without the tokens that a log-in would have brought.
    fn shown(&self) -> Value {
        let mut shown = json!({
            "provider": self.provider,
            "subject": self.subject,
            "initial_id_token": "",
            "initial_access_token": "",
            "initial_refresh_token": "",
        });
        if let Some(organization) = self.organization {
            shown["organization"] = json!(organization);
        }
        if self.use_auto_link {
            shown["use_auto_link"] = json!(true);
        }
        shown
    }
}

/// All of an identity's.
#[derive(Clone, Debug)]
pub(super) struct Oidc {
    pub(super) providers: Vec<Provider>,
    pub(super) created_at: OffsetDateTime,
    pub(super) updated_at: OffsetDateTime,
}

impl Oidc {
    /// These beside those that there are.
    pub(super) fn with(old: Option<Oidc>, more: Vec<Provider>) -> Oidc {
        let now = OffsetDateTime::now_utc();
        let mut oidc = old.unwrap_or(Oidc { providers: Vec::new(), created_at: now, updated_at: now });
        oidc.providers.extend(more);
        oidc.updated_at = now;
        oidc
    }

    pub(super) fn identifiers(&self) -> impl Iterator<Item = String> {
        self.providers.iter().map(Provider::identifier)
    }

    pub(super) fn config(&self) -> Value {
        json!({"providers": self.providers.iter().map(Provider::shown).collect::<Vec<_>>()})
    }

    /// Whether there was one to remove.
    pub(super) fn remove(&mut self, identifier: &str) -> bool {
        let before = self.providers.len();
        self.providers.retain(|provider| provider.identifier() != identifier);
        self.updated_at = OffsetDateTime::now_utc();
        self.providers.len() < before
    }
}
