//! A tenant whose servers are all at one address, each under a path of its own.

use std::time::Duration;

use url::Url;

use super::iam::Secret;
use super::iam::config::{
    Audience, CacheSettings, ClientAuthentication, ClientSettings, Endpoint, HttpSettings, HydraSettings, KetoSettings,
    KratosSettings, MachineClients, Mode, TenantSettings, TokenVerification, Transport,
};

pub(crate) const ADMIN_TOKEN: &str = "canary-admin-token";
pub(crate) const CLIENT_SECRET: &str = "canary+client%secret:ü";

/// Generous limits; tests of a limit set it themselves.
pub(crate) fn settings(url: &Url) -> TenantSettings {
    let at = |path: &str, token: Option<&str>| Endpoint { url: url.join(path).unwrap(), token: token.map(Secret::new) };
    TenantSettings {
        name: "customer",
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
            session_ttl: Duration::ZERO,
            introspection_ttl: Duration::ZERO,
            negative_ttl: Duration::ZERO,
            max_entries: 16,
        },
        http: HttpSettings {
            connect_timeout: Duration::from_secs(20),
            total_timeout: Duration::from_secs(20),
            max_retries: 2,
            max_response_bytes: 64 * 1024,
            pool_max_idle: 4,
            max_in_flight: 16,
            proxy: None,
            ca_file: None,
        },
        kratos: KratosSettings {
            public: at("kratos/", None),
            admin: Some(at("kratos-admin/", Some(ADMIN_TOKEN))),
            browser_url: url.join("kratos/").unwrap(),
        },
        hydra: Some(HydraSettings {
            public: Some(at("hydra/", None)),
            admin: Some(at("hydra-admin/", Some(ADMIN_TOKEN))),
            issuer: "https://issuer.example/".into(),
            verification: TokenVerification::Introspection,
            audience: Audience::OneOf(vec!["https://api.example".into(), "https://b.example/x y".into()]),
            machine_clients: MachineClients::Any,
            client: Some(ClientSettings {
                id: "dealer erp".into(),
                secret: Secret::new(CLIENT_SECRET),
                authentication: ClientAuthentication::Basic,
            }),
        }),
        keto: Some(KetoSettings {
            read: at("keto/", Some(ADMIN_TOKEN)),
            write: None,
            user_prefix: "user:".into(),
            client_prefix: "client:".into(),
        }),
    }
}
