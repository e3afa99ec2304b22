//! Independent Ory projects in memory, over real HTTP.
//!
//! An [`OryProject`] is what one Ory project is to an application: Kratos, Hydra and Keto behind URLs, with
//! state that nobody else sees. Several run in one process; each dies with its handle. It is filled the way
//! a real one is, over Ory's own APIs, so that the same calls work against real servers.
//!
//! ```no_run
//! use iam_testing::standin::{Namespace, OryProject, ProjectConfig};
//! # async fn example() -> std::io::Result<()> {
//! let project = OryProject::start(ProjectConfig {
//!     name: "dealer".to_owned(),
//!     namespaces: vec![Namespace::any("orders")],
//!     ..ProjectConfig::default()
//! })
//! .await?;
//! println!("introspection at {}admin/oauth2/introspect", project.hydra_admin());
//! # Ok(())
//! # }
//! ```
//!
//! Statuses, headers and bodies are those of the servers' sources (Ory v26.2), also where these disagree
//! with the published OpenAPI files. What is not there: see [`hydra`] and [`keto`].

mod config;
mod go_cookie;
mod go_duration;
mod go_json;
mod go_redirect;
mod herodot;
pub mod hydra;
mod json_patch;
pub mod keto;
mod key;
pub mod kratos;
mod network;
mod page;
mod params;
mod products;
mod project;
mod switches;

pub use config::{Namespace, NetworkConfig, Product, ProjectConfig};
pub use kratos::tokenizer_jwks;
pub use project::OryProject;
pub use switches::{AccessTokenStrategy, HydraSwitches, KratosSwitches, RequiredAal, ScopeClaim, TokenizerTemplate};
