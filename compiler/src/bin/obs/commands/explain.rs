//! `obs explain`.

use crate::failure::{Failure, Outcome};
use crate::session::print;
use obs_compiler::diagnostics::Code;

pub fn run(code: Option<Code>, list: bool) -> Result<Outcome, Failure> {
    match code {
        Some(code) if !list => print(code.page())?,
        _ => {
            let line =
                |c: &Code| format!("{}  {:<7}  {:<26}  {}\n", c.id(), c.severity().name(), c.name(), c.summary());
            print(&Code::ALL.iter().map(line).collect::<String>())?;
        }
    }
    Ok(Outcome::Clean)
}
