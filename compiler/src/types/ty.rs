//! Types, and when a value of one may stand where another is expected.

use crate::maps::IndexMap;
use crate::names::{self, DefId};
use crate::text::Span;
use crate::value::Value;
use smol_str::SmolStr;
use std::fmt;
use std::sync::Arc;

/// A type. Cheap to clone.
#[derive(Debug, Clone, PartialEq)]
pub enum Ty {
    /// Of something already reported: fits everywhere, silently.
    Error,
    /// Of `none`.
    None,
    /// Anything that a config file can hold.
    Data,
    /// `bool`.
    Bool,
    /// `int`, perhaps refined.
    Int(Option<Bounds>),
    /// `float`.
    Float,
    /// `string`, perhaps refined by a pattern.
    Str(Option<Pattern>),
    /// Text of a certain form.
    Form(Form),
    /// A number with a unit, perhaps refined.
    Quantity(Unit, Option<Bounds>),
    /// A product's version.
    Version,
    /// A secret.
    Secret,
    /// A field of the running pod.
    PodField,
    /// `[T]`.
    List(Arc<Ty>),
    /// `{string: T}`.
    Map(Arc<Ty>),
    /// `{a: T, b?: T}`.
    Record(Arc<RecordTy>),
    /// `"x" | "y"`.
    Enum(Arc<[SmolStr]>),
    /// A tagged union.
    Variants(Arc<VariantsTy>),
    /// `T?`.
    Optional(Arc<Ty>),
    /// One of several (`duration | "unlimited"`).
    Union(Arc<[Ty]>),
    /// A component, of this kind where it is known.
    Component(Option<KindRef>),
    /// A component whose kind accepts this protocol.
    Accepting(ProtocolRef),
    /// A flow, of this protocol where it is known.
    Flow(Option<ProtocolRef>),
    /// Content of a file.
    Content,
    /// A range of numbers.
    Range,
    /// The cluster; see [`super::members`].
    Cluster,
    /// The namespace.
    Namespace,
}

/// Text of a certain form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Form {
    Host,
    Path,
    Url,
    Cron,
    Image,
    Date,
    /// Of an image; no type of a program's own.
    Digest,
}

/// Units of quantities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Unit {
    Duration,
    Bytes,
    Cpu,
    Percent,
    Rate,
}

impl Unit {
    /// The type's name.
    pub const fn name(self) -> &'static str {
        match self {
            Unit::Duration => "duration",
            Unit::Bytes => "bytes",
            Unit::Cpu => "cpu",
            Unit::Percent => "percent",
            Unit::Rate => "rate",
        }
    }

    /// How one is written, for messages.
    pub fn help(self) -> String {
        let (name, example) = (self.name(), self.example());
        match self {
            Unit::Bytes => format!("sizes in bytes are written like {example}"),
            Unit::Cpu => format!("shares of a CPU are written like {example}"),
            Unit::Duration | Unit::Percent | Unit::Rate => format!("a {name} is written like {example}"),
        }
    }

    /// An example, for messages.
    pub const fn example(self) -> &'static str {
        match self {
            Unit::Duration => "`30s` or `15d`",
            Unit::Bytes => "`512Mi` or `50Gi`",
            Unit::Cpu => "`500m` or `2`",
            Unit::Percent => "`70%`",
            Unit::Rate => "`10k/s`",
        }
    }
}

/// Both ends included; either may be open.
#[derive(Debug, Clone, PartialEq)]
pub struct Bounds {
    /// Least.
    pub least: Option<Value>,
    /// Most.
    pub most: Option<Value>,
}

/// A regular expression that must match all of a text. Equal where its source is.
#[derive(Debug, Clone)]
pub struct Pattern(pub Arc<regex::Regex>);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

/// A closed record.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RecordTy {
    /// Fields in declared order.
    pub fields: IndexMap<SmolStr, FieldTy>,
}

