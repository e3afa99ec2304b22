//! The answers that faults make up, and the body that knows how far it got.

use std::convert::Infallible;
use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::{Stream, StreamExt, stream};
use http::header::{self, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Body, Frame, SizeHint};

use super::record::{Ending, Exchange};

/// Any body, with its own kind of failure folded into one.
pub(super) type AnyBody = UnsyncBoxBody<Bytes, BoxError>;

/// The size of the pieces that large answers come in.
const PIECE: usize = 64 * 1024;

/// Time for hyper to flush what it has before a body's failure makes it drop the connection.
const FLUSH: Duration = Duration::from_millis(20);

pub(super) fn fixed(status: u16, headers: &[(String, String)], body: Bytes) -> Response<AnyBody> {
    let mut response = Response::new(Full::new(body).map_err(unfailing).boxed_unsync());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

pub(super) fn html(status: u16) -> Response<AnyBody> {
    let headers = [("content-type".to_owned(), "text/html; charset=utf-8".to_owned())];
    let page =
        format!("<!doctype html>\n<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n");
    fixed(status, &headers, page.into())
}

pub(super) fn redirect(location: String) -> Response<AnyBody> {
    fixed(307, &[("location".to_owned(), location)], Bytes::new())
}

pub(super) fn drip(every: Duration, bytes: usize) -> Response<AnyBody> {
    let body = stream::unfold(0, move |sent| async move {
        if sent == bytes {
            return None;
        }
        if sent > 0 {
            tokio::time::sleep(every).await;
        }
        Some((Bytes::from_static(b" "), sent + 1))
    });
    let mut response = json_stream(body.map(Ok));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    response
}

pub(super) fn oversize(bytes: u64) -> Response<AnyBody> {
    let filling = Bytes::from(vec![b'x'; PIECE]);
    let pieces = stream::unfold(bytes, move |left| {
        let piece = filling.slice(..PIECE.min(usize::try_from(left).unwrap_or(PIECE)));
        std::future::ready((left > 0).then(|| (piece.clone(), left - piece.len() as u64)))
    });
    let start = stream::once(std::future::ready(Bytes::from_static(b"{\"padding\":\"")));
    let end = stream::once(std::future::ready(Bytes::from_static(b"\"}")));
    json_stream(start.chain(pieces).chain(end).map(Ok))
}

pub(super) async fn gzip_bomb(bytes: u64) -> io::Result<Response<AnyBody>> {
    let zipped = tokio::task::spawn_blocking(move || deflate_blanks(bytes)).await??;
    let headers = [("content-type", "application/json"), ("content-encoding", "gzip")];
    Ok(fixed(200, &headers.map(|(name, value)| (name.to_owned(), value.to_owned())), zipped.into()))
}

fn deflate_blanks(bytes: u64) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    io::copy(&mut io::Read::take(io::repeat(b' '), bytes), &mut encoder)?;
    encoder.flush()?;
    encoder.finish()
}

/// The first bytes of an answer, after which the connection breaks.
pub(super) fn truncated(answer: Response<Bytes>, bytes: usize) -> Response<AnyBody> {
    let length = answer.body().len();
    let (mut parts, body) = answer.into_parts();
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    let start = body.slice(..bytes.min(length.saturating_sub(1)));
    let breaking = stream::once(async {
        tokio::time::sleep(FLUSH).await;
        Err(BoxError::from("cut by a fault"))
    });
    let body = stream::once(std::future::ready(Ok(start))).chain(breaking);
    Response::from_parts(parts, StreamBody::new(body.map(|piece| piece.map(Frame::data))).boxed_unsync())
}

fn json_stream(body: impl Stream<Item = Result<Bytes, BoxError>> + Send + 'static) -> Response<AnyBody> {
    let mut response = Response::new(StreamBody::new(body.map(|piece| piece.map(Frame::data))).boxed_unsync());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn unfailing(never: Infallible) -> BoxError {
    match never {}
}

/// A body that notes in the record how much of it went out and whether that was all.
pub(super) struct Tracked {
    body: AnyBody,
    /// What `Content-Length` still owes: hyper stops asking when nothing is left.
    owed: Option<u64>,
    exchange: Exchange,
}

impl Tracked {
    pub(super) fn new(response: Response<AnyBody>, exchange: Exchange) -> Response<Tracked> {
        let (parts, body) = response.into_parts();
        let owed = parts.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let bodiless = exchange.request().method == http::Method::HEAD
            || matches!(parts.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        if bodiless || body.is_end_stream() {
            exchange.end(Ending::Complete);
        }
        Response::from_parts(parts, Tracked { body, owed, exchange })
    }
}

impl Body for Tracked {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                self.exchange.answered(bytes);
                self.owed = self.owed.map(|owed| owed.saturating_sub(bytes as u64));
                if self.owed == Some(0) || self.body.is_end_stream() {
                    self.exchange.end(Ending::Complete);
                }
            }
            Some(Err(_)) => self.exchange.end(Ending::Cut),
            None => self.exchange.end(Ending::Complete),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
