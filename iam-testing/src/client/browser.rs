//! Kratos' browser flow for logging in, as a page with scripts does it.

use reqwest::{Method, StatusCode};
use serde_json::json;
use time::OffsetDateTime;

use super::flow::{Flow, LoggedIn};
use super::jar::Jar;
use super::{OryClient, OryClientError, SeededIdentity};

/// A session with a cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserSession {
    /// The cookie's name.
    pub cookie_name: String,
    /// The cookie's value.
    pub cookie_value: String,
    /// Whose it is.
    pub identity_id: String,
    /// The session's id; not told while a second factor is due.
    pub session_id: Option<String>,
    /// When the session ends, unless something ends it before; not told while a second factor is due.
    pub expires_at: Option<OffsetDateTime>,
}

impl BrowserSession {
    /// The `Cookie` header's value.
    #[must_use]
    pub fn cookie(&self) -> String {
        format!("{}={}", self.cookie_name, self.cookie_value)
    }
}

impl OryClient {
    /// Logs in with the password, as a browser. If a second factor is due, the cookie is there all the same.
    ///
    /// # Errors
    /// 400 if the password is wrong, 401 if the identity is inactive; unreadable if the session cookie is not called
    /// as [`OryUrls::cookie_name`](super::OryUrls::cookie_name) says.
    pub async fn login_browser(&self, identity: &SeededIdentity) -> Result<BrowserSession, OryClientError> {
        let mut jar = Jar::default();
        let path = ["self-service", "login", "browser"];
        let begun = self.call(Method::GET, &self.urls.kratos_public, &path).answer_to(&mut jar).await?;
        if !begun.status.is_success() {
            return Err(begun.refused());
        }
        let flow: Flow = begun.decode()?;
        // The cookie alone proves nothing: Kratos wants the token in the form as well.
        let csrf = flow.input("csrf_token").ok_or_else(|| begun.unreadable("the form has no `csrf_token`"))?;
        let form = json!({
            "method": "password",
            "identifier": identity.email,
            "password": identity.password,
            "csrf_token": csrf,
        });
        let call = self.call(Method::POST, &self.urls.kratos_public, &["self-service", "login"]);
        let answer = call.query("flow", &flow.id).json(&form).answer_to(&mut jar).await?;
        let session = match answer.status {
            status if status.is_success() => Some(answer.decode::<LoggedIn>()?.session),
            // `browser_location_change_required`, to the page for the second factor.
            StatusCode::UNPROCESSABLE_ENTITY => None,
            _ => return Err(answer.refused()),
        };
        let name = &self.urls.cookie_name;
        let value = jar.get(name).ok_or_else(|| answer.unreadable(format!("it sets no cookie `{name}`")))?;
        let (session_id, expires_at) = session.map(|session| (session.id, session.expires_at)).unzip();
        Ok(BrowserSession {
            cookie_name: name.clone(),
            cookie_value: value.to_owned(),
            identity_id: identity.id.clone(),
            session_id,
            expires_at,
        })
    }
}
