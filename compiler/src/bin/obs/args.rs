//! The command line as types; `shared` wording of help lives here and nowhere else.

use crate::commands::diagram::Form;
use crate::commands::simulate;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use obs_compiler::diagnostics::{Code, nearest};
use obs_compiler::outputs::diagram::VIEWS;
use obs_compiler::render::Format;
use obs_compiler::types::{Unit, quantity};
use obs_compiler::value::Quantity;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  obs init demo                     a first program, in demo/stack.obs
  obs check demo/stack.obs          all that is wrong with it
  obs build demo/stack.obs -o out   Kubernetes manifests, for `kubectl apply -k out/kubernetes/overlays/default`
  obs diagram demo/stack.obs        the stack as a picture
  obs docs demo/stack.obs -o docs   an architecture guide
  obs explain OBS2104               what a diagnostic means

Exit codes: 0 nothing wrong · 1 the program has errors, or a --check found a difference · 2 it could not be done";

/// A compiler for observability stacks: one typed graph in, manifests, configs, pictures and docs out.
#[derive(Parser)]
#[command(name = "obs", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Args, Clone)]
pub struct Global {
    /// When to colour; NO_COLOR is heeded too.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Only diagnostics, no remarks.
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// More remarks.
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "quiet")]
    pub verbose: u8,
    /// What makes a run fail besides errors.
    #[arg(long, global = true, value_enum, value_name = "WHAT")]
    pub deny: Option<Deny>,
    /// Leave out a warning by its code; may be repeated.
    #[arg(long, global = true, value_parser = code, value_name = "CODE")]
    pub allow: Vec<Code>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    Warnings,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// A cluster: objects, a base and an overlay for each profile.
    Kubernetes,
    /// One machine: a Compose file of one profile, and what it mounts.
    Compose,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    Json,
}

/// Form of a report.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For a document, or a comment on a change.
    Markdown,
}

/// Form of an answer.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AnswerFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

fn code(text: &str) -> Result<Code, String> {
    let by_name = || Code::ALL.iter().copied().find(|c| c.name() == text);
    Code::parse(text).or_else(by_name).ok_or_else(|| {
        let known = Code::ALL.iter().flat_map(|c| [c.id(), c.name()]);
        let meant = nearest(text, known).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
        format!("there is no such code{meant} (`obs explain --list` shows all)")
    })
}

fn format(text: &str) -> Result<Format, String> {
    Format::parse(text).ok_or_else(|| format!("one of {}", Format::NAMES.join(", ")))
}

fn form(text: &str) -> Result<Form, String> {
    Form::parse(text).ok_or_else(|| format!("one of {}", Form::names().join(", ")))
}

/// `2x`, `2.5`: so many times as much.
fn multiple(text: &str) -> Result<f64, String> {
    let digits = text.strip_suffix(['x', '×']).unwrap_or(text);
    let number = digits.parse::<f64>().ok().filter(|n| n.is_finite() && *n > 0.0 && *n <= 1e6);
    number.ok_or_else(|| "a multiple, such as 2x".to_owned())
}

/// A length of time in milliseconds.
fn duration(text: &str) -> Result<i64, String> {
    match quantity::read(text, Unit::Duration) {
        Some(Quantity::Duration(ms)) => Ok(ms),
        _ => Err("a duration, such as 15s or 1m".to_owned()),
    }
}

/// The same, and no shorter than a second.
fn period(text: &str) -> Result<i64, String> {
    duration(text).and_then(|ms| if ms >= 1000 { Ok(ms) } else { Err("a second or longer, such as 15s".to_owned()) })
}

/// Form of the guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum DocsForm {
    /// Markdown.
    Md,
    /// A site of HTML.
    Html,
}

/// How diagnostics are shown.
#[derive(Args, Clone)]
pub struct Shown {
    /// Form of the diagnostics: text, short, json, sarif, github, gitlab, junit.
    #[arg(long, value_parser = format, default_value = "text", value_name = "FORM")]
    pub format: Format,
}

