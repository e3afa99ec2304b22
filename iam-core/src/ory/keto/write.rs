//! Which relations hold, changed.

use http::Method;

use super::Keto;
use crate::ory::http::Call;
use crate::upstream::{CheckTuple, Trace};
use crate::{ErrorKind, IamError};

pub(super) const TUPLES: &str = "admin/relation-tuples";

impl Keto {
    /// `PUT /admin/relation-tuples`. Keto keeps a second row of a tuple that is there, to no effect:
    /// `DELETE` ends them all.
    pub(crate) async fn grant(&self, trace: &Trace, tuple: &CheckTuple) -> Result<(), IamError> {
        let call = self.writing(Method::PUT)?.json(tuple);
        let call = call.map_err(|_| self.client.failed(ErrorKind::Invalid("a tuple that is not JSON")))?;
        self.write(trace, call, 201).await
    }

    /// `DELETE /admin/relation-tuples`, of the one tuple that all four fields name.
    pub(crate) async fn revoke(&self, trace: &Trace, tuple: &CheckTuple) -> Result<(), IamError> {
        let call = tuple
            .fields()
            .into_iter()
            .fold(self.writing(Method::DELETE)?, |call, (name, value)| call.query(name, value));
        self.write(trace, call, 204).await
    }

    fn writing(&self, method: Method) -> Result<Call, IamError> {
        let listener = self.write.as_ref();
        let listener = listener.ok_or_else(|| self.client.failed(ErrorKind::NotConfigured("keto.write_url")))?;
        Ok(Call::new(method, listener, TUPLES))
    }

    async fn write(&self, trace: &Trace, call: Call, wanted: u16) -> Result<(), IamError> {
        let answer = call.send(&self.client, trace).await?;
        if answer.status == wanted {
            return Ok(());
        }
        // Keto's "not found" is the namespace: a tuple that is not there is deleted all the same.
        Err(self.client.failed(match answer.refusal("tuple") {
            ErrorKind::NotFound => ErrorKind::Invalid("namespace"),
            kind => kind,
        }))
    }
}