/// A field of a record, a variant, or a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldTy {
    /// Its type.
    pub ty: Ty,
    /// May be left out.
    pub optional: bool,
    /// What holds where it is left out, if that is a constant.
    pub default: Option<Value>,
    /// Its doc lines.
    pub doc: Option<Arc<str>>,
    /// Its declaration, where it has one in source.
    pub span: Option<Span>,
}

impl FieldTy {
    /// A field that must be given.
    pub fn required(ty: Ty) -> Self {
        Self { ty, optional: false, default: None, doc: None, span: None }
    }

    /// A field that may be left out.
    pub fn optional(ty: Ty) -> Self {
        Self { optional: true, ..Self::required(ty) }
    }
}

/// A tagged union.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantsTy {
    /// Its name, for messages.
    pub name: SmolStr,
    /// Variants by the name they are used by, first letter lowered.
    pub variants: IndexMap<SmolStr, RecordTy>,
    /// Its declaration.
    pub def: Option<DefId>,
}

/// A kind, by name and declaration.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KindRef {
    /// Its name.
    pub name: SmolStr,
    /// Its declaration.
    pub def: DefId,
    /// The kinds that it extends, nearest first.
    pub bases: Arc<[DefId]>,
    /// The protocols that it accepts, its bases' too.
    pub accepts: Arc<[ProtocolRef]>,
}

/// A protocol, by name and declaration.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProtocolRef {
    /// Its name.
    pub name: SmolStr,
    /// Its declaration.
    pub def: DefId,
}

impl Ty {
    /// With its article, for messages: "an `int`".
    pub fn with_article(&self) -> String {
        let name = self.to_string();
        let article = if name.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
        format!("{article} `{name}`")
    }

    /// `[T]`.
    pub fn list(of: Ty) -> Ty {
        Ty::List(Arc::new(of))
    }

    /// `{string: T}`.
    pub fn map(of: Ty) -> Ty {
        Ty::Map(Arc::new(of))
    }

    /// `T?`; of an optional, itself.
    pub fn optional(of: Ty) -> Ty {
        match of {
            Ty::Optional(_) | Ty::None | Ty::Error => of,
            of => Ty::Optional(Arc::new(of)),
        }
    }

    /// Plain text.
    pub const fn string() -> Ty {
        Ty::Str(None)
    }

    /// `"a" | "b"`.
    pub fn words(words: &[&str]) -> Ty {
        Ty::Enum(words.iter().map(SmolStr::new).collect())
    }

