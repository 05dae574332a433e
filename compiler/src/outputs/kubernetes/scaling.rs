//! HorizontalPodAutoscalers and PodDisruptionBudgets.

use super::Context;
use super::labels::{label_selector, metadata};
use super::object::Packed;
use crate::graph::{Autoscale, ScaleRule, WorkloadKind};
use k8s_openapi::api::autoscaling::v2 as hpa;
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// `behavior.*.tolerance` is on by default from here on.
const TOLERANCE_SINCE: (u32, u32) = (1, 35);

pub(super) fn autoscaler(context: &Context<'_>) -> Option<Packed> {
    let autoscale = context.component.replicas.autoscale.as_ref()?;
    let kind = match context.component.workload {
        WorkloadKind::Deployment => "Deployment",
        WorkloadKind::Stateful => "StatefulSet",
        // nothing else has a number that could change
        WorkloadKind::Daemon | WorkloadKind::Job | WorkloadKind::External => return None,
    };
    let tolerance = context.graph.cluster.kubernetes >= TOLERANCE_SINCE;
    let bound = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    let object = hpa::HorizontalPodAutoscaler {
        metadata: metadata(context, context.name()),
        spec: Some(hpa::HorizontalPodAutoscalerSpec {
            scale_target_ref: hpa::CrossVersionObjectReference {
                api_version: Some("apps/v1".into()),
                kind: kind.into(),
                name: context.name().to_owned(),
            },
            min_replicas: Some(bound(autoscale.min)),
            max_replicas: bound(autoscale.max),
            metrics: Some(metrics(&autoscale.up)),
            behavior: Some(hpa::HorizontalPodAutoscalerBehavior {
                scale_up: Some(hpa::HPAScalingRules {
                    tolerance: tolerance.then(|| Quantity("0".into())),
                    ..rules(&autoscale.up, 60)
                }),
                scale_down: Some(hpa::HPAScalingRules {
                    tolerance: low_water_tolerance(autoscale).filter(|_| tolerance),
                    ..rules(&autoscale.down, 300)
                }),
            }),
        }),
        status: None,
    };
    let object = Packed::new(&object, Some(context.name()), autoscale.span);
    Some(
        object
            .caused("/spec/behavior/scaleUp", autoscale.up.span)
            .caused("/spec/behavior/scaleDown", autoscale.down.span)
            .caused("/spec/metrics", autoscale.up.span),
    )
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

/// The autoscaler scales down where usage/target < 1 - tolerance. A low-water mark L under a target H is the
/// tolerance 1 - L/H. There is one tolerance for all metrics: the largest, so that nothing shrinks early.
fn low_water_tolerance(autoscale: &Autoscale) -> Option<Quantity> {
    let ratio = |low: Option<f64>, high: Option<f64>| {
        let (low, high) = (low?, high?);
        (high > 0.0 && low < high).then(|| 1.0 - low / high)
    };
    let (up, down) = (&autoscale.up, &autoscale.down);
    let all = [ratio(down.cpu, up.cpu), ratio(down.memory, up.memory)];
    let largest = all.into_iter().flatten().reduce(f64::max)?;
    // thousandths, rounded up: never sooner than asked
    Some(Quantity(format!("{}m", (largest * 1000.0).ceil() as i64)))
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
