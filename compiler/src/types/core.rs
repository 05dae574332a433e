//! Expressions after checking: every name resolved, every literal read, nothing left to guess.

use super::builtins::Builtin;
use super::ty::Ty;
use crate::names::DefId;
use crate::syntax::ast::{BinaryOp, UnaryOp};
use crate::text::Span;
use crate::value::Value;
use smol_str::SmolStr;

/// A checked expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Core {
    /// Its shape.
    pub kind: CoreKind,
    /// Where it stands.
    pub span: Span,
}

/// Shapes of checked expressions.
#[derive(Debug, Clone, PartialEq)]
pub enum CoreKind {
    /// Was reported as wrong.
    Error,
    /// A value known when compiled.
    Const(Value),
    /// A local, counted from the bottom of the frame.
    Local(u32),
    /// A parameter of the kind.
    Param(SmolStr),
    /// A `let` of the kind, by its index.
    KindLet(u32),
    /// A `let` item.
    Let(DefId),
    /// A component by name.
    Component(SmolStr),
    /// `self`.
    SelfRef,
    /// `version`.
    Version,
    /// `cluster`.
    Cluster,
    /// `namespace`.
    Namespace,
    /// `components`.
    Components,
    /// `cpu` or `memory` in an autoscaler's rule.
    Load(SmolStr),
    /// `flows.in(p)`, `flows.out(p)`, `c.flows.in(p)`.
    Flows {
        /// Whose; the component's own where it isn't said.
        of: Option<Box<Core>>,
        /// `out`.
        outgoing: bool,
        /// The protocol; all where there is none.
        protocol: Option<SmolStr>,
    },
    /// `c.accepts(p)` or `c.emits(p)`.
    Speaks {
        /// The component.
        component: Box<Core>,
        /// `accepts`.
        accepts: bool,
        /// The protocol.
        protocol: SmolStr,
    },
    /// `e.name`.
    Field(Box<Core>, SmolStr),
    /// `e[i]`.
    Index(Box<Core>, Box<Core>),
    /// A call of a `fn`, defaults filled in by [`CoreKind::Default`].
    Call(DefId, Vec<Core>),
    /// The default of the parameter at this index of the function called.
    Default(DefId, u32),
    /// A built-in function.
    Builtin(Builtin, Vec<Core>),
    /// `not`, `-`.
    Unary(UnaryOp, Box<Core>),
    /// Infix operators.
    Binary(Box<Core>, BinaryOp, Box<Core>),
    /// `a..b`.
    Range(Option<Box<Core>>, Option<Box<Core>>),
    /// `[…]`.
    List(Vec<CoreElement>),
    /// `{…}`.
    Record(Vec<CoreEntry>),
    /// `if`.
    If(Box<Core>, Box<Core>, Option<Box<Core>>),
    /// `match`.
    Match(Box<Core>, Vec<CoreArm>),
    /// `all`, `any`.
    Quantified {
        /// `all`.
        all: bool,
        /// What is walked.
        head: Box<CoreFor>,
        /// The condition.
        body: Box<Core>,
    },
    /// A string with `${…}`.
    Interpolate(Vec<Core>),
    /// A variant.
    Variant(SmolStr, Vec<(SmolStr, Core)>),
    /// Content of a file.
    Content(SmolStr, Box<Core>),
    /// Must be of this type when it is there: refinements, forms, and what came out of data.
    Checked(Box<Core>, Ty),
}

impl Core {
    /// A value known when compiled.
    pub fn constant(value: Value, span: Span) -> Core {
        Core { kind: CoreKind::Const(value), span }
    }

    /// Something already reported.
    pub fn error(span: Span) -> Core {
        Core { kind: CoreKind::Error, span }
    }

    /// The value, where it is known when compiled.
    pub fn as_const(&self) -> Option<&Value> {
        match &self.kind {
            CoreKind::Const(value) => Some(value),
            _ => None,
        }
    }
}

