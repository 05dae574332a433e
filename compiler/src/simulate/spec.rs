//! An autoscaler, read from the object that is emitted, with what the API server fills in.

use super::quantity::thousandths;
use serde_json::Value as Json;

/// What the controller is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Fewest instances.
    pub min: u32,
    /// Most instances.
    pub max: u32,
    /// What is compared with a target; at least one.
    pub metrics: Vec<Metric>,
    /// How it grows.
    pub up: Rules,
    /// How it shrinks.
    pub down: Rules,
}

/// A metric and its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// What is used.
    pub resource: Resource,
    /// Percent of what is requested.
    pub target: i64,
    /// What each pod requests, in thousandths of a core or of a byte.
    pub request: i64,
}

/// A resource that pods request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Resource {
    Cpu,
    Memory,
}

impl Resource {
    /// As Kubernetes calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Resource::Cpu => "cpu",
            Resource::Memory => "memory",
        }
    }
}

/// How fast one direction goes, and how late.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// Milliseconds that it looks back.
    pub window: i64,
    /// Which of its policies counts.
    pub select: Select,
    /// Rates.
    pub policies: Vec<Policy>,
    /// Its own tolerance, as a part of the target; `None`: the controller's.
    pub tolerance: Option<f64>,
}

/// Which of several policies counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Select {
    /// The one that changes most.
    Max,
    /// The one that changes least.
    Min,
    /// None: this direction is off.
    Disabled,
}

/// A rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Of what.
    pub kind: PolicyKind,
    /// How many of them.
    pub value: i64,
    /// Milliseconds in which.
    pub period: i64,
}

/// What a policy counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKind {
    /// Pods.
    Pods,
    /// Percent of the pods at the start of the period.
    Percent,
}

/// Why an autoscaler can't be simulated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported(pub String);

impl Spec {
    /// From a HorizontalPodAutoscaler of `autoscaling/v2` and the Deployment or StatefulSet that it scales.
    ///
    /// # Errors
    /// Where it compares something else than usage with requests, or there are no requests.
    pub fn read(autoscaler: &Json, scaled: &Json) -> Result<Self, Unsupported> {
        let spec = &autoscaler["spec"];
        let whole = |json: &Json| json.as_i64().and_then(|n| u32::try_from(n).ok());
        let metrics = spec["metrics"].as_array().map(Vec::as_slice).unwrap_or_default();
        let metrics: Vec<Metric> = metrics.iter().map(|m| metric(m, scaled)).collect::<Result<_, _>>()?;
        if metrics.is_empty() {
            return Err(Unsupported("it compares nothing".to_owned()));
        }
        Ok(Self {
            min: whole(&spec["minReplicas"]).unwrap_or(1),
            max: whole(&spec["maxReplicas"]).unwrap_or(1),
            metrics,
            up: rules(&spec["behavior"]["scaleUp"], 0, &UP),
            down: rules(&spec["behavior"]["scaleDown"], 300_000, &DOWN),
        })
    }
}

/// Where nothing else is said: four pods or double within 15 seconds, at once.
const UP: [Policy; 2] = [
    Policy { kind: PolicyKind::Pods, value: 4, period: 15_000 },
    Policy { kind: PolicyKind::Percent, value: 100, period: 15_000 },
];
/// And all of them within 15 seconds, after five minutes.
const DOWN: [Policy; 1] = [Policy { kind: PolicyKind::Percent, value: 100, period: 15_000 }];

fn metric(json: &Json, scaled: &Json) -> Result<Metric, Unsupported> {
    let source = &json["resource"];
    let resource = match (json["type"].as_str(), source["name"].as_str()) {
        (Some("Resource"), Some("cpu")) => Resource::Cpu,
        (Some("Resource"), Some("memory")) => Resource::Memory,
        (kind, name) => {
            let (kind, name) = (kind.unwrap_or("?"), name.unwrap_or("?"));
            return Err(Unsupported(format!(
                "it looks at the metric `{name}` of type {kind}: only CPU and memory can be simulated"
            )));
        }
    };
    let name = resource.name();
    let target = source["target"]["averageUtilization"].as_i64().filter(|t| *t > 0);
    let target = target.ok_or_else(|| Unsupported(format!("its target for {name} is no utilization in percent")))?;
    let containers = scaled.pointer("/spec/template/spec/containers").and_then(Json::as_array);
    let requests =
        containers.into_iter().flatten().map(|c| c["resources"]["requests"][name].as_str().and_then(thousandths));
    let request = requests.sum::<Option<i64>>().filter(|r| *r > 0);
    let request =
        request.ok_or_else(|| Unsupported(format!("the pods request no {name}: there is nothing to compare with")))?;
    Ok(Metric { resource, target, request })
}

fn rules(json: &Json, window: i64, policies: &[Policy]) -> Rules {
    let policy = |p: &Json| {
        Some(Policy {
            kind: if p["type"] == "Pods" { PolicyKind::Pods } else { PolicyKind::Percent },
            value: p["value"].as_i64()?,
            period: p["periodSeconds"].as_i64()? * 1000,
        })
    };
    let own: Vec<Policy> = json["policies"].as_array().into_iter().flatten().filter_map(policy).collect();
    let tolerance = json["tolerance"].as_str().and_then(thousandths).map(|t| t as f64 / 1000.0);
    Rules {
        window: json["stabilizationWindowSeconds"].as_i64().map_or(window, |s| s * 1000),
        select: match json["selectPolicy"].as_str() {
            Some("Min") => Select::Min,
            Some("Disabled") => Select::Disabled,
            _ => Select::Max,
        },
        policies: if own.is_empty() { policies.to_vec() } else { own },
        tolerance,
    }
}
