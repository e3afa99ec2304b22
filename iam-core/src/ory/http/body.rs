use std::error::Error;
use std::io::{self, ErrorKind};

use bytes::{Bytes, BytesMut};
use reqwest::Response;

use crate::UpstreamFault;

/// The whole body, at most `limit` bytes of it, counted after decompression.
pub(super) async fn read(mut response: Response, limit: usize) -> Result<Bytes, UpstreamFault> {
    let announced = response.content_length().unwrap_or(0);
    if announced > limit as u64 {
        return Err(UpstreamFault::TooLarge { limit });
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| fault_of(&error))? {
        if chunk.len() > limit - body.len() {
            return Err(UpstreamFault::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// A body ends early because the connection broke, or because it is no gzip.
fn fault_of(error: &reqwest::Error) -> UpstreamFault {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        if matches!(kind, Some(ErrorKind::InvalidData | ErrorKind::InvalidInput)) {
            return UpstreamFault::Unreadable("its compression is broken");
        }
        cause = error.source();
    }
    UpstreamFault::NoConnection
}
