use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Answer, Stage};

/// A request to the application under test.
#[must_use]
pub struct Ask<'a> {
    stage: &'a Stage,
    /// Method and path.
    target: String,
    request: reqwest::RequestBuilder,
}

impl<'a> Ask<'a> {
    pub(super) fn new(stage: &'a Stage, method: &str, path: &str) -> Self {
        let url = format!("http://{}{path}", stage.address);
        let request = stage.http.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        Self { stage, target: format!("{method} {path}"), request }
    }

    pub(super) fn stage(&self) -> &'a Stage {
        self.stage
    }

    pub(super) fn target(&self) -> &str {
        &self.target
    }

    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let value = reqwest::header::HeaderValue::from_bytes(value.as_ref()).unwrap();
        self.request = self.request.header(name, value);
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    /// With the session token of `name@tenant.test`.
    pub fn token_of(self, tenant: &str, name: &str) -> Self {
        let token = self.stage.account(tenant, name).session.token.clone();
        self.bearer(&token)
    }

    /// With the session cookie of `name@tenant.test`.
    pub fn cookie_of(self, tenant: &str, name: &str) -> Self {
        let cookie = self.stage.account(tenant, name).browser.cookie();
        self.header("cookie", cookie)
    }

    /// With the access token of a client of `dealer`.
    pub fn machine(self, id: &str) -> Self {
        let token = self.stage.tenant("dealer").machine(id).token.clone().unwrap();
        self.bearer(&token)
    }

    pub fn body(mut self, body: impl Into<reqwest::Body>) -> Self {
        self.request = self.request.body(body);
        self
    }

    pub async fn send(self) -> Answer {
        let response = self.request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, body: response.bytes().await.unwrap() }
    }

    /// Sends and expects this status; the answer is for further looks.
    #[track_caller]
    pub fn expect(self, status: u16) -> impl Future<Output = Answer> {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.send().await;
            assert_eq!(answer.status, status, "at {caller}: {answer:?}");
            answer
        }
    }
}

impl Stage {
    /// Sends bytes as they are and returns the status of what comes back.
    pub async fn raw(&self, request: &[u8]) -> u16 {
        let mut stream = tokio::net::TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut answer = Vec::new();
        let mut chunk = [0; 1024];
        while !answer.windows(2).any(|pair| pair == b"\r\n") {
            match stream.read(&mut chunk).await.unwrap() {
                0 => break,
                length => answer.extend_from_slice(&chunk[..length]),
            }
        }
        let line = String::from_utf8_lossy(&answer).into_owned();
        line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no status: {line}"))
    }

    /// Sends bytes as they are and returns the status of every answer on that connection.
    /// The last request in them asks for its end.
    pub async fn raw_to_the_end(&self, requests: &[u8]) -> Vec<u16> {
        let mut stream = tokio::net::TcpStream::connect(self.address).await.unwrap();
        stream.write_all(requests).await.unwrap();
        let mut answers = Vec::new();
        stream.read_to_end(&mut answers).await.unwrap();
        let answers = String::from_utf8_lossy(&answers).into_owned();
        answers.split("HTTP/1.1 ").skip(1).map(|answer| answer[..3].parse().unwrap()).collect()
    }
}
