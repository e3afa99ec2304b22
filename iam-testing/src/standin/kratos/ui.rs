//! Flows as clients see them: the form as nodes (`ui/node/`).

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::flow::{Flow, FlowKind, Message};
use super::identity::{Identity, IdentityView};
use super::recovery::Recovery;
use super::session::Aal;

/// A flow in an answer.
#[derive(Debug, Serialize)]
pub(super) struct FlowView<'a> {
    id: Uuid,
    r#type: &'static str,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    issued_at: OffsetDateTime,
    request_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    active: Option<&'a str>,
    ui: Value,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    created_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    updated_at: Option<OffsetDateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_aal: Option<Aal>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<IdentityView<'a>>,
    // The outer option is presence, the inner one `null`.
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<Option<Uuid>>,
    /// What to do next, for a script.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) continue_with: Option<Value>,
    /// What the form said for hooks, of which there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) transient_payload: Option<Value>,
}

/// Renders `flow`, whose form is sent to `action`. `user` is whom it is for:
/// the identity of a settings flow or of a second factor.
pub(super) fn view<'a>(flow: &'a Flow, action: &str, user: Option<(&'a Identity, IdentityView<'a>)>) -> FlowView<'a> {
    let identity = user.as_ref().map(|(identity, _)| *identity);
    let mut ui = json!({
        "action": action,
        "method": "POST",
        "nodes": nodes(flow, identity),
    });
    if !flow.messages.form.is_empty() {
        ui["messages"] = flow.messages.form.iter().map(message).collect();
    }
    let (refresh, requested_aal) = match &flow.kind {
        FlowKind::Login { requested_aal, refresh } => (Some(*refresh), Some(*requested_aal)),
        _ => (None, None),
    };
    let settings = matches!(flow.kind, FlowKind::Settings { .. });
    let is_recovery = matches!(flow.kind, FlowKind::Recovery(_));
    let waits_for_code = is_recovery && !matches!(flow.kind, FlowKind::Recovery(Recovery::Address));
    let began_at = matches!(flow.kind, FlowKind::Login { .. }).then_some(flow.issued_at);
    FlowView {
        id: flow.id,
        r#type: if flow.native { "api" } else { "browser" },
        expires_at: flow.expires_at,
        issued_at: flow.issued_at,
        request_url: &flow.request_url,
        return_to: flow.return_to.as_deref(),
        active: flow.active,
        ui,
        created_at: began_at,
        updated_at: began_at,
        refresh,
        requested_aal,
        state: match (settings, flow.done) {
            (true, false) => "show_form",
            (true, true) => "success",
            (false, false) if waits_for_code && flow.active == Some("code") => "sent_email",
            (false, false) => "choose_method",
            (false, true) => "passed_challenge",
        },
        identity: user.filter(|_| settings).map(|(_, view)| view),
        organization_id: (!settings && !is_recovery).then_some(None),
        continue_with: None,
        transient_payload: None,
    }
}

/// An id says what kind a text is: `1xxxxxx` informs, `4xxxxxx` and `5xxxxxx`
/// report errors, but that it all went well is neither.
fn message(message: &Message) -> Value {
    let kind = match message.id {
        1_050_001 | 1_060_001 => "success",
        0..4_000_000 => "info",
        _ => "error",
    };
    json!({"id": message.id, "text": message.text, "type": kind, "context": {}})
}

struct Label(u32, &'static str);

/// Builds the nodes of one flow.
struct Form<'a> {
    flow: &'a Flow,
    nodes: Vec<Value>,
}

