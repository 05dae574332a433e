//! The interpreter: [`Core`] → [`Value`].

use super::{World, operators};
use crate::db::Db;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::{BinaryOp, UnaryOp};
use crate::text::Span;
use crate::types::builtins::Builtin;
use crate::types::core::{Core, CoreElement, CoreEntry, CoreFor, CoreKind, CorePattern};
use crate::types::queries::{self, KindInfo};
use crate::types::{Ty, refine};
use crate::value::{ComponentId, Content, Record, Spanned, Value, Variant, Version};
use smol_str::{SmolStr, SmolStrBuilder};
use std::fmt::Write as _;
use std::sync::Arc;

/// Steps that one evaluation may take: bounds the time of nested comprehensions.
const MAX_STEPS: u64 = 20_000_000;
/// Calls within calls. Functions can't recurse, so only absurd programs get here.
const MAX_DEPTH: u32 = 200;

/// The component whose kind is evaluated.
pub struct SelfScope<'a> {
    /// Its name.
    pub name: &'a SmolStr,
    /// Its index, once the graph is there.
    pub id: Option<ComponentId>,
    /// Its kind.
    pub kind: &'a KindInfo,
    /// Its parameters, as far as they are known.
    pub params: &'a dyn Fn(&str) -> Option<Value>,
    /// The name of its namespace.
    pub namespace: Option<&'a SmolStr>,
    /// The version of its image.
    pub version: Option<&'a Version>,
}

/// Evaluates expressions in one scope.
pub struct Evaluator<'a> {
    db: &'a dyn Db,
    pub(super) world: &'a dyn World,
    scope: Option<SelfScope<'a>>,
    locals: Vec<Value>,
    /// Values of the kind's locals, once computed.
    lets: Vec<Option<Value>>,
    steps: u64,
    depth: u32,
    /// What went wrong.
    pub diagnostics: Vec<Diagnostic>,
}

impl<'a> Evaluator<'a> {
    /// For expressions outside kinds.
    pub fn new(db: &'a dyn Db, world: &'a dyn World) -> Self {
        Self {
            db,
            world,
            scope: None,
            locals: Vec::new(),
            lets: Vec::new(),
            steps: 0,
            depth: 0,
            diagnostics: Vec::new(),
        }
    }

    /// For expressions of the kind of a component.
    pub fn within(db: &'a dyn Db, world: &'a dyn World, scope: SelfScope<'a>) -> Self {
        let lets = vec![None; scope.kind.lets.len()];
        Self { scope: Some(scope), lets, ..Self::new(db, world) }
    }

    /// Says what went wrong; gives [`Value::Error`].
    pub(super) fn fail(&mut self, span: Span, message: impl Into<String>) -> Value {
        self.diagnostics.push(Diagnostic::new(Code::OBS2116, span, message));
        Value::Error
    }

    /// Says that something isn't known while the graph is made. In a whole graph what is missing was reported.
    fn too_early(&mut self, span: Span, what: &str) -> Value {
        if !self.world.is_whole() {
            let help = "components are made in the order of the source, then flows: declare it above, or give the value a name with `let`";
            let message = format!("{what} isn't known yet here");
            self.diagnostics.push(Diagnostic::new(Code::OBS2115, span, message).help(help));
        }
        Value::Error
    }

    fn step(&mut self, span: Span) -> bool {
        self.steps += 1;
        if self.steps == MAX_STEPS {
            self.fail(span, format!("this takes more than {MAX_STEPS} steps to evaluate"));
        }
        self.steps < MAX_STEPS
    }

