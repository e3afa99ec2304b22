//! OAuth2 clients, over Hydra's admin API, and the tokens they get for themselves.

use std::time::Duration;

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::http::Call;
use super::{OryClient, OryClientError};

/// How a client proves who it is at the token endpoint. Hydra takes the registered way only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthMethod {
    /// `client_secret_basic`.
    #[default]
    Basic,
    /// `client_secret_post`.
    Post,
    /// `none`: a public client.
    None,
}

impl AuthMethod {
    fn registered(self) -> &'static str {
        match self {
            AuthMethod::Basic => "client_secret_basic",
            AuthMethod::Post => "client_secret_post",
            AuthMethod::None => "none",
        }
    }
}

/// A client to be registered.
#[derive(Clone, Debug)]
pub struct NewClient {
    id: String,
    secret: Option<String>,
    grants: Vec<String>,
    scopes: Vec<String>,
    audience: Vec<String>,
    redirect_uris: Vec<String>,
    auth_method: AuthMethod,
    access_token_lifespan: Option<Duration>,
    signed_tokens: bool,
}

impl NewClient {
    /// A client without grants, which to Hydra means `authorization_code`. It gets a secret of Hydra's own.
    #[must_use]
    pub fn new(id: impl Into<String>) -> NewClient {
        NewClient {
            id: id.into(),
            secret: None,
            grants: Vec::new(),
            scopes: Vec::new(),
            audience: Vec::new(),
            redirect_uris: Vec::new(),
            auth_method: AuthMethod::Basic,
            access_token_lifespan: None,
            signed_tokens: false,
        }
    }

    /// A secret of one's own, at least 6 characters.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<String>) -> NewClient {
        self.secret = Some(secret.into());
        self
    }

    /// One more grant type, such as `client_credentials`.
    #[must_use]
    pub fn grant(mut self, grant: impl Into<String>) -> NewClient {
        self.grants.push(grant.into());
        self
    }

    /// One more scope that it may ask for.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> NewClient {
        self.scopes.push(scope.into());
        self
    }

    /// One more audience; this project's calls ask for all of them.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> NewClient {
        self.audience.push(audience.into());
        self
    }

    /// One more redirect URI; nothing needs to answer there.
    #[must_use]
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> NewClient {
        self.redirect_uris.push(uri.into());
        self
    }

    /// Another way to authenticate than `client_secret_basic`.
    #[must_use]
    pub fn auth_method(mut self, method: AuthMethod) -> NewClient {
        self.auth_method = method;
        self
    }

    /// How long its access tokens live, to the millisecond, instead of the server's own lifespan.
    #[must_use]
    pub fn access_token_lifespan(mut self, lifespan: Duration) -> NewClient {
        self.access_token_lifespan = Some(lifespan);
        self
    }

    /// Access tokens that are JWTs, instead of opaque ones.
    #[must_use]
    pub fn signed_tokens(mut self) -> NewClient {
        self.signed_tokens = true;
        self
    }

    /// The body of `POST /admin/clients`.
    fn body(&self) -> Value {
        let mut body = json!({
            "client_id": self.id,
            "grant_types": self.grants,
            "scope": self.scopes.join(" "),
            "audience": self.audience,
            "redirect_uris": self.redirect_uris,
            "token_endpoint_auth_method": self.auth_method.registered(),
        });
        if let Some(secret) = &self.secret {
            body["client_secret"] = json!(secret);
        }
        if self.signed_tokens {
            body["access_token_strategy"] = json!("jwt");
        }
        if let Some(lifespan) = self.access_token_lifespan {
            let text = format!("{}ms", lifespan.as_millis());
            for grant in ["client_credentials", "authorization_code", "refresh_token"] {
                body[format!("{grant}_grant_access_token_lifespan")] = json!(text);
            }
        }
        body
    }
}

