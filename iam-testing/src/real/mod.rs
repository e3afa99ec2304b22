//! Ory's own servers in a test run or on a developer's machine, where they can be had.
//!
//! Kratos and Hydra are built from the Go module proxy, once, into a cache outside the project. Keto is not
//! to be had there: it stays the [stand-in](crate::standin), unless `IAM_ORY_KETO` names one that you have.
//! [`Servers`] says what was found and why the rest was not; [`World::start_on`](crate::seed::World::start_on) starts a seed on it.
//!
//! ```no_run
//! use iam_testing::real::Servers;
//! use iam_testing::seed::{Seed, World};
//! # async fn example(seed: Seed) -> Result<(), Box<dyn std::error::Error>> {
//! let servers = Servers::find(|progress| eprintln!("{progress}")).await?;
//! let world = World::start_on(&servers, &seed).await?;
//! println!("{}", world.iam_config()?);
//! # Ok(())
//! # }
//! ```
//!
//! A server listens on loopback alone, keeps its data in a temporary folder, and ends with its handle or with
//! this process, whichever way that ends. Handles of equal configuration share servers one after the other:
//! each begins with an empty one.
//!
//! | variable | |
//! |---|---|
//! | `IAM_ORY` | `real` for [`Servers::from_environment`]; `standin`, or unset, for the stand-in alone |
//! | `IAM_ORY_KETO` | a Keto of one's own, the program's path |
//! | `IAM_ORY_CACHE` | where built servers are kept; otherwise `iam-ory` in the user's cache folder |

mod binary;
mod child;
mod error;
mod hydra;
mod keto;
mod kratos;
mod listen;
mod lock;
mod pool;
mod server;

use std::sync::Arc;

pub use error::RealError;
pub use keto::namespaces_file;
pub use lock::DatabaseLock;
pub use server::RealServer;

use binary::{Binary, Found};
pub(crate) use pool::{Lease, end_idle};
pub(crate) use server::Spec;

use crate::standin::Product;

/// Which of Ory's own servers there are. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Servers {
    found: Arc<[Binary]>,
    missing: Arc<[(Product, String)]>,
}

/// The products, in the order of messages.
const PRODUCTS: [Product; 3] = [Product::Kratos, Product::Hydra, Product::Keto];

impl Servers {
    /// None: the stand-in for everything.
    #[must_use]
    pub fn none() -> Servers {
        Servers::default()
    }

    /// Finds built servers, and builds what is not there yet: that takes minutes, once. `say` is told.
    ///
    /// # Errors
    /// If Kratos or Hydra cannot be had, or the Keto that `IAM_ORY_KETO` names, with the reason for each.
    pub async fn find(say: impl Fn(&str) + Send + 'static) -> Result<Servers, RealError> {
        // A thread of its own: a runtime that shuts down would wait for a blocking task, and so for the compiler.
        let (send, outcomes) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let found = PRODUCTS.map(|product| (product, Binary::find(product, &say).map_err(|why| why.to_string())));
            let _ = send.send(found);
        });
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        let mut failed = Vec::new();
        for (product, outcome) in outcomes.await.map_err(RealError::of("looking for Ory's servers"))? {
            match outcome {
                Ok(Found::Here(binary)) => found.push(binary),
                Ok(Found::Nowhere(reason)) => missing.push((product, reason)),
                Err(reason) => failed.push(format!("{product}: {reason}")),
            }
        }
        // Whoever asks for Ory's own is not to be content with stand-ins.
        if !failed.is_empty() {
            return Err(RealError::new("Ory's own servers cannot be had", failed.join("; ")));
        }
        Ok(Servers { found: found.into(), missing: missing.into() })
    }

    /// What `IAM_ORY` asks for.
    ///
    /// # Errors
    /// A word that is neither `real` nor `standin`; or as for [`Servers::find`].
    pub async fn from_environment(say: impl Fn(&str) + Send + 'static) -> Result<Servers, RealError> {
        match std::env::var("IAM_ORY").as_deref() {
            Err(_) | Ok("" | "standin") => Ok(Servers::none()),
            Ok("real") => Servers::find(say).await,
            Ok(other) => Err(RealError::new("`IAM_ORY`", format!("`{other}` is neither `real` nor `standin`"))),
        }
    }

    /// The version of Ory's own server, if there is one.
    #[must_use]
    pub fn version(&self, product: Product) -> Option<&str> {
        self.binary(product).map(|binary| binary.version.as_str())
    }

    /// One line a product: its version, or why the stand-in takes its place.
    #[must_use]
    pub fn summary(&self) -> String {
        let line = |product: Product| match (self.version(product), self.missing(product)) {
            (Some(version), _) => format!("{product} {version}\n"),
            (None, Some(why)) => format!("{product}: the stand-in, for {why}\n"),
            (None, None) => format!("{product}: the stand-in\n"),
        };
        PRODUCTS.map(line).concat()
    }

    fn missing(&self, product: Product) -> Option<&str> {
        self.missing.iter().find(|(of, _)| *of == product).map(|(_, why)| why.as_str())
    }

    fn binary(&self, product: Product) -> Option<&Binary> {
        self.found.iter().find(|binary| binary.product == product)
    }

    /// An empty server of this configuration, if its product is to be had.
    pub(crate) async fn lease(&self, spec: Spec) -> Result<Option<Lease>, RealError> {
        match self.binary(spec.product()) {
            Some(binary) => pool::lease(binary, spec).await.map(Some),
            None => Ok(None),
        }
    }
}
