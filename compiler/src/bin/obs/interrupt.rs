//! Ctrl-C while something is written: a flag that work looks at, rather than an end in the middle.

use std::sync::atomic::{AtomicBool, Ordering};

/// What shells say of a program that an interrupt ended: 128 and the signal's number.
pub const EXIT_CODE: u8 = 130;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From here on an interrupt no longer ends the process; [`pending`] tells of it.
pub fn catch() {
    // a handler that is already set does the same
    let _ = ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed));
}

/// Whether there was an interrupt since [`catch`].
pub fn pending() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}
