//! The arithmetic, against the examples of Kubernetes' documentation and of KEP-853, which made its rates configurable.

use super::*;

const MINUTE: i64 = 60_000;

fn rules(window: i64, policies: &[(PolicyKind, i64, i64)]) -> Rules {
    let policy = |&(kind, value, seconds): &(PolicyKind, i64, i64)| Policy { kind, value, period: seconds * 1000 };
    Rules {
        window: window * 1000,
        select: Select::Max,
        policies: policies.iter().map(policy).collect(),
        tolerance: None,
    }
}

/// Pods that request a tenth of a core; all at once in both directions.
fn spec(target: i64, max: u32) -> Spec {
    let all = [(PolicyKind::Percent, 10_000, 15)];
    let metric = Metric { resource: Resource::Cpu, target, request: 100 };
    Spec { min: 1, max, metrics: vec![metric], up: rules(0, &all), down: rules(0, &[(PolicyKind::Percent, 100, 15)]) }
}

/// Pods that are ready as they start.
fn at_once(replicas: u32, sync: i64) -> Settings {
    Settings { replicas, sync, startup: 0, window: 0, tolerance: 0.1 }
}

fn numbers(spec: &Spec, csv: &str, settings: &Settings) -> Vec<u32> {
    let curve = Curve::read(csv).unwrap_or_else(|wrong| panic!("{wrong:?}"));
    run(spec, &curve, settings).iter().map(|s| s.desired).collect()
}

#[test]
fn twice_the_target_doubles_and_half_of_it_halves() {
    // "if the current metric value is 200m, and the desired value is 100m, the number of replicas will be doubled …
    // if the current value is instead 50m, you'll halve the number"
    let doubled = numbers(&spec(100, 100), "time,cpu\n0,1\n15,1\n", &at_once(5, 15_000));
    assert_eq!(doubled, [10, 10]);
    assert_eq!(numbers(&spec(100, 100), "time,cpu\n0,0.5\n15,0.5\n", &at_once(10, 15_000)), [5, 5]);
}

#[test]
fn within_the_tolerance_nothing_changes() {
    // "skips any scaling action if the ratio is sufficiently close to 1.0 (within … 0.1 by default)"
    for (cpu, then) in [("1.1", 10), ("1.11", 12), ("0.9", 10), ("0.89", 9)] {
        let csv = format!("time,cpu\n0,{cpu}\n1,{cpu}\n");
        assert_eq!(numbers(&spec(100, 100), &csv, &at_once(10, 15_000)), [then], "{cpu}");
    }
    // each direction may have its own
    let mut own = spec(100, 100);
    (own.up.tolerance, own.down.tolerance) = (Some(0.0), Some(0.5));
    for (cpu, then) in [("1.01", 11), ("0.6", 10), ("0.5", 10), ("0.49", 5)] {
        let csv = format!("time,cpu\n0,{cpu}\n1,{cpu}\n");
        assert_eq!(numbers(&own, &csv, &at_once(10, 15_000)), [then], "{cpu}");
    }
}

#[test]
fn the_policy_that_changes_most_counts() {
    // policies of 4 pods and of 10% a minute: "if there are 80 replicas and the target has to be scaled down to 10 …
    // during the first step 8 replicas will be reduced. … 72 … is rounded up to 8 … When the number … falls below 40,
    // the first policy … 4 replicas will be reduced at a time"
    let mut spec = spec(100, 100);
    spec.min = 10;
    spec.down = rules(0, &[(PolicyKind::Pods, 4, 60), (PolicyKind::Percent, 10, 60)]);
    // no period ends just at a look
    let down = numbers(&spec, "time,cpu\n0,0\n1000,0\n", &at_once(80, MINUTE + 1));
    assert_eq!(down[..10], [72, 64, 57, 51, 45, 40, 36, 32, 28, 24]);
    assert_eq!(down.last(), Some(&10));
    spec.down.select = Select::Min;
    assert_eq!(numbers(&spec, "time,cpu\n0,0\n130,0\n", &at_once(80, MINUTE + 1)), [76, 72, 68]);
    spec.down.select = Select::Disabled;
    assert_eq!(numbers(&spec, "time,cpu\n0,0\n130,0\n", &at_once(80, MINUTE + 1)), [80, 80, 80]);
}

#[test]
fn percentages_of_growth_are_of_the_start_of_the_period() {
    // KEP-853: 900% a minute is 1 → 10 → 100 → 1000
    let mut spec = spec(1, 1000);
    spec.up = rules(0, &[(PolicyKind::Percent, 900, 60)]);
    let up = numbers(&spec, "time,cpu\n0,100\n130,100\n", &at_once(1, 20_000));
    // three looks a period: the first uses it up
    assert_eq!(up, [10, 10, 10, 100, 100, 100, 1000]);
    spec.up = rules(0, &[(PolicyKind::Pods, 4, 60)]);
    assert_eq!(numbers(&spec, "time,cpu\n0,100\n130,100\n", &at_once(1, MINUTE)), [5, 9, 13]);
}

