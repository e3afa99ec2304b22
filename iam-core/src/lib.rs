//! Multi-tenant identity and access on [Ory](https://www.ory.sh), without a web framework.
//!
//! Applications use an adapter, such as `iam-axum`, which re-exports what they need of this crate.
//! Whoever writes an adapter needs three things of a framework, and the rest is here:
//!
//! 1. to show a request: [`RequestView`], borrowed while [`Iam::decide`] reads it;
//! 2. to hand the principal on: [`context::InContext`] around the handler's future, so that extractors
//!    and service calls find whom the policy let in;
//! 3. to answer a refusal: [`Refusal::response`] and [`IamError::response`] give status, headers and body.
//!
//! [`adapter`] has what its macros name, and what each adapter has to own.
//!
//! ```text
//! headers --> credential --> session / token --> principal --> policy --> handler
//!             (transport)    (cache, flights,    (tenant,      (roles,
//!                            Ory)                 roles)        permissions)
//!                       every decision emits one audit event
//! ```
//!
//! # Rooms
//!
//! | | |
//! |---|---|
//! | [`tenant`] | the trait behind `define_tenants!`, and an array indexed by tenant |
//! | [`config`] | the model, where it is loaded from, and the check that reports every problem at once |
//! | [`policy`] | what a route demands, as constant data; how it rides on a handler; the access matrix |
//! | [`request`] | what the decision sees of a request |
//! | [`host`] | which tenant a request's host belongs to, for policies that leave it to the host |
//! | [`decision`] | THE function: policy and request give a principal or a refusal |
//! | [`principal`] | who was let in: user, machine, or a client that acts for a user |
//! | [`context`] | principal, request id and trace, in scope while a handler runs |
//! | [`cache`] | looked-up sessions and tokens |
//! | [`audit`] | one event for each decision, change and read of administrators'; the way out |
//! | [`error`] | what can go wrong, as status, code and `application/problem+json` (RFC 9457) |
//! | [`service`] | what [`Iam::tenant`] offers: identities, sessions, permissions, tokens |
//! | [`upstream`] | the Ory edge as a trait, for tests; [`ory`] is the real one, the only room that opens a socket |
//! | [`verify`] | whether the Ory servers are as configured, asked at start-up |
//! | [`clock`] | the time, settable in tests |
//! | [`adapter`] | what an adapter is made of, besides its framework |
//!
//! The bottom of it (tenant, credential, principal, policy, decision, error) does no I/O.

pub mod adapter;
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
mod held;
pub mod host;
mod iam;
mod ids;
pub mod ory;
pub mod policy;
mod presence;
pub mod principal;
mod raw;
mod reason;
pub mod request;
mod secret;
pub mod service;
pub mod tenant;
pub mod upstream;
pub mod verify;

pub use builder::{BuildError, IamBuilder};
pub use clock::Clock;
pub use config::{ConfigError, IamConfig};
pub use decision::{Decision, Outcome, Reason, Refusal};
pub use error::{ErrorKind, IamError, ProblemResponse, Product, UpstreamError, UpstreamFault};
pub use iam::Iam;
pub use ids::{IdentityId, SessionId};
pub use policy::{
    Checked, CredentialKind, Note, Object, Permission, Policy, PolicyData, Relation, Rules, Segment, TenantSelector,
};
pub use presence::{Ended, Presence};
pub use principal::{Delegate, Machine, Principal, User};
pub use request::{PathParameters, RequestId, RequestSnapshot, RequestView};
pub use secret::Secret;
pub use service::{Identity, Services};
pub use tenant::{AnyTenant, DefaultTenant, OneTenant, PerTenant, Tenant, TenantScope, UnknownTenant};
