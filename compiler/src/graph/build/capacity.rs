//! What kinds and components say of loads and of what they need, from their values.

use crate::graph::model::{Capacity, Factor, Kept, Measure, OwnLoad, Sender, Signal};
use crate::maps::IndexMap;
use crate::value::{Quantity, Value};
use smol_str::SmolStr;

/// The attributes, as they came out.
pub(super) struct Read {
    pub(super) load: Option<Value>,
    pub(super) passes: Option<Value>,
    pub(super) sizing: Option<Value>,
    pub(super) sends: Option<Value>,
}

impl Read {
    pub(super) fn capacity(self) -> Capacity {
        let sizing = self.sizing.as_ref().map(Value::elements).unwrap_or_default();
        let signals =
            fields(self.passes.as_ref()).filter_map(|(name, part)| Some((Signal::parse(name)?, number(part)? / 100.0)));
        Capacity {
            load: fields(self.load.as_ref()).map(|(name, load)| (name.clone(), own_load(load))).collect(),
            load_span: None,
            passes: signals.collect(),
            deduplicates: false,
            sizing: sizing.iter().filter_map(|f| factor(&f.value)).collect(),
            sends: fields(self.sends.as_ref())
                .filter_map(|(name, s)| Some((name.clone(), sender(s)?)))
                .collect::<IndexMap<_, _>>(),
        }
    }
}

fn fields(value: Option<&Value>) -> impl Iterator<Item = (&SmolStr, &Value)> {
    let record = match value {
        Some(Value::Record(record)) => Some(record),
        _ => None,
    };
    record.into_iter().flat_map(|r| r.iter()).map(|(name, v)| (name, &v.value))
}

/// A number, or a quantity in its base.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(n) => Some(*n as f64),
        Value::Float(n) => Some(*n),
        Value::Quantity(quantity) => Some(quantity.base()),
        _ => None,
    }
}

fn amount(of: &Value, name: &str) -> Option<f64> {
    of.field(name).and_then(|v| number(&v.value)).filter(|n| n.is_finite() && *n >= 0.0)
}

fn own_load(value: &Value) -> OwnLoad {
    let of = |name: &str| amount(value, name).unwrap_or(0.0);
    OwnLoad { series: of("series"), samples: amount(value, "samples"), logs: of("logs"), spans: of("spans") }
}

fn word<'v>(of: &'v Value, name: &str) -> Option<&'v SmolStr> {
    of.field(name).and_then(|v| v.value.as_str())
}

fn factor(value: &Value) -> Option<Factor> {
    let of = |name: &str| amount(value, name).unwrap_or(0.0);
    Some(Factor {
        part: word(value, "part")?.clone(),
        by: word(value, "by").and_then(|w| Measure::parse(w)),
        kept: word(value, "of").is_some_and(|w| w == "kept"),
        each: amount(value, "each").filter(|n| *n > 0.0).unwrap_or(1.0),
        cpu: of("cpu"),
        memory: of("memory"),
        disk: of("disk"),
        keeps: value.field("keeps").and_then(|v| match &v.value {
            Value::Quantity(Quantity::Duration(ms)) => Some(Kept::For(*ms)),
            Value::Str(_) => Some(Kept::Always),
            _ => None,
        }),
        most: amount(value, "most"),
        more: of("more"),
        source: word(value, "source")?.clone(),
    })
}

fn sender(value: &Value) -> Option<Sender> {
    let option = |name: &str| word(value, name).cloned();
    Some(Sender {
        by: Measure::parse(word(value, "by")?)?,
        batch: (amount(value, "batch").filter(|n| *n > 0.0)?, option("batch_from")),
        takes: amount(value, "takes")?,
        most: (amount(value, "most")?, option("most_from")),
        source: word(value, "source")?.clone(),
    })
}
