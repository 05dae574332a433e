//! `obs explain`.

use crate::failure::{Failure, Outcome};
use crate::session::{Session, print};
use obs_compiler::diagnostics::Code;

pub fn run(session: &Session, code: Option<Code>, list: bool) -> Result<Outcome, Failure> {
    match code {
        Some(code) if !list => {
            print(code.page())?;
            session.next("obs check, once it is mended");
        }
        _ => {
            let line =
                |c: &Code| format!("{}  {:<7}  {:<26}  {}\n", c.id(), c.severity().name(), c.name(), c.summary());
            print(&Code::ALL.iter().map(line).collect::<String>())?;
        }
    }
    Ok(Outcome::Clean)
}