    /// A closed record.
    pub fn record(fields: impl IntoIterator<Item = (&'static str, FieldTy)>) -> Ty {
        let fields = fields.into_iter().map(|(n, f)| (SmolStr::new_static(n), f)).collect();
        Ty::Record(Arc::new(RecordTy { fields }))
    }

    /// Without the `?`.
    pub fn without_optional(&self) -> &Ty {
        match self {
            Ty::Optional(of) => of,
            ty => ty,
        }
    }

    /// Whether values of it are text.
    pub fn is_text(&self) -> bool {
        matches!(self, Ty::Str(_) | Ty::Form(_) | Ty::Enum(_))
    }

    /// Whether values of it can be written in a `${…}`.
    pub fn is_printable(&self) -> bool {
        match self {
            Ty::Bool | Ty::Int(_) | Ty::Float | Ty::Quantity(..) | Ty::Version | Ty::Error | Ty::Data => true,
            Ty::Union(of) => of.iter().all(Ty::is_printable),
            ty => ty.is_text(),
        }
    }

    /// Whether a secret is among what it can hold.
    pub fn holds_secret(&self) -> bool {
        match self {
            Ty::Secret => true,
            Ty::List(of) | Ty::Map(of) | Ty::Optional(of) => of.holds_secret(),
            Ty::Union(of) => of.iter().any(Ty::holds_secret),
            Ty::Record(of) => of.fields.values().any(|f| f.ty.holds_secret()),
            Ty::Variants(of) => of.variants.values().any(|v| v.fields.values().any(|f| f.ty.holds_secret())),
            _ => false,
        }
    }

    /// Whether a value of this type may stand where `to` is expected. Refinements are checked on values.
    pub fn fits(&self, to: &Ty) -> bool {
        match (self, to) {
            (Ty::Error, _) | (_, Ty::Error) => true,
            (Ty::None, Ty::Optional(_) | Ty::None | Ty::Data) => true,
            (Ty::Optional(a), Ty::Data | Ty::Optional(_)) => a.fits(to),
            (_, Ty::Optional(b)) => self.fits(b),
            (Ty::Union(all), _) => all.iter().all(|a| a.fits(to)),
            (_, Ty::Union(any)) => any.iter().any(|b| self.fits(b)),
            (_, Ty::Data) => self.is_data(),
            // what a data value holds is seen when it is there
            (Ty::Data, _) => to.is_data(),
            (Ty::Int(_), Ty::Int(_) | Ty::Float) | (Ty::Quantity(Unit::Cpu, _), Ty::Quantity(Unit::Cpu, _)) => true,
            (Ty::Quantity(a, _), Ty::Quantity(b, _)) => a == b,
            (Ty::Enum(a), Ty::Enum(b)) => a.iter().all(|w| b.contains(w)),
            (Ty::Str(_), Ty::Str(_) | Ty::Form(_) | Ty::Enum(_)) => true,
            (Ty::Form(a), Ty::Form(b)) => a == b,
            (Ty::Form(_) | Ty::Enum(_), Ty::Str(_)) => true,
            (Ty::List(a), Ty::List(b)) | (Ty::Map(a), Ty::Map(b)) => a.fits(b),
            (Ty::Record(a), Ty::Map(b)) => a.fields.values().all(|f| f.ty.fits(b)),
            (Ty::Record(a), Ty::Record(b)) => {
                a.fields.keys().all(|k| b.fields.contains_key(k))
                    && b.fields.iter().all(|(k, want)| match a.fields.get(k) {
                        Some(have) => have.ty.fits(&want.ty),
                        None => want.optional,
                    })
            }
            (Ty::Variants(a), Ty::Variants(b)) => a.name == b.name,
            (Ty::Component(_) | Ty::Accepting(_), Ty::Component(None)) | (Ty::Flow(_), Ty::Flow(None)) => true,
            (Ty::Component(Some(kind)), Ty::Accepting(want)) => kind.accepts.iter().any(|p| p.def == want.def),
            (Ty::Accepting(a), Ty::Accepting(b)) => a.def == b.def,
            (Ty::Component(Some(a)), Ty::Component(Some(b))) => a.def == b.def || a.bases.contains(&b.def),
            (Ty::Flow(Some(a)), Ty::Flow(Some(b))) => a.def == b.def,
            (a, b) => a == b,
        }
    }

    fn is_data(&self) -> bool {
        match self {
            Ty::Secret
            | Ty::PodField
            | Ty::Component(_)
            | Ty::Accepting(_)
            | Ty::Flow(_)
            | Ty::Content
            | Ty::Range
            | Ty::Cluster
            | Ty::Namespace
            | Ty::Variants(_) => false,
            Ty::List(of) | Ty::Map(of) | Ty::Optional(of) => of.is_data(),
            Ty::Union(of) => of.iter().all(Ty::is_data),
            Ty::Record(of) => of.fields.values().all(|f| f.ty.is_data()),
            _ => true,
        }
    }

    /// The least type that both fit, for the branches of an `if` and the elements of a list.
    pub fn join(self, other: Ty) -> Ty {
        if other.fits(&self) && !matches!(self, Ty::Error) {
            return self;
        }
        if self.fits(&other) {
            return other;
        }
        match (self, other) {
            (Ty::None, ty) | (ty, Ty::None) => Ty::optional(ty),
            (Ty::Optional(a), b) | (b, Ty::Optional(a)) => Ty::optional((*a).clone().join(b)),
            (Ty::List(a), Ty::List(b)) => Ty::list((*a).clone().join((*b).clone())),
            (a, b) if a.is_text() && b.is_text() => Ty::string(),
            (a, b) if a.is_data() && b.is_data() => Ty::Data,
            (a, b) => Ty::Union(Arc::new([a, b])),
        }
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ty::Error => f.write_str("?"),
            Ty::None => f.write_str("none"),
            Ty::Data => f.write_str("data"),
            Ty::Bool => f.write_str("bool"),
            Ty::Int(b) => bounded(f, "int", b.as_ref()),
            Ty::Float => f.write_str("float"),
            Ty::Str(None) => f.write_str("string"),
            Ty::Str(Some(p)) => write!(f, "string(/{}/)", pattern_source(p)),
            Ty::Form(form) => f.write_str(form.name()),
            Ty::Quantity(unit, b) => bounded(f, unit.name(), b.as_ref()),
            Ty::Version => f.write_str("version"),
            Ty::Secret => f.write_str("secret"),
            Ty::PodField => f.write_str("podfield"),
            Ty::List(of) => write!(f, "[{of}]"),
            Ty::Map(of) => write!(f, "{{string: {of}}}"),
            Ty::Record(of) => {
                let mut sep = "{";
                for (name, field) in &of.fields {
                    let mark = if field.optional { "?" } else { "" };
                    write!(f, "{sep}{name}{mark}: {}", field.ty)?;
                    sep = ", ";
                }
                f.write_str(if of.fields.is_empty() { "{}" } else { "}" })
            }
            Ty::Enum(words) => {
                let quoted: Vec<String> = words.iter().map(|w| format!("\"{w}\"")).collect();
                f.write_str(&quoted.join(" | "))
            }
            Ty::Variants(of) => f.write_str(&of.name),
            Ty::Optional(of) => write!(f, "{of}?"),
            Ty::Union(of) => {
                let all: Vec<String> = of.iter().map(Ty::to_string).collect();
                f.write_str(&all.join(" | "))
            }
            Ty::Component(None) => f.write_str("component"),
            Ty::Component(Some(kind)) => write!(f, "component({})", kind.name),
            Ty::Accepting(protocol) => write!(f, "component({})", protocol.name),
            Ty::Flow(None) => f.write_str("flow"),
            Ty::Flow(Some(protocol)) => write!(f, "flow({})", protocol.name),
            Ty::Content => f.write_str("content"),
            Ty::Range => f.write_str("range"),
            Ty::Cluster => f.write_str("cluster"),
            Ty::Namespace => f.write_str("namespace"),
        }
    }
}

