//! Configuration: read it, check it whole, get [`Settings`] that cannot be wrong any more.
//!
//! [`IamConfig`] is the configuration as written, from a TOML file ([`IamConfig::load`]), from
//! [`Environment`] variables, from a [`SecretSource`], or built in code; the later overrides the
//! earlier, but a secret source is asked only for what is still unset. [`check`] compares it with
//! the tenant enum and lists every problem at once, each with its path, what was found, what is
//! allowed and the nearest valid name.
//!
//! ```
//! use iam_core::config::{Environment, IamConfig, check};
//! # use iam_core::Tenant;
//! # #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
//! # enum Tenants { Admin }
//! # impl Tenant for Tenants {
//! #     const ALL: &'static [Self] = &[Self::Admin];
//! #     const DEFAULT: Option<Self> = Some(Self::Admin);
//! #     fn name(self) -> &'static str { "admin" }
//! #     fn index(self) -> usize { 0 }
//! # }
//!
//! let environment = Environment::from_pairs([("IAM__TENANTS__ADMIN__CLOUD__API_KEY", "ory_apikey_1")]);
//! let config = IamConfig::from_toml(
//!     "[tenants.admin]
//!      mode = 'cloud'
//!      transport = 'cookie'
//!      cloud.project_slug = 'charming-noether-4h2x'",
//! )?
//! .with_environment(&environment);
//!
//! let settings = check::<Tenants>(&config)?;
//! assert_eq!(&*settings.tenants[0].cookie_name, "ory_session_charmingnoether4h2x");
//! # Ok::<(), iam_core::config::ConfigError>(())
//! ```
//!
//! No key is without effect: one that does nothing in its tenant's mode or transport is a
//! problem, as is a misspelt one. Tenants that share a server, a project, an issuer, a key or a
//! cookie name are a problem unless `shares_with` says so.
//!
//! # Every key
//!
#![doc = concat!("```toml\n", include_str!("reference.toml"), "```")]

mod check;
mod environment;
mod findings;
mod keys;
mod load;
mod model;
mod problem;
mod secrets;
mod settings;
#[cfg(test)]
mod tests;
mod value;
pub(crate) mod wording;

pub(crate) use check::is_loopback;
pub use check::{check, check_names};
pub use environment::Environment;
pub use model::{
    CacheConfig, CloudConfig, HttpConfig, HydraConfig, IamConfig, KetoConfig, KratosConfig, TenantConfig, TlsConfig,
};
pub use problem::{ConfigError, Problem};
pub use secrets::{SecretError, SecretSource};
pub use settings::{
    Audience, CacheSettings, ClientAuthentication, ClientSettings, Endpoint, HttpSettings, HydraSettings, KetoSettings,
    KratosSettings, MachineClients, Mode, Prefer, Settings, TenantSettings, TokenVerification, Transport,
};
