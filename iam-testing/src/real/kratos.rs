//! How Kratos is set up, and emptied.

use std::time::Duration;

use reqwest::Client;
use serde_json::{Map, Value, json};
use url::Url;

use super::server::Place;
use crate::standin::kratos::{identity_schema, private_jwks};
use crate::standin::{KratosSwitches, ProjectConfig, RequiredAal, TokenizerTemplate};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KratosSpec {
    cookie_name: String,
    switches: KratosSwitches,
    ui_url: Option<Url>,
}

impl KratosSpec {
    pub(crate) fn of(config: &ProjectConfig) -> KratosSpec {
        KratosSpec { cookie_name: config.cookie_name(), switches: config.kratos.clone(), ui_url: config.ui_url.clone() }
    }

    pub(super) fn document(&self, place: &Place<'_>) -> Value {
        let ui = self.ui_url.as_ref().map_or_else(|| format!("{}ui/", place.public), Url::to_string);
        let page = |name: &str| format!("{}/{name}", ui.trim_end_matches('/'));
        let aal = match self.switches.required_aal {
            RequiredAal::HighestAvailable => "highest_available",
            RequiredAal::Aal1 => "aal1",
        };
        let mut document = json!({
            "version": place.version,
            "dsn": place.dsn,
            "log": {"level": "warning"},
            "serve": {
                "public": {"host": "127.0.0.1", "port": place.public_port, "base_url": place.public},
                "admin": {"host": "127.0.0.1", "port": place.admin_port, "base_url": place.admin},
            },
            "selfservice": {
                "default_browser_return_url": ui,
                "methods": {
                    // Asking a public service about a password is not for tests.
                    "password": {"enabled": true, "config": {"haveibeenpwned_enabled": false}},
                    "totp": {"enabled": true, "config": {"issuer": "iam"}},
                    "link": {"enabled": self.switches.recovery},
                    "code": {"enabled": self.switches.recovery},
                },
                "flows": {
                    "error": {"ui_url": page("error")},
                    "login": {"ui_url": page("login"), "lifespan": millis(self.switches.flow_lifespan)},
                    "registration": {
                        "enabled": !self.switches.registration_disabled,
                        "ui_url": page("registration"),
                        "lifespan": millis(self.switches.flow_lifespan),
                        "after": {"password": {"hooks": [{"hook": "session"}]}},
                    },
                    "recovery": {
                        "enabled": self.switches.recovery,
                        "ui_url": page("recovery"),
                        "lifespan": millis(self.switches.flow_lifespan),
                    },
                    "settings": {
                        "ui_url": page("settings"),
                        "required_aal": aal,
                        "lifespan": millis(self.switches.flow_lifespan),
                        "privileged_session_max_age": millis(self.switches.privileged_session_max_age),
                    },
                },
            },
            "session": {
                "cookie": {"name": self.cookie_name},
                "lifespan": millis(self.switches.session_lifespan),
                "whoami": {"required_aal": aal, "tokenizer": {"templates": self.templates()}},
            },
            "identity": {
                "default_schema_id": "default",
                "schemas": [{"id": "default", "url": inline(&identity_schema())}],
            },
            // Cheap, since tests log in often; outside development, bcrypt would take half a second.
            "hashers": {"algorithm": "argon2", "argon2": {"memory": "1MB", "iterations": 1, "parallelism": 1}},
            "secrets": {"default": [uuid::Uuid::new_v4()]},
            // No courier runs; the address is demanded all the same.
            "courier": {"smtp": {"connection_uri": "smtp://127.0.0.1:1/"}},
        });
        if let Some(left) = self.switches.earliest_possible_extend {
            document["session"]["earliest_possible_extend"] = json!(millis(left));
        }
        document["feature_flags"] = json!({"use_continue_with_transitions": self.switches.continue_with_transitions});
        if let Some(max_age) = self.switches.cacheable_sessions_max_age {
            document["feature_flags"]["cacheable_sessions"] = json!(true);
            document["feature_flags"]["cacheable_sessions_max_age"] = json!(millis(max_age));
        }
        document
    }

    fn templates(&self) -> Map<String, Value> {
        let keys = inline(&private_jwks());
        let of = |template: &TokenizerTemplate| {
            let mut settings = json!({"jwks_url": keys});
            template.ttl_ms.iter().for_each(|ttl| settings["ttl"] = json!(format!("{ttl}ms")));
            (template.name.clone(), settings)
        };
        self.switches.tokenizer_templates.iter().map(of).collect()
    }
}

/// As Go reads it.
fn millis(duration: Duration) -> String {
    format!("{}ms", duration.as_millis())
}

fn inline(document: &Value) -> String {
    use base64::Engine;
    format!("base64://{}", base64::engine::general_purpose::STANDARD.encode(document.to_string()))
}

/// Deletes every identity, and with them their sessions.
pub(super) async fn empty(client: &Client, admin: &Url) -> reqwest::Result<()> {
    loop {
        let list = client.get(format!("{admin}admin/identities?page_size=500")).send().await?;
        let identities: Vec<Value> = list.error_for_status()?.json().await?;
        for identity in &identities {
            let id = identity["id"].as_str().unwrap_or_default();
            client.delete(format!("{admin}admin/identities/{id}")).send().await?.error_for_status()?;
        }
        if identities.is_empty() {
            return Ok(());
        }
    }
}
