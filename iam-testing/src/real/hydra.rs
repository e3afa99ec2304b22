//! How Hydra is set up, and emptied.

use reqwest::Client;
use serde_json::{Value, json};
use url::Url;

use super::server::Place;
use crate::standin::{HydraSwitches, ProjectConfig};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HydraSpec {
    /// Default: its public listener.
    issuer: Option<String>,
    switches: HydraSwitches,
    ui_url: Option<Url>,
}

impl HydraSpec {
    pub(crate) fn of(config: &ProjectConfig) -> HydraSpec {
        HydraSpec { issuer: config.given_issuer(), switches: config.hydra.clone(), ui_url: config.ui_url.clone() }
    }

    /// Hydra takes an issuer without TLS in development only.
    pub(super) fn serve(&self) -> &'static [&'static str] {
        let is_secure = self.issuer.as_ref().is_some_and(|issuer| issuer.starts_with("https:"));
        if is_secure { &["serve", "all"] } else { &["serve", "all", "--dev"] }
    }

    pub(super) fn document(&self, place: &Place<'_>) -> Value {
        let ui = self.ui_url.as_ref().map_or_else(|| format!("{}ui/", place.public), Url::to_string);
        let page = |name: &str| format!("{}/{name}", ui.trim_end_matches('/'));
        json!({
            "version": place.version,
            "dsn": place.dsn,
            "log": {"level": "warn"},
            "serve": {
                "public": {"host": "127.0.0.1", "port": place.public_port},
                "admin": {"host": "127.0.0.1", "port": place.admin_port},
            },
            "urls": {
                "self": {"issuer": self.issuer.as_deref().unwrap_or(place.public.as_str())},
                "login": page("login"),
                "consent": page("consent"),
                "logout": page("logout"),
                "error": page("error"),
            },
            "strategies": {"access_token": self.switches.access_token_strategy, "jwt": {"scope_claim": self.switches.scope_claim}},
            "ttl": {
                "access_token": format!("{}ms", self.switches.access_token_lifespan.as_millis()),
                "login_consent_request": format!("{}ms", self.switches.challenge_lifespan.as_millis()),
            },
            "secrets": {"system": [uuid::Uuid::new_v4()]},
        })
    }
}

/// New signing keys. Hydra makes its own when it is first asked for discovery or for a signed token, and those for
/// RS256 take seconds.
pub(super) async fn make_keys(client: &Client, admin: &Url) -> reqwest::Result<()> {
    for set in ["hydra.openid.id-token", "hydra.jwt.access-token"] {
        let set = format!("{admin}admin/keys/{set}");
        client.delete(&set).send().await?.error_for_status()?;
        let key = json!({"alg": "ES256", "use": "sig", "kid": uuid::Uuid::new_v4()});
        client.post(&set).json(&key).send().await?.error_for_status()?;
    }
    Ok(())
}

/// Deletes every client, and with them their tokens, and the keys that signed them.
pub(super) async fn empty(client: &Client, admin: &Url) -> reqwest::Result<()> {
    make_keys(client, admin).await?;
    loop {
        let list = client.get(format!("{admin}admin/clients?page_size=500")).send().await?;
        let clients: Vec<Value> = list.error_for_status()?.json().await?;
        for registered in &clients {
            let mut url = admin.clone();
            if let Ok(mut path) = url.path_segments_mut() {
                path.pop_if_empty().extend(["admin", "clients", registered["client_id"].as_str().unwrap_or_default()]);
            }
            client.delete(url).send().await?.error_for_status()?;
        }
        if clients.is_empty() {
            return Ok(());
        }
    }
}
