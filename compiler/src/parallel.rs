//! The same for each of many items, on all cores; what comes out is in the order of what went in.

use std::num::NonZero;
use std::thread;

/// Values of a program nest as deep as its source may, and are walked by recursion.
const STACK: usize = 16 << 20;

/// A thread that can walk any value.
pub fn builder() -> thread::Builder {
    thread::Builder::new().stack_size(STACK)
}

/// `work` for each item; fewer than `worth` aren't worth a thread.
pub fn map<T: Sync, R: Send>(items: &[T], worth: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let size = items.len().div_ceil(cores).max(worth);
    if items.len() <= size {
        return items.iter().map(work).collect();
    }
    let part = |part: &[T]| -> Vec<R> { part.iter().map(&work).collect() };
    let part = &part;
    thread::scope(|scope| {
        let started = items.chunks(size).map(|chunk| (chunk, builder().spawn_scoped(scope, move || part(chunk))));
        let started: Vec<_> = started.collect();
        let finish = |(chunk, handle): (_, std::io::Result<thread::ScopedJoinHandle<'_, Vec<R>>>)| match handle {
            Ok(handle) => handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            // a system that gives no further thread still has this one
            Err(_) => part(chunk),
        };
        started.into_iter().flat_map(finish).collect()
    })
}
