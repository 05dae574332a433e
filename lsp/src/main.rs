//! `obs-lsp`: the protocol on stdin and stdout, and nothing else on stdout.

use obs_lsp::analysis::Analysis;
use obs_lsp::input::{self, Fault, Message};
use obs_lsp::output::Output;
use obs_lsp::server::Backend;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::io::BufReader;
use tokio::sync::mpsc;
use tower_lsp::jsonrpc::{Request, Response};
use tower_lsp::{LspService, Server};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many messages are under way at once. Handlers do little but wait, and one that waits must not keep an edit or a
/// cancellation out.
const UNDER_WAY: usize = 1024;

/// How long answers under way may still be written once the editor has left.
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
    let analysis = Analysis::start(sender, cache()).map_err(|e| e.to_string())?;
    let (service, socket) = LspService::build(|client| Backend::new(client, analysis, events))
        .custom_method(input::UNREADABLE, Backend::unreadable)
        .custom_method("obs/preview", Backend::preview)
        .custom_method("obs/views", Backend::views)
        .custom_method("obs/emitted", Backend::emitted)
        .custom_method("obs/sourceOf", Backend::source_of)
        .finish();
    let (output, closed) = Output::new(tokio::io::stdout());
    let (to_server, requests) = tokio::io::duplex(1 << 16);
    let server = Server::new(requests, output, socket).concurrency_level(UNDER_WAY);
    let mut served = tokio::spawn(server.serve(service));
    let stdin = BufReader::new(tokio::io::stdin());
    tokio::select! {
        left = input::pass_on(stdin, to_server, read) => {
            // the server's input has ended with this: it writes what is under way
            match tokio::time::timeout(GRACE, served).await {
                Ok(Err(e)) => Err(e.to_string()),
                Ok(Ok(())) | Err(_) => Ok(left.orderly),
            }
        }
        // the editor reads no more
        _ = closed => Ok(false),
        served = &mut served => served.map(|()| false).map_err(|e| e.to_string()),
    }
}

/// What a message is. Anything that is passed on, tower-lsp can read.
fn read(text: &str) -> Message {
    match serde_json::from_str::<Request>(text) {
        Ok(request) => match request.method() {
            "shutdown" => Message::Shutdown,
            "exit" => Message::Exit,
            _ => Message::Other,
        },
        Err(e) if !e.is_data() => Message::Unreadable(Fault::NoJson),
        Err(_) if serde_json::from_str::<Response>(text).is_ok() => Message::Other,
        Err(_) => Message::Unreadable(Fault::NoMessage),
    }
}

/// Where this user's programs keep what they can make again.
fn cache() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let cache = folder("XDG_CACHE_HOME").or_else(|| folder("LOCALAPPDATA"));
    Some(cache.or_else(|| Some(folder("HOME")?.join(".cache")))?.join("obs"))
}
