//! What a person at the machine needs to know: how to start, where to look, and what is different here.

use super::ports::Published;
use super::{differences, running, service};
use crate::graph::Stack;
use crate::outputs::OutputFile;
use crate::outputs::docs::document::{Document, Table};
use crate::value::Value;

pub(super) fn readme(stack: &Stack, cluster: &Stack, published: &[Published<'_>]) -> OutputFile {
    let graph = &*stack.graph;
    let mut doc = Document::default();
    doc.heading(1, &format!("{} on one machine", graph.cluster.name));
    doc.markdown("Written by `obs build --target compose`. In this folder:");
    let secrets = secrets(stack);
    doc.fence("sh", if secrets.is_empty() { START } else { START_WITH_SECRETS });
    if !secrets.is_empty() {
        doc.heading(2, "Secrets");
        doc.markdown("They are made by you, before the first start, and never written by obs.");
        doc.table(&Table::new(["secret", "where it is read from"], secrets));
    }
    if !published.is_empty() {
        doc.heading(2, "Addresses");
        let row = |p: &Published<'_>| {
            let instance = graph.instance_name(p.component, p.instance).to_string();
            let purpose = if p.port.purpose.is_empty() { p.port.name.to_string() } else { p.port.purpose.to_string() };
            let scheme = if p.component.listens_with_tls(&p.port.name) { "https" } else { "http" };
            vec![instance, purpose, format!("{scheme}://localhost:{}", p.number)]
        };
        doc.table(&Table::new(["service", "what", "address"], published.iter().map(row)));
    }
    doc.heading(2, "What is different from the cluster");
    let rows = differences::rows(stack, cluster).into_iter().map(Vec::from);
    doc.table(&Table::new(["what", "in the cluster", "here"], rows));
    OutputFile { path: "README.md".to_owned(), text: doc.finish(), origins: Vec::new() }
}

const START: &str = "docker compose up --detach\ndocker compose down --volumes      # the end, of its data too";
const START_WITH_SECRETS: &str = "# first the secrets below, then\ndocker compose up --detach\n\
                                  docker compose down --volumes      # the end, of its data too";

/// Each secret that something reads, and from where.
fn secrets(stack: &Stack) -> Vec<Vec<String>> {
    let mut out: Vec<Vec<String>> = Vec::new();
    for (component, workload) in running(stack) {
        for mount in &workload.secrets {
            let file = match &mount.secret.key {
                Some(key) => format!("the file secrets/{}/{key}", mount.secret.name),
                None => {
                    format!("files in secrets/{}, which {} has at {}", mount.secret.name, component.name, mount.path)
                }
            };
            out.push(vec![mount.secret.name.to_string(), file]);
        }
        for var in &workload.env {
            if let Value::Secret(secret) = &var.value {
                let variable = service::variable(secret, &var.name);
                out.push(vec![secret.name.to_string(), format!("{variable} in the file .env")]);
            }
        }
    }
    out.sort();
    out.dedup();
    out
}
