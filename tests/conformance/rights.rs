//! What accounts may do, asked of the API server: just what the program's flows and kinds declare, in every namespace,
//! and nothing else.

use crate::cluster::Cluster;
use crate::programs::judge;
use obs_compiler::graph::{Component, Graph, RbacRule, Stack, Workload};
use std::collections::BTreeSet;

/// `get pods`, `list endpointslices.discovery.k8s.io`, `get /metrics`.
type Allowed = BTreeSet<String>;

/// Asks for each account once: profiles share most.
#[derive(Default)]
pub struct Rights {
    asked: BTreeSet<(String, String, Allowed)>,
}

impl Rights {
    /// How many accounts were asked for.
    pub fn asked(&self) -> usize {
        self.asked.len()
    }

    /// Whether the accounts of a stack, which was applied, may do what was declared and no more.
    pub fn are_as_declared(&mut self, cluster: &Cluster, stack: &Stack) -> Result<(), String> {
        let graph = &stack.graph;
        for (component, workload) in graph.components.iter().zip(stack.workloads.iter()) {
            let (Some(workload), Some(namespace)) = (workload, graph.namespace_of(component)) else { continue };
            let own = declared(graph, component, workload);
            self.ask(cluster, namespace, &component.name, (&own, &own))?;
            // who saves it has an account of its own, whose rights hold in the one namespace
            let saved = graph.backups.iter().any(|backup| backup.component == component.id);
            if let Some(saver) = workload.saver.as_ref().filter(|_| saved) {
                let own: Allowed = saver.workload.rbac.iter().flat_map(of_rule).collect();
                self.ask(cluster, namespace, &format!("{}-backup", component.name), (&own, &Allowed::new()))?;
            }
        }
        Ok(())
    }

    fn ask(&mut self, cluster: &Cluster, namespace: &str, name: &str, may: (&Allowed, &Allowed)) -> Result<(), String> {
        match self.asked.insert((namespace.to_owned(), name.to_owned(), may.0.clone())) {
            true => one_is_as_declared(cluster, namespace, name, may),
            false => Ok(()),
        }
    }
}

/// In its own namespace and in another one: what it may do in each.
fn one_is_as_declared(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
    (own, elsewhere): (&Allowed, &Allowed),
) -> Result<(), String> {
    for (place, declared) in [(namespace, own), ("kube-system", elsewhere)] {
        // what everyone may who has shown who they are
        let everyone = allowed(cluster, place, "system:serviceaccount:nowhere:nobody")?;
        let found: Allowed = allowed(cluster, place, &format!("system:serviceaccount:{namespace}:{name}"))?
            .difference(&everyone)
            .cloned()
            .collect();
        if found != *declared {
            return Err(format!("{name} may {found:?} in {place}, and declared is {declared:?}"));
        }
    }
    // the same as people ask it, for what must never be
    for question in [["get", "secrets"], ["create", "pods/exec"], ["get", "nodes/proxy"], ["*", "*"]] {
        let who = format!("--as=system:serviceaccount:{namespace}:{name}");
        if judge(cluster.kubectl().args(["auth", "can-i"]).args(question).args(["--all-namespaces", &who])).is_ok() {
            return Err(format!("{name} may {question:?}"));
        }
    }
    Ok(())
}

/// What the flows of a component and its kind ask for.
fn declared(graph: &Graph, component: &Component, workload: &Workload) -> Allowed {
    let rules = graph.outgoing(component.id).flat_map(|f| &f.rbac).chain(&workload.rbac);
    rules.flat_map(of_rule).collect()
}

fn of_rule(rule: &RbacRule) -> Vec<String> {
    let groups = if rule.groups.is_empty() { vec![""] } else { rule.groups.iter().map(|g| g.as_str()).collect() };
    let of_group = |group: &str| {
        let resources = rule.resources.iter();
        resources.map(|r| if group.is_empty() { r.to_string() } else { format!("{r}.{group}") }).collect::<Vec<_>>()
    };
    let things = groups.into_iter().flat_map(of_group).chain(rule.paths.iter().map(ToString::to_string));
    things.flat_map(|thing| rule.verbs.iter().map(move |verb| format!("{verb} {thing}"))).collect()
}

/// What someone may do in a namespace, as the server says it.
fn allowed(cluster: &Cluster, namespace: &str, who: &str) -> Result<Allowed, String> {
    let mut command = cluster.kubectl();
    command.args(["auth", "can-i", "--list", "--no-headers", "--namespace", namespace, "--as", who]);
    let output = judge(&mut command)?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().flat_map(of_line).collect())
}

/// `pods   []   []   [get list]`: a resource, or paths, then names of objects, then verbs.
fn of_line(line: &str) -> Vec<String> {
    let resource = line.split('[').next().unwrap_or_default().trim();
    let lists: Vec<Vec<&str>> =
        line.split('[').skip(1).map(|l| l.split(']').next().unwrap_or_default().split_whitespace().collect()).collect();
    let [paths, names, verbs] = lists.as_slice() else { return Vec::new() };
    let named = if names.is_empty() { String::new() } else { format!(" only {}", names.join(" ")) };
    let things = paths.iter().copied().chain((!resource.is_empty()).then_some(resource));
    things.flat_map(|thing| verbs.iter().map(move |verb| format!("{verb} {thing}"))).map(|r| r + &named).collect()
}

#[test]
fn lines_are_read() {
    assert_eq!(of_line("pods   []   []   [get list]"), ["get pods", "list pods"]);
    assert_eq!(of_line("       [/metrics /api/*]   []   [get]"), ["get /metrics", "get /api/*"]);
    assert_eq!(of_line("configmaps  []  [x]  [get]"), ["get configmaps only x"]);
}
