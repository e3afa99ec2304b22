//! Configuration.
mod environment;
mod findings;
mod keys;
mod load;
mod model;
mod problem;
mod secrets;
mod settings;
mod value;
mod wording;

pub use environment::Environment;
pub use model::{
    CacheConfig, CloudConfig, HttpConfig, HydraConfig, IamConfig, KetoConfig, KratosConfig, TenantConfig, TlsConfig,
};
pub use problem::{ConfigError, Problem};
pub use secrets::{SecretError, SecretSource};
pub use settings::{
    Audience, CacheSettings, ClientAuthentication, ClientSettings, Endpoint, HttpSettings, HydraSettings, KetoSettings,
    KratosSettings, MachineClients, Mode, Prefer, Settings, TenantSettings, Transport,
};
