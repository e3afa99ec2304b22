//! Why a seed did not become a world.

use std::io;

use crate::client::OryClientError;
use crate::real::RealError;

/// What is wrong with a seed, or with the Ory that it was to fill.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeedError {
    /// The file is no seed file: its syntax, a key that does not exist, or a value of the wrong kind.
    #[error("the seed file is not understood: {0}")]
    File(#[from] toml::de::Error),
    /// Something names what its tenant does not have.
    #[error("tenant `{tenant}` has no {kind} `{name}`; there are: {}", known.join(", "))]
    Unknown {
        /// The tenant.
        tenant: String,
        /// `identity` or `client`.
        kind: &'static str,
        /// What was looked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// Ory did not take a part of the seed.
    #[error("filling tenant `{tenant}`: {source}")]
    Ory {
        /// The tenant.
        tenant: String,
        /// What Ory said.
        source: OryClientError,
    },
    /// No port is free.
    #[error("starting tenant `{tenant}`: {source}")]
    Start {
        /// The tenant.
        tenant: String,
        /// What the system said.
        source: io::Error,
    },
    /// One of Ory's own servers does not run.
    #[error("starting tenant `{tenant}`: {source}")]
    Real {
        /// The tenant.
        tenant: String,
        /// What is wrong.
        source: RealError,
    },
    /// A value that TOML cannot hold.
    #[error("the configuration cannot be written as TOML: {0}")]
    Config(#[from] toml::ser::Error),
}
