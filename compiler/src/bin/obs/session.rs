//! What every command does alike: open a program, show what is wrong with it, say what to do next.

use crate::args::{Color, Deny, Global, Target};
use crate::failure::{Failure, Outcome};
use crate::progress::{Progress, aside};
use crate::read::{Program, from_here};
use obs_compiler::diagnostics::Severity;
use obs_compiler::graph::Stack;
use obs_compiler::ide::Analysis;
use obs_compiler::render::{Finding, Format, Locator, Style, count, harmless};
use std::borrow::Cow;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;

/// The options that hold for a whole run.
pub struct Session {
    pub global: Global,
}

impl Session {
    /// Reads a program.
    pub fn open(&self, path: &Path) -> Result<Program, Failure> {
        Program::open(path)
    }

    /// Shows that work goes on.
    pub fn progress(&self, what: &str, path: &Path) -> Progress {
        Progress::start(self.global.quiet, format!("obs: {what} {}", path.display()))
    }

    /// What is wrong with a program, save what the command line allows.
    pub fn findings(&self, program: &Program) -> Vec<Finding> {
        self.findings_for(program, Target::Kubernetes)
    }

    fn findings_for(&self, program: &Program, target: Target) -> Vec<Finding> {
        let analysis = program.host.analysis();
        let mut found = analysis.check(&program.entry);
        if target == Target::Compose {
            found.extend(analysis.check_compose(&program.entry));
        }
        found.extend(analysis.expired_waivers(&program.entry, &today()));
        found.retain(|d| d.is_error() || !self.global.allow.contains(&d.code));
        let mut locator = locator(&analysis, &program.root);
        found.iter().map(|d| locator.finding(d)).collect()
    }

    /// Shows findings and says whether they fail the run.
    pub fn report(&self, findings: &[Finding], format: Format) -> Result<Outcome, Failure> {
        let text = format.render(findings, self.style());
        if format.for_people() {
            tell(&text);
            self.summary(findings);
        } else {
            print(&text)?;
        }
        let (errors, warnings) = (count(findings, Severity::Error), count(findings, Severity::Warning));
        let denied = self.global.deny == Some(Deny::Warnings) && warnings > 0;
        Ok(if errors > 0 || denied { Outcome::Findings } else { Outcome::Clean })
    }

    fn summary(&self, findings: &[Finding]) {
        let (errors, warnings) = (count(findings, Severity::Error), count(findings, Severity::Warning));
        let Some(first) = findings.iter().min_by_key(|f| f.severity) else { return };
        let notes = match findings.len() - errors - warnings {
            0 => String::new(),
            notes => format!(", {}", many(notes, "note")),
        };
        let (code, errors) = (first.code.id(), many(errors, "error"));
        self.say(&format!("{errors}, {}{notes}; `obs explain {code}` tells more", many(warnings, "warning")));
    }

    /// The stacks of a program that has no errors; shows what is wrong otherwise (and warnings in any case).
    pub fn stacks(&self, program: &Program, format: Format) -> Result<Option<Arc<Vec<Stack>>>, Failure> {
        self.stacks_for(program, format, Target::Kubernetes)
    }

    /// The same, where it also has to have none under a target.
    pub fn stacks_for(
        &self,
        program: &Program,
        format: Format,
        target: Target,
    ) -> Result<Option<Arc<Vec<Stack>>>, Failure> {
        let mut findings = self.findings_for(program, target);
        // notes are for `check`; a build says what stops it and what will hurt
        findings.retain(|f| f.severity != Severity::Info || !format.for_people());
        let outcome =
            if findings.is_empty() && format.for_people() { Outcome::Clean } else { self.report(&findings, format)? };
        Ok(if outcome == Outcome::Clean { program.host.analysis().stacks(&program.entry) } else { None })
    }

    /// A remark on stderr, unless quiet.
    pub fn say(&self, text: &str) {
        if !self.global.quiet {
            tell(&format!("{}\n", harmless(text)));
        }
    }

    /// What to do after this command.
    pub fn next(&self, what: &str) {
        self.say(&format!("next: {what}"));
    }

    /// A remark for those who want more of them.
    pub fn detail(&self, text: &str) {
        if self.global.verbose > 0 {
            self.say(text);
        }
    }

    /// Colours and width of the terminal.
    pub fn style(&self) -> Style {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        let color = match self.global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => !plain && std::io::stderr().is_terminal(),
        };
        let width = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).unwrap_or(110);
        Style { color, width }
    }
}

/// Looks up places and names files as seen from the current folder.
pub fn locator<'a>(analysis: &'a Analysis, root: &'a Path) -> Locator<'a, Analysis> {
    Locator::new(
        analysis,
        |path| {
            if analysis.is_library_path(path) { path.to_owned() } else { from_here(&root.join(path)) }
        },
    )
}

/// `3 errors`.
pub fn many(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// To stderr; one that is closed leaves nobody to tell.
pub fn tell(text: &str) {
    let _ = aside(|| std::io::stderr().write_all(text.as_bytes()));
}

/// To stdout, as it is, unless a terminal would take it for commands. A reader that has seen enough (`| head`) is no
/// failure.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let shown = if out.is_terminal() { Cow::Owned(harmless(text)) } else { Cow::Borrowed(text) };
    let text = &*shown;
    written(aside(|| out.write_all(text.as_bytes()).and_then(|()| out.flush())))
}

/// To stdout as they are; a terminal would make nothing of them.
pub fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    if out.is_terminal() {
        return Err(
            Failure::new("a terminal can't show this form".to_owned()).help("name a file: `-o FILE`".to_owned())
        );
    }
    written(aside(|| out.write_all(bytes).and_then(|()| out.flush())))
}

fn written(done: std::io::Result<()>) -> Result<(), Failure> {
    match done {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(e) => Err(Failure::new(format!("can't write to stdout: {}", obs_compiler::disk::reason(&e)))),
        Ok(()) => Ok(()),
    }
}

/// `YYYY-MM-DD` in UTC: only the command reads the clock, and only for the end of waivers.
fn today() -> String {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}
