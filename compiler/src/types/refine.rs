//! What types can't tell before values are there: bounds, patterns, forms, words.

use super::quantity;
use super::ty::{Bounds, Form, Ty};
use crate::diagnostics::{Code, Diagnostic};
use crate::text::Span;
use crate::value::Value;

/// Why a value isn't of a type that its own type fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Complaint {
    /// What is wrong, naming the value.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

impl Complaint {
    /// As a diagnostic at a place.
    pub fn diagnostic(self, span: Span) -> Diagnostic {
        let diagnostic = Diagnostic::new(Code::OBS2108, span, self.message);
        match self.help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }
}

/// Whether values of type `from` must be looked at before they are taken as `want`.
pub fn needs_check(from: &Ty, want: &Ty) -> bool {
    match want {
        _ if from == want => false,
        Ty::Int(Some(_)) | Ty::Quantity(_, Some(_)) | Ty::Str(Some(_)) | Ty::Form(_) | Ty::Enum(_) => true,
        Ty::Optional(of) => needs_check(from.without_optional(), of),
        Ty::Union(any) => any.iter().any(|ty| needs_check(from, ty)),
        Ty::Data | Ty::Error => false,
        want => matches!(from, Ty::Data) && !matches!(want, Ty::Data),
    }
}

/// What is wrong with the value as a `want`, if anything.
pub fn complaint(value: &Value, want: &Ty) -> Option<Complaint> {
    let wrong = |message: String, help: Option<String>| Some(Complaint { message, help });
    match (want, value) {
        (_, Value::Error) | (Ty::Optional(_), Value::None) => None,
        (Ty::Optional(of), value) => complaint(value, of),
        (Ty::Union(any), value) => {
            let all: Option<Vec<Complaint>> = any.iter().map(|ty| of_type(value, ty)).collect();
            all.and_then(|complaints| complaints.into_iter().next())
        }
        (Ty::Int(Some(bounds)) | Ty::Quantity(_, Some(bounds)), value) => outside(value, bounds),
        (Ty::Str(Some(pattern)), Value::Str(text)) if !pattern.0.is_match(text) => {
            wrong(format!("\"{text}\" isn't of the form `{want}`"), None)
        }
        (Ty::Form(Form::Path), Value::Str(text)) if text.is_empty() => wrong("a path can't be empty".to_owned(), None),
        (Ty::Form(form), Value::Str(text)) => form
            .complaint(text)
            .and_then(|wanted| wrong(format!("\"{text}\" is no {}", form.name()), Some(format!("expected {wanted}")))),
        (Ty::Enum(words), Value::Str(text)) if !words.contains(text) => {
            wrong(format!("expected {want}, found \"{text}\""), None)
        }
        _ => None,
    }
}

/// Like [`complaint`], also where the value is of another type altogether.
pub fn of_type(value: &Value, want: &Ty) -> Option<Complaint> {
    let fits = match (value, want) {
        (Value::Error, _) | (Value::None, Ty::Optional(_)) | (_, Ty::Error | Ty::Data) => true,
        (value, Ty::Optional(of)) => return of_type(value, of),
        (_, Ty::Union(_)) => return complaint(value, want),
        (Value::Bool(_), Ty::Bool)
        | (Value::Int(_), Ty::Int(_) | Ty::Float)
        | (Value::Float(_), Ty::Float)
        | (Value::Str(_), Ty::Str(_) | Ty::Form(_) | Ty::Enum(_))
        | (Value::Version(_), Ty::Version)
        | (Value::Secret(_), Ty::Secret)
        | (Value::PodField(_), Ty::PodField)
        | (Value::List(_), Ty::List(_))
        | (Value::Record(_), Ty::Map(_) | Ty::Record(_))
        | (Value::Variant(_), Ty::Variants(_))
        | (Value::Component(_), Ty::Component(_) | Ty::Accepting(_))
        | (Value::Flow(_), Ty::Flow(_))
        | (Value::Content(_), Ty::Content)
        | (Value::Range(_), Ty::Range) => true,
        (Value::Quantity(q), Ty::Quantity(unit, _)) => q.unit() == *unit,
        _ => false,
    };
    if fits {
        return complaint(value, want);
    }
    Some(Complaint { message: format!("expected `{want}`, found {value}"), help: None })
}

fn outside(value: &Value, bounds: &Bounds) -> Option<Complaint> {
    let number = |v: &Value| match v {
        Value::Int(n) => Some(*n as f64),
        Value::Float(n) => Some(*n),
        Value::Quantity(q) => Some(q.base()),
        _ => None,
    };
    let at = number(value)?;
    let low = bounds.least.as_ref().and_then(number).is_some_and(|least| at < least);
    let high = bounds.most.as_ref().and_then(number).is_some_and(|most| at > most);
    if !low && !high {
        return None;
    }
    let help = match (&bounds.least, &bounds.most) {
        (Some(least), Some(most)) => format!("it must be {least} to {most}"),
        (Some(least), None) => format!("it must be at least {least}"),
        (None, Some(most)) => format!("it must be at most {most}"),
        (None, None) => return None,
    };
    Some(Complaint { message: format!("{value} is out of range"), help: Some(help) })
}

/// A number for a bound, read for the type it bounds.
pub fn bound(text: &str, ty: &Ty) -> Option<Value> {
    match ty {
        Ty::Quantity(unit, _) => quantity::read(text, *unit).map(Value::Quantity),
        _ => quantity::read_number(text),
    }
}
