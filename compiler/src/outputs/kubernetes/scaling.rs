//! HorizontalPodAutoscalers and PodDisruptionBudgets. `scaled_objects` has those that something else carries out.

use super::Context;
use super::labels::{label_selector, metadata};
use super::object::Packed;
use super::scaled_objects;
use crate::diagnostics::Diagnostic;
use crate::graph::autoscaling::{GROWTH_PERIOD, SHRINK_PERIOD};
use crate::graph::{Autoscale, ScaleRule, WorkloadKind};
use k8s_openapi::api::autoscaling::v2 as hpa;
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// What sets the component's number of instances.
pub(super) fn autoscaler(context: &Context<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Packed> {
    let autoscale = context.component.replicas.autoscale.as_ref()?;
    let kind = match context.component.workload {
        WorkloadKind::Deployment => "Deployment",
        WorkloadKind::Stateful => "StatefulSet",
        // nothing else has a number that could change
        WorkloadKind::Daemon | WorkloadKind::Job | WorkloadKind::External => return None,
    };
    match &autoscale.via {
        Some((scaler, span)) => match scaled_objects::scaled_object(context, autoscale, kind, scaler) {
            Ok(object) => Some(object),
            Err(problem) => {
                diagnostics.push(problem.diagnostic(*span).about(context.name().to_owned()));
                None
            }
        },
        None => Some(horizontal(context, autoscale, kind)),
    }
}

/// A number of instances as Kubernetes counts them.
pub(super) fn bound(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn horizontal(context: &Context<'_>, autoscale: &Autoscale, kind: &str) -> Packed {
    let tolerance = context.graph.cluster.has_tolerance();
    let thousandths = |n: i64| Quantity(format!("{n}m"));
    let object = hpa::HorizontalPodAutoscaler {
        metadata: metadata(context, context.name()),
        spec: Some(hpa::HorizontalPodAutoscalerSpec {
            scale_target_ref: hpa::CrossVersionObjectReference {
                api_version: Some("apps/v1".into()),
                kind: kind.into(),
                name: context.name().to_owned(),
            },
            min_replicas: Some(bound(autoscale.least)),
            max_replicas: bound(autoscale.max),
            metrics: Some(metrics(&autoscale.up)),
            behavior: Some(hpa::HorizontalPodAutoscalerBehavior {
                scale_up: Some(hpa::HPAScalingRules {
                    tolerance: tolerance.then(|| Quantity("0".into())),
                    ..rules(&autoscale.up, GROWTH_PERIOD)
                }),
                scale_down: Some(hpa::HPAScalingRules {
                    tolerance: autoscale.shrink_tolerance().map(thousandths).filter(|_| tolerance),
                    ..rules(&autoscale.down, SHRINK_PERIOD)
                }),
            }),
        }),
        status: None,
    };
    let object = Packed::new(&object, Some(context.name()), autoscale.span);
    object
        .caused("/spec/behavior/scaleUp", autoscale.up.span)
        .caused("/spec/behavior/scaleDown", autoscale.down.span)
        .caused("/spec/metrics", autoscale.up.span)
}

/// How fast it grows and shrinks, and how late.
pub(super) fn behavior(autoscale: &Autoscale) -> hpa::HorizontalPodAutoscalerBehavior {
    hpa::HorizontalPodAutoscalerBehavior {
        scale_up: Some(rules(&autoscale.up, GROWTH_PERIOD)),
        scale_down: Some(rules(&autoscale.down, SHRINK_PERIOD)),
    }
}

fn metrics(up: &ScaleRule) -> Vec<hpa::MetricSpec> {
    let metric = |(name, percent): (&str, f64)| hpa::MetricSpec {
        type_: "Resource".into(),
        resource: Some(hpa::ResourceMetricSource {
            name: name.into(),
            target: hpa::MetricTarget {
                type_: "Utilization".into(),
                average_utilization: Some(percent.round() as i32),
                ..hpa::MetricTarget::default()
            },
        }),
        ..hpa::MetricSpec::default()
    };
    let both = [up.cpu.map(|p| ("cpu", p)), up.memory.map(|p| ("memory", p))];
    both.into_iter().flatten().map(metric).collect()
}

fn rules(rule: &ScaleRule, period: i32) -> hpa::HPAScalingRules {
    hpa::HPAScalingRules {
        stabilization_window_seconds: Some(i32::try_from(rule.hold).unwrap_or(3600).min(3600)),
        select_policy: Some("Max".into()),
        policies: Some(vec![hpa::HPAScalingPolicy {
            type_: "Percent".into(),
            value: rule.by.round() as i32,
            period_seconds: period,
        }]),
        tolerance: None,
    }
}

/// One instance at a time may be taken away; a component with one instance has no budget, which would block drains.
pub(super) fn disruption_budget(context: &Context<'_>) -> Option<Packed> {
    let component = context.component;
    let fixed = matches!(component.workload, WorkloadKind::Daemon | WorkloadKind::Job | WorkloadKind::External);
    if fixed || component.replicas.most() < 2 {
        return None;
    }
    let budget = PodDisruptionBudget {
        metadata: metadata(context, context.name()),
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: Some(IntOrString::Int(1)),
            selector: Some(label_selector(component)),
            unhealthy_pod_eviction_policy: Some("AlwaysAllow".into()),
            ..PodDisruptionBudgetSpec::default()
        }),
        status: None,
    };
    Some(Packed::new(&budget, Some(context.name()), component.replicas.origin))
}