#[derive(Subcommand)]
pub enum Command {
    /// All that is wrong, in one run
    #[command(
        after_help = "Examples:\n  obs check stack.obs\n  obs check . --deny warnings\n  obs check stack.obs --format sarif > obs.sarif"
    )]
    Check {
        /// Files and folders; without any, the current folder.
        #[arg(value_name = "FILE|DIR")]
        paths: Vec<PathBuf>,
        #[command(flatten)]
        shown: Shown,
        /// Check again whenever a file changes.
        #[arg(long)]
        watch: bool,
    },
    /// Everything that is needed to run the stack
    #[command(
        after_help = "Examples:\n  obs build stack.obs -o out\n  obs build stack.obs --profile peak --stdout | kubectl apply --server-side -f -\n  obs build stack.obs --target compose && docker compose -f out/compose/compose.yaml up\n  obs build stack.obs --check          in CI: is what is committed what the source says?"
    )]
    Build {
        /// The program: the file with which it begins.
        file: PathBuf,
        /// The output folder.
        #[arg(short, long, value_name = "DIR", default_value = "out")]
        output: PathBuf,
        /// Just this profile, flat. For Compose, the first one without.
        #[arg(long, value_name = "P")]
        profile: Option<String>,
        /// What to build for.
        #[arg(long, value_enum, default_value_t = Target::Kubernetes, value_name = "T")]
        target: Target,
        /// One YAML stream in an order that can be applied, or the Compose file; writes no files.
        #[arg(long, conflicts_with_all = ["check", "dry_run", "output", "format"])]
        stdout: bool,
        /// Write nothing; exit 1 if anything would change.
        #[arg(long, conflicts_with = "dry_run")]
        check: bool,
        /// Write nothing; say what would be.
        #[arg(long)]
        dry_run: bool,
        /// Overwrite files that were changed by hand or aren't ours.
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        shown: Shown,
        /// Build again whenever a file changes.
        #[arg(long, conflicts_with_all = ["check", "dry_run", "stdout"])]
        watch: bool,
    },
    /// A picture of the stack
    #[command(
        after_help = "Examples:\n  obs diagram stack.obs\n  obs diagram stack.obs --format svg -o stack.svg\n  obs diagram stack.obs --format html -o stack.html\n  obs diagram stack.obs --kill bucket        what becomes of it without that"
    )]
    Diagram {
        /// The program: the file with which it begins.
        file: PathBuf,
        #[arg(long, default_value = "system", help = format!("Which picture: {}", VIEWS.join(", ")), value_name = "V")]
        view: String,
        /// Form of the picture: ascii, svg, mermaid, dot, d2, png (with fonts of its own: empty boxes for Chinese,
        /// Japanese, Korean and emoji), html (all views and profiles on one page)
        #[arg(long, value_parser = form, default_value = "ascii", value_name = "FORM")]
        format: Form,
        /// The profile to show; the first one without.
        #[arg(long, value_name = "P")]
        profile: Option<String>,
        /// The file to write; without, it goes to stdout.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Show what becomes of it when this fails, as in `obs whatif`; may be repeated.
        #[arg(long, value_name = "NAME")]
        kill: Vec<String>,
        /// Draw again whenever a file changes.
        #[arg(long, requires = "output")]
        watch: bool,
    },
    /// An architecture guide
    #[command(
        after_help = "Examples:\n  obs docs stack.obs -o docs\n  obs docs stack.obs --pages          a page for each chapter\n  obs docs stack.obs --format html -o site\n  obs docs stack.obs --check          in CI: is the guide up to date?\n  obs docs --std -o library           what kinds and protocols there are"
    )]
    Docs {
        /// The program: the file with which it begins.
        #[arg(required_unless_present = "std")]
        file: Option<PathBuf>,
        /// The library's own pages instead: one for each kind and protocol.
        #[arg(long, conflicts_with_all = ["file", "pages", "watch"])]
        std: bool,
        /// The output folder.
        #[arg(short, long, value_name = "DIR", default_value = "docs")]
        output: PathBuf,
        /// Form of the guide: md, html (a site with search, which needs no server).
        #[arg(long, default_value = "md", value_name = "FORM", conflicts_with = "std")]
        format: DocsForm,
        /// A page for each chapter rather than one for all; a site always has them.
        #[arg(long)]
        pages: bool,
        /// Write nothing; exit 1 if anything would change.
        #[arg(long)]
        check: bool,
        /// Overwrite files that were changed by hand or aren't ours.
        #[arg(long)]
        force: bool,
        /// Write again whenever a file changes.
        #[arg(long, conflicts_with = "check")]
        watch: bool,
    },
    /// Format sources in place; `-` is stdin to stdout
    #[command(after_help = "Examples:\n  obs fmt\n  obs fmt --check --diff .\n  obs fmt - < stack.obs")]
    Fmt {
        /// Files and folders; without any, the current folder.
        #[arg(value_name = "FILE|DIR")]
        paths: Vec<PathBuf>,
        /// Write nothing; exit 1 if anything would change.
        #[arg(long)]
        check: bool,
        /// Show what changes; writes nothing.
        #[arg(long)]
        diff: bool,
    },
    /// A diagnostic's page
    #[command(after_help = "Examples:\n  obs explain OBS2104\n  obs explain --list")]
    Explain {
        /// A code, `OBS2104`, or its name.
        #[arg(value_parser = code, required_unless_present = "list")]
        code: Option<Code>,
        /// All codes, one a line.
        #[arg(long)]
        list: bool,
    },
    /// The source lines behind an emitted object or field, or behind a parameter
    #[command(
        after_help = "Examples:\n  obs why stack.obs StatefulSet/shop\n  obs why stack.obs StatefulSet/shop#/spec/replicas\n  obs why stack.obs shop.retention\n  obs why stack.obs shop-0#/command/1 --target compose"
    )]
    Why {
        /// The program: the file with which it begins.
        file: PathBuf,
        /// `[NAMESPACE/]KIND/NAME[#/json/pointer]`, or `COMPONENT.PARAM`. Under Compose `SERVICE[#/json/pointer]`, or a path
        /// below the folder of the Compose file.
        object: String,
        /// What the object was built for.
        #[arg(long, value_enum, default_value_t = Target::Kubernetes, value_name = "TARGET")]
        target: Target,
        /// The profile to look at; the first one without.
        #[arg(long, value_name = "P")]
        profile: Option<String>,
    },
    /// The typed graph as data: components, ports, flows, signals, stores
    #[command(after_help = "Example:\n  obs graph stack.obs | jq '.components[].name'")]
    Graph {
        /// The program: the file with which it begins.
        file: PathBuf,
        /// Form of the graph.
        #[arg(long, value_enum, default_value_t = GraphFormat::Json, value_name = "FORM")]
        format: GraphFormat,
        /// The profile to show; the first one without.
        #[arg(long, value_name = "P")]
        profile: Option<String>,
    },
    /// What differs between two programs or two profiles: graph, objects, files
    #[command(
        after_help = "A program is a file, a folder with a stack.obs, or `git:REV` (the other side's path at that revision) or `git:REV:PATH`.\n\nExamples:\n  obs diff git:HEAD stack.obs                 what is not committed yet\n  obs diff git:main git:HEAD:stack.obs --format markdown\n  obs diff before/ after/ --format json\n  obs diff stack.obs --profile normal --profile peak"
    )]
    Diff {
        /// As it was.
        #[arg(value_name = "OLD")]
        old: String,
        /// As it is; without it, two profiles of OLD are compared.
        #[arg(value_name = "NEW")]
        new: Option<String>,
        /// Only these profiles; with OLD alone, the two to compare.
        #[arg(long, value_name = "P")]
        profile: Vec<String>,
        /// Form of the difference.
        #[arg(long, value_enum, default_value_t = ReportFormat::Text, value_name = "FORM")]
        format: ReportFormat,
    },
    /// What is lost, degraded and unaffected when parts fail
    #[command(
        after_help = "Without --kill: every single failure, and the single points of failure.\n\nExamples:\n  obs whatif stack.obs\n  obs whatif stack.obs --kill shop-0\n  obs whatif stack.obs --kill node --kill bucket --profile peak\n  obs whatif stack.obs --kill 'shop -> bucket' --format json"
    )]
    Whatif {
        /// The program: the file with which it begins.
        file: PathBuf,
        /// What fails: a component, an instance of it (NAME-N, from 0), `node`, `zone`, or a flow ('A -> B' or
        /// 'A -> B: PROTOCOL'); may be repeated, then all fail at once.
        #[arg(long, value_name = "NAME")]
        kill: Vec<String>,
        /// Form of the answer.
        #[arg(long, value_enum, default_value_t = AnswerFormat::Text, value_name = "FORM")]
        format: AnswerFormat,
        /// The profile to look at; the first one without.
        #[arg(long, value_name = "P")]
        profile: Option<String>,
    },
    /// Whether each component is ready, asked at addresses that you give
    #[command(
        after_help = "The path and the scheme come from the program; the address is where you reach it: a forwarded port, an address of\nthe cluster. Several addresses of one component are several instances.\n\nExit codes: 0 all are ready · 1 one isn't, has no address, or can't be asked, for its probe is a command in its pod\n(see --partial) · 2 nobody could be asked\n\nExamples:\n  obs health stack.obs --at shop=http://localhost:8080 --at store=localhost:9090\n  obs health stack.obs --addresses cluster.txt --wait 300      after a recovery, or in CI\n  obs health stack.obs --addresses cluster.txt --format json\n  obs health stack.obs --at shop=localhost:8443 --cacert ca.crt --cert me.crt --key me.key"
    )]
    Health {
        /// The program: the file with which it begins.
        file: PathBuf,
        /// Where a component is: NAME=URL, with or without a scheme; may be repeated.
        #[arg(long, value_name = "NAME=URL")]
        at: Vec<String>,
        /// A file of such lines; `#` begins a comment.
        #[arg(long, value_name = "FILE")]
        addresses: Vec<PathBuf>,
        /// The profile to look at; the first one without.
        #[arg(long, value_name = "P")]
        profile: Option<String>,
        /// Seconds to go on asking until all are ready.
        #[arg(long, value_name = "SECONDS", default_value_t = 0)]
        wait: u64,
        /// Seconds that one answer may take.
        #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
        timeout: u64,
        /// A file with the certificates of the authorities to trust, and no others.
        #[arg(long, visible_alias = "ca", value_name = "FILE", conflicts_with = "insecure")]
        cacert: Option<PathBuf>,
        /// A file with the certificate to show to those who ask for one, and what signed it.
        #[arg(long, value_name = "FILE", requires = "key")]
        cert: Option<PathBuf>,
        /// A file with that certificate's key.
        #[arg(long, value_name = "FILE", requires = "cert")]
        key: Option<PathBuf>,
        /// Don't look at certificates, as the kubelet doesn't.
        #[arg(long)]
        insecure: bool,
        /// Components without an address don't count, nor those that can't be asked.
        #[arg(long)]
        partial: bool,
        /// Form of the answer.
        #[arg(long, value_enum, default_value_t = AnswerFormat::Text, value_name = "FORM")]
        format: AnswerFormat,
    },
    /// Carry out the program's `test` items
    #[command(after_help = "Examples:\n  obs test stack.obs\n  obs test stack.obs --format junit > tests.xml")]
    Test {
        /// The program: the file with which it begins.
        file: PathBuf,
        #[command(flatten)]
        shown: Shown,
    },
    /// What declared loads come to, and what gives way first
    #[command(
        after_help = "Examples:\n  obs capacity stack.obs\n  obs capacity stack.obs --load 2x --load 3x\n  obs capacity stack.obs --profile peak --format markdown"
    )]
    Capacity {
        /// The program: the file with which it begins.
        file: PathBuf,
        /// A multiple of the declared load to look at; may be repeated. Two, five and ten times without.
        #[arg(long, value_name = "N", value_parser = multiple)]
        load: Vec<f64>,
        /// The profile to look at; the first one without.
        #[arg(long, value_name = "P")]
        profile: Option<String>,
        /// Form of what comes of it.
        #[arg(long, value_enum, default_value_t = ReportFormat::Text, value_name = "FORM")]
        format: ReportFormat,
    },
    /// What an autoscaler does over a load curve
    #[command(
        after_help = "Examples:\n  obs simulate stack.obs --load curve.csv\n  obs simulate stack.obs --load curve.csv --component shop --format svg -o shop.svg\n\nA load curve:\n  time,cpu,memory,memory_each\n  0s,0.5,0,300Mi\n  5m,2.4,0,300Mi\n  30m,0.5,0,300Mi\n\nA row holds until the next one. `cpu` (cores) and `memory` (bytes) are shared by the pods that are ready;\n`cpu_each` and `memory_each` is what each takes whatever the load; `unready` and `missing` count pods that\naren't ready, or without metrics."
    )]
    Simulate {
        /// The program: the file with which it begins.
        file: PathBuf,
        /// The load over time, as CSV.
        #[arg(long, value_name = "CSV")]
        load: PathBuf,
        /// Whose autoscaler; the only one without.
        #[arg(long, value_name = "NAME")]
        component: Option<String>,
        /// The profile to start from; the first one without.
        #[arg(long, value_name = "P")]
        profile: Option<String>,
        /// Form of what comes of it.
        #[arg(long, value_enum, default_value_t = simulate::Form::Text, value_name = "FORM")]
        format: simulate::Form,
        /// The file to write; without, it goes to stdout.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Instances at the start, in place of the profile's.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100_000))]
        replicas: Option<u32>,
        /// Time between two looks of the controller.
        #[arg(long, value_name = "TIME", value_parser = period, default_value = "15s")]
        sync: i64,
        /// Time until a new pod is ready.
        #[arg(long, value_name = "TIME", value_parser = duration, default_value = "30s")]
        startup: i64,
    },
    /// A first program that builds
    #[command(after_help = "Example:\n  obs init demo && obs build demo/stack.obs -o out")]
    Init {
        /// The folder for it; made if need be.
        #[arg(default_value = ".")]
        dir: PathBuf,
    },
    /// Start the language server, found beside obs or on the PATH
    #[command(after_help = "Example, for an editor's settings:\n  obs lsp          it speaks on stdin and stdout")]
    Lsp,
    /// Completions for a shell, to stdout
    #[command(
        after_help = "Examples:\n  obs completions bash > ~/.local/share/bash-completion/completions/obs\n  obs completions fish > ~/.config/fish/completions/obs.fish"
    )]
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// The manual page, to stdout
    #[command(after_help = "Example:\n  obs man | man -l -")]
    Man,
}
