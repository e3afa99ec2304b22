//! The configuration as written: nothing is checked yet, and what is unset is `None`.

use std::collections::BTreeMap;

use super::findings::Findings;
use super::keys::section;
use super::settings::{Audience, ClientAuthentication, MachineClients, Mode, Prefer, TokenVerification, Transport};
use crate::Secret;

section! {
    /// A process' configuration, read from a file ([`IamConfig::load`]) or built in code.
    ///
    /// ```
    /// use iam_core::config::{IamConfig, TenantConfig, Transport};
    ///
    /// let mut admin = TenantConfig::self_hosted("http://127.0.0.1:4433", Transport::Cookie);
    /// admin.kratos.admin_url = Some("http://127.0.0.1:4434".to_owned());
    ///
    /// let mut config = IamConfig::default();
    /// config.tenants.insert("admin".to_owned(), admin);
    /// ```
    pub struct IamConfig {
        /// The tenant that policies mean which name none. It must be the one that the tenant
        /// enum takes for it (its only variant, or the one marked `#[default]`), and may be left out.
        pub default_tenant: Option<String>,
        /// CIDR blocks of the proxies whose word on the host that the caller asked for is taken
        /// (`X-Forwarded-Host`, or `host` in `Forwarded`); by default nobody's. It says which tenant
        /// a by-host policy means, and which `Origin` is the application's own. Such a proxy must
        /// set the header itself or drop what callers send. Read before a tenant is known,
        /// therefore one list a process.
        pub trusted_proxies: Option<Vec<String>>,
        /// The tenant of each host, for policies that leave the tenant to the host: a host name
        /// without port, or `*.example.com` for every one with one more label.
        pub hosts: Option<BTreeMap<String, String>>,
        /// The tenants by name: exactly those of the tenant enum.
        pub tenants: BTreeMap<String, TenantConfig>,
        @apart findings: Findings,
    }
}

section! {
    /// One tenant: an Ory project and what counts as a credential for it.
    pub struct TenantConfig {
        /// Who runs the project. Required.
        pub mode: Option<Mode>,
        /// Where a session credential may stand in a request. Required.
        pub transport: Option<Transport>,
        /// With `cookie-or-bearer`: which credential counts when a request carries both. By default
        /// such a request is refused.
        pub prefer: Option<Prefer>,
        /// What a token's `aud` must contain: one of these, or nothing (`"any"`). Required with
        /// `hydra`: without it every token that the issuer ever made for anybody would do.
        pub audience: Option<Audience>,
        /// Which clients' own tokens make a machine, or `"any"`; by default none. Where clients can
        /// register themselves (RFC 7591), `"any"` lets in whoever asks.
        pub machine_clients: Option<MachineClients>,
        /// Other origins that may send state-changing requests with the session cookie, such as
        /// `https://app.example.com`. The application's own origin needs no entry.
        pub allowed_origins: Option<Vec<String>>,
        /// Tenants with which this one shares a server, a project, a key or a cookie name. Without
        /// an entry in either of the two, sharing is taken for a mistake.
        pub shares_with: Option<Vec<String>>,
        /// URL keys of this tenant, such as `kratos.admin_url`, that may be plain `http` to a host
        /// other than this one. Credentials can then be read on the way.
        pub dangerously_allow_http: Option<Vec<String>>,
        /// Lets other sites' pages send state-changing requests with this tenant's session cookie.
        pub dangerously_disable_csrf_check: Option<bool>,
        /// Counts `traits.roles` as roles. Traits are self-editable: whatever the identity schema
        /// lets users write there, they grant themselves.
        pub dangerously_trust_traits_roles: Option<bool>,
        /// Whether a 401 for a recently valid credential asks Kratos' readiness before it counts as
        /// a logout; on by default.
        pub outage_guard: Option<bool>,
        /// The Ory Network project; in `cloud` mode only, and required there.
        pub cloud: Option<CloudConfig>,
        /// Sessions and identities.
        pub kratos: KratosConfig,
        /// OAuth2; the table's presence, even empty, switches it on.
        pub hydra: Option<HydraConfig>,
        /// Permissions; the table's presence, even empty, switches them on.
        pub keto: Option<KetoConfig>,
        /// Caching of Ory's answers.
        pub cache: CacheConfig,
        /// Limits of the calls to Ory.
        pub http: HttpConfig,
        /// Trust in Ory's certificates.
        pub tls: TlsConfig,
    }
}

section! {
    /// An Ory Network project. Its URLs, issuer, cookie name and admin tokens follow from here; a
    /// key of the product's own section overrides each.
    pub struct CloudConfig {
        /// The project's slug, a DNS label: all products are at `https://<slug>.projects.oryapis.com`,
        /// the issuer is the same text without a trailing slash, the cookie is `ory_session_<slug>`
        /// without the slug's hyphens. Required.
        pub project_slug: Option<String>,
        /// The project's API key, sent to admin listeners and Keto. Required, unless every product
        /// has a token of its own.
        pub api_key: Option<Secret>,
    }
}

