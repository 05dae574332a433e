//! Checking expressions, both ways: a type is expected ([`Elaborator::check`]) or found
//! ([`Elaborator::infer`]). What comes out is [`Core`]; what is wrong is collected on the way.

mod access;
mod calls;
mod collections;
mod literals;
mod narrowing;

pub use calls::FORMATS;

use super::attributes::{self, Phase};
use super::builtins::Builtin;
use super::core::{Core, CoreKind};
use super::queries::{self, KindInfo};
use super::ty::{KindRef, ProtocolRef, Ty, Unit};
use crate::db::{Db, SourceFile};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::names::{DefId, DefKind, Names, Space};
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Ident, UnaryOp};
use crate::text::Span;
use smol_str::SmolStr;

/// Where an expression stands, which decides what it may refer to besides files' names.
#[derive(Clone, Copy)]
pub enum Place<'a> {
    /// In an item of a program.
    Program,
    /// In a member of a kind.
    Kind(&'a KindInfo, Phase),
    /// In the condition of an autoscaler's rule: `cpu`, `memory`.
    Rule,
    /// Among settings that name components, kinds, layers and protocols: a name stands for its text. Whether there
    /// is such a thing is seen when the graph is there.
    Names,
    /// Among settings that make up names (profiles): a bare word stands for its text.
    Words,
}

/// A name that was used, and what it meant: for editors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Where.
    pub span: Span,
    /// What.
    pub target: Target,
}

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An item.
    Def(DefId, DefKind),
    /// A parameter, option, field or local, by the place of its declaration.
    Declared(Span),
    /// Something built in, and one line about it.
    Builtin(&'static str),
}

/// What stands for something within a kind only.
const KIND_NAMES: [&str; 6] = ["self", "flows", "version", "image", "resources", "namespace"];
/// What stands for something everywhere.
const PROGRAM_NAMES: [&str; 4] = ["cluster", "domain", "profile", "target"];

/// The names that are built in, besides functions and types: what a program may call its own things by, too.
pub const BUILTIN_NAMES: [&[&str]; 3] = [&KIND_NAMES, &PROGRAM_NAMES, &["components"]];

/// Checks expressions of one file.
pub struct Elaborator<'a> {
    pub(super) db: &'a dyn Db,
    pub(super) scope: Names<'a>,
    pub(super) place: Place<'a>,
    /// Names, types and places of locals, outermost first.
    locals: Vec<(SmolStr, Ty, Span)>,
    /// What is known not to be none here, for conditions around it said so.
    there: Vec<Core>,
    /// What was found wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// What names meant.
    pub uses: Vec<Use>,
}

impl<'a> Elaborator<'a> {
    /// For expressions of this file, at this place.
    pub fn new(db: &'a dyn Db, file: SourceFile, place: Place<'a>) -> Self {
        let scope = Names::new(db, file);
        Self { db, scope, place, locals: Vec::new(), there: Vec::new(), diagnostics: Vec::new(), uses: Vec::new() }
    }

