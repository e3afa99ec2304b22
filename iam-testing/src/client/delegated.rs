//! Tokens with which a client acts for a user: the authorisation-code flow (RFC 6749, section 4.1), played
//! from all three sides.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::clients::Tokens;
use super::error::Cause;
use super::jar::Jar;
use super::{OryClient, OryClientError, SeededClient};

/// Tokens that a user granted to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DelegatedTokens {
    /// The access token; its `sub` is the user.
    pub access_token: String,
    /// The refresh token, if `offline_access` was asked for and the client has the grant `refresh_token`.
    pub refresh_token: Option<String>,
    /// The ID token, if `openid` was asked for.
    pub id_token: Option<String>,
}

#[derive(Deserialize)]
struct Accepted {
    redirect_to: Url,
}

#[derive(Deserialize)]
struct ConsentRequest {
    requested_scope: Vec<String>,
    requested_access_token_audience: Vec<String>,
}

impl OryClient {
    /// Has `subject` log in and consent to everything that the client asks for: these scopes, and all of its
    /// audience. The client needs the grant `authorization_code` and a redirect URI.
    ///
    /// # Errors
    /// What Hydra said where the flow broke off, such as 400 `invalid_scope`.
    pub async fn delegated_token(
        &self,
        client: &SeededClient,
        subject: &str,
        scopes: &[&str],
    ) -> Result<DelegatedTokens, OryClientError> {
        let redirect_uri = client.redirect_uris.first().map_or("", String::as_str);
        let (state, verifier) = (random(), format!("{}{}", random(), random()));
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let mut browser = Jar::default();

        let authorize = self.call(Method::GET, &self.urls.hydra_public, &["oauth2", "auth"]).with(|request| {
            request.query(&[
                ("client_id", client.id.as_str()),
                ("response_type", "code"),
                ("redirect_uri", redirect_uri),
                ("scope", &scopes.join(" ")),
                ("audience", &client.audience.join(" ")),
                ("state", &state),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
            ])
        });
        let login_page = authorize.follow(&mut browser).await?;
        let login = parameter(&login_page, "login_challenge")?;
        let next = self.accept("login", &login, &json!({ "subject": subject })).await?;
        let consent_page = self.call_at(Method::GET, self.on_hydra(&next)).follow(&mut browser).await?;

        let consent = parameter(&consent_page, "consent_challenge")?;
        let asked: ConsentRequest = self.request("consent", &consent).await?;
        let granted = json!({
            "grant_scope": asked.requested_scope,
            "grant_access_token_audience": asked.requested_access_token_audience,
        });
        let next = self.accept("consent", &consent, &granted).await?;
        let back = self.call_at(Method::GET, self.on_hydra(&next)).follow(&mut browser).await?;

        let form = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", parameter(&back, "code")?),
            ("redirect_uri", redirect_uri.to_owned()),
            ("code_verifier", verifier),
        ];
        let tokens = self.tokens(client, form).await?;
        let Tokens { access_token, refresh_token, id_token } = tokens;
        Ok(DelegatedTokens { access_token, refresh_token, id_token })
    }

    /// Hydra names URLs on its issuer, which need not be where this client reaches it.
    fn on_hydra(&self, named: &Url) -> Url {
        let mut url = self.urls.hydra_public.clone();
        url.set_path(named.path());
        url.set_query(named.query());
        url
    }

    async fn request<T: serde::de::DeserializeOwned>(&self, what: &str, challenge: &str) -> Result<T, OryClientError> {
        let path = ["admin", "oauth2", "auth", "requests", what];
        let call = self.admin(Method::GET, &self.urls.hydra_admin, &path);
        call.query(&format!("{what}_challenge"), challenge).send().await?.decode()
    }

    /// Accepts a login or consent; where the browser goes on.
    async fn accept(&self, what: &str, challenge: &str, body: &Value) -> Result<Url, OryClientError> {
        let path = ["admin", "oauth2", "auth", "requests", what, "accept"];
        let call = self.admin(Method::PUT, &self.urls.hydra_admin, &path);
        let call = call.query(&format!("{what}_challenge"), challenge).json(body);
        call.send().await?.decode().map(|accepted: Accepted| accepted.redirect_to)
    }
}

/// A parameter of the page that the browser was sent to; without it, Hydra's reason is there.
fn parameter(page: &Url, name: &str) -> Result<String, OryClientError> {
    let find = |name: &str| page.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    find(name).ok_or_else(|| {
        let reason: Vec<String> = ["error", "error_description"].into_iter().filter_map(find).collect();
        let text = format!("no `{name}`: {}", reason.join("; "));
        OryClientError::new("GET /oauth2/auth", Cause::Refused { status: reqwest::StatusCode::FOUND, text })
    })
}

fn random() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
