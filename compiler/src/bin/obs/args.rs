//! The command line as types; `shared` wording of help lives here and nowhere else.

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use obs_compiler::diagnostics::{Code, nearest};
use obs_compiler::outputs::diagram::{Format as DiagramFormat, VIEWS};
use obs_compiler::render::Format;
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
    Kubernetes,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
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

fn diagram_format(text: &str) -> Result<DiagramFormat, String> {
    DiagramFormat::parse(text).ok_or_else(|| format!("one of {}", DiagramFormat::NAMES.join(", ")))
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
        after_help = "Examples:\n  obs build stack.obs -o out\n  obs build stack.obs --profile peak --stdout | kubectl apply --server-side -f -\n  obs build stack.obs --check          in CI: is what is committed what the source says?"
    )]
    Build {
        file: PathBuf,
        /// The output folder.
        #[arg(short, long, value_name = "DIR", default_value = "out")]
        output: PathBuf,
        /// Just this profile, flat.
        #[arg(long, value_name = "P")]
        profile: Option<String>,
        #[arg(long, value_enum, default_value_t = Target::Kubernetes, value_name = "T")]
        target: Target,
        /// One YAML stream in an order that can be applied; writes no files.
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
    #[command(after_help = "Examples:\n  obs diagram stack.obs\n  obs diagram stack.obs --format svg -o stack.svg")]
    Diagram {
        file: PathBuf,
        #[arg(long, default_value = "system", help = format!("Which picture: {}", VIEWS.join(", ")), value_name = "V")]
        view: String,
        /// Form of the picture: ascii, svg, mermaid, dot.
        #[arg(long, value_parser = diagram_format, default_value = "ascii", value_name = "FORM")]
        format: DiagramFormat,
        /// The profile to show; the first one without.
        #[arg(long, value_name = "P")]
        profile: Option<String>,
        /// The file to write; without, it goes to stdout.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Draw again whenever a file changes.
        #[arg(long, requires = "output")]
        watch: bool,
    },
    /// An architecture guide
    #[command(
        after_help = "Examples:\n  obs docs stack.obs -o docs\n  obs docs stack.obs --check          in CI: is the guide up to date?"
    )]
    Docs {
        file: PathBuf,
        /// The output folder.
        #[arg(short, long, value_name = "DIR", default_value = "docs")]
        output: PathBuf,
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
        #[arg(value_parser = code, required_unless_present = "list")]
        code: Option<Code>,
        /// All codes, one a line.
        #[arg(long)]
        list: bool,
    },
    /// The source lines behind an emitted object or field, or behind a parameter
    #[command(
        after_help = "Examples:\n  obs why stack.obs StatefulSet/shop\n  obs why stack.obs StatefulSet/shop#/spec/replicas\n  obs why stack.obs shop.retention"
    )]
    Why {
        file: PathBuf,
        /// `[NAMESPACE/]KIND/NAME[#/json/pointer]`, or `COMPONENT.PARAM`.
        object: String,
        /// The profile to look at; the first one without.
        #[arg(long, value_name = "P")]
        profile: Option<String>,
    },
    /// The typed graph as data: components, ports, flows, signals, stores
    #[command(after_help = "Example:\n  obs graph stack.obs | jq '.components[].name'")]
    Graph {
        file: PathBuf,
        #[arg(long, value_enum, default_value_t = GraphFormat::Json, value_name = "FORM")]
        format: GraphFormat,
        /// The profile to show; the first one without.
        #[arg(long, value_name = "P")]
        profile: Option<String>,
    },
    /// Carry out the program's `test` items
    #[command(after_help = "Examples:\n  obs test stack.obs\n  obs test stack.obs --format junit > tests.xml")]
    Test {
        file: PathBuf,
        #[command(flatten)]
        shown: Shown,
    },
    /// A first program that builds
    #[command(after_help = "Example:\n  obs init demo && obs build demo/stack.obs -o out")]
    Init {
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
    Completions { shell: clap_complete::Shell },
    /// The manual page, to stdout
    #[command(after_help = "Example:\n  obs man | man -l -")]
    Man,
}
