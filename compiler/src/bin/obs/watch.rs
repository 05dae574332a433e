//! `--watch`: the same again whenever one of the program's files changes.

use crate::failure::{Failure, Outcome};
use crate::read::Program;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// How often files are looked at. Looking works on every file system, network mounts too.
const EVERY: Duration = Duration::from_millis(300);

/// Runs `work`, and again after each change, until interrupted. What goes wrong is shown and waited out.
pub fn watch(
    program: &mut Program,
    mut work: impl FnMut(&Program) -> Result<Outcome, Failure>,
) -> Result<Outcome, Failure> {
    loop {
        if let Err(failure) = work(program) {
            crate::session::tell(&format!("{failure}\n"));
        }
        crate::session::tell("watching for changes; Ctrl-C ends it\n");
        let before = stamps(program);
        while stamps(program) == before {
            std::thread::sleep(EVERY);
        }
        program.refresh();
    }
}

fn stamps(program: &Program) -> Vec<(PathBuf, Option<(SystemTime, u64)>)> {
    let stamp = |path: PathBuf| {
        let meta = std::fs::metadata(&path).ok();
        let stamp = meta.and_then(|m| Some((m.modified().ok()?, m.len())));
        (path, stamp)
    };
    program.files().into_iter().map(|file| stamp(program.root.join(file))).collect()
}
