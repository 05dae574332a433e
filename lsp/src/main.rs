//! `obs-lsp`: the protocol on stdin and stdout, and nothing else on stdout.

use obs_lsp::analysis::Analysis;
use obs_lsp::server::Backend;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::{Notify, mpsc};
use tower_lsp::jsonrpc::Request;
use tower_lsp::{LspService, Server};
use tower_service::Service;

/// How many messages are under way at once. Handlers do little but wait, and one that waits must not keep an edit or a
/// cancellation out.
const UNDER_WAY: usize = 1024;

/// How long after `exit` answers under way may still be written.
const GRACE: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let served = runtime.map_err(|e| e.to_string()).and_then(|runtime| {
        let served = runtime.block_on(serve());
        // a read of stdin may be under way for ever
        runtime.shutdown_background();
        served
    });
    match served {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            use std::io::Write;
            // a closed stderr leaves nobody to tell
            let _ = writeln!(std::io::stderr(), "obs-lsp: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Serves until the end of stdin or `exit`, and says whether the editor asked for `shutdown` before.
async fn serve() -> Result<bool, String> {
    let (sender, events) = mpsc::unbounded_channel();
    let analysis = Analysis::start(sender).map_err(|e| e.to_string())?;
    let (service, socket) = LspService::new(|client| Backend::new(client, analysis, events));
    let ending = Arc::new(Ending::default());
    let stdin = UntilExit { input: tokio::io::stdin(), ending: Arc::clone(&ending) };
    let service = Watched { service, ending: Arc::clone(&ending) };
    let server = Server::new(stdin, tokio::io::stdout(), socket).concurrency_level(UNDER_WAY);
    let served = tokio::spawn(server.serve(service));
    tokio::select! {
        served = served => served.map_err(|e| e.to_string())?,
        () = ending.overdue() => {}
    }
    Ok(ending.shutdown.load(Ordering::SeqCst))
}

/// How far the editor is with ending the server.
#[derive(Default)]
struct Ending {
    shutdown: AtomicBool,
    exit: AtomicBool,
    exited: Notify,
}

impl Ending {
    /// When the grace after `exit` is over.
    async fn overdue(&self) {
        self.exited.notified().await;
        tokio::time::sleep(GRACE).await;
    }
}

/// A tower layer that sees `shutdown` and `exit` go by: tower-lsp itself goes on to wait for the end of stdin, which
/// editors may leave open.
struct Watched<S> {
    service: S,
    ending: Arc<Ending>,
}

impl<S: Service<Request>> Service<Request> for Watched<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> S::Future {
        match request.method() {
            "shutdown" => self.ending.shutdown.store(true, Ordering::SeqCst),
            "exit" => {
                self.ending.exit.store(true, Ordering::SeqCst);
                self.ending.exited.notify_one();
            }
            _ => {}
        }
        self.service.call(request)
    }
}

/// Input that ends with `exit`: so the answers under way are still written. The task that hands `exit` on is the one
/// that reads, so it needs no waking.
struct UntilExit<I> {
    input: I,
    ending: Arc<Ending>,
}

impl<I: AsyncRead + Unpin> AsyncRead for UntilExit<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        if self.ending.exit.load(Ordering::SeqCst) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.input).poll_read(context, to)
    }
}