    /// The same names, seen from another place.
    pub fn at<'b>(self, place: Place<'b>) -> Elaborator<'b>
    where
        'a: 'b,
    {
        Elaborator { place, ..self }
    }

    /// Adds a local (a function's parameter).
    pub fn push_local(&mut self, name: &Ident, ty: Ty) {
        self.locals.push((name.name.clone(), ty, name.span));
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub(super) fn used(&mut self, span: Span, target: Target) {
        self.uses.push(Use { span, target });
    }

    fn node(span: Span, kind: CoreKind) -> Core {
        Core { kind, span }
    }

    /// Checks that `expr` is a `want`.
    pub fn check(&mut self, expr: &Expr, want: &Ty) -> Core {
        let span = expr.span;
        match (&expr.kind, want) {
            (ExprKind::Missing, _) => Core::error(span),
            (ExprKind::None, Ty::Optional(_)) => Core::constant(crate::value::Value::None, span),
            // among words it is one of them
            (ExprKind::None, Ty::Enum(words)) if words.iter().any(|w| w == "none") => {
                Core::constant(crate::value::Value::Str("none".into()), span)
            }
            (_, Ty::Optional(of)) if !self.may_be_none(expr) => self.check(expr, of),
            (_, Ty::Union(any)) => self.check_union(expr, any, want),
            (ExprKind::Number(text), _) => self.check_number(text, span, want),
            (ExprKind::Str(lit), _) => self.check_string(lit, span, want),
            (ExprKind::Date(text), _) => self.check_date(text, span, want),
            (ExprKind::Name(word), _) if let Some(core) = self.check_word(word, span, want) => core,
            (ExprKind::Call(callee, args), Ty::Variants(of))
                if let ExprKind::Name(name) = &callee.kind
                    && let Some(record) = of.variants.get(name) =>
            {
                self.variant(name, callee.span, record, args, span)
            }
            (ExprKind::Call(callee, args), Ty::Variants(of))
                if let ExprKind::Name(name) = &callee.kind
                    && !self.is_function(name) =>
            {
                self.unknown_variant(name, callee.span, of, args)
            }
            (ExprKind::List(elements), Ty::List(_) | Ty::Data) => self.check_list(elements, span, want),
            (ExprKind::Record(block), Ty::Record(_) | Ty::Map(_) | Ty::Data) => self.check_record(block, want),
            (ExprKind::If(c, a, b), _) => self.check_if(c, a, b.as_deref(), span, want),
            (ExprKind::Match(on, arms), _) => self.match_arms(on, arms, span, Some(want)).0,
            (ExprKind::Unary(UnaryOp::Neg, of), Ty::Int(_) | Ty::Float | Ty::Data)
                if matches!(of.kind, ExprKind::Number(_)) =>
            {
                let (core, ty) = self.infer(expr);
                self.expect(core, &ty, want)
            }
            (ExprKind::Binary(a, BinaryOp::Coalesce, b), _) => {
                let optional = Ty::optional(want.clone());
                let (a, b) = (self.check(a, &optional), self.check(b, want));
                Self::node(span, CoreKind::Binary(Box::new(a), BinaryOp::Coalesce, Box::new(b)))
            }
            _ => {
                let (core, ty) = self.infer(expr);
                self.expect(core, &ty, want)
            }
        }
    }

    /// Whether the expression's own shape can yield `none`, so that an optional must be checked as one.
    fn may_be_none(&self, expr: &Expr) -> bool {
        !matches!(
            expr.kind,
            ExprKind::Number(_) | ExprKind::Str(_) | ExprKind::Bool(_) | ExprKind::List(_) | ExprKind::Record(_)
        ) && !self.is_constructor(expr)
    }

    fn is_constructor(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Name(name) => self.lookup(name).is_none() && Builtin::parse(name).is_none(),
            ExprKind::Call(callee, _) => matches!(&callee.kind, ExprKind::Name(n)
                if Builtin::parse(n).is_none() && (self.lookup(n).is_none() || attributes::makes_a_value(n))),
            _ => false,
        }
    }

    fn check_union(&mut self, expr: &Expr, any: &[Ty], want: &Ty) -> Core {
        let before = (self.diagnostics.len(), self.uses.len());
        for ty in any {
            let core = self.check(expr, ty);
            if self.diagnostics.len() == before.0 {
                return core;
            }
            self.diagnostics.truncate(before.0);
            self.uses.truncate(before.1);
        }
        // none fits: the message is about all of them, unless the expression is wrong in itself
        let (core, ty) = self.infer(expr);
        if self.diagnostics.len() > before.0 { core } else { self.expect(core, &ty, want) }
    }

    /// Says so where `ty` doesn't fit; checks on values what types can't tell.
    pub(super) fn expect(&mut self, core: Core, ty: &Ty, want: &Ty) -> Core {
        let span = core.span;
        if !ty.fits(want) {
            if ty.holds_secret() && !want.holds_secret() {
                self.report_leak(span, &want.with_article());
            } else {
                match (ty.without_optional(), want.without_optional()) {
                    (Ty::Component(Some(kind)), Ty::Accepting(protocol)) => self.unaccepted(&core, kind, protocol),
                    _ => self.mismatch(span, ty, want),
                }
            }
            return Core::error(span);
        }
        if let Some(value) = core.as_const() {
            return match super::refine::complaint(value, want) {
                Some(complaint) => {
                    self.report(complaint.diagnostic(span));
                    Core::error(span)
                }
                None => core,
            };
        }
        if super::refine::needs_check(ty, want) {
            Self::node(span, CoreKind::Checked(Box::new(core), want.clone()))
        } else {
            core
        }
    }

    /// Says that a component of this kind can't stand where one that accepts the protocol is expected.
    fn unaccepted(&mut self, core: &Core, kind: &KindRef, protocol: &ProtocolRef) {
        let what = match &core.kind {
            CoreKind::Component(name) => format!("`{name}`, of kind `{}`,", kind.name),
            _ => format!("a component of kind `{}`", kind.name),
        };
        let message = format!("{what} doesn't accept `{}`", protocol.name);
        let accepted: Vec<String> = kind.accepts.iter().map(|p| format!("`{}`", p.name)).collect();
        let help = match accepted.is_empty() {
            true => format!("`{}` accepts nothing", kind.name),
            false => format!("`{}` accepts {}", kind.name, accepted.join(", ")),
        };
        self.report(Diagnostic::new(Code::OBS2101, core.span, message).help(help));
    }

    pub(super) fn mismatch(&mut self, span: Span, found: &Ty, want: &Ty) {
        let message = format!("expected `{want}`, found `{found}`");
        let mut diagnostic = Diagnostic::new(Code::OBS2101, span, message);
        if let Ty::Optional(of) = found
            && of.fits(want)
        {
            diagnostic = diagnostic.help("it may be none: give what holds then, with `?? …`");
        } else if let Ty::Quantity(unit, _) = want {
            diagnostic = diagnostic.help(unit.help());
        }
        self.report(diagnostic);
    }

    pub(super) fn report_leak(&mut self, span: Span, into: &str) {
        let message = format!("a secret can't become {into}");
        let help = "a secret can only go where Kubernetes keeps secrets: `secrets` (mounted files) or `env`";
        self.report(Diagnostic::new(Code::OBS2109, span, message).help(help));
    }

    /// Finds the type of `expr`.
    pub fn infer(&mut self, expr: &Expr) -> (Core, Ty) {
        let span = expr.span;
        let node = |kind, ty| (Self::node(span, kind), ty);
        match &expr.kind {
            ExprKind::Missing => (Core::error(span), Ty::Error),
            ExprKind::Bool(b) => (Core::constant(crate::value::Value::Bool(*b), span), Ty::Bool),
            ExprKind::None => (Core::constant(crate::value::Value::None, span), Ty::None),
            ExprKind::Number(text) => self.infer_number(text, span),
            ExprKind::Date(text) => self.infer_date(text, span),
            ExprKind::Str(lit) => self.infer_string(lit, span),
            ExprKind::Name(name) => self.infer_name(name, span),
            ExprKind::Field(base, name) => self.infer_field(base, name, span),
            ExprKind::Index(base, at) => self.infer_index(base, at, span),
            ExprKind::Call(callee, args) => self.infer_call(callee, args, span),
            ExprKind::Unary(UnaryOp::Not, of) => {
                let of = self.condition(of);
                node(CoreKind::Unary(UnaryOp::Not, Box::new(of)), Ty::Bool)
            }
            ExprKind::Unary(UnaryOp::Neg, of) => self.infer_negation(of, span),
            ExprKind::Binary(a, op, b) => self.infer_binary(a, *op, b, span),
            ExprKind::Range(a, b) => self.infer_range(a.as_deref(), b.as_deref(), span),
            ExprKind::List(elements) => self.infer_list(elements, span),
            ExprKind::Record(block) => self.infer_record(block),
            ExprKind::If(c, a, b) => self.infer_if(c, a, b.as_deref(), span),
            ExprKind::Match(on, arms) => self.match_arms(on, arms, span, None),
            ExprKind::Quantified { all, head, body } => {
                let depth = self.locals.len();
                let head = Box::new(self.comprehension(head));
                let body = Box::new(self.where_chosen(&head, |elab| elab.check(body, &Ty::Bool)));
                self.locals.truncate(depth);
                node(CoreKind::Quantified { all: *all, head, body }, Ty::Bool)
            }
        }
    }

    fn infer_negation(&mut self, of: &Expr, span: Span) -> (Core, Ty) {
        let (core, ty) = self.infer(of);
        if !matches!(ty, Ty::Int(_) | Ty::Float | Ty::Quantity(..) | Ty::Data | Ty::Error) {
            self.mismatch(of.span, &ty, &Ty::Int(None));
            return (Core::error(span), Ty::Error);
        }
        use crate::value::Value;
        let ty = if matches!(ty, Ty::Int(_)) { Ty::Int(None) } else { ty };
        match core.as_const() {
            Some(Value::Int(n)) => (Core::constant(Value::Int(n.saturating_neg()), span), ty),
            Some(Value::Float(n)) => (Core::constant(Value::Float(-n), span), ty),
            _ => (Self::node(span, CoreKind::Unary(UnaryOp::Neg, Box::new(core))), ty),
        }
    }

    fn check_if(&mut self, c: &Expr, a: &Expr, b: Option<&Expr>, span: Span, want: &Ty) -> Core {
        let c = self.condition(c);
        let a = self.where_holds(&c, true, |elab| elab.check(a, want));
        let b = match b {
            Some(b) => Some(Box::new(self.where_holds(&c, false, |elab| elab.check(b, want)))),
            None if Ty::None.fits(want) => None,
            None => {
                let message = format!("this `if` has no `else`, and {} is needed", want.with_article());
                self.report(Diagnostic::new(Code::OBS2101, span, message).help("add `else …`"));
                return Core::error(span);
            }
        };
        Self::node(span, CoreKind::If(Box::new(c), Box::new(a), b))
    }

    fn infer_if(&mut self, c: &Expr, a: &Expr, b: Option<&Expr>, span: Span) -> (Core, Ty) {
        let c = self.condition(c);
        let (a, a_ty) = self.where_holds(&c, true, |elab| elab.infer(a));
        let (b, ty) = match b {
            Some(b) => {
                let (b, b_ty) = self.where_holds(&c, false, |elab| elab.infer(b));
                (Some(Box::new(b)), a_ty.join(b_ty))
            }
            None => (None, Ty::optional(a_ty)),
        };
        (Self::node(span, CoreKind::If(Box::new(c), Box::new(a), b)), ty)
    }

    /// A condition: a bool, or a list or optional, which holds where there is something in it.
    pub(super) fn condition(&mut self, expr: &Expr) -> Core {
        let (core, ty) = self.infer(expr);
        match ty {
            Ty::Bool | Ty::List(_) | Ty::Optional(_) | Ty::Data | Ty::Map(_) | Ty::Error | Ty::None => core,
            ty => {
                self.mismatch(expr.span, &ty, &Ty::Bool);
                Core::error(expr.span)
            }
        }
    }

    fn infer_range(&mut self, a: Option<&Expr>, b: Option<&Expr>, span: Span) -> (Core, Ty) {
        let mut end = |e: Option<&Expr>| {
            e.map(|e| {
                let (core, ty) = self.infer(e);
                if !matches!(ty, Ty::Int(_) | Ty::Float | Ty::Quantity(..) | Ty::Data | Ty::Error) {
                    self.mismatch(e.span, &ty, &Ty::Int(None));
                }
                Box::new(core)
            })
        };
        let (a, b) = (end(a), end(b));
        (Self::node(span, CoreKind::Range(a, b)), Ty::Range)
    }

    fn infer_binary(&mut self, a: &Expr, op: BinaryOp, b: &Expr, span: Span) -> (Core, Ty) {
        use BinaryOp::*;
        let (a_core, b_core, ty) = match op {
            And | Or => {
                let a_core = self.condition(a);
                // the right side is looked at only where the left one leaves it open
                let b_core = self.where_holds(&a_core, op == And, |elab| elab.condition(b));
                (a_core, b_core, Ty::Bool)
            }
            Eq | Ne | Lt | Le | Gt | Ge => {
                let (a_core, b_core, ty) = self.operands(a, b);
                self.comparable(op, &ty, span);
                (a_core, b_core, Ty::Bool)
            }
            In => {
                let (b_core, b_ty) = self.infer(b);
                let element = match &b_ty {
                    Ty::List(of) => (**of).clone(),
                    Ty::Map(_) | Ty::Record(_) => Ty::string(),
                    Ty::Range | Ty::Data | Ty::Error => Ty::Error,
                    ty if ty.is_text() => Ty::string(),
                    ty => {
                        let message = format!("`in` looks into lists, maps, ranges and strings, not into `{ty}`");
                        self.report(Diagnostic::new(Code::OBS2101, b.span, message));
                        Ty::Error
                    }
                };
                let a_core = match element {
                    Ty::Error => self.infer(a).0,
                    ty => self.check(a, &ty),
                };
                (a_core, b_core, Ty::Bool)
            }
            Coalesce => {
                let (a_core, a_ty) = self.infer(a);
                let (b_core, b_ty) = self.infer(b);
                (a_core, b_core, a_ty.without_optional().clone().join(b_ty))
            }
            Add | Sub | Mul | Div => {
                let (a_core, b_core, tys) = self.arithmetic_operands(a, op, b);
                let ty = self.arithmetic(&tys.0, op, &tys.1, span);
                (a_core, b_core, ty)
            }
        };
        (Self::node(span, CoreKind::Binary(Box::new(a_core), op, Box::new(b_core))), ty)
    }

    /// Both sides of a comparison: what one is, the other is expected to be.
    fn operands(&mut self, a: &Expr, b: &Expr) -> (Core, Core, Ty) {
        let literal = |e: &Expr| {
            matches!(e.kind, ExprKind::Number(_) | ExprKind::Str(_))
                || matches!(&e.kind, ExprKind::Name(n) if self.lookup(n).is_none())
        };
        if literal(a) && !literal(b) {
            let (b, ty) = self.infer(b);
            let a = self.check(a, &widened(&ty));
            return (a, b, ty);
        }
        let (a, ty) = self.infer(a);
        let b = self.check(b, &widened(&ty));
        (a, b, ty)
    }

    fn comparable(&mut self, op: BinaryOp, ty: &Ty, span: Span) {
        let ordered = matches!(op, BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge);
        let has_order = matches!(
            ty.without_optional(),
            Ty::Int(_) | Ty::Float | Ty::Quantity(..) | Ty::Version | Ty::Data | Ty::Error
        ) || ty.without_optional().is_text();
        if ordered && !has_order {
            let message = format!("values of type `{ty}` have no order");
            self.report(Diagnostic::new(Code::OBS2101, span, message));
        }
    }

    fn arithmetic_operands(&mut self, a: &Expr, op: BinaryOp, b: &Expr) -> (Core, Core, (Ty, Ty)) {
        let (a_core, a_ty) = self.infer(a);
        let additive = matches!(op, BinaryOp::Add | BinaryOp::Sub);
        let (b_core, b_ty) = match (&a_ty, &b.kind) {
            // `30s + 5m`: what stands on the left says what the unit on the right means
            (Ty::Quantity(unit, _), ExprKind::Number(_)) if additive => {
                let want = Ty::Quantity(*unit, None);
                (self.check(b, &want), want)
            }
            _ => self.infer(b),
        };
        (a_core, b_core, (a_ty, b_ty))
    }

    fn arithmetic(&mut self, a: &Ty, op: BinaryOp, b: &Ty, span: Span) -> Ty {
        use BinaryOp::*;
        let number = |ty: &Ty| matches!(ty, Ty::Int(_) | Ty::Float);
        match (a, op, b) {
            (Ty::Error, ..) | (.., Ty::Error) => Ty::Error,
            (Ty::Data, ..) | (.., Ty::Data) => Ty::Data,
            (Ty::Int(_), Add | Sub | Mul | Div, Ty::Int(_)) => Ty::Int(None),
            (a, _, b) if number(a) && number(b) => Ty::Float,
            (Ty::Quantity(x, _), Add | Sub, Ty::Quantity(y, _)) if x == y => Ty::Quantity(*x, None),
            (Ty::Quantity(x, _), Div, Ty::Quantity(y, _)) if x == y => Ty::Float,
            (Ty::Quantity(Unit::Percent, _), Mul, Ty::Quantity(x, _))
            | (Ty::Quantity(x, _), Mul, Ty::Quantity(Unit::Percent, _)) => Ty::Quantity(*x, None),
            (Ty::Quantity(x, _), Mul | Div, n) | (n, Mul, Ty::Quantity(x, _)) if number(n) => Ty::Quantity(*x, None),
            (Ty::Quantity(Unit::Percent, _), Mul, n) | (n, Mul, Ty::Quantity(Unit::Percent, _)) if number(n) => {
                Ty::Float
            }
            (Ty::List(x), Add, Ty::List(y)) => Ty::list((**x).clone().join((**y).clone())),
            (a, Add, b) if a.is_text() && b.is_text() => Ty::string(),
            _ => {
                let sign = match op {
                    Add => "+",
                    Sub => "-",
                    Mul => "*",
                    _ => "/",
                };
                let message = format!("`{a}` {sign} `{b}` has no meaning");
                let mut diagnostic = Diagnostic::new(Code::OBS2101, span, message);
                if a.is_text() || b.is_text() {
                    diagnostic = diagnostic.help("to put values into text write \"… ${value} …\"");
                }
                self.report(diagnostic);
                Ty::Error
            }
        }
    }

    /// What a plain name means at this place, if anything.
    pub(super) fn lookup(&self, name: &str) -> Option<(CoreKind, Ty, Option<Target>)> {
        if let Some(at) = self.locals.iter().rposition(|(n, ..)| n == name) {
            let (_, ty, span) = &self.locals[at];
            return Some((CoreKind::Local(at as u32), ty.clone(), Some(Target::Declared(*span))));
        }
        if let Place::Kind(kind, phase) = self.place
            && let Some(found) = lookup_in_kind(self.db, kind, phase, name)
        {
            return Some(found);
        }
        if let Some(export) = self.scope.get(Space::Value, name) {
            let target = Some(Target::Def(export.def, export.kind));
            match export.kind {
                DefKind::Let => {
                    let ty = queries::let_info(self.db, export.def).ty.clone();
                    return Some((CoreKind::Let(export.def), ty, target));
                }
                DefKind::Component => {
                    let kind = queries::component_kind(self.db, export.def);
                    // a program's components have one space of names: the file's doesn't count
                    let own = name.rsplit('.').next().unwrap_or(name);
                    let core = match self.place {
                        Place::Names => CoreKind::Const(crate::value::Value::Str(own.into())),
                        _ => CoreKind::Component(own.into()),
                    };
                    let ty = match self.place {
                        Place::Names => Ty::string(),
                        _ => Ty::Component(kind),
                    };
                    return Some((core, ty, target));
                }
                _ => {}
            }
        }
        let (kind, ty) = match (name, self.place) {
            ("cpu" | "memory", Place::Rule) => (CoreKind::Load(name.into()), Ty::Quantity(Unit::Percent, None)),
            ("cluster", _) => (CoreKind::Cluster, Ty::Cluster),
            ("domain" | "profile" | "target", _) => {
                let cluster = Self::node(
                    Span { file: crate::text::FileId(0), item: 0, range: Default::default() },
                    CoreKind::Cluster,
                );
                let ty = if name == "target" { Ty::words(attributes::TARGETS) } else { Ty::string() };
                (CoreKind::Field(Box::new(cluster), name.into()), ty)
            }
            ("components", Place::Program | Place::Names) => (CoreKind::Components, Ty::list(Ty::Component(None))),
            _ => return None,
        };
        Some((kind, ty, None))
    }

    fn infer_name(&mut self, name: &SmolStr, span: Span) -> (Core, Ty) {
        if name.is_empty() {
            return (Core::error(span), Ty::Error);
        }
        if let Some((kind, ty, target)) = self.lookup(name) {
            if let Some(target) = target {
                self.used(span, target);
            }
            return self.narrowed(Self::node(span, kind), ty);
        }
        self.unknown_name(name, span);
        (Core::error(span), Ty::Error)
    }

    fn unknown_name(&mut self, name: &SmolStr, span: Span) {
        if self.scope.is_broken(name) {
            return;
        }
        if let Place::Kind(kind, Phase::Graph) = self.place
            && lookup_in_kind(self.db, kind, Phase::Files, name).is_some()
        {
            let message = format!("`{name}` isn't known yet where the graph is made");
            let help = "members that make the graph see params, `let`s, `self.name`, `cluster` and `namespace`";
            self.report(Diagnostic::new(Code::OBS2115, span, message).help(help));
            return;
        }
        if name == "flows" {
            let help = "write `flows.in(protocol)` or `flows.out(protocol)`, within a kind";
            self.report(Diagnostic::new(Code::OBS2102, span, "`flows` is no value of its own").help(help));
            return;
        }
        if Builtin::parse(name).is_some() || self.scope.get(Space::Value, name).is_some_and(|e| e.kind == DefKind::Fn) {
            let message = format!("`{name}` is a function");
            self.report(Diagnostic::new(Code::OBS2102, span, message).help(format!("call it: `{name}(…)`")));
            return;
        }
        let mut known: Vec<&str> = self.locals.iter().map(|(n, ..)| n.as_str()).collect();
        if let Place::Kind(kind, _) = self.place {
            known.extend(kind.params.keys().map(SmolStr::as_str));
            known.extend(kind.lets.iter().map(|l| l.name.as_str()));
            known.extend(KIND_NAMES);
        }
        known.extend(self.scope.names_of(Space::Value).map(|(n, _)| n.as_str()));
        known.extend(PROGRAM_NAMES);
        let message = format!("nothing here is called `{name}`");
        let suggestion = nearest(name, known);
        self.report(Diagnostic::new(Code::OBS2102, span, message).suggest(suggestion));
    }
}

