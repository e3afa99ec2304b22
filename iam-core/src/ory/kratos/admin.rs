//! The admin listener: identities and their sessions.

use http::Method;
use serde::Serialize;
use uuid::Uuid;

use super::identity::{WireAdminMetadata, WireIdentity};
use super::new_identity::WireNewIdentity;
use super::session::WireSession;
use super::{Call, Kratos};
use crate::ory::http::{Answer, Listener};
use crate::service::{AdminMetadata, Identity, NewIdentity, SessionSummary};
use crate::upstream::Trace;
use crate::{ErrorKind, IamError, UpstreamError};

const IDENTITIES: &str = "admin/identities";
const SESSIONS: &str = "admin/sessions";

/// What one page answered, and where the next one starts.
pub(crate) struct WirePage<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

impl Kratos {
    /// `GET /admin/identities/{id}`
    pub(crate) async fn identity(&self, trace: &Trace, id: Uuid) -> Result<Identity, IamError> {
        let answer = self.ask(trace, self.at(Method::GET, IDENTITIES, id)?, 200, "id").await?;
        self.read_identity(&answer)
    }

    /// The same call, read for one field.
    pub(crate) async fn admin_metadata(&self, trace: &Trace, id: Uuid) -> Result<AdminMetadata, IamError> {
        let answer = self.ask(trace, self.at(Method::GET, IDENTITIES, id)?, 200, "id").await?;
        let wire = answer.json::<WireAdminMetadata>("the identity").map_err(|fault| self.client.error(fault))?;
        Ok(wire.into_metadata(self.tenant))
    }

    /// `GET /admin/identities`
    pub(crate) async fn identities(
        &self,
        trace: &Trace,
        query: &[(&str, String)],
    ) -> Result<WirePage<Identity>, IamError> {
        let call = Call::get(self.admin()?, IDENTITIES);
        let answer = self.ask(trace, with_query(call, query), 200, "filter, page size or page token").await?;
        self.page(answer, "the identities", |wire: WireIdentity| wire.into_identity(self.tenant))
    }

    /// `POST /admin/identities`
    pub(crate) async fn create_identity(&self, trace: &Trace, new: &NewIdentity) -> Result<Identity, IamError> {
        let call = Call::new(Method::POST, self.admin()?, IDENTITIES);
        let new =
            WireNewIdentity::of(new).map_err(|_| self.client.failed(ErrorKind::Invalid("a value that is not JSON")))?;
        let answer = self.ask(trace, self.json(call, &new)?, 201, "identity").await?;
        self.read_identity(&answer)
    }

    /// `PATCH /admin/identities/{id}`, a JSON Patch (RFC 6902)
    pub(crate) async fn patch_identity(
        &self,
        trace: &Trace,
        id: Uuid,
        patch: &impl Serialize,
    ) -> Result<Identity, IamError> {
        let call = self.at(Method::PATCH, IDENTITIES, id)?;
        let answer = self.ask(trace, self.json(call, patch)?, 200, "patch").await?;
        self.read_identity(&answer)
    }

    /// `DELETE /admin/identities/{id}`
    pub(crate) async fn delete_identity(&self, trace: &Trace, id: Uuid) -> Result<(), IamError> {
        self.ask(trace, self.at(Method::DELETE, IDENTITIES, id)?, 204, "id").await.map(drop)
    }

    /// `GET /admin/identities/{id}/sessions`
    pub(crate) async fn sessions_of(
        &self,
        trace: &Trace,
        id: Uuid,
        query: &[(&str, String)],
    ) -> Result<WirePage<SessionSummary>, IamError> {
        let call = self.at(Method::GET, IDENTITIES, id)?.then("sessions");
        let answer = self.ask(trace, with_query(call, query), 200, "page token").await?;
        self.page(answer, "the sessions", WireSession::into_summary)
    }

    /// `DELETE /admin/identities/{id}/sessions`
    pub(crate) async fn revoke_sessions_of(&self, trace: &Trace, id: Uuid) -> Result<(), IamError> {
        let call = self.at(Method::DELETE, IDENTITIES, id)?.then("sessions");
        self.ask(trace, call, 204, "id").await.map(drop)
    }

    /// `DELETE /admin/sessions/{id}`
    pub(crate) async fn revoke_session(&self, trace: &Trace, id: Uuid) -> Result<(), IamError> {
        self.ask(trace, self.at(Method::DELETE, SESSIONS, id)?, 204, "id").await.map(drop)
    }

    fn admin(&self) -> Result<&Listener, IamError> {
        self.admin.as_ref().ok_or_else(|| self.client.failed(ErrorKind::NotConfigured("kratos.admin_url")))
    }

    fn at(&self, method: Method, path: &'static str, id: Uuid) -> Result<Call, IamError> {
        let listener = self.admin()?;
        let call = if method == Method::GET { Call::get(listener, path) } else { Call::new(method, listener, path) };
        let id = id.hyphenated().to_string();
        call.segment(&id).map_err(|_| self.client.failed(ErrorKind::NotFound))
    }

    fn json(&self, call: Call, body: &impl Serialize) -> Result<Call, IamError> {
        call.json(body).map_err(|_| self.client.failed(ErrorKind::Invalid("a value that is not JSON")))
    }

    async fn ask(&self, trace: &Trace, call: Call, wanted: u16, input: &'static str) -> Result<Answer, IamError> {
        let answer = call.send(&self.client, trace).await?;
        if answer.status == wanted { Ok(answer) } else { Err(self.client.failed(answer.refusal(input))) }
    }

    fn read_identity(&self, answer: &Answer) -> Result<Identity, IamError> {
        let wire = answer.json::<WireIdentity>("the identity");
        let identity = wire.and_then(|wire| wire.into_identity(self.tenant));
        identity.map_err(|fault| self.client.error(fault).into())
    }

    fn page<W, T>(
        &self,
        answer: Answer,
        what: &'static str,
        convert: impl Fn(W) -> Result<T, crate::UpstreamFault>,
    ) -> Result<WirePage<T>, IamError>
    where
        W: serde::de::DeserializeOwned,
    {
        let wire = answer.json::<Vec<W>>(what);
        let items: Result<_, UpstreamError> =
            wire.and_then(|wire| wire.into_iter().map(convert).collect()).map_err(|fault| self.client.error(fault));
        Ok(WirePage { items: items?, next: answer.next })
    }
}

fn with_query(call: Call, query: &[(&str, String)]) -> Call {
    query.iter().fold(call, |call, (name, value)| call.query(name, value))
}
