//! The built-in functions, carried out. Types were checked before; what only values show is reported here.

use super::interpret::Evaluator;
use super::operators::{arithmetic, compare, contains, equal, number};
use crate::syntax::ast::BinaryOp;
use crate::text::Span;
use crate::types::builtins::Builtin;
use crate::types::embedded;
use crate::value::{Quantity, Record, SecretRef, Spanned, Value};
use smol_str::SmolStr;
use std::cmp::Ordering;
use std::sync::Arc;

/// The most that `range(n)` gives.
const MAX_RANGE: i64 = 10_000;

impl Evaluator<'_> {
    pub(super) fn builtin(&mut self, builtin: Builtin, args: Vec<Value>, span: Span) -> Value {
        use Builtin::*;
        let text = |i: usize| args.get(i).and_then(Value::as_str).cloned().unwrap_or_default();
        let string = |s: std::string::String| Value::Str(s.into());
        let strings = |list: Vec<&str>| Value::list(list.into_iter().map(|s| Value::Str(s.into())), span);
        match builtin {
            Len => Value::Int(match &args[0] {
                Value::List(list) => list.len() as i64,
                Value::Record(record) => record.len() as i64,
                other => other.to_string().chars().count() as i64,
            }),
            Join => {
                let list: Vec<std::string::String> = args[0].strings().iter().map(SmolStr::to_string).collect();
                string(list.join(&text(1)))
            }
            Split if text(1).is_empty() => self.fail(span, "the separator can't be empty"),
            Split => strings(text(0).split(text(1).as_str()).collect()),
            Lower => string(text(0).to_lowercase()),
            Upper => string(text(0).to_uppercase()),
            Trim => string(text(0).trim().to_owned()),
            Replace => string(text(0).replace(text(1).as_str(), &text(2))),
            StartsWith => Value::Bool(text(0).starts_with(text(1).as_str())),
            EndsWith => Value::Bool(text(0).ends_with(text(1).as_str())),
            Contains => Value::Bool(contains(&args[0], &args[1])),
            Parses => Value::Bool(embedded::checker(&text(1)).is_some_and(|check| check(&text(0)).is_ok())),
            Keys => match &args[0] {
                Value::Record(record) => strings(record.keys().map(SmolStr::as_str).collect()),
                _ => Value::list([], span),
            },
            Values => match &args[0] {
                Value::Record(record) => Value::List(Arc::new(record.values().cloned().collect())),
                _ => Value::list([], span),
            },
            Sort => self.sort(&args[0], span),
            Unique => Value::List(Arc::new(unique(args[0].elements()))),
            Reverse => Value::List(Arc::new(args[0].elements().iter().rev().cloned().collect())),
            Flatten => {
                let inner = args[0].elements().iter().flat_map(|e| e.value.elements().to_vec());
                Value::List(Arc::new(inner.collect()))
            }
            Range => match args[0].as_int() {
                Some(n @ 0..=MAX_RANGE) => Value::list((0..n).map(Value::Int), span),
                _ => self.fail(span, format!("`range` takes 0 to {MAX_RANGE}, found {}", args[0])),
            },
            Sum => self.sum(&args[0], span),
            Min => least(&args[0], &args[1], Ordering::is_le),
            Max => least(&args[0], &args[1], Ordering::is_ge),
            Floor | Ceil => match number(&args[0]) {
                Some(n) => {
                    let n = if builtin == Floor { n.floor() } else { n.ceil() };
                    if n.abs() < 9e15 { Value::Int(n as i64) } else { self.fail(span, "the number is too large") }
                }
                None => self.fail(span, format!("{} is no number", args[0])),
            },
            String => string(args[0].to_string()),
            Int => match (&args[0], args[0].to_string().trim().parse::<i64>()) {
                (_, Ok(n)) => Value::Int(n),
                (Value::Float(n), _) if n.abs() < 9e15 => Value::Int(n.trunc() as i64),
                (other, _) => self.fail(span, format!("{other} is no int")),
            },
            Float => number(&args[0]).map_or(Value::Error, Value::Float),
            Quote => string(serde_json::Value::from(text(0).as_str()).to_string()),
            JsonText => string(json(&args[0]).to_string()),
            Merge => match (&args[0], &args[1]) {
                (Value::Record(a), Value::Record(b)) => Value::Record(Arc::new(super::merge::merge(a, b))),
                (Value::None, over) => over.clone(),
                (under, _) => under.clone(),
            },
            Secret => {
                let key = (args.len() > 1).then(|| text(1));
                Value::Secret(SecretRef { name: text(0), key })
            }
            Field => Value::PodField(text(0)),
            Block => block(&args, span),
            Attr => Value::record([("$attr".into(), args[0].clone()), ("$value".into(), args[1].clone())], span),
            Expr => Value::record([("$expr".into(), args[0].clone())], span),
            Reachable => match (&args[0], &args[1]) {
                (Value::Component(a), Value::Component(b)) => Value::Bool(self.world.reachable(*a, *b)),
                _ => self.fail(span, "`reachable` takes two components"),
            },
            Path => match &args[0] {
                Value::Component(a) => Value::Bool(self.world.path(*a, &text(1))),
                _ => self.fail(span, "`path` takes a component and a signal"),
            },
        }
    }

    fn sort(&mut self, list: &Value, span: Span) -> Value {
        let mut out = list.elements().to_vec();
        let mut unordered = false;
        out.sort_by(|a, b| {
            compare(&a.value, &b.value).unwrap_or_else(|| {
                unordered = true;
                Ordering::Equal
            })
        });
        if unordered { self.fail(span, "these elements have no order") } else { Value::List(Arc::new(out)) }
    }

    fn sum(&mut self, list: &Value, span: Span) -> Value {
        let mut elements = list.elements().iter().map(|e| e.value.clone());
        let Some(first) = elements.next() else { return Value::Int(0) };
        let total = elements.try_fold(first, |sum, n| arithmetic(&sum, BinaryOp::Add, &n));
        total.unwrap_or_else(|why| self.fail(span, why))
    }
}

