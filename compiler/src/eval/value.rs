//! What expressions evaluate to.

use crate::text::Span;
use indexmap::IndexMap;
use smol_str::SmolStr;
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

/// Index of a component in [`crate::graph::Graph::components`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComponentId(pub u32);

/// Index of a flow in [`crate::graph::Graph::flows`].
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
