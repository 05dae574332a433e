//! A value as serde sees it, and the check that it is nothing but data.

use super::ConfigError;
use crate::text::Span;
use crate::value::{Quantity, Spanned, Value};
use serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, Serializer};

/// A value that [`check`] found to be data, for any serde format.
#[derive(Debug, Clone, Copy)]
pub struct Data<'a>(pub &'a Value);

/// Whether an entry or element is left out.
pub(super) fn left_out(value: &Value) -> bool {
    matches!(value, Value::None | Value::Error)
}

impl Serialize for Data<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::None | Value::Error => serializer.serialize_unit(),
            Value::Bool(b) => serializer.serialize_bool(*b),
            Value::Int(n) => serializer.serialize_i64(*n),
            Value::Float(x) => serializer.serialize_f64(*x),
            Value::Str(text) => serializer.serialize_str(text),
            Value::Quantity(Quantity::Rate(r)) => number(*r, serializer),
            Value::Quantity(q) => serializer.collect_str(q),
            Value::Version(v) => serializer.serialize_str(&version(&v.0)),
            Value::List(items) => {
                let kept = || items.iter().filter(|item| !left_out(&item.value));
                let mut seq = serializer.serialize_seq(Some(kept().count()))?;
                for item in kept() {
                    seq.serialize_element(&Data(&item.value))?;
                }
                seq.end()
            }
            Value::Record(fields) => {
                let kept = || fields.iter().filter(|(_, field)| !left_out(&field.value));
                let mut map = serializer.serialize_map(Some(kept().count()))?;
                for (name, field) in kept() {
                    map.serialize_entry(name.as_str(), &Data(&field.value))?;
                }
                map.end()
            }
            other => Err(S::Error::custom(format_args!("{} can't be written", describe(other)))),
        }
    }
}

/// A rate without a fraction is a whole number.
fn number<S: Serializer>(x: f64, serializer: S) -> Result<S::Ok, S::Error> {
    // 2^53: up to here every whole number is exact
    match x.fract() == 0.0 && x.abs() < 9_007_199_254_740_992.0 {
        true => serializer.serialize_i64(x as i64),
        false => serializer.serialize_f64(x),
    }
}

fn version(numbers: &[u32]) -> String {
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

/// The text of a scalar as it stands in a line of its own kind (an environment variable, an `ini` value).
pub(super) fn scalar(value: &Value) -> Option<String> {
    Some(match value {
        Value::Bool(b) => b.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Float(x) => x.to_string(),
        Value::Str(text) => text.to_string(),
        Value::Quantity(q) => q.to_string(),
        Value::Version(v) => version(&v.0),
        _ => return None,
    })
}

/// What a value is, in words.
pub(super) fn describe(value: &Value) -> &'static str {
    match value {
        Value::Error | Value::None => "nothing",
        Value::Bool(_) => "a bool",
        Value::Int(_) | Value::Float(_) => "a number",
        Value::Str(_) => "a string",
        Value::Quantity(_) => "a quantity",
        Value::Secret(_) => "a secret",
        Value::PodField(_) => "a field of the pod",
        Value::List(_) => "a list",
        Value::Record(_) => "a record",
        Value::Variant(_) => "a variant",
        Value::Range(_) => "a range",
        Value::Component(_) => "a component",
        Value::Flow(_) => "a flow",
        Value::Content(_) => "a file's content",
        Value::Version(_) => "a version",
    }
}

/// Finds the first thing in `value` that a file can't hold.
pub(super) fn check(value: &Value) -> Result<(), ConfigError> {
    check_at(value, &mut String::new(), None)
}

fn check_at(value: &Value, pointer: &mut String, span: Option<Span>) -> Result<(), ConfigError> {
    let refuse = |problem: String, pointer: &str| Err(ConfigError { pointer: pointer.into(), problem, span });
    match value {
        Value::Float(x) if !x.is_finite() => refuse(format!("{x} is no number that a file can hold"), pointer),
        Value::List(items) => {
            let kept = items.iter().filter(|item| !left_out(&item.value)).enumerate();
            kept.map(|(i, item)| (i.to_string(), item)).try_for_each(|(i, item)| inside(&i, item, pointer))
        }
        Value::Record(fields) => match fields.keys().find(|name| name.starts_with('$')) {
            Some(name) if matches!(name.as_str(), "$block" | "$attr" | "$expr") => {
                refuse("blocks, attributes and expressions belong in `blocks`".into(), pointer)
            }
            _ => fields.iter().try_for_each(|(name, field)| inside(name, field, pointer)),
        },
        Value::Secret(_)
        | Value::PodField(_)
        | Value::Variant(_)
        | Value::Range(_)
        | Value::Component(_)
        | Value::Flow(_)
        | Value::Content(_) => refuse(format!("{} can't be written in a file", describe(value)), pointer),
        _ => Ok(()),
    }
}

fn inside(step: &str, item: &Spanned<Value>, pointer: &mut String) -> Result<(), ConfigError> {
    let length = pointer.len();
    pointer_step(pointer, step);
    let result = check_at(&item.value, pointer, Some(item.span));
    pointer.truncate(length);
    result
}

/// Appends one step to a JSON pointer, escaped.
pub fn pointer_step(pointer: &mut String, step: &str) {
    pointer.push('/');
    for c in step.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outputs::config::testing::{list, record, str};
    use crate::value::SecretRef;

    #[test]
    fn a_secret_is_refused_where_it_stands() {
        let secret = Value::Secret(SecretRef { name: "s3".into(), key: None });
        let value = record([("a", str("x")), ("b/c", list([str("y"), secret]))]);
        let error = check(&value).expect_err("refused");
        assert_eq!(error.pointer, "/b~1c/1");
        assert_eq!(error.to_string(), "at `/b~1c/1`: a secret can't be written in a file");
        assert!(error.span.is_some());
    }

    #[test]
    fn a_number_without_end_is_refused() {
        let error = check(&list([Value::Float(f64::NAN)])).expect_err("refused");
        assert_eq!(error.pointer, "/0");
    }

    #[test]
    fn none_is_left_out_and_quantities_are_text() {
        let value = record([
            ("gone", Value::None),
            ("size", Value::Quantity(Quantity::Bytes(50 << 30))),
            ("rate", Value::Quantity(Quantity::Rate(10_000.0))),
            ("list", list([Value::None, Value::Int(1)])),
        ]);
        let json = serde_json::to_string(&Data(&value)).expect("data");
        assert_eq!(json, r#"{"size":"50Gi","rate":10000,"list":[1]}"#);
    }
}
