//! The command `obs`. The only part of the compiler that touches disk, environment and clock.

mod args;
mod commands;
mod failure;
mod files;
mod git;
mod http;
mod interrupt;
mod progress;
mod read;
mod session;
mod watch;
mod write;

use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = args::Arguments::parse();
    // deep but legal programs need more than the two megabytes of some systems' main threads
    let worker = std::thread::Builder::new().stack_size(64 << 20).spawn(move || commands::run(arguments));
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(_))) if interrupt::pending() => interrupt::exit_code(),
        Ok(Ok(Ok(outcome))) => outcome.into(),
        Ok(Ok(Err(failure))) => {
            // a closed stderr leaves nobody to tell
            let _ = writeln!(std::io::stderr(), "{failure}");
            failure.code()
        }
        Ok(Err(_)) | Err(_) => {
            let _ = writeln!(std::io::stderr(), "error: obs itself failed; please report it with the lines above");
            ExitCode::from(2)
        }
    }
}
