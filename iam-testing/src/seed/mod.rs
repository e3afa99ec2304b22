//! Several Ory projects, filled from one file.
//!
//! A [`Seed`] says which tenants there are, how their projects are set up, and who is in them. A [`World`] is
//! that seed running: a [stand-in](crate::standin) a tenant, filled with nothing but an
//! [`OryClient`](crate::client::OryClient), with a session or token of everybody at hand and the SDK
//! configuration that fits. [`TenantSeed::fill`] fills a real Ory in the same way.
//!
//! ```no_run
//! use iam_testing::seed::{Seed, World};
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let seed = Seed::from_toml(r#"
//!     [tenants.admin]
//!     transport = "bearer"
//!     cookie_name = "admin_session"
//!
//!     [[tenants.admin.identities]]
//!     email = "ann@example.test"
//!     roles = ["platform:admin"]
//! "#)?;
//! let world = World::start(&seed).await?;
//! let ann = world.tenant("admin").account("ann@example.test");
//! println!("Authorization: Bearer {}", ann.session.token);
//! println!("{}", world.iam_config()?);
//! # Ok(())
//! # }
//! ```

mod contents;
mod error;
mod file;
mod iam_config;
mod proxies;
mod world;

pub use contents::{Account, Contents, Machine, SeededTuple};
pub use error::SeedError;
pub use file::{AnyWord, ClientSeed, IdentitySeed, OneOf, Seed, TenantSeed, Transport, TupleSeed, TupleSubject};
pub use proxies::Proxies;
pub use world::{SeededTenant, World};
