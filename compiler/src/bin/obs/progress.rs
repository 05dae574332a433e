//! A line on stderr while work takes longer than a blink, where somebody sits in front of it.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

/// Work shorter than this shows nothing.
const BLINK: Duration = Duration::from_millis(400);

/// Shows what is being done until it is dropped.
pub struct Progress {
    done: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Says `what` once the work takes longer than a blink.
    pub fn start(quiet: bool, what: String) -> Self {
        if quiet || !std::io::stderr().is_terminal() {
            return Self { done: None };
        }
        let (sender, receiver) = mpsc::channel();
        let show = move || {
            let mut shown = false;
            let mut stderr = std::io::stderr();
            while receiver.recv_timeout(BLINK) == Err(RecvTimeoutError::Timeout) {
                let _ = write!(stderr, "{}", if shown { ".".to_owned() } else { format!("{what} .") });
                let _ = stderr.flush();
                shown = true;
            }
            if shown {
                let _ = write!(stderr, "\r\x1b[2K");
            }
        };
        Self { done: Some((sender, std::thread::spawn(show))) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.done.take() {
            drop(sender);
            let _ = thread.join();
        }
    }
}
