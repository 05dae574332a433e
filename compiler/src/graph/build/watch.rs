//! Who is told what: alerts, those about silent flows among them, and dashboards.

use super::Builder;
use super::workloads::{Scope, components_by_span};
use crate::db::Db;
use crate::diagnostics::{Code, Diagnostic};
use crate::eval::Evaluator;
use crate::graph::metrics::Left;
use crate::graph::model::{Alert, Component, Dashboard, Graph, Signal};
use crate::graph::world::GraphWorld;
use crate::text::Span;
use crate::types::queries::{self, KindInfo};
use crate::value::{ComponentId, FlowId, Quantity, Record, Spanned, Value};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

impl Builder<'_> {
    /// Alerts and dashboards: they see flows, and files see them.
    pub(super) fn watch(&mut self, graph: &mut Graph) {
        let cores = components_by_span(self.program.cores);
        let mut watched = Vec::with_capacity(graph.components.len());
        let mut silences_shown = Vec::new();
        {
            let (world, left) = (GraphWorld::new(graph), Left::of(graph));
            for component in &graph.components {
                let kind = cores.get(&component.span).and_then(|c| c.kind.as_ref());
                let Some(kind) = kind.map(|k| queries::kind_info(self.db, k.def)) else {
                    watched.push((Vec::new(), Vec::new()));
                    continue;
                };
                let mut scope = Scope::new(self.db, graph, &world, component, kind);
                let version = scope.version();
                let (mut alerts, dashboards, silent) = scope.with(version.as_ref(), |eval| {
                    (alerts(eval, kind), dashboards(eval, kind), silences(eval, kind, component))
                });
                self.diagnostics.append(&mut scope.diagnostics);
                // what nobody gathers raises no alert
                alerts.retain(|a| !left.has(self.db, component, &a.expr));
                watched.push((alerts, dashboards));
                silences_shown.extend(silent);
            }
            for (by, alert) in heard(self.db, graph, &left, silences_shown) {
                watched[by.0 as usize].0.push(alert);
            }
            let mut eval = Evaluator::new(self.db, &world);
            for alert in self.program.cores.iter().flat_map(|c| &c.alerts) {
                let settings = eval.record(&alert.entries);
                let name = alert.name.as_ref().map(|n| n.name.clone()).unwrap_or_default();
                let Some(read) = read_alert(&name, &settings, alert.span) else { continue };
                let target = alert.targets.first().and_then(|(t, _)| graph.components.iter().find(|c| c.name == *t));
                match keeper(graph, target).and_then(|id| watched.get_mut(id.0 as usize)) {
                    Some((alerts, _)) => alerts.push(read),
                    None => {
                        let message = format!("nothing evaluates the alert `{name}`");
                        let help = "add a component that keeps metrics and raises alerts";
                        self.diagnostics.push(Diagnostic::new(Code::OBS3114, alert.span, message).help(help));
                    }
                }
            }
            self.diagnostics.append(&mut eval.diagnostics);
        }
        for (component, (alerts, dashboards)) in graph.components.iter_mut().zip(watched) {
            component.alerts = alerts;
            component.dashboards = dashboards;
        }
    }
}

/// How a component shows that nothing goes over a flow.
struct Silence {
    by: ComponentId,
    flow: FlowId,
    expr: SmolStr,
    /// How long it may be so, in milliseconds.
    hold: i64,
    span: Span,
}

/// How long nothing may go over a flow where a kind doesn't say, in milliseconds.
const SILENT_FOR: i64 = 15 * 60 * 1000;

fn silences(eval: &mut Evaluator<'_>, kind: &KindInfo, component: &Component) -> Vec<Silence> {
    let Some((core, _)) = kind.attributes.get("silence") else { return Vec::new() };
    let list = eval.eval(core);
    let one = |of: &Spanned<Value>| {
        let Value::Record(fields) = &of.value else { return None };
        let Some(Value::Flow(flow)) = fields.get("flow").map(|v| &v.value) else { return None };
        let hold = match fields.get("for").map(|v| &v.value) {
            Some(Value::Quantity(Quantity::Duration(ms))) => *ms,
            _ => SILENT_FOR,
        };
        Some(Silence {
            by: component.id,
            flow: *flow,
            expr: fields.get("expr")?.value.as_str()?.clone(),
            hold,
            span: of.span,
        })
    };
    list.elements().iter().filter_map(one).collect()
}