fn lookup_in_kind(db: &dyn Db, kind: &KindInfo, phase: Phase, name: &str) -> Option<(CoreKind, Ty, Option<Target>)> {
    if let Some(param) = kind.params.get(name) {
        return Some((CoreKind::Param(name.into()), param.ty.clone(), Some(Target::Declared(param.name_span))));
    }
    if let Some(at) = kind.lets.iter().rposition(|l| l.name == name && l.phase <= phase) {
        let found = &kind.lets[at];
        return Some((CoreKind::KindLet(at as u32), found.ty.clone(), Some(Target::Declared(found.name_span))));
    }
    let (core, ty) = match name {
        "self" => (CoreKind::SelfRef, Ty::Component(kind.def.map(|def| queries::kind_ref(db, &kind.name, def)))),
        "namespace" => (CoreKind::Namespace, Ty::Namespace),
        "version" if phase >= Phase::Workload => (CoreKind::Version, Ty::Version),
        "image" if phase >= Phase::Workload => (CoreKind::Param(name.into()), Ty::string()),
        "resources" if phase >= Phase::Workload => (CoreKind::Param(name.into()), attributes::known_resources()),
        "components" if phase >= Phase::Workload => (CoreKind::Components, Ty::list(Ty::Component(None))),
        _ => return None,
    };
    Some((core, ty, None))
}

/// The type with its refinement left out: comparing with a value outside of it is no mistake.
fn widened(ty: &Ty) -> Ty {
    match ty {
        Ty::Int(_) => Ty::Int(None),
        Ty::Str(_) => Ty::string(),
        Ty::Quantity(unit, _) => Ty::Quantity(*unit, None),
        ty => Ty::optional(ty.clone()),
    }
}
