//! Kubernetes objects: typed structs of k8s-openapi, then serde values, then files.

mod backups;
mod config_maps;
mod immutable;
mod ingress;
mod kinds;
mod kustomize;
mod labels;
mod namespaces;
mod object;
mod patches;
mod pods;
mod policies;
mod rbac;
mod scaled_objects;
mod scaling;
mod services;
mod waivers;
mod workloads;

pub(super) use immutable::immovable_fields as immovable;
pub use object::{Object, Packed};

use super::OutputFile;
use super::config_files::{self, Rendered};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Component, Graph, Stack, Workload};
use crate::parallel;
use smol_str::SmolStr;

/// Fewer objects than this aren't worth a thread.
const WORTH: usize = 64;
/// Fewer components than this aren't: each has several objects, some with many lines of configuration.
const WORTH_COMPONENTS: usize = 4;

/// What is emitted under each profile.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Emitted {
    /// The objects of each profile, in an order that can be applied.
    pub objects: Vec<Vec<Packed>>,
    /// What is wrong with patches, raw objects and file contents.
    pub diagnostics: Vec<Diagnostic>,
}

/// The objects of one component, and what is wrong with them.
type OfComponent = (Vec<Packed>, Vec<Diagnostic>);

/// The objects of each deployed component of each profile. What stands at one place of the graph is made under all
/// profiles in one go: most of its files are the same.
fn of_components(stacks: &[Stack]) -> Vec<Vec<OfComponent>> {
    let most = stacks.iter().map(|stack| stack.graph.components.len()).max().unwrap_or(0);
    let places: Vec<usize> = (0..most).collect();
    let made = parallel::map(&places, WORTH_COMPONENTS, |place| {
        let mut files = Vec::new();
        let of = |stack| Some(of_component(&deployed(stack, *place)?, &mut files));
        stacks.iter().map(of).collect::<Vec<_>>()
    });
    let mut out: Vec<Vec<OfComponent>> = stacks.iter().map(|_| Vec::new()).collect();
    for place in made {
        out.iter_mut().zip(place).for_each(|(profile, objects)| profile.extend(objects));
    }
    out
}

/// The component at a place, if it is deployed.
fn deployed(stack: &Stack, place: usize) -> Option<Context<'_>> {
    let (component, workload) = (stack.graph.components.get(place)?, stack.workloads.get(place)?.as_ref()?);
    component.namespace.is_some().then_some(Context { graph: &stack.graph, component, workload })
}

/// All objects of one profile in an order that can be applied, patches applied.
pub fn objects(stack: &Stack, diagnostics: &mut Vec<Diagnostic>) -> Vec<Packed> {
    let each = of_components(std::slice::from_ref(stack)).into_iter().flatten().collect();
    complete(stack, each, diagnostics)
}

/// The same, from those of its components.
fn complete(stack: &Stack, each: Vec<OfComponent>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Packed> {
    let mut out = namespaces::namespaces(&stack.graph);
    for (objects, found) in each {
        out.extend(objects);
        diagnostics.extend(found);
    }
    out.extend(policies::default_policies(&stack.graph));
    let own = patches::raw_objects(&stack.graph, &out, diagnostics);
    out.extend(own);
    // a stable sort: within one rank the order of the source stays
    out.sort_by_cached_key(Packed::rank);
    patches::apply(&stack.graph, &mut out, diagnostics);
    out
}

/// The objects of one component. `files` are those that it has under another profile, and then under this one.
fn of_component<'a>(context: &Context<'a>, files: &mut Vec<Rendered<'a>>) -> OfComponent {
    let (mut out, mut diagnostics) = (Vec::new(), Vec::new());
    for (folder, volume) in &context.workload.shared {
        let message = format!("`{folder}` of `{}` would be shared between pods", context.name());
        let help = "a volume of one pod isn't another's: say `shared` only where `target` is \"compose\"";
        diagnostics.push(Diagnostic::new(Code::OBS6107, volume.span, message).help(help));
    }
    *files = config_files::render(context.name(), context.workload, files, &mut diagnostics);
    let configs = config_maps::config_maps(context, files);
    out.push(rbac::service_account(context));
    out.extend(rbac::roles(context));
    out.extend(services::services(context));
    out.extend(workloads::workload(context, &configs));
    out.extend(configs.into_iter().map(|c| c.object));
    out.extend(policies::component_policy(context));
    out.extend(scaling::autoscaler(context, &mut diagnostics));
    out.extend(scaling::disruption_budget(context));
    out.extend(ingress::routes(context));
    out.extend(backups::backups(context, &mut diagnostics));
    // those of all components are held at once
    out.iter_mut().for_each(|object| object.origins.shrink_to_fit());
    out.shrink_to_fit();
    (out, diagnostics)
}

/// What is emitted for one component: kinds and names, in an order that can be applied. A patch changes neither.
pub fn names_of(graph: &Graph, component: &Component, workload: &Workload) -> Vec<(SmolStr, SmolStr)> {
    if component.namespace.is_none() {
        return Vec::new();
    }
    let (mut objects, _) = of_component(&Context { graph, component, workload }, &mut Vec::new());
    objects.sort_by_key(Packed::rank);
    objects.iter().map(|object| (object.kind().into(), object.name().into())).collect()
}

/// The objects of all profiles, in the order of `stacks`.
pub fn emit(stacks: &[Stack]) -> Emitted {
    let mut diagnostics = Vec::new();
    let each = stacks.iter().zip(of_components(stacks));
    let objects: Vec<Vec<Packed>> = each.map(|(stack, each)| complete(stack, each, &mut diagnostics)).collect();
    immutable::check(stacks, &objects, &mut diagnostics);
    Emitted { objects, diagnostics: distinct(diagnostics) }
}

/// The base and an overlay for each profile; the first is the base. `objects` are those of `stacks`.
pub fn files(stacks: &[Stack], objects: &[Vec<Packed>]) -> Vec<OutputFile> {
    let profiles: Vec<&str> = stacks.iter().map(|s| s.graph.profile.as_str()).collect();
    kustomize::files(&profiles, objects)
}

/// One profile alone, flat.
pub fn flat(objects: &[Packed]) -> Vec<OutputFile> {
    kustomize::flat(objects)
}

/// So many documents are held at once.
const DOCUMENTS: usize = 2048;

/// One profile as a YAML stream, in parts of many documents.
pub fn stream(objects: &[Packed]) -> impl Iterator<Item = String> {
    objects.chunks(DOCUMENTS).enumerate().map(|(number, chunk)| {
        let part = parallel::map(chunk, WORTH, Packed::yaml).join("---\n");
        if number == 0 { part } else { format!("---\n{part}") }
    })
}

fn distinct(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut out: Vec<Diagnostic> = Vec::new();
    for diagnostic in diagnostics {
        if !out.contains(&diagnostic) {
            out.push(diagnostic);
        }
    }
    out
}

/// One component that is deployed.
struct Context<'a> {
    graph: &'a Graph,
    component: &'a Component,
    workload: &'a Workload,
}

impl Context<'_> {
    fn name(&self) -> &str {
        &self.component.name
    }

    fn namespace(&self) -> String {
        self.graph.namespace_of(self.component).map(ToString::to_string).unwrap_or_default()
    }
}
