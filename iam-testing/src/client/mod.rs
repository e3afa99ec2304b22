//! A client that fills an Ory through Ory's own HTTP APIs and through nothing else.
//!
//! Because it knows no back door, the same calls fill the [stand-in](crate::standin) and a real Ory: people
//! come into being over Kratos' admin API, sessions through its native and browser flows, delegated tokens
//! through Hydra's authorisation-code flow with login and consent accepted over the admin API.
//!
//! ```no_run
//! use iam_testing::client::{NewClient, NewIdentity, OryClient};
//! use iam_testing::standin::{OryProject, ProjectConfig};
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let project = OryProject::start(ProjectConfig::default()).await?;
//! let ory = OryClient::of(&project)?;
//!
//! let ann = ory.create_identity(NewIdentity::new("ann@example.test").role("platform:admin")).await?;
//! let session = ory.login(&ann).await?;
//! println!("Authorization: Bearer {}", session.token);
//!
//! let erp = NewClient::new("erp").grant("client_credentials").scope("inventory:read");
//! let erp = ory.create_client(erp).await?;
//! println!("Authorization: Bearer {}", ory.client_credentials(&erp, &["inventory:read"]).await?);
//! # Ok(())
//! # }
//! ```
//!
//! It is made for tests: passwords, secrets and tokens are plain strings, and errors repeat what Ory said.

mod browser;
mod clients;
mod delegated;
mod error;
mod flow;
mod http;
mod identities;
mod jar;
mod native;
mod tuples;
mod urls;

pub use browser::BrowserSession;
pub use clients::{AuthMethod, NewClient, SeededClient};
pub use delegated::DelegatedTokens;
pub use error::OryClientError;
pub use http::http_client;
pub use identities::{NewIdentity, SeededIdentity};
pub use native::{NativeSession, TotpSecret};
pub use urls::OryUrls;

use crate::standin::OryProject;

/// Speaks to one Ory project; cheap to clone. See the [module](self).
#[derive(Clone, Debug)]
pub struct OryClient {
    http: reqwest::Client,
    urls: OryUrls,
}

impl OryClient {
    /// A client for a stand-in.
    ///
    /// # Errors
    /// If the system lets no HTTP client be built.
    pub fn of(project: &OryProject) -> Result<OryClient, OryClientError> {
        OryClient::new(OryUrls::of(project))
    }

    /// A client for any Ory.
    ///
    /// # Errors
    /// If the system lets no HTTP client be built.
    pub fn new(urls: OryUrls) -> Result<OryClient, OryClientError> {
        Ok(OryClient { http: http::http_client()?, urls })
    }

    /// Where it speaks to.
    #[must_use]
    pub fn urls(&self) -> &OryUrls {
        &self.urls
    }
}
