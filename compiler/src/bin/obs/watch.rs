//! `--watch`: the same again whenever one of the program's files changes.

use crate::failure::{Failure, Outcome};
use crate::interrupt;
use crate::read::Program;
use crate::session::{Session, tell};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How often files are looked at. Looking works on every file system, network mounts too.
const EVERY: Duration = Duration::from_millis(200);

/// For how long files must be still after a change.
const QUIET: Duration = Duration::from_millis(60);

/// Runs `work` on the program of a file, once or for as long as it is watched.
pub fn run(
    session: &Session,
    file: &Path,
    watched: bool,
    mut work: impl FnMut(&Program) -> Result<Outcome, Failure>,
) -> Result<Outcome, Failure> {
    let mut program = session.open(file)?;
    if watched { watch(session, &mut program, work) } else { work(&program) }
}

/// Runs `work`, and again after each change, until interrupted. What goes wrong is shown and waited out.
pub fn watch(
    session: &Session,
    program: &mut Program,
    mut work: impl FnMut(&Program) -> Result<Outcome, Failure>,
) -> Result<Outcome, Failure> {
    interrupt::catch();
    loop {
        // taken before the work: what changes meanwhile is a change
        let before = stamps(program);
        if let Err(failure) = work(program) {
            tell(&format!("{failure}\n"));
        }
        session.say("watching for changes; Ctrl-C ends it");
        while stamps(program) == before {
            if interrupt::pending() {
                return Ok(Outcome::Clean);
            }
            std::thread::sleep(EVERY);
        }
        settle(program);
        program.refresh();
    }
}

/// Waits out a write that is under way: a file that was just emptied is no program to build.
fn settle(program: &Program) {
    let mut last = stamps(program);
    loop {
        std::thread::sleep(QUIET);
        let now = stamps(program);
        if now == last || interrupt::pending() {
            return;
        }
        last = now;
    }
}

fn stamps(program: &Program) -> Vec<(PathBuf, Option<(SystemTime, u64)>)> {
    let stamp = |path: PathBuf| {
        let meta = std::fs::metadata(&path).ok();
        let stamp = meta.and_then(|m| Some((m.modified().ok()?, m.len())));
        (path, stamp)
    };
    program.sources().into_iter().map(stamp).collect()
}
