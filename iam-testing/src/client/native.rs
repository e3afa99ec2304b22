//! Kratos' native flows: what an app without a browser does.

use std::time::SystemTime;

use reqwest::Method;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::flow::{Flow, LoggedIn};
use super::http::{Answer, Call};
use super::{OryClient, OryClientError, SeededIdentity};
use crate::standin::kratos::totp_code;

/// A session with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NativeSession {
    /// What goes into `Authorization: Bearer` or `X-Session-Token`.
    pub token: String,
    /// The session's id.
    pub session_id: String,
    /// Whose it is.
    pub identity_id: String,
    /// When it ends, unless something ends it before.
    pub expires_at: OffsetDateTime,
}

/// What an authenticator app keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TotpSecret(String);

impl TotpSecret {
    /// The secret in base32, as the settings page shows it.
    #[must_use]
    pub fn base32(&self) -> &str {
        &self.0
    }

    /// The code of this moment. Empty if Kratos' secret is no base32.
    #[must_use]
    pub fn code(&self) -> String {
        totp_code(&self.0, SystemTime::now()).unwrap_or_default()
    }
}

impl OryClient {
    /// Logs in with the password. If a second factor is due, Kratos gives the token all the same; whoami then
    /// answers 403 until [`login_second_factor`](OryClient::login_second_factor).
    ///
    /// # Errors
    /// 400 if the password is wrong, 401 if the identity is inactive.
    pub async fn login(&self, identity: &SeededIdentity) -> Result<NativeSession, OryClientError> {
        let flow = self.begin("login", None, |call| call).await?;
        let form = json!({"method": "password", "identifier": identity.email, "password": identity.password});
        let answer = self.submit("login", &flow, None, form).await?;
        native_session(&answer, answer.decode()?, &identity.id)
    }

    /// Registers somebody new, who is logged in at once. The address is added to `traits`.
    ///
    /// # Errors
    /// 400 if the address is taken, or the password or the traits are not allowed. A server without the
    /// `session` hook after registration gives no session: that is unreadable.
    pub async fn register(
        &self,
        email: &str,
        password: &str,
        mut traits: Map<String, Value>,
    ) -> Result<(SeededIdentity, NativeSession), OryClientError> {
        traits.insert("email".to_owned(), email.into());
        let flow = self.begin("registration", None, |call| call).await?;
        let form = json!({"method": "password", "password": password, "traits": traits});
        let answer = self.submit("registration", &flow, None, form).await?;
        let body: LoggedIn = answer.decode()?;
        let id = body.identity.as_ref().map(|identity| identity.id.clone());
        let id = id.ok_or_else(|| answer.unreadable("`identity` is missing"))?;
        let session = native_session(&answer, body, &id)?;
        Ok((SeededIdentity { id, email: email.to_owned(), password: password.to_owned() }, session))
    }

    /// Replaces a user's own traits through the settings flow. They include `email`.
    ///
    /// # Errors
    /// 400 if the schema does not allow the traits, 403 if a second factor is due.
    pub async fn update_traits(&self, session: &NativeSession, traits: Value) -> Result<(), OryClientError> {
        let flow = self.begin("settings", Some(session), |call| call).await?;
        let form = json!({"method": "profile", "traits": traits});
        self.submit("settings", &flow, Some(session), form).await.map(drop)
    }

    /// Changes a user's own password through the settings flow.
    ///
    /// # Errors
    /// 400 if the password is not allowed, 403 if a second factor or a fresh login is due.
    pub async fn change_password(&self, session: &NativeSession, password: &str) -> Result<(), OryClientError> {
        let flow = self.begin("settings", Some(session), |call| call).await?;
        let form = json!({"method": "password", "password": password});
        self.submit("settings", &flow, Some(session), form).await.map(drop)
    }

    /// Sets up an authenticator app. `session` has used the second factor by that; others still have to.
    ///
    /// # Errors
    /// Unreadable if the identity has one already or the server does not offer it.
    pub async fn set_up_totp(&self, session: &NativeSession) -> Result<TotpSecret, OryClientError> {
        let (flow, answer) = self.begin_to_read("settings", Some(session), |call| call).await?;
        let secret = flow.text("totp_secret_key").map(|secret| TotpSecret(secret.to_owned()));
        let secret = secret.ok_or_else(|| answer.unreadable("the form offers no `totp_secret_key`"))?;
        let form = json!({"method": "totp", "totp_code": secret.code()});
        self.submit("settings", &flow, Some(session), form).await?;
        Ok(secret)
    }

    /// Lifts a session with the second factor. Its token stays.
    ///
    /// # Errors
    /// 400 if the code is wrong, 401 if the session is gone.
    pub async fn login_second_factor(
        &self,
        session: &NativeSession,
        secret: &TotpSecret,
    ) -> Result<NativeSession, OryClientError> {
        let flow = self.begin("login", Some(session), |call| call.query("aal", "aal2")).await?;
        let form = json!({"method": "totp", "totp_code": secret.code()});
        let answer = self.submit("login", &flow, Some(session), form).await?;
        native_session(&answer, answer.decode()?, &session.identity_id)
    }

    async fn begin(
        &self,
        flow: &str,
        session: Option<&NativeSession>,
        change: impl FnOnce(Call) -> Call,
    ) -> Result<Flow, OryClientError> {
        self.begin_to_read(flow, session, change).await.map(|(flow, _)| flow)
    }

    async fn begin_to_read(
        &self,
        flow: &str,
        session: Option<&NativeSession>,
        change: impl FnOnce(Call) -> Call,
    ) -> Result<(Flow, Answer), OryClientError> {
        let call = self.call(Method::GET, &self.urls.kratos_public, &["self-service", flow, "api"]);
        let answer = change(with_token(call, session)).send().await?;
        Ok((answer.decode()?, answer))
    }

    async fn submit(
        &self,
        name: &str,
        flow: &Flow,
        session: Option<&NativeSession>,
        form: Value,
    ) -> Result<Answer, OryClientError> {
        let call = self.call(Method::POST, &self.urls.kratos_public, &["self-service", name]);
        with_token(call, session).query("flow", &flow.id).json(&form).send().await
    }
}

fn with_token(call: Call, session: Option<&NativeSession>) -> Call {
    match session {
        Some(session) => call.with(|request| request.header("x-session-token", &session.token)),
        None => call,
    }
}

fn native_session(answer: &Answer, body: LoggedIn, identity_id: &str) -> Result<NativeSession, OryClientError> {
    if body.session_token.is_empty() {
        return Err(answer.unreadable("`session_token` is missing"));
    }
    Ok(NativeSession {
        token: body.session_token,
        session_id: body.session.id,
        identity_id: identity_id.to_owned(),
        expires_at: body.session.expires_at,
    })
}
