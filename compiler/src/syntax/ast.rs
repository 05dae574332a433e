//! The abstract syntax: plain owned data with item-relative spans, no trivia.
//!
//! Lowered from the lossless tree by [`crate::syntax::lower`]. What could not be parsed is absent or
//! [`ExprKind::Missing`]; its message is among the parse errors, so later stages stay silent about it.
//! Equality is structural: an edit to a comment gives an equal `File`.

use crate::text::{Span, TextRange};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::sync::Arc;

/// Items in source order, in parts: none is empty.
pub type Parts = Vec<Arc<Vec<Item>>>;

/// A whole file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct File {
    /// The `//!` lines, joined by newlines, without the marker.
    pub doc: Option<String>,
    /// Top-level items in source order, in parts that an edit elsewhere leaves as they are. A group ends its part.
    pub parts: Parts,
}

impl File {
    /// Top-level items in source order.
    pub fn items(&self) -> impl DoubleEndedIterator<Item = &Item> + Clone {
        self.parts.iter().flat_map(|part| part.iter())
    }
}

/// One item with its documentation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The `///` lines above it, joined by newlines, without the marker.
    pub doc: Option<String>,
    /// The item from its keyword to its last token. `span.item` is its own number.
    pub span: Span,
    /// What it is.
    pub kind: ItemKind,
}

/// The kinds of items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum ItemKind {
    Import(Import),
    Let(Let),
    Fn(FnDef),
    Type(TypeDef),
    Protocol(ProtocolDef),
    Kind(KindDef),
    /// `cluster NAME { … }`
    Cluster(Named),
    Namespace(Group),
    Layer(Group),
    Component(ComponentDef),
    Flow(FlowDef),
    Scale(Targeted),
    Autoscale(Targeted),
    Profile(ProfileDef),
    Backup(Targeted),
    Alert(AlertDef),
    /// `view NAME "Title" { … }`
    View(Titled),
    Assert(AssertDef),
    Test(TestDef),
    Waive(WaiveDef),
    Patch(PatchDef),
    Object(Block),
}

/// A name with its place. An empty name stands for one that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ident {
    /// The text; `team.Shop` where a name of another file is meant.
    pub name: SmolStr,
    /// Its place.
    pub span: Span,
}

impl Ident {
    /// The place of what stands behind the last dot: the name without the file's.
    pub fn last(&self) -> Span {
        let len = self.name.rsplit('.').next().map_or(0, str::len) as u32;
        let start = self.span.range.end.saturating_sub(len).max(self.span.range.start);
        Span { range: TextRange::new(start, self.span.range.end), ..self.span }
    }
}

/// `import std.{A, B}`, `import "./x.obs".{a}`, `import "./x.obs" as x`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// What is imported from.
    pub source: ImportSource,
    /// Place of the source.
    pub source_span: Span,
    /// The names in braces; `None` for a whole-file import.
    pub names: Option<Vec<Ident>>,
    /// The name after `as`.
    pub alias: Option<Ident>,
}

/// Where an import comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImportSource {
    /// A bare name: `std`.
    Library(SmolStr),
    /// A path in quotes, as written.
    Path(SmolStr),
}

/// `let x: T = e`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Let {
    /// Its name.
    pub name: Ident,
    /// Declared type.
    pub ty: Option<Type>,
    /// The value.
    pub value: Expr,
}

/// `fn f(a: T, b: T = d): R = e`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FnDef {
    /// Its name.
    pub name: Ident,
    /// Parameters in order.
    pub params: Vec<Param>,
    /// Result type.
    pub result: Option<Type>,
    /// The body.
    pub body: Expr,
}

/// A parameter of a function or of a kind, a field of a record type, or an option of a protocol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Param {
    /// Its `///` lines.
    pub doc: Option<String>,
    /// Its name.
    pub name: Ident,
    /// `a?: T`: may be left out.
    pub optional: bool,
    /// Its type.
    pub ty: Type,
    /// Its default.
    pub default: Option<Expr>,
    /// The whole.
    pub span: Span,
}

/// `type Name = …`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeDef {
    /// Its name.
    pub name: Ident,
    /// What it stands for.
    pub ty: Type,
}

