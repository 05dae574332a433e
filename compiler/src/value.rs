//! What expressions evaluate to.

use crate::maps::IndexMap;
use crate::text::Span;
use smol_str::SmolStr;
use std::fmt;
use std::sync::Arc;

/// A value. Cheap to clone.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Stands for a value that was already reported as wrong; whatever meets it stays silent.
    Error,
    /// `none`: nothing. Entries and elements with it are left out of config files.
    None,
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text, an enum's word, a host, path, url, cron line, image or date.
    Str(SmolStr),
    /// A number with a unit.
    Quantity(Quantity),
    /// The name of a secret; its value never enters the compiler.
    Secret(SecretRef),
    /// A field of the pod, known only when it runs (`field("metadata.name")`).
    PodField(SmolStr),
    /// A list; each element knows where it came from.
    List(Arc<Vec<Spanned<Value>>>),
    /// A record or a map, in source order.
    Record(Arc<Record>),
    /// A variant of a tagged union: `disk(50Gi)`.
    Variant(Arc<Variant>),
    /// A range of numbers or quantities, ends included.
    Range(Arc<(Option<Value>, Option<Value>)>),
    /// A component, by its index in the graph.
    Component(ComponentId),
    /// A flow, by its index in the graph.
    Flow(FlowId),
    /// Content of a file: a format and what is written in it.
    Content(Arc<Content>),
    /// A product's version, compared number by number.
    Version(Version),
}

/// Index of a component in `Graph::components`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComponentId(pub u32);

/// Index of a flow in `Graph::flows`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowId(pub u32);

/// Something with the place it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Spanned<T> {
    /// The thing.
    pub value: T,
    /// Where it came from.
    pub span: Span,
}

/// Fields in source order, each with the place that set it.
pub type Record = IndexMap<SmolStr, Spanned<Value>>;

/// A variant with its fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Its name as used: `disk`.
    pub name: SmolStr,
    /// All fields, defaults filled in.
    pub fields: Record,
}

/// Content of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// `yaml`, `json`, `toml`, `ini`, `text`, or a block language by name.
    pub format: SmolStr,
    /// What to write.
    pub value: Value,
}

/// A reference to a secret: the name of a Kubernetes Secret and, where given, one key in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SecretRef {
    /// Name of the Secret object.
    pub name: SmolStr,
    /// One key.
    pub key: Option<SmolStr>,
}

/// A version as numbers, most significant first: `v3.14.0` is `[3, 14, 0]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub Vec<u32>);

/// A number with a unit, in the unit's base.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub enum Quantity {
    /// Milliseconds.
    Duration(i64),
    /// Bytes.
    Bytes(i64),
    /// Thousandths of a core.
    Cpu(i64),
    /// Percent: `70%` is `70.0`.
    Percent(f64),
    /// Events per second.
    Rate(f64),
}

impl Value {
    /// The text of a string value.
    pub fn as_str(&self) -> Option<&SmolStr> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The number of an int value.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(n) => Some(*n),
            _ => None,
        }
    }

    /// The elements of a list; of anything else, none.
    pub fn elements(&self) -> &[Spanned<Value>] {
        match self {
            Value::List(list) => list,
            _ => &[],
        }
    }

    /// The strings of a list.
    pub fn strings(&self) -> Vec<SmolStr> {
        self.elements().iter().filter_map(|e| e.value.as_str().cloned()).collect()
    }

    /// A record's or variant's field.
    pub fn field(&self, name: &str) -> Option<&Spanned<Value>> {
        match self {
            Value::Record(record) => record.get(name),
            Value::Variant(variant) => variant.fields.get(name),
            _ => None,
        }
    }

    /// The string entries of a record, in order.
    pub fn string_map(&self) -> IndexMap<SmolStr, SmolStr> {
        let Value::Record(record) = self else { return IndexMap::default() };
        record.iter().filter_map(|(k, v)| Some((k.clone(), v.value.as_str()?.clone()))).collect()
    }

    /// Whether an `if` takes it for true: `true`, or something that isn't nothing or empty.
    pub fn holds(&self) -> bool {
        match self {
            Value::Bool(b) => *b,
            Value::None | Value::Error => false,
            Value::List(list) => !list.is_empty(),
            Value::Record(record) => !record.is_empty(),
            _ => true,
        }
    }

    /// A list whose elements all come from one place.
    pub fn list(values: impl IntoIterator<Item = Value>, span: Span) -> Value {
        Value::List(Arc::new(values.into_iter().map(|value| Spanned { value, span }).collect()))
    }

    /// A record whose fields all come from one place.
    pub fn record(fields: impl IntoIterator<Item = (SmolStr, Value)>, span: Span) -> Value {
        Value::Record(Arc::new(fields.into_iter().map(|(k, value)| (k, Spanned { value, span })).collect()))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&numbers.join("."))
    }
}

impl fmt::Display for Value {
    /// As `${…}` writes it; what can't stand there is described.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Error => f.write_str("?"),
            Value::None => f.write_str("none"),
            Value::Bool(b) => write!(f, "{b}"),
            Value::Int(n) => write!(f, "{n}"),
            Value::Float(n) => write!(f, "{n}"),
            Value::Str(text) => f.write_str(text),
            Value::Quantity(q) => write!(f, "{q}"),
            Value::Version(version) => write!(f, "{version}"),
            Value::Secret(secret) => match &secret.key {
                Some(key) => write!(f, "secret({}, {key})", secret.name),
                None => write!(f, "secret({})", secret.name),
            },
            Value::PodField(path) => write!(f, "field({path})"),
            Value::List(list) => {
                let all: Vec<String> = list.iter().map(|e| e.value.to_string()).collect();
                write!(f, "[{}]", all.join(", "))
            }
            Value::Record(record) => fields(f, record),
            Value::Variant(variant) => {
                f.write_str(&variant.name)?;
                let given: Vec<String> =
                    variant.fields.values().filter(|v| v.value != Value::None).map(|v| v.value.to_string()).collect();
                if given.is_empty() { Ok(()) } else { write!(f, "({})", given.join(", ")) }
            }
            Value::Range(range) => {
                let end = |v: &Option<Value>| v.as_ref().map(Value::to_string).unwrap_or_default();
                write!(f, "{}..{}", end(&range.0), end(&range.1))
            }
            Value::Component(_) => f.write_str("a component"),
            Value::Flow(_) => f.write_str("a flow"),
            Value::Content(content) => write!(f, "{}(…)", content.format),
        }
    }
}

fn fields(f: &mut fmt::Formatter<'_>, record: &Record) -> fmt::Result {
    let all: Vec<String> = record.iter().map(|(k, v)| format!("{k}: {}", v.value)).collect();
    write!(f, "{{{}}}", all.join(", "))
}
