//! Is this Kratos, and does it take this service's token?

use uuid::Uuid;

use super::{Kratos, whoami};
use crate::ory::http::Call;
use crate::upstream::{Trace, Whoami};
use crate::{ErrorKind, UpstreamFault};

impl Kratos {
    /// Kratos' own 401 to `GET /sessions/whoami` without a credential, and no 503 to `GET /health/ready`.
    pub(crate) async fn verify_public(&self, trace: &Trace) -> Result<(), UpstreamFault> {
        let ask = |path| Call::get(&self.public, path).send(&self.client, trace);
        let answer = ask("sessions/whoami").await.map_err(|error| error.fault)?;
        if !matches!(whoami::read(&answer)?, Whoami::Rejected) {
            return Err(UpstreamFault::Unreadable("a session of somebody without a credential"));
        }
        // A gateway may not have the path; then whoami has said enough.
        match ask("health/ready").await.map_err(|error| error.fault) {
            Err(UpstreamFault::Status(503)) => Err(UpstreamFault::NotReady),
            _ => Ok(()),
        }
    }

    /// An identity that nobody has is Kratos' own 404 of the admin listener, where one is configured.
    pub(crate) async fn verify_admin(&self, trace: &Trace) -> Result<(), UpstreamFault> {
        if self.admin.is_none() {
            return Ok(());
        }
        let nobody = Uuid::from_bytes(rand::random());
        match self.identity(trace, nobody).await.map_err(|error| error.kind()) {
            Ok(_) | Err(ErrorKind::NotFound) => Ok(()),
            Err(ErrorKind::Unavailable(fault)) => Err(fault),
            Err(ErrorKind::RateLimited { retry_after }) => Err(UpstreamFault::RateLimited { retry_after }),
            Err(_) => Err(UpstreamFault::Unreadable("another answer than Kratos' own to an unknown id")),
        }
    }
}
