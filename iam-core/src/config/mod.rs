//! Configuration.

mod settings;

pub use settings::{
    Audience, CacheSettings, ClientAuthentication, ClientSettings, Endpoint, HttpSettings, HydraSettings, KetoSettings,
    KratosSettings, MachineClients, Mode, Prefer, Settings, TenantSettings, Transport,
};