/// The head of a comprehension. Its names are the next one or two locals.
#[derive(Debug, Clone, PartialEq)]
pub struct CoreFor {
    /// One or two names.
    pub names: u32,
    /// What is walked.
    pub source: Core,
    /// `if`.
    pub condition: Option<Core>,
}

/// An element of a list.
#[derive(Debug, Clone, PartialEq)]
pub enum CoreElement {
    /// A value.
    Item(Core),
    /// `...e`.
    Spread(Core),
    /// `if c: e`.
    If(Core, Box<CoreElement>),
    /// `for …: e`.
    For(Box<CoreFor>, Box<CoreElement>),
}

/// An entry of a record or map.
#[derive(Debug, Clone, PartialEq)]
pub enum CoreEntry {
    /// `a.b: e`; keys that aren't constant are strings when they are there.
    Field(Vec<Core>, Core),
    /// `...e`.
    Spread(Core),
    /// `for …: entry`.
    For(Box<CoreFor>, Box<CoreEntry>),
}

/// An arm of a match. A variant's fields are the next locals.
#[derive(Debug, Clone, PartialEq)]
pub struct CoreArm {
    /// What it matches.
    pub pattern: CorePattern,
    /// Its value.
    pub value: Core,
}

/// Patterns of a match.
#[derive(Debug, Clone, PartialEq)]
pub enum CorePattern {
    /// `_`.
    Any,
    /// An equal value.
    Value(Value),
    /// A variant; the names of the fields that are bound.
    Variant(SmolStr, Vec<SmolStr>),
}

/// Calls `f` with the expression and everything in it, outermost first.
pub fn walk(core: &Core, f: &mut impl FnMut(&Core)) {
    f(core);
    match &core.kind {
        CoreKind::Flows { of: Some(of), .. }
        | CoreKind::Speaks { component: of, .. }
        | CoreKind::Field(of, _)
        | CoreKind::Unary(_, of)
        | CoreKind::Content(_, of)
        | CoreKind::Checked(of, _) => walk(of, f),
        CoreKind::Index(a, b) | CoreKind::Binary(a, _, b) => {
            walk(a, f);
            walk(b, f);
        }
        CoreKind::Call(_, of) | CoreKind::Builtin(_, of) | CoreKind::Interpolate(of) => {
            of.iter().for_each(|c| walk(c, f));
        }
        CoreKind::Variant(_, of) => of.iter().for_each(|(_, c)| walk(c, f)),
        CoreKind::Range(a, b) => a.iter().chain(b).for_each(|c| walk(c, f)),
        CoreKind::If(c, a, b) => {
            walk(c, f);
            walk(a, f);
            b.iter().for_each(|b| walk(b, f));
        }
        CoreKind::Match(on, arms) => {
            walk(on, f);
            arms.iter().for_each(|a| walk(&a.value, f));
        }
        CoreKind::Quantified { head, body, .. } => {
            walk_head(head, f);
            walk(body, f);
        }
        CoreKind::List(elements) => elements.iter().for_each(|e| walk_element(e, f)),
        CoreKind::Record(entries) => entries.iter().for_each(|e| walk_entry(e, f)),
        _ => {}
    }
}

fn walk_head(head: &CoreFor, f: &mut impl FnMut(&Core)) {
    walk(&head.source, f);
    head.condition.iter().for_each(|c| walk(c, f));
}

fn walk_element(element: &CoreElement, f: &mut impl FnMut(&Core)) {
    match element {
        CoreElement::Item(c) | CoreElement::Spread(c) => walk(c, f),
        CoreElement::If(c, inner) => {
            walk(c, f);
            walk_element(inner, f);
        }
        CoreElement::For(head, inner) => {
            walk_head(head, f);
            walk_element(inner, f);
        }
    }
}

fn walk_entry(entry: &CoreEntry, f: &mut impl FnMut(&Core)) {
    match entry {
        CoreEntry::Field(keys, value) => {
            keys.iter().for_each(|k| walk(k, f));
            walk(value, f);
        }
        CoreEntry::Spread(c) => walk(c, f),
        CoreEntry::For(head, inner) => {
            walk_head(head, f);
            walk_entry(inner, f);
        }
    }
}
