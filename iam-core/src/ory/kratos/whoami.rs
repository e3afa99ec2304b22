use http::header::{COOKIE, HeaderName};
use serde::Deserialize;

use super::Kratos;
use super::session::WireSession;
use crate::ory::http::{Answer, Call, sensitive};
use crate::upstream::{SessionCredential, Trace, Whoami};
use crate::{UpstreamError, UpstreamFault};

const X_SESSION_TOKEN: HeaderName = HeaderName::from_static("x-session-token");

impl Kratos {
    /// `GET /sessions/whoami` with this credential and no other.
    ///
    /// A credential that no header can carry is nobody's and is rejected
    /// without a call; so is an empty one, which Kratos would pass over in
    /// search of another.
    pub(crate) async fn whoami(&self, trace: &Trace, credential: &SessionCredential) -> Result<Whoami, UpstreamError> {
        let header = match credential {
            // A `;` would smuggle in a second cookie.
            SessionCredential::Cookie(value) if value.is_empty() || value.expose().contains(';') => None,
            SessionCredential::Token(token) if token.is_empty() => None,
            SessionCredential::Cookie(value) => {
                let pair = format!("{}={}", self.cookie_name, value.expose());
                sensitive(pair.as_bytes()).ok().map(|value| (COOKIE, value))
            }
            SessionCredential::Token(token) => {
                sensitive(token.expose().as_bytes()).ok().map(|value| (X_SESSION_TOKEN, value))
            }
        };
        let Some((name, value)) = header else { return Ok(Whoami::Rejected) };
        let call = Call::get(&self.public, "sessions/whoami").credential(name, value);
        let answer = call.send(&self.client, trace).await?;
        read(&answer).map_err(|fault| self.client.error(fault))
    }
}

/// 401 and 403 count only as Kratos' own: an edge or firewall in front of it
/// knows these statuses too, and says nothing about the session by them.
pub(super) fn read(answer: &Answer) -> Result<Whoami, UpstreamFault> {
    match answer.status.as_u16() {
        200 => Ok(Whoami::Session(Box::new(answer.json::<WireSession>("the session")?.into_record()?))),
        401 => match answer.json::<Refusal>("the refusal") {
            Ok(Refusal { error: Some(ErrorBody { code: Some(401), .. }), .. }) => Ok(Whoami::Rejected),
            _ => Err(answer.unexpected()),
        },
        403 => match answer.json::<Refusal>("the refusal") {
            Ok(Refusal { error: Some(ErrorBody { id: Some(id), .. }), redirect_browser_to })
                if id == "session_aal2_required" =>
            {
                Ok(Whoami::SecondFactorRequired { redirect_to: redirect_browser_to })
            }
            _ => Err(answer.unexpected()),
        },
        _ => Err(answer.unexpected()),
    }
}

#[derive(Deserialize)]
struct Refusal {
    error: Option<ErrorBody>,
    redirect_browser_to: Option<String>,
}

#[derive(Deserialize)]
struct ErrorBody {
    code: Option<u16>,
    id: Option<String>,
}
