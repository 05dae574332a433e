//! A line on stderr while work takes longer than a blink, where somebody sits in front of it.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Work shorter than this shows nothing.
const BLINK: Duration = Duration::from_millis(400);

/// Whether the line is on the screen. Who writes anything else holds this meanwhile, and takes the line away before.
static SHOWN: Mutex<bool> = Mutex::new(false);

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
            while receiver.recv_timeout(BLINK) == Err(RecvTimeoutError::Timeout) {
                let mut shown = shown();
                let mut stderr = std::io::stderr();
                let _ = write!(stderr, "{}", if *shown { ".".to_owned() } else { format!("{what} .") });
                let _ = stderr.flush();
                *shown = true;
            }
            take_away(&mut shown());
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

/// Writes something else, on a line of its own.
pub fn aside<T>(write: impl FnOnce() -> T) -> T {
    let mut shown = shown();
    take_away(&mut shown);
    write()
}

fn shown() -> MutexGuard<'static, bool> {
    // a panic in between leaves a flag that is true or false, and both are fine
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn take_away(shown: &mut bool) {
    if std::mem::take(shown) {
        let _ = write!(std::io::stderr(), "\r\x1b[2K");
    }
}
