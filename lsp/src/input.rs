//! What comes in on stdin, message by message, before tower-lsp sees it: its reader ends for good at the first message
//! that it can't read, and it goes on to wait for input after `exit`.

use std::io;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// What a message is, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    /// `shutdown`.
    Shutdown,
    /// `exit`.
    Exit,
    /// Anything else that can be passed on.
    Other,
    /// No JSON, or not as JSON-RPC wants it.
    Unreadable(Fault),
}

/// Why a message can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is no JSON.
    NoJson,
    /// It is JSON, and no message.
    NoMessage,
}

/// The method that stands in for messages that can't be read; the server answers it with an error.
pub const UNREADABLE: &str = "obs/unreadable";

/// How the editor leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Left {
    /// Whether it asked for `shutdown` before.
    pub orderly: bool,
}

/// Passes messages on until `exit` or the end of the input. `exit` itself isn't passed on: tower-lsp would drop what is
/// under way, the answer to `shutdown` too if it is sent in one go.
pub async fn pass_on(
    mut from: impl AsyncBufRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    read: impl Fn(&str) -> Message,
) -> Left {
    let mut left = Left::default();
    while let Ok(Some(body)) = next(&mut from).await {
        let message = match std::str::from_utf8(&body) {
            // a message without a body says nothing
            Ok("") => continue,
            Ok(text) => read(text),
            Err(_) => Message::Unreadable(Fault::NoJson),
        };
        let passed = match message {
            Message::Exit => break,
            Message::Unreadable(fault) => send(&mut to, stand_in(fault).as_bytes()).await,
            Message::Shutdown => send(&mut to, &without_params(body)).await,
            Message::Other => send(&mut to, &body).await,
        };
        left.orderly |= message == Message::Shutdown;
        if passed.is_err() {
            break;
        }
    }
    left
}

/// `shutdown` has no parameters; some editors say so with `null`, which tower-lsp refuses.
fn without_params(body: Vec<u8>) -> Vec<u8> {
    let Ok(mut message) = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&body) else {
        return body;
    };
    message.remove("params");
    serde_json::to_vec(&message).unwrap_or(body)
}

fn stand_in(fault: Fault) -> String {
    let json = fault == Fault::NoMessage;
    serde_json::json!({"jsonrpc": "2.0", "id": null, "method": UNREADABLE, "params": [json]}).to_string()
}

/// The body of the next message; none at the end. Lines that are no header of one are passed over.
async fn next(from: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        // a header is short: what is longer is taken in pieces, which are no headers
        if (&mut *from).take(4096).read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        let line = line.trim_ascii();
        if !line.is_empty() {
            length = content_length(line).or(length);
            continue;
        }
        let Some(length) = length.take() else { continue };
        // as it comes, not as it is announced
        let mut body = Vec::new();
        let read = (&mut *from).take(length).read_to_end(&mut body).await?;
        return Ok((read as u64 == length).then_some(body));
    }
}

fn content_length(header: &[u8]) -> Option<u64> {
    let (name, value) = std::str::from_utf8(header).ok()?.split_once(':')?;
    name.trim().eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
}

async fn send(to: &mut (impl AsyncWrite + Unpin), body: &[u8]) -> io::Result<()> {
    to.write_all(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes()).await?;
    to.write_all(body).await
}
