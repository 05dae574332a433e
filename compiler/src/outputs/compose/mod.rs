//! A stack on one machine: a Compose file, the components' configuration beside it, and what is different there.

mod differences;
mod order;
mod ports;
mod readme;
mod service;
mod spec;
mod volumes;

use super::{Origin, OutputFile, config};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Component, Graph, Stack, Workload};
use crate::maps::IndexMap;
use crate::text::Span;
use crate::value::ComponentId;
use ports::Published;
use spec::{Project, Service};

/// What is emitted under one profile.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Emitted {
    /// `compose.yaml` first, then what it mounts, and a README.
    pub files: Vec<OutputFile>,
    /// What one machine can't hold.
    pub diagnostics: Vec<Diagnostic>,
}

impl Emitted {
    /// The Compose file as data.
    pub fn document(&self) -> serde_json::Value {
        let text = self.files.first().map(|f| f.text.as_str()).unwrap_or_default();
        // what was just written can be read
        config::yaml::read(text).unwrap_or_default()
    }
}

/// A component that runs here.
struct Context<'a> {
    graph: &'a Graph,
    component: &'a Component,
    workload: &'a Workload,
    /// Components that start before others.
    order: &'a [(ComponentId, ComponentId)],
    published: &'a [Published<'a>],
}

/// What is emitted under each profile, by stacks for Compose and those of the same profiles for Kubernetes.
pub fn emit(stacks: &[Stack], of_cluster: &[Stack]) -> Vec<Emitted> {
    stacks.iter().zip(of_cluster).map(|(stack, cluster)| one(stack, cluster)).collect()
}

fn one(stack: &Stack, cluster: &Stack) -> Emitted {
    let graph = &*stack.graph;
    let mut out = Emitted::default();
    let mut project = Project {
        name: project_name(&graph.cluster.name),
        services: IndexMap::default(),
        volumes: IndexMap::default(),
        secrets: IndexMap::default(),
    };
    let (order, published) = (order::order(graph), ports::publish(graph));
    let mut origins = Vec::new();
    for (component, workload) in running(stack) {
        let context = Context { graph, component, workload, order: &order, published: &published };
        let files = super::config_files::render(&context.component.name, context.workload, &[], &mut out.diagnostics);
        let folders = super::config_files::folders(&files);
        for instance in 0..context.component.replicas.count {
            let service = service::service(&context, instance, &folders, &mut project, &mut out.diagnostics);
            let name = graph.instance_name(context.component, instance);
            origins.extend(service::origins(&context, &name));
            add(&mut project.services, name.into(), service, context.component.span, &mut out.diagnostics);
        }
        out.files.extend(files.into_iter().map(|(file, text)| OutputFile {
            path: service::config_path(context.component, &file.path),
            text: text.to_string(),
            origins: vec![Origin { pointer: String::new(), span: file.span }],
        }));
    }
    if let Some(owner) = volumes::owner(stack) {
        let span = graph.cluster.span;
        add(&mut project.services, volumes::OWNER.to_owned(), owner, span, &mut out.diagnostics);
    }
    // typed, with text for keys: it always has a YAML form
    let text = config::yaml::to_string(&project).unwrap_or_default();
    out.files.insert(0, OutputFile { path: "compose.yaml".to_owned(), text, origins });
    out.files.push(readme::readme(stack, cluster, &published));
    out
}

/// The cluster's name as a project may be called.
fn project_name(cluster: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c.to_ascii_lowercase() } else { '-' };
    let name: String = cluster.chars().map(plain).collect();
    name.trim_start_matches('-').to_owned()
}

/// The components that run here, in the graph's order.
fn running(stack: &Stack) -> impl Iterator<Item = (&Component, &Workload)> {
    let all = stack.graph.components.iter().zip(stack.workloads.iter());
    all.filter_map(|(component, workload)| Some((component, workload.as_ref()?)))
}

fn add(
    services: &mut IndexMap<String, Service>,
    name: String,
    service: Service,
    span: Span,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if services.contains_key(&name) {
        let message = format!("two services of the Compose file would be called `{name}`");
        let help = "give one of the components another name";
        return diagnostics.push(Diagnostic::new(Code::OBS6107, span, message).help(help));
    }
    services.insert(name, service);
}

/// Text as Compose has it: `$` begins a variable there.
fn literal(text: &str) -> String {
    text.replace('$', "$$")
}
