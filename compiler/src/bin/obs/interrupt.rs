//! Ctrl-C, a shutdown or a closed terminal while something is written: a flag that work looks at, rather than an end in
//! the middle.

use signal_hook::consts::{SIGINT, SIGTERM};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Once};

/// What ends a process, unless it says otherwise.
#[cfg(unix)]
const SIGNALS: [i32; 3] = [SIGINT, SIGTERM, signal_hook::consts::SIGHUP];
#[cfg(not(unix))]
const SIGNALS: [i32; 2] = [SIGINT, SIGTERM];

/// The last signal that came; 0: none.
static CAUGHT: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);
static CATCH: Once = Once::new();

/// From here on a signal no longer ends the process; [`pending`] tells of it.
pub fn catch() {
    CATCH.call_once(|| {
        for signal in SIGNALS.into_iter().filter(|s| !is_ignored(*s)) {
            // where a signal can't be caught it ends the process, as it would have; they are small numbers above 0
            let _ = signal_hook::flag::register_usize(signal, Arc::clone(&CAUGHT), signal as usize);
        }
    });
}

/// Whether there was a signal since [`catch`].
pub fn pending() -> bool {
    CAUGHT.load(Ordering::Relaxed) != 0
}

/// What shells say of a program that a signal ended: 128 and the signal's number.
pub fn exit_code() -> ExitCode {
    ExitCode::from(u8::try_from(128 + CAUGHT.load(Ordering::Relaxed)).unwrap_or(u8::MAX))
}

/// Whether whoever started the process wants it to live on, as `nohup` does.
fn is_ignored(signal: i32) -> bool {
    let status = if cfg!(target_os = "linux") { std::fs::read_to_string("/proc/self/status").ok() } else { None };
    let mask = status.as_deref().and_then(|s| s.lines().find_map(|line| line.strip_prefix("SigIgn:")));
    mask.and_then(|m| u64::from_str_radix(m.trim(), 16).ok()).is_some_and(|m| m >> (signal - 1) & 1 == 1)
}
