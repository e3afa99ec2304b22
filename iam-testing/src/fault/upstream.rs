//! The server behind the proxy: one connection a request, http or https.

use std::io;
use std::sync::Arc;

use axum::BoxError;
use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use http::{Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Url;

pub(crate) struct Upstream {
    host: String,
    port: u16,
    /// What goes before every path; empty or without a trailing slash.
    prefix: String,
    authority: HeaderValue,
    tls: Option<TlsConnector>,
}

impl Upstream {
    pub(crate) fn new(url: &Url) -> io::Result<Upstream> {
        let invalid =
            |what: &str| io::Error::new(io::ErrorKind::InvalidInput, format!("the upstream address has {what}"));
        let host = url.host_str().ok_or_else(|| invalid("no host"))?;
        let port = url.port_or_known_default().ok_or_else(|| invalid("no port"))?;
        let authority = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let tls = match url.scheme() {
            "http" => None,
            "https" => Some(connector()?),
            _ => return Err(invalid("a scheme other than http and https")),
        };
        Ok(Upstream {
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
            prefix: url.path().trim_end_matches('/').to_owned(),
            authority: HeaderValue::from_str(&authority).map_err(io::Error::other)?,
            tls,
        })
    }

    /// Sends the request on, to the upstream's own `Host` unless there is one. Dropping the future, or the answer's body, closes the upstream connection too.
    pub(crate) async fn ask(&self, mut parts: Parts, body: Bytes) -> Result<Response<Incoming>, BoxError> {
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        parts.uri = Uri::try_from(format!("{}{target}", self.prefix))?;
        strip_hop_by_hop(&mut parts.headers);
        parts.headers.entry(header::HOST).or_insert_with(|| self.authority.clone());
        let request = Request::from_parts(parts, Full::new(body));

        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        stream.set_nodelay(true)?;
        let mut response = match &self.tls {
            None => exchange(stream, request).await?,
            Some(tls) => {
                let name = ServerName::try_from(self.host.clone())?;
                exchange(tls.connect(name, stream).await?, request).await?
            }
        };
        strip_hop_by_hop(response.headers_mut());
        Ok(response)
    }
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: Request<Full<Bytes>>,
) -> Result<Response<Incoming>, BoxError> {
    let (mut sender, connection) =
        http1::Builder::new().preserve_header_case(true).handshake(TokioIo::new(stream)).await?;
    // Ends with the answer, or as soon as nobody waits for it any more.
    tokio::spawn(connection);
    Ok(sender.send_request(request).await?)
}

fn connector() -> io::Result<TlsConnector> {
    Ok(TlsConnector::from(Arc::new(crate::tls::client_config()?)))
}

/// RFC 9110, section 7.6.1: these speak about one connection; hyper writes its own.
fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in ["connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"] {
        headers.remove(name);
    }
}
