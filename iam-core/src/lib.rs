//! iam-core

pub mod clock;
pub mod config;
pub mod error;
mod ids;
pub mod policy;
pub mod request;
mod secret;
pub mod tenant;
pub mod upstream;

pub use clock::Clock;
pub use config::{ConfigError, IamConfig};
pub use error::{ErrorKind, IamError, Product, UpstreamError, UpstreamFault};
pub use ids::{IdentityId, SessionId};
pub use policy::{CredentialKind, Note, Object, Permission, Policy, PolicyData, Rules, Segment};
pub use request::{PathParameters, RequestId, RequestSnapshot, RequestView};
pub use secret::Secret;
pub use tenant::{DefaultTenant, PerTenant, Tenant};
