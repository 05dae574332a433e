//! `obs completions` and `obs man`.

use crate::args::Arguments;
use crate::failure::{Failure, Outcome};
use crate::session::print;
use clap::CommandFactory;
use clap_complete::Shell;

pub fn completions(shell: Shell) -> Result<Outcome, Failure> {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "obs", &mut out);
    print(&String::from_utf8_lossy(&out))?;
    Ok(Outcome::Clean)
}

pub fn man() -> Result<Outcome, Failure> {
    let mut out = Vec::new();
    let rendered = clap_mangen::Man::new(Arguments::command()).render(&mut out);
    rendered.map_err(|e| Failure::new(format!("can't render the manual page: {e}")))?;
    print(&String::from_utf8_lossy(&out))?;
    Ok(Outcome::Clean)
}
