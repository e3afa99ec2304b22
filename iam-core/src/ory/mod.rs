//! The Ory servers of one tenant, over HTTP: the only room that opens a socket.
//!
//! [`Ory`] is the real [`Upstream`]. What the servers send is decoded into
//! private types here and leaves as types of the SDK's own; an answer that is
//! not exactly what the endpoint answers is an [`UpstreamError`], never a guess.

mod http;
mod hydra;
mod keto;
mod kratos;
mod timestamp;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

pub use self::http::ClientBuildError;
use self::http::{Answer, Client, Tls};
pub(crate) use self::hydra::{Hydra, is_verifiable};
pub(crate) use self::keto::Keto;
pub(crate) use self::kratos::Kratos;
use crate::config::TenantSettings;
use crate::upstream::{CheckTuple, Introspection, Readiness, SessionCredential, Trace, Upstream, Whoami};
use crate::{Product, Secret, UpstreamError, UpstreamFault};

/// How long a readiness probe may take: it stands between a user and an answer.
const PROBE_TIMEOUT: Duration = Duration::from_millis(500);

/// One tenant's Ory servers, each with a connection pool of its own.
///
/// Made from checked settings; making it opens no connection.
pub struct Ory {
    tenant: &'static str,
    pub(crate) kratos: Kratos,
    pub(crate) hydra: Option<Hydra>,
    pub(crate) keto: Option<Keto>,
}

impl Ory {
    /// Builds the clients.
    ///
    /// # Errors
    /// When the certificate authorities, the proxy or a token cannot be used.
    pub fn new(settings: &TenantSettings) -> Result<Self, ClientBuildError> {
        let tls = Tls::new(settings)?;
        let client = |product| Client::new(settings.name, product, &settings.http, &tls);
        let max_in_flight = settings.http.max_in_flight;
        let hydra = settings.hydra.as_ref();
        let hydra = hydra.map(|hydra| Hydra::new(client(Product::Hydra)?, hydra, settings.name, max_in_flight));
        let keto = settings.keto.as_ref().map(|keto| Keto::new(client(Product::Keto)?, keto, settings.name));
        Ok(Self {
            tenant: settings.name,
            kratos: Kratos::new(client(Product::Kratos)?, settings)?,
            hydra: hydra.transpose()?,
            keto: keto.transpose()?,
        })
    }

    /// Policies that need a product are refused at start-up where it is not
    /// configured; a call that is made all the same has nowhere to go.
    fn absent(&self, product: Product) -> UpstreamError {
        UpstreamError { tenant: self.tenant, product, fault: UpstreamFault::NoConnection }
    }
}

#[async_trait]
impl Upstream for Ory {
    async fn whoami(&self, trace: &Trace, credential: &SessionCredential) -> Result<Whoami, UpstreamError> {
        self.kratos.whoami(trace, credential).await
    }

    async fn introspect(&self, trace: &Trace, token: &Secret) -> Result<Introspection, UpstreamError> {
        let hydra = self.hydra.as_ref().ok_or_else(|| self.absent(Product::Hydra))?;
        match hydra.introspect(trace, token).await? {
            Some(introspection) => Ok(introspection),
            // It cannot be verified here, and there is nobody to ask about it: nothing could show it to be good.
            None if hydra.verifies() && !is_verifiable(token.expose()) => Ok(Introspection::default()),
            None => Err(self.absent(Product::Hydra)),
        }
    }

    async fn verify_token(&self, trace: &Trace, token: &Secret) -> Result<Introspection, UpstreamError> {
        let hydra = self.hydra.as_ref().ok_or_else(|| self.absent(Product::Hydra))?;
        hydra.verify_token(trace, token).await
    }

    async fn check(&self, trace: &Trace, tuple: &CheckTuple) -> Result<bool, UpstreamError> {
        let keto = self.keto.as_ref().ok_or_else(|| self.absent(Product::Keto))?;
        keto.check(trace, tuple).await
    }

    async fn ready(&self, product: Product) -> Readiness {
        let probe = match product {
            Product::Kratos => Some(self.kratos.readiness()),
            Product::Hydra => self.hydra.as_ref().and_then(Hydra::readiness),
            Product::Keto => self.keto.as_ref().map(Keto::readiness),
        };
        match probe {
            Some((client, call)) => readiness(client.probe(call, PROBE_TIMEOUT).await),
            None => Readiness::Unknown,
        }
    }
}

/// Decided on the status line alone: what stands in the body differs by product.
fn readiness(answer: Result<Answer, UpstreamFault>) -> Readiness {
    match answer {
        Ok(answer) if answer.status == 200 => Readiness::Ready,
        Err(UpstreamFault::Status(503) | UpstreamFault::TimedOut { .. } | UpstreamFault::NoConnection) => {
            Readiness::NotReady
        }
        Ok(_) | Err(_) => Readiness::Unknown,
    }
}

impl fmt::Debug for Ory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ory").field("tenant", &self.tenant).finish_non_exhaustive()
    }
}