/// A type as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Type {
    /// Its shape.
    pub kind: TypeKind,
    /// Its place.
    pub span: Span,
}

/// Shapes of types.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TypeKind {
    /// Could not be parsed.
    Missing,
    /// `int`, `Storage`, `string(/re/)`, `int(1..10)`, `flow(scrape)`, `component(Shop)`.
    Name(Ident, Option<Refinement>),
    /// `"x"`, one literal string.
    Literal(SmolStr),
    /// `[T]`.
    List(Box<Type>),
    /// `{string: T}`.
    Map(Box<Type>),
    /// `{a: T, b?: T}`.
    Record(Vec<Param>),
    /// `T?`.
    Optional(Box<Type>),
    /// `A | B`: all string literals, or (only at the top of a `type` item) variants.
    Union(Vec<Type>),
    /// `Disk { size: bytes }` as an alternative of a `type` item; without braces it is a plain `Name`.
    Variant(Ident, Vec<Param>),
}

/// What stands in the brackets behind a type's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refinement {
    /// `int(1..10)`; either end may be open.
    Range(Box<Expr>),
    /// `string(/re/)`: the text between the slashes, `\/` unescaped.
    Regex(SmolStr, Span),
    /// `flow(scrape)`, `component(Shop)`.
    Name(Ident),
}

/// `protocol NAME { … }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtocolDef {
    /// Its name.
    pub name: Ident,
    /// Attributes (`transport: http`), told from options by their name: see [`PROTOCOL_ATTRIBUTES`].
    pub attributes: Vec<Entry>,
    /// Options that a flow may set: `interval: duration(1s..) = 30s`.
    pub options: Vec<Param>,
}

/// The names that are attributes in a protocol; every other name there is an option.
pub const PROTOCOL_ATTRIBUTES: &[&str] =
    &["transport", "carries", "data", "scheme", "rbac", "label", "notifies", "own", "tells"];

/// `kind NAME extends OTHER { … }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindDef {
    /// Its name.
    pub name: Ident,
    /// The kind that it builds on.
    pub extends: Option<Ident>,
    /// Members in source order.
    pub members: Vec<Member>,
}

/// A member of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its `///` lines.
    pub doc: Option<String>,
    /// Its place.
    pub span: Span,
    /// What it is.
    pub kind: MemberKind,
}

/// Members of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MemberKind {
    /// `let x = e`: a local of the kind.
    Let(Let),
    /// `param name: T = e`.
    Param(Param),
    /// `port name: 9090 "UI & API"`.
    Port {
        /// Its name.
        name: Ident,
        /// Its number.
        number: Expr,
        /// The purpose, in words.
        purpose: Option<SmolStr>,
    },
    /// `accepts query, otlp(metrics) on http { path: "/x" }`.
    Accepts {
        /// Protocols with their signals.
        protocols: Vec<Accept>,
        /// The port's name; none means any port.
        port: Option<Ident>,
        /// Options that hold for flows to here.
        options: Block,
    },
    /// `emits scrape, otlp(traces)`.
    Emits(Vec<Accept>),
    /// `turns traces into metrics by spanmetrics`.
    Turns {
        /// Signals that go in.
        from: Vec<Ident>,
        /// Signals that come out.
        into: Vec<Ident>,
        /// The means, in a word.
        by: Option<Ident>,
        /// `if`: only where this holds.
        condition: Option<Expr>,
    },
    /// `file "/etc/x.yml": yaml({…})`.
    File {
        /// The absolute path in the container.
        path: Expr,
        /// Its content.
        content: Expr,
    },
    /// `alert Name { … }`.
    Alert(Named),
    /// `dashboard "Title" { … }`.
    Dashboard {
        /// Its title.
        title: SmolStr,
        /// Where the title stands.
        title_span: Span,
        /// Its settings.
        block: Block,
    },
    /// `assert EXPR, "message"`: what must hold of each component of the kind.
    Assert(AssertDef),
    /// `ready: http("/-/ready")`: an attribute from the closed list that the compiler knows.
    Attribute(Entry),
}

/// `otlp(metrics)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accept {
    /// The protocol.
    pub protocol: Ident,
    /// The signals; `None` for all that the protocol carries.
    pub signals: Option<Vec<Ident>>,
}