#[test]
fn a_window_takes_the_most_careful_number_of_its_time() {
    let mut spec = spec(100, 100);
    spec.down = rules(300, &[(PolicyKind::Percent, 100, 15)]);
    // a dip of four minutes changes nothing, one of five and more does
    let dip = "time,cpu\n0,1\n60,0.2\n300,1\n360,0.2\n720,0.2\n";
    let seen = numbers(&spec, dip, &at_once(10, MINUTE));
    assert_eq!(seen, [10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 2, 2, 2]);
    // and one for growing keeps a short peak from starting pods
    spec.up.window = 120_000;
    let peak = "time,cpu\n0,1\n60,3\n120,1\n180,3\n420,3\n";
    assert_eq!(numbers(&spec, peak, &at_once(10, MINUTE)), [10, 10, 10, 10, 30, 30, 30, 30]);
}

#[test]
fn pods_that_start_or_are_silent_dampen() {
    // "pods that are not yet ready … are set aside": doubling for twice the target isn't done twice over
    let settings = Settings { replicas: 2, sync: 15_000, startup: 60_000, window: 0, tolerance: 0.1 };
    assert_eq!(numbers(&spec(100, 100), "time,cpu\n0,0.4\n60,0.4\n", &settings), [4, 4, 4, 4, 4]);
    // "assumes that pods with missing metrics were consuming 100% … in case of a scale down, and 0% … scale up"
    let down = "time,cpu,missing\n0,0.4,4\n1,0.4,4\n";
    assert_eq!(numbers(&spec(100, 100), down, &at_once(10, 15_000)), [7], "6 × 40 + 4 × 100 of 10 × 100");
    let up = "time,cpu,missing\n0,1.5,2\n1,1.5,2\n";
    assert_eq!(numbers(&spec(100, 100), up, &at_once(10, 15_000)), [12], "8 × 150 of 10 × 100");
    // a change that they turn around isn't made
    let around = "time,cpu,missing\n0,1.2,4\n1,1.2,4\n";
    assert_eq!(numbers(&spec(100, 100), around, &at_once(10, 15_000)), [10], "6 × 120 of 10 × 100 is less");
}

#[test]
fn of_several_metrics_the_largest_number_counts() {
    let mut spec = spec(100, 100);
    spec.metrics.push(Metric { resource: Resource::Memory, target: 50, request: 1000 });
    // CPU asks for 5, memory for 16
    let csv = "time,cpu,memory\n0,0.5,8\n1,0.5,8\n";
    assert_eq!(numbers(&spec, csv, &at_once(10, 15_000)), [16]);
    // all pods without metrics: nothing is known and nothing changes
    assert_eq!(numbers(&spec, "time,cpu,missing\n0,9,10\n1,9,10\n", &at_once(10, 15_000)), [10]);
}

#[test]
fn bounds_hold_whatever_is_measured() {
    let mut spec = spec(100, 4);
    spec.min = 2;
    assert_eq!(numbers(&spec, "time,cpu\n0,9\n30,9\n", &at_once(9, 15_000)), [4, 4, 4]);
    assert_eq!(numbers(&spec, "time,cpu\n0,0\n30,0\n", &at_once(1, 15_000)), [2, 2, 2]);
    assert_eq!(numbers(&spec, "time,cpu\n0,9\n1,9\n", &at_once(0, 15_000)), [0], "none is off");
}

#[test]
fn objects_are_read_with_what_the_server_fills_in() {
    let scaled = serde_json::json!({"spec": {"template": {"spec": {"containers": [
        {"resources": {"requests": {"cpu": "250m", "memory": "64Mi"}}},
        {"resources": {"requests": {"cpu": "1", "memory": "64Mi"}}},
    ]}}}});
    let metric = serde_json::json!({"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}});
    let autoscaler = |metric: &serde_json::Value| {
        serde_json::json!({"spec": {"maxReplicas": 5, "metrics": [metric],
        "behavior": {"scaleDown": {"tolerance": "572m"}}}})
    };
    let spec = Spec::read(&autoscaler(&metric), &scaled).expect("it can be simulated");
    assert_eq!((spec.min, spec.max, spec.metrics[0].request), (1, 5, 1250));
    assert_eq!((spec.down.window, spec.down.tolerance, spec.up.policies.len()), (300_000, Some(0.572), 2));
    for (at, with) in [("/type", "Pods"), ("/resource/name", "gpu")] {
        let mut other = metric.clone();
        *other.pointer_mut(at).expect("it is there") = with.into();
        assert!(Spec::read(&autoscaler(&other), &scaled).is_err(), "{at}");
    }
    assert!(Spec::read(&autoscaler(&metric), &serde_json::json!({})).is_err(), "nothing is requested");
}
