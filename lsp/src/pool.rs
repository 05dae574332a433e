//! A few workers that answer requests from snapshots.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

type Task = Box<dyn FnOnce() + Send>;

/// Deep but legal programs need more than a thread has by default.
const STACK: usize = 64 << 20;

/// Workers with one queue. They end when the pool is dropped and the queue is empty.
pub struct Pool {
    tasks: Sender<Task>,
}

impl Pool {
    /// At least two workers: one may be at the diagnostics of a whole project.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start() -> std::io::Result<Self> {
        let (tasks, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        for number in 0..cores.clamp(2, 8) {
            let queue = Arc::clone(&queue);
            let worker = std::thread::Builder::new().name(format!("worker {number}")).stack_size(STACK);
            worker.spawn(move || work(&queue))?;
        }
        Ok(Self { tasks })
    }

    /// Runs a task on the next free worker. One that panics ends alone.
    pub fn spawn(&self, task: impl FnOnce() + Send + 'static) {
        // the workers live as long as the queue
        let _ = self.tasks.send(Box::new(task));
    }
}

fn work(queue: &Mutex<Receiver<Task>>) {
    loop {
        // nothing panics while the lock is held
        let task = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(task) = task else { return };
        // what the task holds is dropped with it; whoever waits for its answer sees that none comes
        let _ = catch_unwind(AssertUnwindSafe(task));
    }
}
