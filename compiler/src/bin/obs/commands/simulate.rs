//! `obs simulate`.

use super::{at_profile, unknown};
use crate::failure::{Failure, Outcome};
use crate::session::{Session, print};
use crate::write;
use clap::ValueEnum;
use obs_compiler::graph::Component;
use obs_compiler::outputs::kubernetes::Packed;
use obs_compiler::outputs::simulation::Simulation;
use obs_compiler::render::{Format, Locator, harmless};
use obs_compiler::simulate::{Curve, Settings, Spec, run as simulate};
use obs_compiler::text::{FileId, FileRange, Sources, Span};
use std::path::{Path, PathBuf};

/// What is asked for.
pub struct Request {
    pub file: PathBuf,
    pub load: PathBuf,
    pub component: Option<String>,
    pub profile: Option<String>,
    pub form: Form,
    pub output: Option<PathBuf>,
    /// Instances at the start; the profile's number without.
    pub replicas: Option<u32>,
    /// Milliseconds.
    pub sync: i64,
    /// Milliseconds.
    pub startup: i64,
}

/// How it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// When the number changes, and why.
    Text,
    /// Every look of the controller.
    Json,
    /// Load, usage with its thresholds, and replicas, over time.
    Svg,
}

pub fn run(session: &Session, request: &Request) -> Result<Outcome, Failure> {
    let program = session.open(&request.file)?;
    let Some(stacks) = session.stacks(&program, Format::Text)? else { return Ok(Outcome::Findings) };
    let Some(curve) = curve(session, &request.load)? else { return Ok(Outcome::Findings) };
    let at = at_profile(&stacks, request.profile.as_deref())?;
    let graph = &stacks[at].graph;
    let component = chosen(&graph.components, request.component.as_deref())?;
    let spec = spec(&program.host.analysis().objects(&program.entry)[at], &component.name)?;
    let settings = Settings {
        replicas: request.replicas.unwrap_or(component.replicas.count),
        sync: request.sync,
        startup: request.startup,
        ..Settings::default()
    };
    let looks = (curve.end() - curve.start()) / settings.sync;
    if looks > MOST_LOOKS {
        let message = format!("the curve is so long that the controller would look {looks} times");
        return Err(Failure::new(message).help("take a longer `--sync`, or a part of the curve"));
    }
    let steps = simulate(&spec, &curve, &settings);
    let (component, profile) = (component.name.to_string(), graph.profile.to_string());
    let mut sources = program.sources();
    sources.push(request.load.clone());
    deliver(session, request, &Simulation { component, profile, spec, settings, curve, steps }, &sources)
}

/// A look every 15 seconds over a quarter of a year.
const MOST_LOOKS: i64 = 530_000;

fn deliver(
    session: &Session,
    request: &Request,
    simulation: &Simulation,
    sources: &[PathBuf],
) -> Result<Outcome, Failure> {
    let text = match request.form {
        Form::Text => harmless(&simulation.text()),
        Form::Json => simulation.json(),
        Form::Svg => simulation.plot().svg(),
    };
    match &request.output {
        Some(path) => {
            write::output(path, text.as_bytes(), sources)?;
            session.say(&format!("{} written", path.display()));
        }
        None => print(&text)?,
    }
    Ok(Outcome::Clean)
}

/// The component that is named, or the only one that is scaled.
fn chosen<'a>(components: &'a [Component], name: Option<&str>) -> Result<&'a Component, Failure> {
    let scaled = || components.iter().filter(|c| c.replicas.autoscale.is_some());
    let names = || scaled().map(|c| c.name.as_str());
    let found = match name {
        Some(name) => scaled().find(|c| c.name == name).ok_or_else(|| unknown("autoscaler of", name, names()))?,
        None => match scaled().collect::<Vec<_>>().as_slice() {
            [one] => *one,
            [] => return Err(Failure::new("the program scales nothing").help("add an `autoscale`")),
            _ => {
                let known: Vec<&str> = names().collect();
                let help = format!("say which with `--component`: {}", known.join(", "));
                return Err(Failure::new("several components are scaled").help(help));
            }
        },
    };
    match found.replicas.autoscale.as_ref().and_then(|a| a.via.as_ref()) {
        Some((scaler, _)) => {
            let message = format!("`{}` is scaled by `{scaler}`", found.name);
            Err(Failure::new(message).help("only the autoscaler of Kubernetes can be simulated"))
        }
        None => Ok(found),
    }
}

/// The autoscaler as it is emitted, patches and all.
fn spec(objects: &[Packed], name: &str) -> Result<Spec, Failure> {
    let own = |kinds: &[&str]| {
        objects.iter().find(|o| o.component.as_deref() == Some(name) && o.name() == name && kinds.contains(&o.kind()))
    };
    let autoscaler = own(&["HorizontalPodAutoscaler"]).zip(own(&["Deployment", "StatefulSet"]));
    let Some((autoscaler, scaled)) = autoscaler else {
        return Err(Failure::new(format!("no autoscaler is emitted for `{name}`")));
    };
    Spec::read(&autoscaler.value(), &scaled.value())
        .map_err(|why| Failure::new(format!("the autoscaler of `{name}` can't be simulated: {}", why.0)))
}

/// Reads the load; shows what is wrong with it.
fn curve(session: &Session, path: &Path) -> Result<Option<Curve>, Failure> {
    let bytes = std::fs::read(path).map_err(|e| Failure::io("read", path, &e))?;
    if bytes.len() > MOST_BYTES {
        return Err(Failure::new(format!("`{}` is too large for a load curve", path.display())));
    }
    let text = String::from_utf8(bytes).map_err(|_| Failure::new(format!("`{}` is not UTF-8", path.display())))?;
    match Curve::read(&text) {
        Ok(curve) => Ok(Some(curve)),
        Err(wrong) => {
            let source = Table { path: path.display().to_string(), text };
            let mut locator = Locator::new(&source, str::to_owned);
            let findings: Vec<_> = wrong.iter().take(MOST_FINDINGS).map(|d| locator.finding(d)).collect();
            session.report(&findings, Format::Text)?;
            Ok(None)
        }
    }
}

const MOST_BYTES: usize = 64 << 20;
/// More of one sort help nobody.
const MOST_FINDINGS: usize = 20;

/// The one file that the findings about a curve are in.
struct Table {
    path: String,
    text: String,
}

impl Sources for Table {
    fn path(&self, _: FileId) -> &str {
        &self.path
    }

    fn text(&self, _: FileId) -> &str {
        &self.text
    }

    fn locate(&self, span: Span) -> FileRange {
        FileRange { file: span.file, range: span.range }
    }
}