fn unique(list: &[Spanned<Value>]) -> Vec<Spanned<Value>> {
    let mut out: Vec<Spanned<Value>> = Vec::new();
    let mut seen = rustc_hash::FxHashSet::default();
    for element in list {
        // strings, the common case, by hash; the rest by comparison
        let new = match &element.value {
            Value::Str(text) => seen.insert(text.clone()),
            value => !out.iter().any(|o| equal(&o.value, value)),
        };
        if new {
            out.push(element.clone());
        }
    }
    out
}

fn least(a: &Value, b: &Value, wanted: fn(Ordering) -> bool) -> Value {
    match compare(a, b) {
        Some(order) if wanted(order) => a.clone(),
        Some(_) => b.clone(),
        None => Value::Error,
    }
}

/// `block(name, label?, body)`: with two arguments the second is the body.
fn block(args: &[Value], span: Span) -> Value {
    let (label, body) = match args {
        [_, body @ Value::List(_)] => (None, Some(body)),
        [_, label] => (Some(label), None),
        [_, label, body] => (Some(label), Some(body)),
        _ => (None, None),
    };
    let mut out = vec![("$block".into(), args[0].clone())];
    out.extend(label.filter(|l| **l != Value::None).map(|l| ("$label".into(), l.clone())));
    out.push(("$body".into(), body.cloned().unwrap_or_else(|| Value::list([], span))));
    Value::record(out, span)
}

/// Data as JSON; what is none is left out.
fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Bool(b) => (*b).into(),
        Value::Int(n) => (*n).into(),
        Value::Float(n) => (*n).into(),
        Value::Quantity(Quantity::Rate(n)) => (*n).into(),
        Value::List(list) => list.iter().filter(|e| e.value != Value::None).map(|e| json(&e.value)).collect(),
        Value::Record(record) => json_object(record),
        Value::None | Value::Error => serde_json::Value::Null,
        other => other.to_string().into(),
    }
}

fn json_object(record: &Record) -> serde_json::Value {
    let fields = record.iter().filter(|(_, v)| v.value != Value::None);
    serde_json::Value::Object(fields.map(|(k, v)| (k.to_string(), json(&v.value))).collect())
}
