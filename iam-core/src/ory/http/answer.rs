use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;

use crate::{ErrorKind, UpstreamFault};

/// A whole answer: a 2xx, or a 4xx other than 429.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// The page token of the `Link` header's `next`.
    pub(crate) next: Option<String>,
    pub(super) json: bool,
    pub(super) body: Bytes,
}

impl Answer {
    /// The body, if it is JSON by its content type and by its form. `what` names
    /// the thing expected.
    pub(crate) fn json<'a, T: Deserialize<'a>>(&'a self, what: &'static str) -> Result<T, UpstreamFault> {
        if !self.json {
            return Err(UpstreamFault::Unreadable("not JSON by its content type"));
        }
        // The decoder's own error quotes the body, so it is dropped.
        serde_json::from_slice(&self.body).map_err(|_| UpstreamFault::Unreadable(what))
    }

    pub(crate) fn unexpected(&self) -> UpstreamFault {
        UpstreamFault::Status(self.status.as_u16())
    }

    /// What a status means that an admin call did not expect. `input` names the
    /// input that a 400 or 422 refuses.
    pub(crate) fn refusal(&self, input: &'static str) -> ErrorKind {
        match self.status.as_u16() {
            400 | 422 => ErrorKind::Invalid(input),
            401 | 403 => ErrorKind::Unavailable(UpstreamFault::CredentialRefused),
            // A route that does not exist is a plain-text 404: a wrong base URL
            // must not look like an object that is already gone.
            404 if self.json => ErrorKind::NotFound,
            409 if self.json => ErrorKind::Conflict,
            410 if self.json => ErrorKind::Gone,
            _ => ErrorKind::Unavailable(self.unexpected()),
        }
    }
}

/// A text that must be there and not empty; `what` names the field.
pub(crate) fn required(text: Option<String>, what: &'static str) -> Result<String, UpstreamFault> {
    text.filter(|text| !text.is_empty()).ok_or(UpstreamFault::Unreadable(what))
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}