/// `WORD NAME { … }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its name.
    pub name: Ident,
    /// Its settings.
    pub block: Block,
}

/// `view NAME "Title" { … }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Titled {
    /// Its name.
    pub name: Ident,
    /// Its title.
    pub title: Option<SmolStr>,
    /// Its settings.
    pub block: Block,
}

/// `namespace NAME { … }`, `layer NAME "Title" { … }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its name.
    pub name: Ident,
    /// Its title.
    pub title: Option<SmolStr>,
    /// Settings of its own.
    pub settings: Block,
    /// Items within, as those of a file.
    pub parts: Parts,
}

/// `component NAME: Kind { … }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentDef {
    /// Its name.
    pub name: Ident,
    /// Its kind (`Shop`, or `team.Shop` through an alias).
    pub kind: Path,
    /// What it sets.
    pub block: Block,
}

/// Names joined by dots: `team.shop`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path {
    /// At least one, except where it is missing.
    pub segments: Vec<Ident>,
    /// Its place.
    pub span: Span,
}

impl Path {
    /// The whole as one name; empty where it is missing.
    pub fn dotted(&self) -> Ident {
        let names: Vec<&str> = self.segments.iter().map(|s| s.name.as_str()).collect();
        Ident { name: names.join(".").into(), span: self.span }
    }
}

/// `a, b -> c -> d: proto { … }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowDef {
    /// Lists of ends, at least two: the links of the chain.
    pub ends: Vec<Vec<Path>>,
    /// For the link from `ends[i]` to `ends[i + 1]`: whether it goes both ways (`<->`).
    pub both_ways: Vec<bool>,
    /// The protocol; `None` where it is left to be inferred.
    pub protocol: Option<Ident>,
    /// Options.
    pub block: Block,
}

/// `scale a, b { … }`, `autoscale …`, `backup …`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targeted {
    /// Components.
    pub targets: Vec<Path>,
    /// Settings.
    pub block: Block,
}

/// `profile NAME extends OTHER { c.param: value }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileDef {
    /// Its name.
    pub name: Ident,
    /// The profile that it builds on.
    pub extends: Option<Ident>,
    /// Overrides: the first key of each path is a component.
    pub block: Block,
}

/// `alert NAME on c { … }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertDef {
    /// Its name.
    pub name: Ident,
    /// The component it watches.
    pub on: Option<Path>,
    /// `expr`, `for`, `severity`, `summary`, `runbook`.
    pub block: Block,
}

/// `assert EXPR, "message"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssertDef {
    /// What must hold.
    pub condition: Expr,
    /// What to say when it doesn't: a string, perhaps interpolated.
    pub message: Option<Expr>,
}

/// `test "name" { profile: peak, assert … }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestDef {
    /// Its name.
    pub name: SmolStr,
    /// Place of the name.
    pub name_span: Span,
    /// Settings: `profile`.
    pub settings: Block,
    /// What is asserted, each with its span.
    pub asserts: Vec<(AssertDef, Span)>,
}

/// `waive OBS2107 on store until 2027-01-01, "reason"`, or `waive linter.check on …`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaiveDef {
    /// The code, or the name of a linter and its check.
    pub code: Path,
    /// Where; none means everywhere.
    pub targets: Vec<Path>,
    /// `YYYY-MM-DD` as written.
    pub until: Option<(SmolStr, Span)>,
    /// Why.
    pub reason: Option<SmolStr>,
}

/// `patch Deployment/portal in shop { … }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatchDef {
    /// Kubernetes kind.
    pub object_kind: Ident,
    /// Object name.
    pub object_name: Ident,
    /// Namespace.
    pub namespace: Option<Ident>,
    /// What to merge in.
    pub block: Block,
}

/// Entries in braces: the body of an item, or a record or map as a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Entries in source order.
    pub entries: Vec<Entry>,
    /// From `{` to `}`; empty, behind the item's last token, where there is no block.
    pub span: Span,
}

/// One entry of a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its `///` lines.
    pub doc: Option<String>,
    /// What it is.
    pub kind: EntryKind,
    /// Its place.
    pub span: Span,
}

