//! Kubernetes objects: typed structs of k8s-openapi, then serde values, then files.

mod config_maps;
mod ingress;
mod kustomize;
mod labels;
mod namespaces;
mod object;
mod patches;
mod pods;
mod policies;
mod rbac;
mod scaling;
mod services;
mod workloads;

pub use object::Object;

use super::OutputFile;
use crate::diagnostics::Diagnostic;
use crate::graph::Stack;

/// What was emitted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Emitted {
    /// Files below the output folder.
    pub files: Vec<OutputFile>,
    /// What is wrong with patches, raw objects and file contents.
    pub diagnostics: Vec<Diagnostic>,
}

/// All objects of one profile in an order that can be applied, patches applied.
pub fn objects(stack: &Stack, diagnostics: &mut Vec<Diagnostic>) -> Vec<Object> {
    let mut out = namespaces::namespaces(&stack.graph);
    for (component, workload) in stack.graph.components.iter().zip(&stack.workloads) {
        let (Some(workload), Some(_)) = (workload, component.namespace) else { continue };
        let context = Context { graph: &stack.graph, component, workload };
        let configs = config_maps::config_maps(&context, diagnostics);
        out.push(rbac::service_account(&context));
        out.extend(rbac::roles(&context));
        out.extend(services::services(&context));
        out.extend(workloads::workload(&context, &configs));
        out.extend(configs.into_iter().map(|c| c.object));
        out.extend(policies::component_policy(&context));
        out.extend(scaling::autoscaler(&context));
        out.extend(scaling::disruption_budget(&context));
        out.extend(ingress::routes(&context));
    }
    out.extend(policies::default_policies(&stack.graph));
    out.extend(patches::raw_objects(&stack.graph, diagnostics));
    // a stable sort: within one rank the order of the source stays
    out.sort_by_key(Object::rank);
    patches::apply(&stack.graph, &mut out, diagnostics);
    out
}

/// The base and an overlay for each profile, in the order of `stacks`; the first is the base.
pub fn emit(stacks: &[Stack]) -> Emitted {
    let mut diagnostics = Vec::new();
    let all: Vec<Vec<Object>> = stacks.iter().map(|s| objects(s, &mut diagnostics)).collect();
    let profiles: Vec<&str> = stacks.iter().map(|s| s.graph.profile.as_str()).collect();
    Emitted { files: kustomize::files(&profiles, &all), diagnostics: distinct(diagnostics) }
}

/// One profile alone, flat.
pub fn flat(stack: &Stack) -> Emitted {
    let mut diagnostics = Vec::new();
    let objects = objects(stack, &mut diagnostics);
    Emitted { files: kustomize::flat(&objects), diagnostics: distinct(diagnostics) }
}

/// One profile as a stream of YAML documents.
pub fn stream(stack: &Stack) -> (String, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let objects = objects(stack, &mut diagnostics);
    let documents: Vec<String> = objects.iter().map(Object::yaml).collect();
    (documents.join("---\n"), distinct(diagnostics))
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
    graph: &'a crate::graph::Graph,
    component: &'a crate::graph::Component,
    workload: &'a crate::graph::Workload,
}

impl Context<'_> {
    fn name(&self) -> &str {
        &self.component.name
    }

    fn namespace(&self) -> String {
        self.graph.namespace_of(self.component).map(ToString::to_string).unwrap_or_default()
    }
}