/// An alert for each flow whose silence is shown by metrics that are gathered: rather by who gets the data than by who
/// sends it. Flows of one protocol between the same two that are told apart by nothing have one alert.
fn heard(db: &dyn Db, graph: &Graph, left: &Left<'_>, shown: Vec<Silence>) -> Vec<(ComponentId, Alert)> {
    let mut by_flow: FxHashMap<FlowId, Vec<Silence>> = FxHashMap::default();
    for silence in shown {
        if !left.has(db, graph.component(silence.by), &silence.expr) {
            by_flow.entry(silence.flow).or_default().push(silence);
        }
    }
    let of_flow = |id: FlowId| by_flow.get(&id).map(Vec::as_slice).unwrap_or_default();
    let mut out: Vec<(ComponentId, Alert)> = Vec::new();
    for flow in &graph.flows {
        let of = |by: ComponentId| of_flow(flow.id).iter().find(|s| s.by == by);
        let Some(silence) = of(graph.data_to(flow)).or_else(|| of(flow.from)).or_else(|| of(flow.to)) else { continue };
        let sentence = graph.sentence(flow);
        let earlier: Vec<FlowId> = graph.earlier(flow).map(|f| f.id).collect();
        if earlier.iter().flat_map(|f| of_flow(*f)).any(|s| s.expr == silence.expr) {
            continue;
        }
        let sentence = match earlier.len() {
            0 => sentence,
            others => format!("{sentence} ({})", others + 1),
        };
        let alert = Alert {
            name: "FlowSilent".into(),
            expr: silence.expr.clone(),
            hold: silence.hold,
            severity: "warning".into(),
            summary: format!("Nothing goes over the flow {sentence}").into(),
            description: Some(
                format!(
                    "Seen at {}. See whether both ends run, and what each logs of the other.",
                    graph.component(silence.by).name
                )
                .into(),
            ),
            flow: Some(sentence.into()),
            span: silence.span,
        };
        out.push((silence.by, alert));
    }
    out
}

/// With whose alerts an alert of the program's own goes: those of the component it is about, where something that
/// raises alerts collects from it; else of the first that raises alerts from metrics it keeps.
fn keeper(graph: &Graph, target: Option<&Component>) -> Option<ComponentId> {
    let raises = |c: &&Component| c.emits.iter().any(|e| e.notifies) && c.stores.contains(&Signal::Metrics);
    let collected = |target: &Component| {
        raises(&target) || graph.incoming(target.id).filter(|f| f.backward).any(|f| raises(&graph.component(f.from)))
    };
    let own = target.filter(|t| collected(t));
    own.or_else(|| graph.components.iter().find(raises)).map(|c| c.id)
}

fn alerts(eval: &mut Evaluator<'_>, kind: &KindInfo) -> Vec<Alert> {
    let mut out = Vec::new();
    for (name, (entries, span)) in &kind.alerts {
        let settings = eval.record(entries);
        out.extend(read_alert(name, &settings, *span));
    }
    out
}

fn read_alert(name: &SmolStr, settings: &Record, span: Span) -> Option<Alert> {
    let text = |name: &str| settings.get(name).and_then(|v| v.value.as_str().cloned());
    if settings.get("when").is_some_and(|w| w.value == Value::Bool(false)) {
        return None;
    }
    Some(Alert {
        name: name.clone(),
        expr: text("expr")?,
        hold: match settings.get("for").map(|v| &v.value) {
            Some(Value::Quantity(Quantity::Duration(ms))) => *ms,
            _ => 0,
        },
        severity: text("severity").unwrap_or_else(|| "warning".into()),
        summary: text("summary").unwrap_or_else(|| name.clone()),
        description: text("description"),
        flow: None,
        span,
    })
}

fn dashboards(eval: &mut Evaluator<'_>, kind: &KindInfo) -> Vec<Dashboard> {
    let mut out = Vec::new();
    for (title, (core, span)) in &kind.dashboards {
        out.push(Dashboard { title: title.clone(), value: eval.eval(core), span: *span });
    }
    out
}
