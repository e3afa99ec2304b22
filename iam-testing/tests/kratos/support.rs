//! A server on loopback ports, and a client that follows and keeps nothing.

use std::sync::{Arc, Once};
use std::time::SystemTime;

use axum::Router;
use iam_testing::standin::kratos::{Kratos, KratosConfig, totp_code};
use reqwest::header::SET_COOKIE;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const COOKIE: &str = "ory_kratos_session";

pub(crate) struct Server {
    pub(crate) kratos: Arc<Kratos>,
    pub(crate) public: Url,
    pub(crate) admin: Url,
    pub(crate) client: Client,
}

async fn bind() -> (TcpListener, Url) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, Url::parse(&format!("http://{address}")).unwrap())
}

fn serve(listener: TcpListener, router: Router) {
    tokio::spawn(async move { axum::serve(listener, router).await });
}

pub(crate) fn client() -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        rustls::crypto::ring::default_provider().install_default().ok();
    });
    Client::builder().no_proxy().redirect(Policy::none()).build().unwrap()
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// Two listeners.
    pub(crate) async fn start_with(change: impl FnOnce(&mut KratosConfig)) -> Self {
        let ((public_port, public), (admin_port, admin)) = (bind().await, bind().await);
        let mut config = KratosConfig::new(public.clone(), admin.clone());
        change(&mut config);
        let kratos = Kratos::new(config);
        serve(public_port, kratos.public_router());
        serve(admin_port, kratos.admin_router());
        Self { kratos, public, admin, client: client() }
    }

    /// One host for both.
    pub(crate) async fn start_merged() -> Self {
        let (port, url) = bind().await;
        let mut config = KratosConfig::new(url.clone(), url.clone());
        config.admin_prefix_optional = false;
        let kratos = Kratos::new(config);
        serve(port, kratos.public_router().merge(kratos.admin_router()));
        Self { kratos, public: url.clone(), admin: url, client: client() }
    }

    pub(crate) fn public(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.public.join(path).unwrap())
    }

    pub(crate) fn admin(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.admin.join(path).unwrap())
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.public(Method::GET, path)
    }

    pub(crate) fn whoami(&self) -> RequestBuilder {
        self.get("/sessions/whoami")
    }

    pub(crate) async fn whoami_status(&self, token: &str) -> StatusCode {
        self.whoami().header("x-session-token", token).reply().await.status
    }

    /// Adds an identity over the admin API, with a password; its id.
    pub(crate) async fn create(&self, email: &str) -> String {
        let body = json!({
            "schema_id": "default",
            "traits": {"email": email},
            "credentials": {"password": {"config": {"password": PASSWORD}}},
        });
        let reply = self.admin(Method::POST, "/admin/identities").json(&body).reply().await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.json["id"].as_str().unwrap().to_owned()
    }

    /// Begins a native flow; where to send its form.
    pub(crate) async fn begin(&self, flow: &str, query: &str, token: Option<&str>) -> String {
        let mut request = self.get(&format!("/self-service/{flow}/api{query}"));
        if let Some(token) = token {
            request = request.header("x-session-token", token);
        }
        let reply = request.reply().await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json["ui"]["action"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn submit(&self, action: &str, token: Option<&str>, form: Value) -> Reply {
        let mut request = self.client.post(action).json(&form);
        if let Some(token) = token {
            request = request.header("x-session-token", token);
        }
        request.reply().await
    }

    /// Logs in natively with the password; the whole answer.
    pub(crate) async fn log_in(&self, email: &str) -> Reply {
        let action = self.begin("login", "", None).await;
        let form = json!({"method": "password", "identifier": email, "password": PASSWORD});
        self.submit(&action, None, form).await
    }

    /// A native session of `email`; its token.
    pub(crate) async fn token(&self, email: &str) -> String {
        let reply = self.log_in(email).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json["session_token"].as_str().unwrap().to_owned()
    }

    /// Sets up a second factor with an aal1 session, which it lifts; the secret.
    pub(crate) async fn enrol_totp(&self, token: &str) -> String {
        let request = self.get("/self-service/settings/api");
        let flow = request.header("x-session-token", token).reply().await;
        let nodes = flow.json["ui"]["nodes"].as_array().unwrap();
        let secret = nodes
            .iter()
            .find(|n| n["attributes"]["id"] == "totp_secret_key")
            .and_then(|n| n["attributes"]["text"]["text"].as_str())
            .unwrap()
            .to_owned();
        let action = flow.json["ui"]["action"].as_str().unwrap();
        let form = json!({"method": "totp", "totp_code": code(&secret)});
        let reply = self.submit(action, Some(token), form).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.json["state"], "success");
        secret
    }

    pub(crate) async fn patch(&self, id: &str, operations: Value) -> Reply {
        self.admin(Method::PATCH, &format!("/admin/identities/{id}")).json(&operations).reply().await
    }

    pub(crate) async fn put(&self, id: &str, body: Value) -> Reply {
        let path = format!("/admin/identities/{id}");
        self.admin(Method::PUT, &path).json(&body).reply().await
    }

    pub(crate) async fn identity(&self, id: &str) -> Reply {
        let path = format!("/admin/identities/{id}");
        self.admin(Method::GET, &path).reply().await
    }
}

pub(crate) fn code(secret: &str) -> String {
    totp_code(secret, SystemTime::now()).unwrap()
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) set_cookies: Vec<String>,
    pub(crate) body: String,
    /// `null` if the body is not JSON.
    pub(crate) json: Value,
    headers: reqwest::header::HeaderMap,
}

impl Reply {
    pub(crate) async fn read(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.text().await.unwrap();
        Self {
            status,
            set_cookies: headers.get_all(SET_COOKIE).iter().map(|v| v.to_str().unwrap().to_owned()).collect(),
            json: serde_json::from_str(&body).unwrap_or_default(),
            body,
            headers,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|v| v.to_str().unwrap())
    }

    pub(crate) fn has(&self, pointer: &str) -> bool {
        self.json.pointer(pointer).is_some()
    }
}

pub(crate) trait Send {
    async fn reply(self) -> Reply;
}

impl Send for RequestBuilder {
    async fn reply(self) -> Reply {
        Reply::read(self.send().await.unwrap()).await
    }
}