    /// The value of an expression.
    pub fn eval(&mut self, core: &Core) -> Value {
        let span = core.span;
        if !self.step(span) {
            return Value::Error;
        }
        match &core.kind {
            CoreKind::Error => Value::Error,
            CoreKind::Const(value) => value.clone(),
            CoreKind::Local(at) => self.locals.get(*at as usize).cloned().unwrap_or(Value::Error),
            CoreKind::Param(name) => self.scope.as_ref().and_then(|s| (s.params)(name)).unwrap_or(Value::Error),
            CoreKind::KindLet(at) => self.kind_let(*at),
            CoreKind::Let(def) => {
                let core = &queries::let_info(self.db, *def).core;
                self.outside(|eval| eval.eval(core))
            }
            CoreKind::Component(name) => match self.world.component(name) {
                Some(id) => Value::Component(id),
                None => self.too_early(span, &format!("`{name}`")),
            },
            CoreKind::SelfRef => self.scope.as_ref().and_then(|s| s.id).map_or(Value::Error, Value::Component),
            CoreKind::Version => {
                let version = self.scope.as_ref().and_then(|s| s.version);
                version.map_or(Value::Version(Version(Vec::new())), |v| Value::Version(v.clone()))
            }
            // only their fields are values
            CoreKind::Cluster | CoreKind::Namespace | CoreKind::Load(_) => Value::Error,
            CoreKind::Components if !self.world.is_whole() => self.too_early(span, "`components`"),
            CoreKind::Components => Value::list(self.world.components().into_iter().map(Value::Component), span),
            CoreKind::Flows { of: Some(_), .. } if !self.world.is_whole() => self.too_early(span, "`.flows`"),
            CoreKind::Flows { of, outgoing, protocol } => {
                let of = match of.as_ref().map(|of| self.eval(of)) {
                    Some(Value::Component(id)) => Some(id),
                    Some(_) => None,
                    None => self.scope.as_ref().and_then(|s| s.id),
                };
                let flows = of.map(|id| self.world.flows(id, *outgoing, protocol.as_deref()));
                flows.map_or(Value::Error, |flows| Value::list(flows.into_iter().map(Value::Flow), span))
            }
            CoreKind::Speaks { component, accepts, protocol } => match self.eval(component) {
                Value::Component(id) => Value::Bool(self.world.speaks(id, *accepts, protocol)),
                _ => Value::Error,
            },
            CoreKind::Field(base, name) => self.field(base, name, span),
            CoreKind::Index(base, at) => self.index(base, at, span),
            CoreKind::Call(def, args) => {
                let args: Vec<Value> = args.iter().map(|a| self.eval(a)).collect();
                self.call(*def, args, span)
            }
            CoreKind::Default(def, at) => match queries::fn_info(self.db, *def).defaults.get(*at as usize) {
                Some(Some(core)) => self.outside(|eval| eval.eval(core)),
                _ => Value::Error,
            },
            CoreKind::Builtin(builtin, args) => self.builtin_call(*builtin, args, span),
            CoreKind::Unary(op, of) => self.unary(*op, of, span),
            CoreKind::Binary(a, op, b) => self.binary(a, *op, b, span),
            CoreKind::Range(a, b) => {
                let a = a.as_ref().map(|a| self.eval(a));
                let b = b.as_ref().map(|b| self.eval(b));
                Value::Range(Arc::new((a, b)))
            }
            CoreKind::List(elements) => {
                let mut out = Vec::with_capacity(elements.len());
                elements.iter().for_each(|e| self.element(e, &mut out));
                Value::List(Arc::new(out))
            }
            CoreKind::Record(entries) => {
                let mut out = Record::default();
                entries.iter().for_each(|e| self.entry(e, &mut out));
                Value::Record(Arc::new(out))
            }
            CoreKind::If(c, a, b) => match self.eval(c) {
                Value::Error => Value::Error,
                c if c.holds() => self.eval(a),
                _ => b.as_ref().map_or(Value::None, |b| self.eval(b)),
            },
            CoreKind::Match(on, arms) => {
                let on = self.eval(on);
                arms.iter().find_map(|arm| self.arm(&on, &arm.pattern, &arm.value)).unwrap_or(Value::Error)
            }
            CoreKind::Quantified { all, head, body } => self.quantified(*all, head, body),
            CoreKind::Interpolate(parts) => self.interpolate(parts),
            CoreKind::Variant(name, fields) => {
                let fields = fields.iter().map(|(field, core)| (field.clone(), self.spanned(core))).collect();
                Value::Variant(Arc::new(Variant { name: name.clone(), fields }))
            }
            CoreKind::Content(format, of) => {
                let value = self.eval(of);
                Value::Content(Arc::new(Content { format: format.clone(), value }))
            }
            CoreKind::Checked(of, ty) => self.checked(of, ty, span),
        }
    }

