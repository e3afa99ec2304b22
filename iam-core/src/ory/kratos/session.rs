use serde::Deserialize;

use super::identity::WireIdentity;
use crate::SessionId;
use crate::UpstreamFault::{self, Unreadable};
use crate::ory::http::required;
use crate::ory::timestamp::{self, Timestamp};
use crate::service::{Device, SessionSummary};
use crate::upstream::SessionRecord;

/// Kratos' session object. Everything is optional here, and what is needed is
/// demanded by name afterwards, so that an error can say what was missing.
#[derive(Deserialize)]
pub(super) struct WireSession {
    id: Option<String>,
    active: Option<bool>,
    expires_at: Option<Timestamp>,
    authenticated_at: Option<Timestamp>,
    issued_at: Option<Timestamp>,
    authenticator_assurance_level: Option<String>,
    authentication_methods: Option<Vec<WireMethod>>,
    identity: Option<WireIdentity>,
    devices: Option<Vec<WireDevice>>,
}

#[derive(Deserialize)]
struct WireMethod {
    method: Option<String>,
}

#[derive(Deserialize)]
struct WireDevice {
    ip_address: Option<String>,
    user_agent: Option<String>,
    location: Option<String>,
}

impl WireSession {
    /// The answer to whoami, which always has an identity.
    pub(super) fn into_record(self) -> Result<SessionRecord, UpstreamFault> {
        Ok(SessionRecord {
            id: required(self.id, "a session without `id`")?,
            active: self.active.ok_or(Unreadable("a session without `active`"))?,
            expires_at: timestamp::required(self.expires_at, "the session's `expires_at`")?,
            authenticated_at: timestamp::optional(self.authenticated_at, "the session's `authenticated_at`")?,
            assurance_level: required(
                self.authenticator_assurance_level,
                "a session without `authenticator_assurance_level`",
            )?,
            methods: methods(self.authentication_methods),
            identity: self.identity.ok_or(Unreadable("a session without `identity`"))?.into_record()?,
        })
    }

    /// An item of an identity's session list, which has no identity.
    pub(super) fn into_summary(self) -> Result<SessionSummary, UpstreamFault> {
        let id = SessionId::new(&required(self.id, "a session without `id`")?);
        if id.uuid().is_none() {
            return Err(Unreadable("a session whose `id` is no UUID"));
        }
        let devices = self.devices.unwrap_or_default().into_iter().map(|device| Device {
            ip_address: device.ip_address.filter(|text| !text.is_empty()),
            user_agent: device.user_agent.filter(|text| !text.is_empty()),
            location: device.location.filter(|text| !text.is_empty()),
        });
        Ok(SessionSummary {
            id,
            active: self.active.ok_or(Unreadable("a session without `active`"))?,
            expires_at: timestamp::required(self.expires_at, "the session's `expires_at`")?,
            authenticated_at: timestamp::optional(self.authenticated_at, "the session's `authenticated_at`")?,
            issued_at: timestamp::optional(self.issued_at, "the session's `issued_at`")?,
            assurance_level: self.authenticator_assurance_level.filter(|text| !text.is_empty()),
            methods: methods(self.authentication_methods),
            devices: devices.collect(),
        })
    }
}

fn methods(methods: Option<Vec<WireMethod>>) -> Vec<String> {
    methods.unwrap_or_default().into_iter().filter_map(|method| method.method).collect()
}