impl Form<'_> {
    fn node(&mut self, kind: &str, group: &str, name: &str, attributes: Value, label: Option<Label>) {
        let of_this = |(field, text): &(&str, Message)| (*field == name).then(|| message(text));
        let messages: Vec<Value> = self.flow.messages.fields.iter().filter_map(of_this).collect();
        let meta = match label {
            Some(Label(id, text)) => {
                json!({"label": {"id": id, "text": text, "type": "info"}})
            }
            None => json!({}),
        };
        self.nodes.push(json!({
            "type": kind,
            "group": group,
            "attributes": attributes,
            "messages": messages,
            "meta": meta,
        }));
    }

    fn input(&mut self, group: &str, name: &str, kind: &str, value: Value, label: Option<Label>) {
        let mut attributes = json!({
            "name": name,
            "type": kind,
            "disabled": false,
            "node_type": "input",
        });
        if !value.is_null() {
            attributes["value"] = value;
        }
        if !matches!(kind, "submit") && name != "traits.name" {
            attributes["required"] = true.into();
        }
        self.node("input", group, name, attributes, label);
    }

    fn submit(&mut self, group: &str, label: Label) {
        self.input(group, "method", "submit", group.into(), Some(label));
    }

    /// `autocomplete` tells a password manager what the field is for.
    fn password(&mut self, autocomplete: &str) {
        let label = Label(1_070_001, "Password");
        self.input("password", "password", "password", Value::Null, Some(label));
        if let Some(node) = self.nodes.last_mut() {
            node["attributes"]["autocomplete"] = autocomplete.into();
        }
    }

    fn traits(&mut self, group: &str, user: Option<&Identity>) {
        let value = |name| user.map_or(Value::Null, |u| plain_trait(&u.traits, name));
        let email = Label(1_070_002, "E-Mail");
        self.input(group, "traits.email", "email", value("email"), Some(email));
        let name = Label(1_070_002, "Name");
        self.input(group, "traits.name", "text", value("name"), Some(name));
    }

    fn totp_code(&mut self, label: Label) {
        self.input("totp", "totp_code", "text", Value::Null, Some(label));
    }

    fn totp_settings(&mut self, secret: Option<&str>) {
        let Some(secret) = secret else {
            let label = Label(1_050_004, "Unlink TOTP Authenticator App");
            self.input("totp", "totp_unlink", "submit", "true".into(), Some(label));
            return;
        };
        let attributes = json!({
            "id": "totp_secret_key",
            "node_type": "text",
            "text": {
                "id": 1_050_006,
                "text": secret,
                "type": "info",
                "context": {"secret": secret},
            },
        });
        let label = Label(1_050_017, "This is your authenticator app secret. Use it if you can not scan the QR code.");
        self.node("text", "totp", "totp_secret_key", attributes, Some(label));
        self.totp_code(Label(1_070_006, "Verify code"));
        self.submit("totp", Label(1_070_003, "Save"));
    }
}

fn nodes(flow: &Flow, user: Option<&Identity>) -> Vec<Value> {
    let mut form = Form { flow, nodes: Vec::new() };
    let token = flow.csrf_token.as_str().into();
    form.input("default", "csrf_token", "hidden", token, None);
    match &flow.kind {
        FlowKind::Login { requested_aal: Aal::One, .. } => {
            let label = Label(1_070_004, "ID");
            form.input("default", "identifier", "text", "".into(), Some(label));
            form.password("current-password");
            form.submit("password", Label(1_010_022, "Sign in with password"));
        }
        FlowKind::Login { requested_aal: Aal::Two, .. } => {
            if user.is_some_and(Identity::has_second_factor) {
                form.totp_code(Label(1_010_006, "Authentication code"));
                form.submit("totp", Label(1_010_009, "Use Authenticator"));
            }
        }
        FlowKind::Registration => {
            form.traits("default", None);
            form.password("new-password");
            form.submit("password", Label(1_040_001, "Sign up"));
        }
        FlowKind::Settings { totp_secret, .. } => {
            form.traits("profile", user);
            form.submit("profile", Label(1_070_003, "Save"));
            form.password("new-password");
            form.submit("password", Label(1_070_003, "Save"));
            form.totp_settings(totp_secret.as_deref());
        }
        FlowKind::Recovery(Recovery::Address) => {
            form.input("code", "email", "email", Value::Null, Some(Label(1_070_007, "Email")));
            form.submit("code", Label(1_070_009, "Continue"));
        }
        FlowKind::Recovery(_) => {
            form.input("code", "code", "text", Value::Null, Some(Label(1_070_010, "Recovery code")));
            form.submit("code", Label(1_070_009, "Continue"));
        }
    }
    form.nodes
}

/// The trait `name` if it is a plain text, for a form to start from.
fn plain_trait(traits: &RawValue, name: &str) -> Value {
    let object: Option<super::patch::RawObject> = serde_json::from_str(traits.get()).ok();
    object
        .into_iter()
        .flat_map(|object| object.0)
        .find(|(key, _)| key == name)
        .and_then(|(_, value)| serde_json::from_str::<String>(value.get()).ok())
        .map_or(Value::Null, Value::String)
}