    fn builtin_call(&mut self, builtin: Builtin, args: &[Core], span: Span) -> Value {
        let args: Vec<Value> = args.iter().map(|a| self.eval(a)).collect();
        match builtin {
            _ if args.contains(&Value::Error) => Value::Error,
            Builtin::Reachable | Builtin::Path if !self.world.is_whole() => {
                self.too_early(span, &format!("`{}(…)`", builtin.name()))
            }
            _ => self.builtin(builtin, args, span),
        }
    }

    /// `all x in xs: …` ends at the first that doesn't hold, `any x in xs: …` at the first that does.
    fn quantified(&mut self, all: bool, head: &CoreFor, body: &Core) -> Value {
        let (mut found, mut unknown) = (false, false);
        let before = self.diagnostics.len();
        self.comprehend(head, &mut |eval| {
            let value = eval.eval(body);
            unknown = value == Value::Error;
            found = value.holds() != all;
            !found && !unknown
        });
        // what could not be looked at could have been the one
        let failed = unknown || self.diagnostics.len() > before;
        if failed { Value::Error } else { Value::Bool(found != all) }
    }

    /// What could not be checked before its value was known.
    fn checked(&mut self, of: &Core, ty: &Ty, span: Span) -> Value {
        let value = self.eval(of);
        let Some(complaint) = refine::of_type(&value, ty) else { return value };
        self.diagnostics.push(complaint.diagnostic(span));
        Value::Error
    }

    /// The value of an expression with its place.
    pub fn spanned(&mut self, core: &Core) -> Spanned<Value> {
        Spanned { value: self.eval(core), span: core.span }
    }

    /// Evaluates entries into a record.
    pub fn record(&mut self, entries: &[CoreEntry]) -> Record {
        let mut out = Record::default();
        entries.iter().for_each(|e| self.entry(e, &mut out));
        out
    }

    fn kind_let(&mut self, at: u32) -> Value {
        let at = at as usize;
        if let Some(Some(value)) = self.lets.get(at) {
            return value.clone();
        }
        let Some(kind) = self.scope.as_ref().map(|s| s.kind) else { return Value::Error };
        let Some(member) = kind.lets.get(at) else { return Value::Error };
        let locals = std::mem::take(&mut self.locals);
        let value = self.eval(&member.core);
        self.locals = locals;
        self.lets[at] = Some(value.clone());
        value
    }

    /// Evaluates something that stands outside of this frame and of any kind.
    fn outside(&mut self, f: impl FnOnce(&mut Self) -> Value) -> Value {
        let locals = std::mem::take(&mut self.locals);
        let value = f(self);
        self.locals = locals;
        value
    }

    fn call(&mut self, def: crate::names::DefId, args: Vec<Value>, span: Span) -> Value {
        let Some((body, _)) = &queries::fn_info(self.db, def).body else { return Value::Error };
        if self.depth >= MAX_DEPTH {
            return self.fail(span, "functions call each other too deeply");
        }
        self.depth += 1;
        let locals = std::mem::replace(&mut self.locals, args);
        let value = self.eval(body);
        self.locals = locals;
        self.depth -= 1;
        value
    }

