//! The way to the editor. An editor that reads no more is nothing that went wrong here, but tower-lsp panics over it: what
//! can't be written is dropped, and it is said once that the way is closed.

use std::io::{Error, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::AsyncWrite;
use tokio::sync::oneshot;

/// Writes to `inner` for as long as that can be written to.
pub struct Output<W> {
    inner: W,
    /// Taken when the first write fails.
    closed: Option<oneshot::Sender<()>>,
}

impl<W: AsyncWrite + Unpin> Output<W> {
    /// An output, and what ends when it is closed.
    pub fn new(inner: W) -> (Self, oneshot::Receiver<()>) {
        let (sender, closed) = oneshot::channel();
        (Self { inner, closed: Some(sender) }, closed)
    }

    /// What came of a write: `otherwise` where there is nobody to write to any more.
    fn outcome<T>(&mut self, of: Poll<Result<T>>, otherwise: T) -> Poll<Result<T>> {
        let failed = |_: Error| {
            // nobody listens once the server ends
            let _ = self.closed.take().map(|sender| sender.send(()));
            otherwise
        };
        of.map(|result| Ok(result.unwrap_or_else(failed)))
    }
}

impl<W: AsyncWrite + Unpin> AsyncWrite for Output<W> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = match self.closed {
            Some(_) => Pin::new(&mut self.inner).poll_write(cx, bytes),
            None => Poll::Ready(Ok(bytes.len())),
        };
        self.outcome(written, bytes.len())
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let flushed = match self.closed {
            Some(_) => Pin::new(&mut self.inner).poll_flush(cx),
            None => Poll::Ready(Ok(())),
        };
        self.outcome(flushed, ())
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let closed = Pin::new(&mut self.inner).poll_shutdown(cx);
        self.outcome(closed, ())
    }
}
