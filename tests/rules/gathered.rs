//! What alerts and dashboards of the library ask for is exposed by whom they are about, and collected.

use obs_compiler::db::RootDb;
use obs_compiler::graph::metrics::{Left, has, is_collected};
use obs_compiler::graph::{Alert, Component, Graph};
use obs_compiler::types::embedded;
use obs_compiler::value::Value;
use obs_tests::stacks::programs;

/// Every component of every program and profile, with the program's name and its graph.
fn components() -> impl Iterator<Item = (&'static str, &'static Graph, &'static Component)> {
    programs().iter().flat_map(|program| {
        let graphs = program.stacks.iter().map(|stack| &*stack.graph);
        graphs.flat_map(move |graph| graph.components.iter().map(move |c| (program.name.as_str(), graph, c)))
    })
}

/// The queries of a component's alerts, and of its dashboards of metrics.
fn queries(component: &Component) -> Vec<String> {
    let text = |value: &Value, name: &str| match value {
        Value::Record(fields) => fields.get(name).and_then(|v| v.value.as_str()).map(ToString::to_string),
        _ => None,
    };
    let of_metrics = component.dashboards.iter().filter(|d| text(&d.value, "language").is_none());
    let panels = of_metrics.filter_map(|d| match &d.value {
        Value::Record(fields) => fields.get("panels").map(|p| p.value.elements()),
        _ => None,
    });
    let shown = panels.flatten().filter_map(|panel| text(&panel.value, "expr"));
    component.alerts.iter().map(|a| a.expr.to_string()).chain(shown).collect()
}

/// Whether a kind says that it has a metric, or one that collects adds it.
fn is_known(graph: &Graph, component: &Component, metric: &str) -> bool {
    component.exposes.as_ref().is_none_or(|list| has(list, metric))
        || graph.components.iter().any(|c| has(&c.adds, metric))
        // where nothing collects, nothing is raised and nothing shown
        || graph.components.iter().all(|c| c.adds.is_empty())
}

#[test]
fn kinds_expose_what_their_alerts_and_dashboards_ask_for() {
    let mut asked = 0;
    for (program, graph, component) in components() {
        for metric in queries(component).iter().flat_map(|query| embedded::metrics(query).expect("a query")) {
            asked += 1;
            assert!(is_known(graph, component, &metric), "{program}: {}: {metric}", component.name);
        }
    }
    assert!(asked > 500, "{asked}");
}

#[test]
fn alerts_are_raised_only_from_what_is_collected() {
    let (db, mut silent) = (RootDb::new(), 0);
    for (program, graph, component) in components() {
        for alert in &component.alerts {
            assert!(!Left::of(graph).has(&db, component, &alert.expr), "{program}: {alert:?}");
            silent += usize::from(alert.flow.is_some());
        }
        // what asks for a metric of its own has it collected
        let own = |a: &Alert| {
            let metrics = embedded::metrics(&a.expr).expect("a query");
            component.exposes.as_ref().is_some_and(|list| metrics.iter().any(|m| has(list, m)))
        };
        assert!(!component.alerts.iter().any(own) || is_collected(graph, component), "{}", component.name);
    }
    assert!(silent > 20, "{silent}");
}