/// A registered client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeededClient {
    /// The client's id.
    pub id: String,
    /// The secret, which Hydra shows this once; a public client has none.
    pub secret: Option<String>,
    /// How it authenticates.
    pub auth_method: AuthMethod,
    /// What it may ask for.
    pub scopes: Vec<String>,
    /// Where its tokens may be used.
    pub audience: Vec<String>,
    /// Where its users come back to.
    pub redirect_uris: Vec<String>,
}

#[derive(Deserialize)]
struct Created {
    client_id: String,
    client_secret: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Tokens {
    pub(super) access_token: String,
    pub(super) refresh_token: Option<String>,
    pub(super) id_token: Option<String>,
}

impl OryClient {
    /// `POST /admin/clients`.
    ///
    /// # Errors
    /// 409 if the id is taken, 400 if Hydra does not like what is registered.
    pub async fn create_client(&self, client: NewClient) -> Result<SeededClient, OryClientError> {
        let call = self.admin(Method::POST, &self.urls.hydra_admin, &["admin", "clients"]);
        let created: Created = call.json(&client.body()).send().await?.decode()?;
        Ok(SeededClient {
            id: created.client_id,
            secret: created.client_secret,
            auth_method: client.auth_method,
            scopes: client.scopes,
            audience: client.audience,
            redirect_uris: client.redirect_uris,
        })
    }

    /// An access token of the client's own, for these scopes and for all of its audience.
    ///
    /// # Errors
    /// 400 if a scope or the grant is not the client's, 401 if its secret is wrong.
    pub async fn client_credentials(&self, client: &SeededClient, scopes: &[&str]) -> Result<String, OryClientError> {
        let form = [
            ("grant_type", "client_credentials".to_owned()),
            ("scope", scopes.join(" ")),
            ("audience", client.audience.join(" ")),
        ];
        self.tokens(client, form.into()).await.map(|tokens| tokens.access_token)
    }

    /// `POST /oauth2/revoke`: ends a token of this client's.
    ///
    /// # Errors
    /// 401 if the secret is wrong, 400 if the token is another client's.
    pub async fn revoke_token(&self, client: &SeededClient, token: &str) -> Result<(), OryClientError> {
        self.as_client(client, "revoke", vec![("token", token.to_owned())]).send().await.map(drop)
    }

    /// `POST /admin/keys/hydra.jwt.access-token`: a new key for access tokens that are JWTs. Those of before are
    /// inactive from now on, though the published keys still verify them.
    ///
    /// # Errors
    /// When Hydra cannot be asked.
    pub async fn rotate_token_key(&self) -> Result<(), OryClientError> {
        let path = ["admin", "keys", "hydra.jwt.access-token"];
        let key = json!({"alg": "ES256", "use": "sig", "kid": uuid::Uuid::new_v4()});
        self.admin(Method::POST, &self.urls.hydra_admin, &path).json(&key).send().await.map(drop)
    }

    /// `POST /oauth2/token`.
    pub(super) async fn tokens(
        &self,
        client: &SeededClient,
        form: Vec<(&str, String)>,
    ) -> Result<Tokens, OryClientError> {
        self.as_client(client, "token", form).send().await?.decode()
    }

    /// A form for Hydra, the client authenticated in its own way.
    fn as_client(&self, client: &SeededClient, endpoint: &str, mut form: Vec<(&str, String)>) -> Call {
        let call = self.call(Method::POST, &self.urls.hydra_public, &["oauth2", endpoint]);
        let secret = client.secret.clone().unwrap_or_default();
        let call = match client.auth_method {
            AuthMethod::Basic => basic_auth(call, &client.id, &secret),
            AuthMethod::Post => {
                form.extend([("client_id", client.id.clone()), ("client_secret", secret)]);
                call
            }
            AuthMethod::None => {
                form.push(("client_id", client.id.clone()));
                call
            }
        };
        call.form(&form)
    }
}

/// RFC 6749, section 2.3.1: both halves are form-urlencoded before they are base64.
fn basic_auth(call: Call, id: &str, secret: &str) -> Call {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    call.with(|request| request.basic_auth(encoded(id), Some(encoded(secret))))
}
