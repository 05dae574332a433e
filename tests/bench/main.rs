//! A benchmark of whole processes, as a Markdown table:
//!
//! ```text
//! cargo run --release -p obs_tests --bin bench [-- [--sizes 10,100,1000,10000] [--runs 5] [--peers WORKLOADS PROGRAMS]]
//! ```
//!
//! `--peers` names a folder with the same architecture for jsonnet and helm, at `A<SIZE>/jsonnet/main.jsonnet` and
//! `A<SIZE>/helm/{chart,values.yaml}`, and one with the programs `jsonnet` and `helm`. All take turns in one run, so
//! that a busy machine is the same to all. Memory and processor time are GNU time's.
//!
//! ```text
//! cargo run --release -p obs_tests --bin bench -- server [--sizes 1000,10000] [--peers WORKLOADS PROGRAMS]
//! ```
//!
//! measures language servers ([`wire`]), and `stress [--edits 100000]` edits by chance and compares after each 100 edits
//! with a fresh start, telling the server's memory. There `WORKLOADS` has `L<SIZE>/`, as the generator of the peers' files writes
//! it: `LANGUAGE.positions.json` and the folder `LANGUAGE`.

mod wire;
mod workload;

use obs_tests::programs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, fs};
use workload::Shape;

/// No one reads a picture of more boxes.
const MOST_DRAWN: usize = 1000;

struct Options {
    server: bool,
    stress: bool,
    edits: usize,
    sizes: Vec<usize>,
    runs: usize,
    peers: Option<(PathBuf, PathBuf)>,
}

/// What is measured.
struct Case {
    name: String,
    command: Vec<String>,
    /// Where each run writes into a folder of its own, beside those of earlier runs: a first build, not a second one.
    /// Nothing is removed in between: ext4 without a journal searches long for a free inode after many files went.
    output: Option<PathBuf>,
    runs: Vec<Run>,
}

/// One process from start to end.
struct Run {
    /// Seconds.
    wall: f64,
    /// Seconds, user and system.
    cpu: f64,
    /// Megabytes at its peak.
    memory: f64,
}

fn main() {
    let options = options();
    if options.server {
        return wire::run(&options.sizes, options.peers.as_ref());
    }
    if options.stress {
        println!("| edits | MB |\n|---|---|");
        return obs_tests::stress::run(options.edits, 100, 1, |edits, memory| println!("| {edits} | {memory:.0} |"));
    }
    let scratch = env::temp_dir().join(format!("obs-bench-{}", std::process::id()));
    fs::create_dir_all(&scratch).expect("the temporary folder can be written");
    println!("| what | wall ms min / median | CPU ms min / median | peak MB |\n|---|---|---|---|");
    measure(&mut example(&scratch), options.runs);
    for size in &options.sizes {
        // large ones take long enough to be the same each time
        let runs = if *size > 1000 { options.runs.min(3) } else { options.runs };
        measure(&mut generated(&scratch, *size, options.peers.as_ref()), runs);
        if *size <= MOST_DRAWN {
            measure(&mut drawn(&scratch, *size), runs);
        }
    }
    fs::remove_dir_all(&scratch).expect("it was made above");
}

fn options() -> Options {
    let mut options = Options {
        server: false,
        stress: false,
        edits: 100_000,
        sizes: vec![10, 100, 1000, 10_000],
        runs: 5,
        peers: None,
    };
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument} needs a value"));
        match argument.as_str() {
            "server" => (options.server, options.sizes) = (true, vec![1000, 10_000]),
            "stress" => options.stress = true,
            "--edits" => options.edits = value().parse().expect("a number of edits"),
            "--sizes" => options.sizes = value().split(',').map(|n| n.parse().expect("sizes are numbers")).collect(),
            "--runs" => options.runs = value().parse().expect("a number of runs"),
            "--peers" => options.peers = Some((value().into(), value().into())),
            other => panic!("{other} is no option; see the top of tests/bench/main.rs"),
        }
    }
    options
}

fn obs(name: &str, arguments: &[&str], output: Option<&Path>) -> Case {
    let mut command = vec![programs::obs().display().to_string()];
    command.extend(arguments.iter().map(|a| (*a).to_owned()));
    Case { name: format!("obs {name}"), command, output: output.map(Path::to_path_buf), runs: Vec::new() }
}

/// The guide's stack, every output.
fn example(scratch: &Path) -> Vec<Case> {
    let stack = programs::root().join("examples/observability/stack.obs").display().to_string();
    let (out, docs, picture) =
        (scratch.join("out"), scratch.join("docs"), scratch.join("picture.txt").display().to_string());
    vec![
        obs("check, the guide's stack", &["check", "-q", &stack], None),
        obs("build, the guide's stack", &["build", "-q", &stack], Some(&out)),
        obs("docs, the guide's stack", &["docs", "-q", &stack], Some(&docs)),
        obs("diagram, the guide's stack", &["diagram", "-q", &stack, "-o", &picture], None),
    ]
}