section! {
    /// Kratos: sessions and identities.
    pub struct KratosConfig {
        /// The public listener. Required when self-hosted.
        pub public_url: Option<String>,
        /// The admin listener. Without it identity calls answer "not configured".
        pub admin_url: Option<String>,
        /// Sent to the admin listener. A self-hosted Kratos asks for none and checks none: this is
        /// for a gateway in front of it.
        pub admin_token: Option<Secret>,
        /// The session cookie's name; `ory_kratos_session` by default when self-hosted. A `__Host-`
        /// name keeps sibling subdomains from planting one.
        pub cookie_name: Option<String>,
        /// Where browsers reach the public listener, `public_url` by default: the only place under
        /// which a step-up URL is handed on.
        pub browser_url: Option<String>,
    }
}

section! {
    /// Hydra: OAuth2.
    pub struct HydraConfig {
        /// The public listener, for this service's own tokens, and for the keys of `verification = "local"`.
        pub public_url: Option<String>,
        /// The admin listener, for introspection.
        pub admin_url: Option<String>,
        /// Sent to the admin listener; see `kratos.admin_token`.
        pub admin_token: Option<Secret>,
        /// The issuer (`urls.self.issuer` of Hydra's configuration), compared byte for byte, trailing
        /// slash and all. Required when self-hosted.
        pub issuer: Option<String>,
        /// How an access token shows that it is good: `introspection`, the default, asks Hydra; `local` takes
        /// the word of a JWT that the issuer's keys signed, until it expires, and asks Hydra about other tokens.
        pub verification: Option<TokenVerification>,
        /// This service's own OAuth2 client.
        pub client_id: Option<String>,
        /// That client's secret.
        pub client_secret: Option<Secret>,
        /// How the client sends its secret, `basic` by default; Hydra enforces the method that the
        /// client was registered with.
        pub client_authentication: Option<ClientAuthentication>,
    }
}

section! {
    /// Keto: permissions.
    pub struct KetoConfig {
        /// The read listener. Required when self-hosted.
        pub read_url: Option<String>,
        /// The write listener. Without it tuples cannot be changed.
        pub write_url: Option<String>,
        /// Sent to both listeners; see `kratos.admin_token`.
        pub api_key: Option<Secret>,
        /// Put before an identity's id to make a subject; `user:` by default.
        pub user_prefix: Option<String>,
        /// Put before a client's id to make a subject; `client:` by default.
        pub client_prefix: Option<String>,
    }
}

section! {
    /// Caching of Ory's answers in this process.
    pub struct CacheConfig {
        /// Milliseconds that an accepted session is remembered at the most, up to a day; 0, the
        /// default, asks Kratos every time.
        pub session_ttl_ms: Option<u64>,
        /// The same for an accepted access token.
        pub introspection_ttl_ms: Option<u64>,
        /// Milliseconds that a definite refusal is remembered, up to a minute; 1000 by default: long
        /// enough to blunt a client that repeats itself, too short for a user to notice.
        pub negative_ttl_ms: Option<u64>,
        /// Entries kept; 10000 by default. Accepted and refused credentials have as many each.
        pub max_entries: Option<u64>,
    }
}

section! {
    /// Limits of the calls to this tenant's Ory servers, for each product by itself.
    pub struct HttpConfig {
        /// Milliseconds to establish a connection; 1000 by default, or the total where that is less.
        pub connect_timeout_ms: Option<u64>,
        /// Milliseconds for one call with all its retries, to the last byte; 5000 by default.
        pub total_timeout_ms: Option<u64>,
        /// Repetitions of an idempotent call; 2 by default.
        pub max_retries: Option<u64>,
        /// Bytes of a response body, counted after decompression; 1048576 (1 MiB) by default.
        pub max_response_bytes: Option<u64>,
        /// Idle connections kept open; 32 by default.
        pub pool_max_idle: Option<u64>,
        /// Calls under way at once for decisions; 256 by default. Half of them are kept for recently
        /// valid credentials, so that a flood of random ones cannot lock users out.
        pub max_in_flight: Option<u64>,
        /// An HTTP proxy for the calls to Ory. The environment's proxy variables are not read.
        pub proxy_url: Option<String>,
    }
}

section! {
    /// Trust in the certificates of this tenant's Ory servers.
    pub struct TlsConfig {
        /// A PEM file of certificate authorities, trusted next to the system's own. There is no key
        /// that switches the verification off.
        pub ca_file: Option<String>,
    }
}

impl TenantConfig {
    /// A project on Ory Network, Kratos alone; set `hydra` and `keto` to use these.
    #[must_use]
    pub fn cloud(project_slug: impl Into<String>, api_key: Secret, transport: Transport) -> Self {
        let cloud = CloudConfig { project_slug: Some(project_slug.into()), api_key: Some(api_key) };
        Self { mode: Some(Mode::Cloud), transport: Some(transport), cloud: Some(cloud), ..Self::default() }
    }

    /// Servers of one's own, Kratos' public listener alone.
    #[must_use]
    pub fn self_hosted(kratos_public_url: impl Into<String>, transport: Transport) -> Self {
        let kratos = KratosConfig { public_url: Some(kratos_public_url.into()), ..KratosConfig::default() };
        Self { mode: Some(Mode::SelfHosted), transport: Some(transport), kratos, ..Self::default() }
    }
}
