//! A server that answers with exactly the bytes a test gives it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use url::Url;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Method, a blank, path and query.
    pub(crate) line: String,
    /// Names in lower case, in order.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Sends this and closes.
    Bytes(Vec<u8>),
    /// Sends nothing and waits for the client to leave.
    Hang,
    /// Sends a head that promises a body, then a byte of it now and then.
    Drip,
}

pub(crate) fn json(status: u16, body: &str) -> Reply {
    reply(status, &[("content-type", "application/json; charset=utf-8")], body)
}

pub(crate) fn html(status: u16) -> Reply {
    reply(status, &[("content-type", "text/html")], "<html><body>canary-of-the-body</body></html>")
}

pub(crate) fn reply(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status} Any\r\nconnection: close\r\n");
    // A test may lie about the length.
    if !headers.iter().any(|(name, _)| *name == "content-length") {
        bytes += &format!("content-length: {}\r\n", body.len());
    }
    for (name, value) in headers {
        bytes += &format!("{name}: {value}\r\n");
    }
    Reply::Bytes([bytes.as_bytes(), b"\r\n", body].concat())
}

pub(crate) struct Server {
    pub(crate) url: Url,
    requests: Arc<Mutex<Vec<Request>>>,
    arrived: Arc<Semaphore>,
    left: Arc<Semaphore>,
}

impl Server {
    /// Answers the n-th request, counted from zero, with `answer(request, n)`.
    pub(crate) async fn start(answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let (requests, none) = (Arc::new(Mutex::new(Vec::new())), || Arc::new(Semaphore::new(0)));
        let (arrived, left) = (none(), none());
        let server = Self { url, requests: requests.clone(), arrived: arrived.clone(), left: left.clone() };
        let answer = Arc::new(answer);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (requests, answer) = (requests.clone(), answer.clone());
                let (arrived, left) = (arrived.clone(), left.clone());
                tokio::spawn(async move {
                    let Some((mut stream, request)) = receive(stream).await else { return };
                    let number = {
                        let mut requests = requests.lock().unwrap();
                        requests.push(request.clone());
                        requests.len() - 1
                    };
                    arrived.add_permits(1);
                    send(&mut stream, answer(&request, number)).await;
                    left.add_permits(1);
                });
            }
        });
        server
    }

    /// Answers every request with the same bytes.
    pub(crate) async fn always(reply: Reply) -> Self {
        Self::start(move |_, _| reply.clone()).await
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.line).collect()
    }

    /// Waits until one connection is over, for a hanging one: left by the client.
    pub(crate) async fn connection_over(&self) {
        one_of(&self.left, "the connection was never closed").await;
    }

    /// Begins a call, and leaves it when its request is here.
    pub(crate) async fn leave<T>(&self, call: impl Future<Output = T>) {
        tokio::select! {
            _ = call => panic!("a call that was to hang is over"),
            () = one_of(&self.arrived, "no request arrived") => {}
        }
    }
}

async fn one_of(events: &Semaphore, otherwise: &str) {
    let waited = tokio::time::timeout(Duration::from_secs(20), events.acquire()).await;
    waited.expect(otherwise).unwrap().forget();
}

async fn receive(mut stream: TcpStream) -> Option<(TcpStream, Request)> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).ok()?;
    let mut lines = text.split("\r\n");
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut request = Request { line, headers, body: String::new() };
    let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = bytes.split_off(head + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    request.body = String::from_utf8(body).ok()?;
    Some((stream, request))
}

async fn send(stream: &mut TcpStream, reply: Reply) {
    match reply {
        Reply::Bytes(bytes) => {
            // A client that has read enough leaves in the middle.
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Hang => while stream.read(&mut [0; 64]).await.is_ok_and(|read| read > 0) {},
        Reply::Drip => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n";
            let _ = stream.write_all(head).await;
            while stream.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}
