//! Sessions and how they look in answers.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use http::HeaderMap;
use http::header::USER_AGENT;
use rand::distr::{Alphanumeric, SampleString};
use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use uuid::Uuid;

use super::identity::{Identity, IdentityState, IdentityView};

/// How sure the server is of who somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Aal {
    One,
    Two,
}

impl Aal {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::One => "aal1",
            Self::Two => "aal2",
        }
    }
}

impl Serialize for Aal {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

/// One factor that was used.
#[derive(Clone, Debug, Serialize)]
pub(super) struct AuthenticationMethod {
    method: &'static str,
    aal: Aal,
    #[serde(with = "time::serde::rfc3339")]
    completed_at: OffsetDateTime,
}

/// Where a session was used from.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Device {
    id: Uuid,
    ip_address: Option<String>,
    user_agent: Option<String>,
    location: Option<String>,
}

/// A stored session.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) id: Uuid,
    /// Position in time among all sessions of the server.
    pub(super) sequence: u64,
    pub(super) token: String,
    pub(super) logout_token: String,
    pub(super) identity: Uuid,
    active: bool,
    pub(super) expires_at: OffsetDateTime,
    pub(super) authenticated_at: OffsetDateTime,
    issued_at: OffsetDateTime,
    methods: Vec<AuthenticationMethod>,
    devices: Vec<Device>,
}

impl Session {
    pub(super) fn new(
        identity: Uuid,
        lifespan: std::time::Duration,
        method: &'static str,
        headers: &HeaderMap,
    ) -> Self {
        let now = OffsetDateTime::now_utc();
        let mut session = Self {
            id: Uuid::new_v4(),
            // Set when the session is stored.
            sequence: 0,
            token: format!("ory_st_{}", secret()),
            logout_token: format!("ory_lo_{}", secret()),
            identity,
            active: true,
            expires_at: now + lifespan,
            authenticated_at: now,
            issued_at: now,
            methods: Vec::new(),
            devices: Vec::new(),
        };
        session.add_method(method, Aal::One);
        session.seen(headers);
        session
    }

    /// Adds a completed factor.
    pub(super) fn add_method(&mut self, method: &'static str, aal: Aal) {
        self.methods.push(AuthenticationMethod { method, aal, completed_at: OffsetDateTime::now_utc() });
    }

    /// A further login on this session: its times start anew.
    pub(super) fn reactivate(&mut self, lifespan: std::time::Duration, headers: &HeaderMap) {
        let now = OffsetDateTime::now_utc();
        self.issued_at = now;
        self.authenticated_at = now;
        self.expires_at = now + lifespan;
        self.seen(headers);
    }

    /// Notes the client that `headers` speak of.
    fn seen(&mut self, headers: &HeaderMap) {
        let text = |name| Some(headers.get(name)?.to_str().ok()?.to_owned());
        let place: Vec<String> =
            ["cf-ipcity", "cf-ipcountry"].into_iter().filter_map(text).filter(|text| !text.is_empty()).collect();
        self.devices.push(Device {
            id: Uuid::new_v4(),
            ip_address: Some(client_ip(headers)),
            user_agent: text(USER_AGENT.as_str()),
            location: Some(place.join(", ")),
        });
    }

    pub(super) fn aal(&self) -> Aal {
        match self.methods.iter().any(|m| m.aal == Aal::Two) {
            true => Aal::Two,
            false => Aal::One,
        }
    }

    /// Active as far as the session itself knows; the state of its identity
    /// counts only where the identity is loaded.
    pub(super) fn is_active(&self) -> bool {
        self.active && self.expires_at > OffsetDateTime::now_utc()
    }

    pub(super) fn revoke(&mut self) {
        self.active = false;
    }

    /// The session with neither identity nor devices.
    pub(super) fn view(&self) -> SessionView<'_> {
        SessionView {
            id: self.id,
            active: self.is_active(),
            expires_at: self.expires_at,
            authenticated_at: self.authenticated_at,
            authenticator_assurance_level: self.aal(),
            authentication_methods: &self.methods,
            issued_at: self.issued_at,
            identity: None,
            devices: None,
            tokenized: None,
        }
    }

    pub(super) fn devices(&self) -> &[Device] {
        &self.devices
    }
}

/// What the headers say, which anybody can write (`oryx/httpx/client_info.go`, `ClientIP`).
fn client_ip(headers: &HeaderMap) -> String {
    let text = |name| Some(headers.get(name)?.to_str().ok()?).filter(|text| !text.is_empty());
    if let Some(told) = ["true-client-ip", "cf-connecting-ip", "x-real-ip"].into_iter().find_map(text) {
        return told.to_owned();
    }
    let Some(proxies) = text("x-forwarded-for") else {
        // Whoever reaches a loopback port is on this machine, and their port is told with it.
        return SocketAddr::from((Ipv4Addr::LOCALHOST, ANY_PORT)).to_string();
    };
    let is_private = |ip: &str| match ip.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ip.is_private(),
        Ok(IpAddr::V6(ip)) => ip.is_unique_local(),
        Err(_) => false,
    };
    proxies.rsplit(',').map(str::trim).find(|ip| !is_private(ip)).unwrap_or_default().to_owned()
}

/// The first one that a client may have by chance.
const ANY_PORT: u16 = 49_152;

/// 32 alphanumerics, as in every Ory token.
fn secret() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), 32)
}

/// A session in an answer; `session/session.go` says what can be `null`.
#[derive(Debug, Serialize)]
pub(super) struct SessionView<'a> {
    id: Uuid,
    active: bool,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) authenticated_at: OffsetDateTime,
    authenticator_assurance_level: Aal,
    authentication_methods: &'a [AuthenticationMethod],
    #[serde(with = "time::serde::rfc3339")]
    issued_at: OffsetDateTime,
    identity: Option<IdentityView<'a>>,
    devices: Option<&'a [Device]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokenized: Option<String>,
}

impl<'a> SessionView<'a> {
    /// With the identity, whose state now counts for `active`.
    pub(super) fn with_identity(mut self, identity: &Identity, view: IdentityView<'a>) -> Self {
        self.active &= identity.state == IdentityState::Active;
        self.identity = Some(view);
        self
    }

    pub(super) fn with_devices(mut self, devices: &'a [Device]) -> Self {
        self.devices = Some(devices);
        self
    }

    /// With the session as a JWT.
    pub(super) fn with_token(mut self, tokenized: Option<String>) -> Self {
        self.tokenized = tokenized;
        self
    }
}
