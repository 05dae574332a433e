//! Arithmetic, comparison, membership.

use crate::syntax::ast::BinaryOp;
use crate::types::Unit;
use crate::value::{Quantity, Value, Version};
use std::cmp::Ordering;

/// Longer ranges are not walked.
const MAX_RANGE: i64 = 10_000;

/// The ints of a range, ends included.
pub(super) fn range_elements(range: &(Option<Value>, Option<Value>)) -> Option<std::ops::RangeInclusive<i64>> {
    match range {
        (Some(Value::Int(a)), Some(Value::Int(b))) if b.saturating_sub(*a) < MAX_RANGE => Some(*a..=*b),
        _ => None,
    }
}

pub(super) fn negate(value: &Value) -> Option<Value> {
    Some(match value {
        Value::Int(n) => Value::Int(n.checked_neg()?),
        Value::Float(n) => Value::Float(-n),
        Value::Quantity(q) => Value::Quantity(Quantity::from_base(q.unit(), -q.base())),
        _ => return None,
    })
}

/// A field of a quantity; see the table in `types::members`.
pub(super) fn quantity_field(q: Quantity, name: &str) -> Value {
    let whole = |divisor: i64, n: i64| Value::Int(n / divisor);
    match (q, name) {
        (Quantity::Duration(ms), "ms") => Value::Int(ms),
        (Quantity::Duration(ms), "seconds") => whole(1000, ms),
        (Quantity::Duration(ms), "minutes") => whole(60_000, ms),
        (Quantity::Duration(ms), "hours") => whole(3_600_000, ms),
        (Quantity::Duration(ms), "days") => whole(86_400_000, ms),
        (Quantity::Bytes(n), "bytes") => Value::Int(n),
        (Quantity::Bytes(n), "mib") => whole(1 << 20, n),
        (Quantity::Bytes(n), "gib") => whole(1 << 30, n),
        (Quantity::Cpu(m), "millis") => Value::Int(m),
        (Quantity::Cpu(m), "cores") => Value::Float(m as f64 / 1000.0),
        (Quantity::Percent(p), "fraction") => Value::Float(p / 100.0),
        (Quantity::Percent(p), "percent") => Value::Float(p),
        (Quantity::Rate(r), "per_second") => Value::Float(r),
        _ => Value::Error,
    }
}

/// A number as a float; quantities in their base unit.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(n) => Some(*n as f64),
        Value::Float(n) => Some(*n),
        Value::Quantity(q) => Some(q.base()),
        _ => None,
    }
}

/// Equality of values, wherever they came from: spans don't count.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal(&a.value, &b.value))
        }
        (Value::Record(a), Value::Record(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|other| equal(&v.value, &other.value)))
        }
        (Value::Variant(a), Value::Variant(b)) => {
            a.name == b.name && a.fields.iter().all(|(k, v)| b.fields.get(k).is_some_and(|o| equal(&v.value, &o.value)))
        }
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => number(a) == number(b),
        (Value::Version(a), Value::Version(b)) => compare_versions(a, b) == Ordering::Equal,
        _ => a == b,
    }
}

/// `3.11` and `3.11.0` are one version.
fn compare_versions(a: &Version, b: &Version) -> Ordering {
    let at = |v: &Version, i: usize| v.0.get(i).copied().unwrap_or(0);
    (0..a.0.len().max(b.0.len())).map(|i| at(a, i).cmp(&at(b, i))).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}

/// The order of two values of one type that has an order.
pub(super) fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        (Value::Version(a), Value::Version(b)) => Some(compare_versions(a, b)),
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        _ => number(a)?.partial_cmp(&number(b)?),
    }
}

pub(super) fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::List(list), part) => list.iter().any(|e| equal(&e.value, part)),
        (Value::Record(record), Value::Str(key)) => record.contains_key(key),
        (Value::Str(text), Value::Str(part)) => text.contains(part.as_str()),
        (Value::Range(range), part) => {
            let low = range.0.as_ref().is_none_or(|low| compare(low, part).is_some_and(Ordering::is_le));
            let high = range.1.as_ref().is_none_or(|high| compare(part, high).is_some_and(Ordering::is_le));
            low && high
        }
        _ => false,
    }
}

