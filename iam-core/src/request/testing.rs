//! A request made of values, for unit tests.

use std::net::IpAddr;
use std::time::Duration;

use super::{PathParameters, RequestView};
use crate::config::*;

pub(crate) struct Headers {
    method: String,
    authority: String,
    headers: Vec<(String, Vec<u8>)>,
    pub(crate) peer: Option<IpAddr>,
}

impl Headers {
    pub(crate) fn of(headers: &[(&str, &str)]) -> Self {
        Self::request("GET", "app.example", headers)
    }

    pub(crate) fn request(method: &str, authority: &str, headers: &[(&str, &str)]) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).into(), value.as_bytes().to_vec())).collect();
        Self { method: method.into(), authority: authority.into(), headers, peer: None }
    }
}

impl RequestView for Headers {
    fn method(&self) -> &str {
        &self.method
    }

    fn route(&self) -> Option<&str> {
        None
    }

    fn authority(&self) -> Option<&[u8]> {
        Some(self.authority.as_bytes())
    }

    fn header<'a>(&'a self, name: &str, visit: &mut dyn FnMut(&'a [u8])) {
        self.headers.iter().filter(|(own, _)| own == name).for_each(|(_, value)| visit(value));
    }

    fn path_parameters(&self) -> PathParameters {
        PathParameters::None
    }

    fn peer(&self) -> Option<IpAddr> {
        self.peer
    }
}

/// A self-hosted tenant `admin` with every product.
pub(crate) fn settings() -> TenantSettings {
    let endpoint = |port: u16| Endpoint { url: format!("http://127.0.0.1:{port}/").parse().unwrap(), token: None };
    TenantSettings {
        name: "admin",
        mode: Mode::SelfHosted,
        shares_with: Vec::new(),
        transport: Transport::CookieOrBearer,
        prefer: None,
        cookie_name: "ory_kratos_session".into(),
        allowed_origins: Vec::new(),
        csrf_check: true,
        trust_traits_roles: false,
        outage_guard: true,
        cache: CacheSettings {
            session_ttl: Duration::from_secs(60),
            introspection_ttl: Duration::from_secs(60),
            negative_ttl: Duration::from_secs(1),
            max_entries: 100,
        },
        http: HttpSettings {
            connect_timeout: Duration::from_secs(1),
            total_timeout: Duration::from_secs(1),
            max_retries: 0,
            max_response_bytes: 1 << 20,
            pool_max_idle: 4,
            max_in_flight: 8,
            proxy: None,
            ca_file: None,
        },
        kratos: KratosSettings {
            public: endpoint(1),
            admin: Some(endpoint(2)),
            browser_url: "https://auth.example/".parse().unwrap(),
        },
        hydra: Some(HydraSettings {
            public: Some(endpoint(3)),
            admin: Some(endpoint(4)),
            issuer: "https://issuer.example".into(),
            verification: TokenVerification::Introspection,
            audience: Audience::Any,
            machine_clients: MachineClients::Any,
            client: None,
        }),
        keto: Some(KetoSettings {
            read: endpoint(5),
            write: None,
            user_prefix: "user:".into(),
            client_prefix: "client:".into(),
        }),
    }
}
