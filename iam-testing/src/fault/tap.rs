//! A connection that both hyper and a fault can write to.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

/// hyper owns one clone and speaks HTTP over it; a fault uses another for what HTTP does not allow.
#[derive(Clone)]
pub(super) struct Tap(Arc<Mutex<TcpStream>>);

impl Tap {
    pub(super) fn new(stream: TcpStream) -> Tap {
        Tap(Arc::new(Mutex::new(stream)))
    }

    /// Sends bytes past hyper and says goodbye.
    pub(super) async fn send_raw(&self, bytes: &[u8]) {
        let mut raw = self.clone();
        // A client that is already gone is none of the fault's business.
        let _ = raw.write_all(bytes).await;
        let _ = raw.shutdown().await;
    }

    /// Makes the coming close a TCP reset.
    pub(super) fn reset_on_close(&self) {
        let _ = self.stream().set_zero_linger();
    }

    fn stream(&self) -> MutexGuard<'_, TcpStream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsyncRead for Tap {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_read(cx, buf)
    }
}

impl AsyncWrite for Tap {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream()).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_shutdown(cx)
    }
}
