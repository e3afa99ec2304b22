//! iam-core

mod adapter;
pub mod audit;
mod builder;
pub mod cache;
pub mod clock;
pub mod config;
pub mod context;
mod credential;
pub mod decision;
mod effects;
pub mod error;
mod iam;
mod ids;
pub mod ory;
pub mod policy;
pub mod principal;
mod raw;
pub mod request;
mod secret;
pub mod service;
pub mod tenant;
pub mod upstream;

pub use builder::{BuildError, IamBuilder};
pub use clock::Clock;
pub use config::{ConfigError, IamConfig};
pub use decision::{Decision, Outcome, Reason, Refusal};
pub use error::{ErrorKind, IamError, ProblemResponse, Product, UpstreamError, UpstreamFault};
pub use iam::Iam;
pub use ids::{IdentityId, SessionId};
pub use policy::{CredentialKind, Note, Object, Permission, Policy, PolicyData, Rules, Segment};
pub use principal::{Delegate, Machine, Principal, User};
pub use request::{PathParameters, RequestId, RequestSnapshot, RequestView};
pub use secret::Secret;
pub use service::{Identity, Services};
pub use tenant::{DefaultTenant, PerTenant, Tenant, UnknownTenant};

#[doc(hidden)]
pub mod __private;
