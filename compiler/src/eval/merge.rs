//! Setting places in records, and laying one record over another.

use crate::value::{Record, Spanned, Value};
use smol_str::SmolStr;
use std::sync::Arc;

/// Sets the place at `path` (at least one key), making records on the way.
pub fn set(record: &mut Record, path: &[SmolStr], value: Spanned<Value>) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        record.insert(first.clone(), value);
        return;
    }
    let slot = record
        .entry(first.clone())
        .or_insert_with(|| Spanned { value: Value::Record(Arc::default()), span: value.span });
    if !matches!(slot.value, Value::Record(_)) {
        slot.value = Value::Record(Arc::default());
    }
    if let Value::Record(inner) = &mut slot.value {
        set(Arc::make_mut(inner), rest, value);
    }
}

/// `over` laid over `under`: records merge, all else is replaced, lists too.
pub fn merge(under: &Record, over: &Record) -> Record {
    let mut out = under.clone();
    for (key, value) in over {
        let merged = match (out.get(key).map(|v| &v.value), &value.value) {
            (Some(Value::Record(a)), Value::Record(b)) => {
                Spanned { value: Value::Record(Arc::new(merge(a, b))), span: value.span }
            }
            _ => value.clone(),
        };
        out.insert(key.clone(), merged);
    }
    out
}