pub(super) fn binary(a: &Value, op: BinaryOp, b: &Value) -> Result<Value, String> {
    use BinaryOp::*;
    let ordered = |test: fn(Ordering) -> bool| {
        compare(a, b).map(|o| Value::Bool(test(o))).ok_or_else(|| format!("{a} and {b} have no order"))
    };
    match op {
        Eq => Ok(Value::Bool(equal(a, b))),
        Ne => Ok(Value::Bool(!equal(a, b))),
        Lt => ordered(Ordering::is_lt),
        Le => ordered(Ordering::is_le),
        Gt => ordered(Ordering::is_gt),
        Ge => ordered(Ordering::is_ge),
        In => Ok(Value::Bool(contains(b, a))),
        Add | Sub | Mul | Div => arithmetic(a, op, b),
        And | Or | Coalesce => Err("this operator has no strict form".to_owned()),
    }
}

pub(super) fn arithmetic(a: &Value, op: BinaryOp, b: &Value) -> Result<Value, String> {
    use BinaryOp::*;
    let meaningless = || Err(format!("{a} and {b} can't be combined like this"));
    match (a, op, b) {
        (Value::Int(a), op, Value::Int(b)) => {
            let result = match op {
                Add => a.checked_add(*b),
                Sub => a.checked_sub(*b),
                Mul => a.checked_mul(*b),
                _ if *b == 0 => return Err(format!("{a} is divided by zero")),
                _ => a.checked_div_euclid(*b),
            };
            result.map(Value::Int).ok_or_else(|| "the result is too large".to_owned())
        }
        (Value::Str(a), Add, Value::Str(b)) => Ok(Value::Str(format!("{a}{b}").into())),
        (Value::List(a), Add, Value::List(b)) => {
            Ok(Value::List(a.iter().chain(b.iter()).cloned().collect::<Vec<_>>().into()))
        }
        (Value::Quantity(x), Add | Sub, Value::Quantity(y)) if x.unit() == y.unit() => {
            let sum = if op == Add { x.base() + y.base() } else { x.base() - y.base() };
            finite(sum).map(|n| Value::Quantity(Quantity::from_base(x.unit(), n)))
        }
        (Value::Quantity(x), Div, Value::Quantity(y)) if x.unit() == y.unit() => {
            quotient(x.base(), y.base()).map(Value::Float)
        }
        (Value::Quantity(p), Mul, Value::Quantity(x)) | (Value::Quantity(x), Mul, Value::Quantity(p))
            if p.unit() == Unit::Percent =>
        {
            finite(x.base() * p.base() / 100.0).map(|n| Value::Quantity(Quantity::from_base(x.unit(), n)))
        }
        (Value::Quantity(x), Mul | Div, other) => {
            let Some(n) = number(other) else { return meaningless() };
            let base = if op == Mul { finite(x.base() * n)? } else { quotient(x.base(), n)? };
            Ok(Value::Quantity(Quantity::from_base(x.unit(), base)))
        }
        (_, Mul, Value::Quantity(_)) => arithmetic(b, Mul, a),
        _ => {
            let (Some(x), Some(y)) = (number(a), number(b)) else { return meaningless() };
            let result = match op {
                Add => x + y,
                Sub => x - y,
                Mul => x * y,
                _ => quotient(x, y)?,
            };
            finite(result).map(Value::Float)
        }
    }
}

fn quotient(a: f64, b: f64) -> Result<f64, String> {
    if b == 0.0 { Err("this is divided by zero".to_owned()) } else { finite(a / b) }
}

fn finite(n: f64) -> Result<f64, String> {
    // whole base units are kept in i64: beyond 2^63 nothing would be exact
    if n.is_finite() && n.abs() < 9.2e18 { Ok(n) } else { Err("the result is too large".to_owned()) }
}