/// So many components: obs, and who else is there.
fn generated(scratch: &Path, size: usize, peers: Option<&(PathBuf, PathBuf)>) -> Vec<Case> {
    let (source, out) = (scratch.join(format!("{size}.obs")), scratch.join(format!("out-{size}")));
    fs::write(&source, workload::program(size)).expect("the temporary folder can be written");
    let source = source.display().to_string();
    let mut cases = vec![
        obs(&format!("check, {size}"), &["check", "-q", &source], None),
        obs(&format!("build --stdout, {size}"), &["build", "-q", &source, "--stdout"], None),
        obs(&format!("build, files, {size}"), &["build", "-q", &source], Some(&out)),
    ];
    let Some((workloads, programs)) = peers else { return cases };
    let input = |path: &str| workloads.join(format!("A{size}")).join(path).display().to_string();
    let program = |name: &str| programs.join(name).display().to_string();
    let mut peer = |name: &str, command: Vec<String>| {
        cases.push(Case { name: format!("{name}, {size}"), command, output: None, runs: Vec::new() });
    };
    peer("jsonnet", vec![program("jsonnet"), "-y".into(), input("jsonnet/main.jsonnet")]);
    let helm =
        [program("helm"), "template".into(), "obs".into(), input("helm/chart"), "-f".into(), input("helm/values.yaml")];
    peer("helm template", helm.into());
    cases
}

/// So many components as pictures and documents, and what becomes of them when each fails.
fn drawn(scratch: &Path, size: usize) -> Vec<Case> {
    let path = |name: String| scratch.join(name).display().to_string();
    let (picture, docs) = (path("picture.svg".to_owned()), scratch.join(format!("docs-{size}")));
    let mut cases = Vec::new();
    for (shape, name) in [(Shape::Band, "band"), (Shape::Layered, "layered")] {
        let source = path(format!("{size}-{name}.obs"));
        fs::write(&source, workload::shaped(size, shape)).expect("the temporary folder can be written");
        let arguments = ["diagram", "-q", "--format", "svg", &source, "-o", &picture];
        cases.push(obs(&format!("diagram, {size}, {name}"), &arguments, None));
        cases.push(obs(&format!("whatif, {size}, {name}"), &["whatif", &source], None));
    }
    let source = path(format!("{size}-band.obs"));
    let arguments = ["docs", "-q", &source, "-o", &docs.display().to_string()];
    cases.push(obs(&format!("docs, {size}, band"), &arguments, Some(&docs)));
    cases
}

/// Runs the cases in turn, one round to warm the caches first, and prints a line for each.
fn measure(cases: &mut [Case], runs: usize) {
    for round in 0..=runs {
        for case in cases.iter_mut() {
            let own = case.output.iter().map(|folder| folder.join(round.to_string()).display().to_string());
            let command: Vec<String> =
                case.command.iter().cloned().chain(own.flat_map(|folder| ["-o".to_owned(), folder])).collect();
            let run = run(&command);
            if round > 0 {
                case.runs.push(run);
            }
        }
    }
    for case in cases.iter() {
        let of = |value: fn(&Run) -> f64| {
            let mut all: Vec<f64> = case.runs.iter().map(value).collect();
            all.sort_by(f64::total_cmp);
            (all[0], all[all.len() / 2])
        };
        let ((wall, walls), (cpu, cpus), (_, memory)) = (of(|r| r.wall * 1e3), of(|r| r.cpu * 1e3), of(|r| r.memory));
        println!("| {} | {wall:.0} / {walls:.0} | {cpu:.0} / {cpus:.0} | {memory:.0} |", case.name);
    }
}

fn run(command: &[String]) -> Run {
    let mut time = Command::new("time");
    time.args(["-q", "-f", "%U %S %M"]).args(command).stdin(Stdio::null()).stdout(Stdio::null());
    let begin = Instant::now();
    let output = time.stderr(Stdio::piped()).output().expect("GNU time is there (the package `time`)");
    let wall = begin.elapsed().as_secs_f64();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    let figures: Vec<f64> = said.lines().last().unwrap_or_default().split(' ').filter_map(|n| n.parse().ok()).collect();
    let [user, system, kilobytes] = figures[..] else { panic!("GNU time said {said}") };
    Run { wall, cpu: user + system, memory: kilobytes / 1024.0 }
}
