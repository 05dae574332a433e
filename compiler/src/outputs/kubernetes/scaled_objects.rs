//! ScaledObjects: the rules of an `autoscale` as a formula over queries, for whoever carries it out in place of the
//! HorizontalPodAutoscaler that has one target for each metric.

use super::Context;
use super::labels::metadata;
use super::object::{Custom, Packed};
use super::scaling::{behavior, bound};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Autoscale, Flow, ScaleRule, Scaler, Signal};
use crate::maps::IndexMap;
use crate::text::Span;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscalerBehavior;
use serde::Serialize;

/// What counts the instances that answer, in a kind's `usage` and in the formula.
const INSTANCES: &str = "instances";

/// What a keda.sh/v1alpha1 ScaledObject says, as far as it is needed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScaledObjectSpec {
    scale_target_ref: Target,
    min_replica_count: i32,
    max_replica_count: i32,
    advanced: Advanced,
    triggers: Vec<Trigger>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    api_version: &'static str,
    kind: String,
    name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Advanced {
    horizontal_pod_autoscaler_config: Behavior,
    scaling_modifiers: Modifiers,
}

#[derive(Serialize)]
struct Behavior {
    behavior: HorizontalPodAutoscalerBehavior,
}

/// One number out of all triggers: the instances that there should be, of which each counts for one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Modifiers {
    formula: String,
    target: &'static str,
    metric_type: &'static str,
}

#[derive(Serialize)]
struct Trigger {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    metadata: IndexMap<String, String>,
}

/// Why there is none.
pub(super) struct Problem {
    message: String,
    help: String,
}

impl Problem {
    pub(super) fn diagnostic(self, span: Span) -> Diagnostic {
        Diagnostic::new(Code::OBS4120, span, self.message).help(self.help)
    }
}

/// The object by which the component `scaler` scales this one, which runs as a `kind` of Kubernetes.
pub(super) fn scaled_object(
    context: &Context<'_>,
    autoscale: &Autoscale,
    kind: &str,
    scaler: &str,
) -> Result<Packed, Problem> {
    let (told, flow) = reads(context, scaler)?;
    let triggers = triggers(context, autoscale, told, flow)?;
    let object = Custom {
        api_version: "keda.sh/v1alpha1",
        kind: "ScaledObject",
        metadata: metadata(context, context.name()),
        spec: ScaledObjectSpec {
            scale_target_ref: Target { api_version: "apps/v1", kind: kind.to_owned(), name: context.name().to_owned() },
            min_replica_count: bound(autoscale.least),
            max_replica_count: bound(autoscale.max),
            advanced: Advanced {
                horizontal_pod_autoscaler_config: Behavior { behavior: behavior(autoscale) },
                scaling_modifiers: Modifiers { formula: formula(autoscale), target: "1", metric_type: "AverageValue" },
            },
            triggers,
        },
    };
    let object = Packed::new(&object, Some(context.name()), autoscale.span);
    Ok(object.caused("/spec/advanced/scalingModifiers/formula", autoscale.up.span))
}

/// How the scaler is told of queries, and the flow by which it asks a store of metrics.
fn reads<'a>(context: &Context<'a>, scaler: &str) -> Result<(&'a Scaler, &'a Flow), Problem> {
    let graph = context.graph;
    let found = graph.components.iter().find(|c| c.name == scaler).and_then(|c| Some((c, c.scales.as_ref()?)));
    let Some((component, told)) = found else {
        let message = format!("`{scaler}` scales nothing: its kind has no `scales`");
        return Err(Problem { message, help: "name a component of a kind that scales others".to_owned() });
    };
    let metrics = |f: &&Flow| f.backward && f.signals.contains(&Signal::Metrics);
    let stored = |f: &&Flow| graph.component(f.to).stores.contains(&Signal::Metrics);
    let flow = graph.outgoing(component.id).filter(metrics).find(stored);
    flow.map(|flow| (told, flow)).ok_or_else(|| Problem {
        message: format!("`{scaler}` asks no store of metrics: it can't know when to scale `{}`", context.name()),
        help: format!("add a flow `{scaler} -> …: query` to a store of metrics"),
    })
}

fn triggers(context: &Context<'_>, autoscale: &Autoscale, told: &Scaler, flow: &Flow) -> Result<Vec<Trigger>, Problem> {
    let mut wanted = vec![(INSTANCES, 1.0)];
    for (name, percent) in autoscale.up.thresholds().into_iter().chain(autoscale.down.thresholds()) {
        if !wanted.iter().any(|(known, _)| *known == name) {
            wanted.push((name, percent));
        }
    }
    let one = |(name, threshold): (&str, f64)| {
        let Some(query) = context.workload.usage.get(name) else {
            let kind = &context.component.kind;
            let message = format!("nothing says how `{name}` of `{}` is asked for", context.name());
            let help = format!("give the kind `{kind}` a `usage` with a query `{name}`");
            return Err(Problem { message, help });
        };
        let mut metadata = IndexMap::default();
        metadata.insert(told.address.to_string(), flow.url.clone().unwrap_or_default().to_string());
        // a query of several lines is one to the store
        metadata.insert(told.query.to_string(), query.split_whitespace().collect::<Vec<_>>().join(" "));
        // every trigger has one; with a formula only that one's target counts
        metadata.insert("threshold".to_owned(), threshold.to_string());
        metadata.extend(told.settings.iter().map(|(key, value)| (key.to_string(), value.to_string())));
        Ok(Trigger { kind: told.trigger.to_string(), name: name.to_owned(), metadata })
    };
    wanted.into_iter().map(one).collect()
}

/// `cpu > 70 || memory > 80 ? ceil(instances * 2) : cpu < 30 && memory < 50 ? floor(instances * 0.5) : instances`.
fn formula(autoscale: &Autoscale) -> String {
    let (up, down) = (&autoscale.up, &autoscale.down);
    let grown = format!("ceil({INSTANCES} * {})", 1.0 + up.by / 100.0);
    let shrunk = format!("floor({INSTANCES} * {})", 1.0 - down.by.min(100.0) / 100.0);
    let parts = [(condition(up, ">"), grown), (condition(down, "<"), shrunk)];
    let cases: String = parts.into_iter().filter_map(|(when, then)| Some(format!("{} ? {then} : ", when?))).collect();
    format!("{cases}{INSTANCES}")
}

/// `(cpu > 70 || memory > 80)`; `None` where it compares nothing.
fn condition(rule: &ScaleRule, sign: &str) -> Option<String> {
    let parts: Vec<String> = rule.thresholds().iter().map(|(name, at)| format!("{name} {sign} {at}")).collect();
    let all = parts.join(if rule.both { " && " } else { " || " });
    (!parts.is_empty()).then(|| format!("({all})"))
}