/// Entries of a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EntryKind {
    /// `a."b".c: value`.
    Field(Vec<Key>, Expr),
    /// `...e`.
    Spread(Expr),
    /// `for x in xs if c: entry`.
    For(Box<For>, Box<Entry>),
}

/// A key of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Key {
    /// `name` or `"name"`.
    Name(Ident),
    /// `(expr)` or a string with interpolation.
    Computed(Expr),
}

/// The head of a comprehension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct For {
    /// One name (a list's element) or two (index or key, and value).
    pub names: Vec<Ident>,
    /// What is walked.
    pub source: Expr,
    /// `if`.
    pub condition: Option<Expr>,
}

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expr {
    /// Its shape.
    pub kind: ExprKind,
    /// Its place.
    pub span: Span,
}

impl Expr {
    /// `name` or `team.name`, where it is one.
    pub fn dotted(&self) -> Option<Ident> {
        let name = match &self.kind {
            ExprKind::Name(name) => name.clone(),
            ExprKind::Field(base, field) => match &base.kind {
                ExprKind::Name(alias) => format!("{alias}.{}", field.name).into(),
                _ => return None,
            },
            _ => return None,
        };
        Some(Ident { name, span: self.span })
    }
}

/// Shapes of expressions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExprKind {
    /// Could not be parsed.
    Missing,
    /// `true`, `false`.
    Bool(bool),
    /// `none`.
    None,
    /// A number with or without a unit, as written: `9090`, `3.11`, `15d`, `1h30m`, `50Gi`, `70%`, `10k/s`.
    Number(SmolStr),
    /// `2027-01-01`.
    Date(SmolStr),
    /// A string; `tag` is the word glued to its front (`promql`).
    Str(StrLit),
    /// A name in scope.
    Name(SmolStr),
    /// `e.name`.
    Field(Box<Expr>, Ident),
    /// `e[i]`.
    Index(Box<Expr>, Box<Expr>),
    /// `f(a, name: b)`.
    Call(Box<Expr>, Vec<Arg>),
    /// `not e`, `-e`.
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`.
    Binary(Box<Expr>, BinaryOp, Box<Expr>),
    /// `a..b`, `a..`, `..b`.
    Range(Option<Box<Expr>>, Option<Box<Expr>>),
    /// `[…]`.
    List(Vec<Element>),
    /// `{…}`.
    Record(Block),
    /// `if c: a else b`.
    If(Box<Expr>, Box<Expr>, Option<Box<Expr>>),
    /// `match e { pattern: value }`.
    Match(Box<Expr>, Vec<Arm>),
    /// `all x in xs: e`, `any x in xs: e`.
    Quantified {
        /// `all` rather than `any`.
        all: bool,
        /// What is walked.
        head: Box<For>,
        /// The condition.
        body: Box<Expr>,
    },
}

/// A string literal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrLit {
    /// `promql` in `promql"…"`.
    pub tag: Option<Ident>,
    /// Text and interpolations; escapes and the indent of `"""` are resolved.
    pub parts: Vec<StrPart>,
}

/// A piece of a string.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StrPart {
    /// Text, and where it stands.
    Text(SmolStr, Span),
    /// `${e}`.
    Expr(Expr),
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arg {
    /// `name:`.
    pub name: Option<Ident>,
    /// The value.
    pub value: Expr,
}

/// An element of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Element {
    /// A value.
    Item(Expr),
    /// `...e`.
    Spread(Expr),
    /// `if c: e` without `else`: absent where `c` is false.
    If(Expr, Box<Element>),
    /// `for x in xs if c: element`.
    For(Box<For>, Box<Element>),
}

/// An arm of a match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arm {
    /// What it matches.
    pub pattern: Pattern,
    /// Its value.
    pub value: Expr,
    /// Its place.
    pub span: Span,
}

/// Patterns of `match`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pattern {
    /// `_`.
    Any(Span),
    /// A literal: string, number, bool or none.
    Literal(Expr),
    /// `disk(size, class)`: a variant, its fields bound by position; or a bare name: a variant, or else an enum's word.
    Variant(Ident, Vec<Ident>),
}

/// Prefix operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum UnaryOp {
    Not,
    Neg,
}

/// Infix operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Or,
    And,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Coalesce,
    Add,
    Sub,
    Mul,
    Div,
    In,
}