    fn field(&mut self, base: &Core, name: &SmolStr, span: Span) -> Value {
        match &base.kind {
            CoreKind::Cluster => {
                return match self.world.cluster_field(name) {
                    Value::Error => self.too_early(span, &format!("`cluster.{name}`")),
                    value => value,
                };
            }
            CoreKind::Namespace => {
                let namespace = self.scope.as_ref().and_then(|s| s.namespace);
                return self.world.namespace_field(namespace, name);
            }
            CoreKind::SelfRef => {
                if let Some(scope) = &self.scope {
                    if let Some(value) = (scope.params)(name) {
                        return value;
                    }
                    match (name.as_str(), scope.id) {
                        ("name", _) => return Value::Str(scope.name.clone()),
                        ("kind", None) => return Value::Str(scope.kind.name.clone()),
                        ("namespace", None) => {
                            return Value::Str(scope.namespace.cloned().unwrap_or_default());
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        match self.eval(base) {
            Value::Component(_)
                if !self.world.is_whole() && matches!(name.as_str(), "storage_shared" | "alerts" | "dashboards") =>
            {
                self.too_early(span, &format!("`.{name}`"))
            }
            Value::Component(id) => self.world.component_field(id, name, span),
            Value::Flow(id) => self.world.flow_field(id, name, span),
            Value::Record(record) => record.get(name).map_or(Value::None, |f| f.value.clone()),
            Value::Quantity(q) => operators::quantity_field(q, name),
            Value::None => Value::None,
            Value::Error => Value::Error,
            other => self.fail(span, format!("{other} has no field `{name}`")),
        }
    }

    fn index(&mut self, base: &Core, at: &Core, span: Span) -> Value {
        match (self.eval(base), self.eval(at)) {
            (Value::Error, _) | (_, Value::Error) => Value::Error,
            (Value::List(list), Value::Int(n)) => match usize::try_from(n).ok().and_then(|n| list.get(n)) {
                Some(element) => element.value.clone(),
                None => self.fail(span, format!("there is no element {n}: the list has {}", list.len())),
            },
            (Value::Record(record), Value::Str(key)) => match record.get(&key) {
                Some(field) => field.value.clone(),
                None => self.fail(span, format!("there is no entry `{key}`")),
            },
            (base, at) => self.fail(span, format!("{base} can't be indexed by {at}")),
        }
    }

    fn unary(&mut self, op: UnaryOp, of: &Core, span: Span) -> Value {
        match (op, self.eval(of)) {
            (_, Value::Error) => Value::Error,
            (UnaryOp::Not, value) => Value::Bool(!value.holds()),
            (UnaryOp::Neg, value) => match operators::negate(&value) {
                Some(value) => value,
                None => self.fail(span, format!("{value} has no negative")),
            },
        }
    }

    fn binary(&mut self, a: &Core, op: BinaryOp, b: &Core, span: Span) -> Value {
        let left = self.eval(a);
        match (op, &left) {
            (_, Value::Error) => return Value::Error,
            (BinaryOp::And, left) if !left.holds() => return Value::Bool(false),
            (BinaryOp::Or, left) if left.holds() => return Value::Bool(true),
            (BinaryOp::And | BinaryOp::Or, _) => {
                return match self.eval(b) {
                    Value::Error => Value::Error,
                    right => Value::Bool(right.holds()),
                };
            }
            (BinaryOp::Coalesce, Value::None) => return self.eval(b),
            (BinaryOp::Coalesce, _) => return left,
            _ => {}
        }
        let right = self.eval(b);
        if right == Value::Error {
            return Value::Error;
        }
        match operators::binary(&left, op, &right) {
            Ok(value) => value,
            Err(why) => self.fail(span, why),
        }
    }

    fn element(&mut self, element: &CoreElement, out: &mut Vec<Spanned<Value>>) {
        match element {
            CoreElement::Item(core) => out.push(self.spanned(core)),
            CoreElement::Spread(core) => out.extend(self.eval(core).elements().iter().cloned()),
            CoreElement::If(c, inner) => {
                if self.eval(c).holds() {
                    self.element(inner, out);
                }
            }
            CoreElement::For(head, inner) => self.comprehend(head, &mut |eval| {
                eval.element(inner, out);
                true
            }),
        }
    }

    fn entry(&mut self, entry: &CoreEntry, out: &mut Record) {
        match entry {
            CoreEntry::Field(keys, value) => {
                let mut path = Vec::with_capacity(keys.len());
                for key in keys {
                    match self.eval(key) {
                        Value::Str(key) => path.push(key),
                        Value::Error => return,
                        other => {
                            self.fail(key.span, format!("{other} can't be a key: keys are strings"));
                            return;
                        }
                    }
                }
                let value = self.spanned(value);
                super::merge::set(out, &path, value);
            }
            CoreEntry::Spread(core) => {
                if let Value::Record(record) = self.eval(core) {
                    out.extend(record.iter().map(|(k, v)| (k.clone(), v.clone())));
                }
            }
            CoreEntry::For(head, inner) => self.comprehend(head, &mut |eval| {
                eval.entry(inner, out);
                true
            }),
        }
    }

    /// Runs `f` for each element that the head lets through, its names bound, until `f` says no.
    fn comprehend(&mut self, head: &CoreFor, f: &mut dyn FnMut(&mut Self) -> bool) {
        let source = self.eval(&head.source);
        let pairs: Vec<(Value, Value)> = match &source {
            Value::List(list) => {
                list.iter().enumerate().map(|(i, e)| (Value::Int(i as i64), e.value.clone())).collect()
            }
            Value::Record(record) => record.iter().map(|(k, v)| (Value::Str(k.clone()), v.value.clone())).collect(),
            Value::Range(range) => match operators::range_elements(range) {
                Some(ints) => ints.map(|n| (Value::Int(n), Value::Int(n))).collect(),
                None => {
                    self.fail(head.source.span, format!("{source} is too long or has no end"));
                    return;
                }
            },
            _ => return,
        };
        let is_map = matches!(source, Value::Record(_));
        let depth = self.locals.len();
        for (key, value) in pairs {
            self.locals.truncate(depth);
            if !self.step(head.source.span) {
                return;
            }
            match head.names {
                1 => self.locals.push(if is_map { key } else { value }),
                _ => self.locals.extend([key, value]),
            }
            let wanted = match &head.condition {
                Some(c) => self.eval(c).holds(),
                None => true,
            };
            if wanted && !f(self) {
                break;
            }
        }
        self.locals.truncate(depth);
    }

    fn arm(&mut self, on: &Value, pattern: &CorePattern, value: &Core) -> Option<Value> {
        let depth = self.locals.len();
        match (pattern, on) {
            (_, Value::Error) => return Some(Value::Error),
            (CorePattern::Any, _) => {}
            (CorePattern::Value(want), on) if operators::equal(want, on) => {}
            (CorePattern::Variant(name, fields), Value::Variant(variant)) if *name == variant.name => {
                for field in fields {
                    let bound = variant.fields.get(field).map_or(Value::None, |f| f.value.clone());
                    self.locals.push(bound);
                }
            }
            _ => return None,
        }
        let result = self.eval(value);
        self.locals.truncate(depth);
        Some(result)
    }

    fn interpolate(&mut self, parts: &[Core]) -> Value {
        let mut out = SmolStrBuilder::new();
        for part in parts {
            match self.eval(part) {
                Value::Error => return Value::Error,
                Value::None => {
                    self.fail(part.span, "this is none where text is made of it");
                    return Value::Error;
                }
                // a secret that came this far did so through data
                value @ (Value::Secret(_) | Value::PodField(_) | Value::Component(_) | Value::Flow(_)) => {
                    return self.fail(part.span, format!("{value} can't become text"));
                }
                value => _ = write!(out, "{value}"),
            }
        }
        Value::Str(out.finish())
    }
}