/// The pattern as it was written, without the anchors that are added to it.
fn pattern_source(pattern: &Pattern) -> &str {
    let text = pattern.0.as_str();
    text.strip_prefix("^(?:").and_then(|t| t.strip_suffix(")$")).unwrap_or(text)
}

fn bounded(f: &mut fmt::Formatter<'_>, name: &str, bounds: Option<&Bounds>) -> fmt::Result {
    let Some(Bounds { least, most }) = bounds else { return f.write_str(name) };
    let show = |v: &Option<Value>| v.as_ref().map(Value::to_string).unwrap_or_default();
    write!(f, "{name}({}..{})", show(least), show(most))
}

impl Form {
    /// The type's name.
    pub const fn name(self) -> &'static str {
        match self {
            Form::Host => "host",
            Form::Path => "path",
            Form::Url => "url",
            Form::Cron => "cron",
            Form::Image => "image",
            Form::Date => "date",
            Form::Digest => "digest",
        }
    }

    /// What is wrong with a text of this form, if anything.
    pub fn complaint(self, text: &str) -> Option<&'static str> {
        let plain = |c: char| c.is_ascii_graphic();
        match self {
            Form::Host => {
                let label = |l: &str| {
                    !l.is_empty()
                        && l.len() <= 63
                        && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                        && !l.starts_with('-')
                        && !l.ends_with('-')
                };
                let rest = text.strip_prefix("*.").unwrap_or(text);
                let (name, port) = rest.rsplit_once(':').map_or((rest, None), |(n, p)| (n, Some(p)));
                let port_ok = port.is_none_or(|p| p.parse::<u16>().is_ok());
                let ok = port_ok && name.len() <= 253 && name.split('.').all(label);
                let wanted = match name.ends_with('.') {
                    // most often what an interpolation left
                    true => "a host name, and this one's end is empty: is `domain` set in the `cluster`?",
                    false => "a host name: labels of letters, digits and `-`, joined by dots",
                };
                (!ok).then_some(wanted)
            }
            Form::Path => (!text.starts_with('/') || !text.chars().all(plain))
                .then_some("an absolute path: it starts with `/` and holds no spaces"),
            Form::Url => {
                let rest = text.split_once("://").filter(|(s, _)| s.bytes().all(|b| b.is_ascii_alphabetic()));
                let ok = rest.is_some_and(|(s, r)| !s.is_empty() && !r.is_empty()) && text.chars().all(plain);
                (!ok).then_some("a URL such as `https://example.com/path`")
            }
            Form::Cron => (!is_cron(text)).then_some("five fields of a cron line, such as `0 2 * * *`"),
            Form::Image => (!is_image(text)).then_some("an image name, such as `registry.example.com/app:v1.2`"),
            Form::Date => (!is_date(text)).then_some("a date, such as `2027-01-31`"),
            Form::Digest => (!names::is_digest(text)).then_some("a digest: `sha256:` and 64 hexadecimal digits"),
        }
    }
}

