//! What Kratos' native and browser flows have in common.

use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;

use super::identities::WireIdentity;

/// A flow, as far as a client reads it. The action's URL is left alone: it is on Kratos' configured base URL,
/// which need not be the address that this client was given.
#[derive(Deserialize)]
pub(super) struct Flow {
    pub(super) id: String,
    ui: Ui,
}

#[derive(Deserialize)]
struct Ui {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    attributes: Value,
}

impl Flow {
    /// The value of the input called `name`.
    pub(super) fn input(&self, name: &str) -> Option<&str> {
        self.attributes("name", name)?.get("value")?.as_str()
    }

    /// The text of the node with the id `id`.
    pub(super) fn text(&self, id: &str) -> Option<&str> {
        self.attributes("id", id)?.pointer("/text/text")?.as_str()
    }

    fn attributes(&self, key: &str, value: &str) -> Option<&Value> {
        let mut all = self.ui.nodes.iter().map(|node| &node.attributes);
        all.find(|attributes| attributes.get(key).and_then(Value::as_str) == Some(value))
    }
}

/// The answer to a login or registration.
#[derive(Deserialize)]
pub(super) struct LoggedIn {
    /// Native flows only.
    #[serde(default)]
    pub(super) session_token: String,
    pub(super) session: WireSession,
    /// Registration only.
    pub(super) identity: Option<WireIdentity>,
}

#[derive(Deserialize)]
pub(super) struct WireSession {
    pub(super) id: String,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) expires_at: OffsetDateTime,
}
