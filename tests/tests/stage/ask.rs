use reqwest::Method;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::rows::Asked;
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
        let asked = Asked::of(&self.stage.world);
        let response = self.request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let answer = Answer { status, headers, body: response.bytes().await.unwrap() };
        asked.count_row();
        answer
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
    /// Sends bytes as they are and returns the status of what comes back. A server that goes on
    /// waiting for more fails the test after a while.
    pub async fn raw(&self, request: &[u8]) -> u16 {
        let mut connection = self.connect().await;
        connection.0.write_all(request).await.unwrap();
        let patience = std::time::Duration::from_secs(20);
        tokio::time::timeout(patience, connection.status())
            .await
            .unwrap_or_else(|_| panic!("the server waits for more"))
    }

    /// A connection of one's own, for many requests.
    pub async fn connect(&self) -> Connection {
        Connection(BufReader::new(TcpStream::connect(self.address).await.unwrap()))
    }
}

/// The first byte of a whole message of text (RFC 6455, section 5.2).
const FINAL_TEXT: u8 = 0x81;

/// A connection to the application under test, over which bytes go as they are.
pub struct Connection(BufReader<TcpStream>);

impl Connection {
    /// Sends a request, reads the whole answer and returns its status.
    pub async fn ask(&mut self, request: &[u8]) -> u16 {
        self.0.write_all(request).await.unwrap();
        let status = self.status().await;
        let mut length = 0;
        loop {
            let line = self.line().await;
            match line.split_once(": ") {
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.unwrap();
        status
    }

    /// Sends a request that asks for a WebSocket and returns the status of the answer, whose
    /// headers are read.
    pub async fn upgrade(&mut self, path: &str, headers: &str) -> u16 {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: app.test\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        );
        self.0.write_all(request.as_bytes()).await.unwrap();
        let status = self.status().await;
        while !self.line().await.is_empty() {}
        status
    }

    /// Sends a short text as one WebSocket message, and returns the next one (RFC 6455, section 5.2).
    pub async fn exchange(&mut self, text: &str) -> String {
        const MASKED: u8 = 0x80;
        // Under a mask of zeros the text stays as it is.
        let mut frame = vec![FINAL_TEXT, MASKED | u8::try_from(text.len()).unwrap(), 0, 0, 0, 0];
        frame.extend(text.as_bytes());
        self.0.write_all(&frame).await.unwrap();
        self.received().await
    }

    /// The next short WebSocket message of text.
    pub async fn received(&mut self) -> String {
        let mut head = [0; 2];
        self.0.read_exact(&mut head).await.unwrap();
        assert_eq!(head[0], FINAL_TEXT);
        let mut answer = vec![0; usize::from(head[1])];
        self.0.read_exact(&mut answer).await.unwrap();
        String::from_utf8(answer).unwrap()
    }

    async fn status(&mut self) -> u16 {
        let line = self.line().await;
        line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no status: {line}"))
    }

    async fn line(&mut self) -> String {
        let mut line = Vec::new();
        self.0.read_until(b'\n', &mut line).await.unwrap();
        String::from_utf8_lossy(&line).trim_end().to_owned()
    }
}