/// The grammar of the OCI distribution specification: `[host[:port]/]path[:tag][@algorithm:digest]`.
fn is_image(text: &str) -> bool {
    let (rest, digest) = text.split_once('@').map_or((text, None), |(r, d)| (r, Some(d)));
    let (name, tag) = match rest.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (rest, None),
    };
    let hex = |d: &str| d.len() >= 32 && d.bytes().all(|b| b.is_ascii_hexdigit());
    let digest_ok = digest.is_none_or(|d| d.split_once(':').is_some_and(|(a, d)| !a.is_empty() && hex(d)));
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let tag_ok = |t: &str| {
        t.len() <= 128 && t.bytes().next().is_some_and(word) && t.bytes().all(|b| word(b) || b == b'.' || b == b'-')
    };
    let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let part = |p: &str| {
        let ends = p.bytes().next().is_some_and(lower) && p.bytes().next_back().is_some_and(lower);
        ends && p.bytes().all(|b| lower(b) || matches!(b, b'.' | b'_' | b'-'))
    };
    let path = match name.split_once('/') {
        // what has a dot or a port is a host
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => {
            if Form::Host.complaint(host).is_some() {
                return false;
            }
            path
        }
        _ => name,
    };
    digest_ok && tag.is_none_or(tag_ok) && path.split('/').all(part)
}

fn is_cron(text: &str) -> bool {
    const LIMITS: [(u32, u32); 5] = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)];
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    let number = |s: &str, (low, high): (u32, u32)| s.parse().is_ok_and(|n: u32| (low..=high).contains(&n));
    let field = |(text, limits): (&&str, (u32, u32))| {
        text.split(',').all(|part| {
            let (range, step) = part.split_once('/').map_or((part, None), |(r, s)| (r, Some(s)));
            let step_ok = step.is_none_or(|s| s.parse().is_ok_and(|n: u32| n > 0));
            let range_ok = range == "*"
                || number(range, limits)
                || range.split_once('-').is_some_and(|(a, b)| number(a, limits) && number(b, limits));
            step_ok && range_ok
        })
    };
    fields.len() == 5 && fields.iter().zip(LIMITS).all(field)
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let number = |s: &str, len: usize| (s.len() == len).then(|| s.parse::<u32>().ok()).flatten();
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
        return false;
    };
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}
