//! Calls: functions, built-ins, variants, `flows.in(…)`, file contents.

use super::{Elaborator, Place, Target};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::names::{DefId, DefKind, Space};
use crate::syntax::ast::{Arg, Expr, ExprKind, Ident};
use crate::text::Span;
use crate::types::attributes::Phase;
use crate::types::builtins::{Builtin, Shape, Want};
use crate::types::core::{Core, CoreKind};
use crate::types::queries;
use crate::types::ty::{ProtocolRef, RecordTy, Ty};
use smol_str::SmolStr;

/// Formats of files and what each takes.
pub const FORMATS: &[&str] = &["yaml", "json", "toml", "ini", "blocks", "text"];

impl Elaborator<'_> {
    pub(super) fn infer_call(&mut self, callee: &Expr, args: &[Arg], span: Span) -> (Core, Ty) {
        match &callee.kind {
            ExprKind::Name(name) => self.named_call(name, callee.span, args, span),
            ExprKind::Field(base, method) => {
                if matches!(&base.kind, ExprKind::Name(n) if n == "flows") {
                    return self.flows_call(None, method, args, span);
                }
                if let ExprKind::Field(of, name) = &base.kind
                    && name.name == "flows"
                {
                    let (of, ty) = self.infer(of);
                    return match ty {
                        Ty::Component(_) | Ty::Accepting(_) => self.flows_call(Some(of), method, args, span),
                        Ty::Error => (Core::error(span), Ty::Error),
                        ty => {
                            self.unknown_member(&ty, name);
                            (Core::error(span), Ty::Error)
                        }
                    };
                }
                if let Some(dotted) = callee.dotted()
                    && let Some(export) = self.scope.get(Space::Value, &dotted.name)
                    && export.kind == DefKind::Fn
                {
                    let def = export.def;
                    self.used(method.span, Target::Def(def, DefKind::Fn));
                    return self.function_call(def, &dotted.name, args, span);
                }
                let (base_core, ty) = self.infer(base);
                match (&ty, method.name.as_str()) {
                    (Ty::Component(_) | Ty::Accepting(_), "accepts" | "emits") => {
                        let accepts = method.name == "accepts";
                        let Some(protocol) = self.protocol_argument(args, span) else {
                            return (Core::error(span), Ty::Bool);
                        };
                        let protocol = protocol.name;
                        let kind = CoreKind::Speaks { component: Box::new(base_core), accepts, protocol };
                        (Core { kind, span }, Ty::Bool)
                    }
                    (Ty::Error, _) => (Core::error(span), Ty::Error),
                    _ => self.not_callable(callee.span, &format!("`.{}`", method.name)),
                }
            }
            ExprKind::Missing => (Core::error(span), Ty::Error),
            _ => self.not_callable(callee.span, "this"),
        }
    }

    fn not_callable(&mut self, span: Span, what: &str) -> (Core, Ty) {
        self.report(Diagnostic::new(Code::OBS2110, span, format!("{what} is no function")));
        (Core::error(span), Ty::Error)
    }

    /// Whether a name can be called: a function of the program, a built-in one, a format, or something of another kind.
    pub(super) fn is_function(&self, name: &SmolStr) -> bool {
        self.lookup(name).is_some()
            || FORMATS.contains(&name.as_str())
            || Builtin::parse(name).is_some()
            || self.scope.get(Space::Value, name).is_some()
    }

    fn named_call(&mut self, name: &SmolStr, name_span: Span, args: &[Arg], span: Span) -> (Core, Ty) {
        if FORMATS.contains(&name.as_str()) {
            return self.content_call(name, name_span, args, span);
        }
        if let Some(export) = self.scope.get(Space::Value, name)
            && export.kind == DefKind::Fn
        {
            let def = export.def;
            self.used(name_span, Target::Def(def, DefKind::Fn));
            return self.function_call(def, name, args, span);
        }
        if let Some(builtin) = Builtin::parse(name) {
            self.used(name_span, Target::Builtin(builtin.doc()));
            return self.builtin_call(builtin, args, span);
        }
        if self.lookup(name).is_some() {
            return self.not_callable(name_span, &format!("`{name}`"));
        }
        for arg in args {
            self.infer(&arg.value);
        }
        if self.scope.is_broken(name) {
            return (Core::error(span), Ty::Error);
        }
        let functions = self.scope.names_of(Space::Value).filter(|(_, b)| b.export.kind == DefKind::Fn);
        let known = functions
            .map(|(n, _)| n.as_str())
            .chain(Builtin::ALL.iter().map(|b| b.name()))
            .chain(FORMATS.iter().copied());
        let message = format!("there is no function `{name}`");
        let suggestion = nearest(name, known);
        self.report(Diagnostic::new(Code::OBS2102, name_span, message).suggest(suggestion));
        (Core::error(span), Ty::Error)
    }

    fn content_call(&mut self, format: &SmolStr, at: Span, args: &[Arg], span: Span) -> (Core, Ty) {
        self.used(at, Target::Builtin("Content of a file."));
        let [arg] = args else {
            self.argument_count(format, "1 argument", args.len(), span);
            return (Core::error(span), Ty::Content);
        };
        let want = if format == "text" { Ty::string() } else { Ty::Data };
        let value = self.check(&arg.value, &want);
        (Core { kind: CoreKind::Content(format.clone(), Box::new(value)), span }, Ty::Content)
    }

    fn argument_count(&mut self, name: &str, wanted: &str, found: usize, span: Span) {
        let message = format!("`{name}` takes {wanted}, found {found}");
        self.report(Diagnostic::new(Code::OBS2110, span, message));
    }

    fn function_call(&mut self, def: DefId, name: &str, args: &[Arg], span: Span) -> (Core, Ty) {
        let signature = queries::fn_signature(self.db, def);
        let params: Vec<(SmolStr, Ty, bool)> =
            signature.params.iter().map(|p| (p.name.clone(), p.ty.clone(), p.optional)).collect();
        let slots = self.arguments(name, args, &params, span);
        let mut out = Vec::with_capacity(slots.len());
        for (i, slot) in slots.into_iter().enumerate() {
            out.push(slot.unwrap_or(Core { kind: CoreKind::Default(def, i as u32), span }));
        }
        let result = queries::fn_result(self.db, def);
        (Core { kind: CoreKind::Call(def, out), span }, result)
    }

    /// Puts arguments in their places and checks each; reports what is missing, unknown or twice.
    fn arguments(&mut self, name: &str, args: &[Arg], params: &[(SmolStr, Ty, bool)], span: Span) -> Vec<Option<Core>> {
        let mut slots: Vec<Option<Core>> = vec![None; params.len()];
        let mut next = 0;
        for arg in args {
            let at = match &arg.name {
                Some(label) => match params.iter().position(|(n, ..)| *n == label.name) {
                    Some(at) => at,
                    None => {
                        let message = format!("`{name}` has no parameter `{}`", label.name);
                        let suggestion = nearest(&label.name, params.iter().map(|(n, ..)| n.as_str()));
                        self.report(Diagnostic::new(Code::OBS2110, label.span, message).suggest(suggestion));
                        self.infer(&arg.value);
                        continue;
                    }
                },
                None => {
                    next += 1;
                    next - 1
                }
            };
            let Some((param, ty, _)) = params.get(at) else {
                let message = format!("`{name}` takes no more than {}", count(params.len(), "argument"));
                self.report(Diagnostic::new(Code::OBS2110, arg.value.span, message));
                self.infer(&arg.value);
                continue;
            };
            if slots[at].is_some() {
                let message = format!("`{param}` is given twice");
                self.report(Diagnostic::new(Code::OBS2110, arg.value.span, message));
            }
            slots[at] = Some(self.check(&arg.value, ty));
        }
        let missing: Vec<String> = params
            .iter()
            .zip(&slots)
            .filter(|((_, _, optional), slot)| !optional && slot.is_none())
            .map(|((n, ..), _)| format!("`{n}`"))
            .collect();
        if !missing.is_empty() {
            let message = format!("`{name}` lacks {}", missing.join(", "));
            self.report(Diagnostic::new(Code::OBS2110, span, message));
        }
        slots
    }

    fn builtin_call(&mut self, builtin: Builtin, args: &[Arg], span: Span) -> (Core, Ty) {
        let params = builtin.params();
        let required = params.len() - builtin.optional();
        if let Some(label) = args.iter().find_map(|a| a.name.as_ref()) {
            let message = format!("`{}` takes its arguments by place, not by name", builtin.name());
            self.report(Diagnostic::new(Code::OBS2110, label.span, message).help("leave out the name"));
            return (Core::error(span), Ty::Error);
        }
        if args.len() < required || args.len() > params.len() {
            let list: Vec<&str> = params.iter().map(|(n, _)| *n).collect();
            let wanted = match (required, list.len()) {
                (one, all) if one == all => format!("{} ({})", count(one, "argument"), list.join(", ")),
                (least, all) => format!("{least} to {} ({})", count(all, "argument"), list.join(", ")),
            };
            self.argument_count(builtin.name(), &wanted, args.len(), span);
            return (Core::error(span), builtin.result().1);
        }
        let mut cores = Vec::with_capacity(args.len());
        let mut tys = Vec::with_capacity(args.len());
        for (arg, (param, want)) in args.iter().zip(params) {
            let fixed = want.ty();
            let (core, ty) = if fixed != Ty::Error {
                (self.check(&arg.value, &fixed), fixed)
            } else {
                let (core, ty) = self.infer(&arg.value);
                if *want == Want::Printable && ty.holds_secret() {
                    self.report_leak(arg.value.span, "part of a text");
                } else if !want.takes(&ty) {
                    let message = format!("`{}` takes {} as `{param}`, found `{ty}`", builtin.name(), want.words());
                    self.report(Diagnostic::new(Code::OBS2101, arg.value.span, message));
                }
                (core, ty)
            };
            cores.push(core);
            tys.push(ty);
        }
        if builtin == Builtin::Secret
            && let Some(core) = self.constant_secret(&cores, span)
        {
            return (core, Ty::Secret);
        }
        let ty = result_type(builtin, &tys);
        (Core { kind: CoreKind::Builtin(builtin, cores), span }, ty)
    }

    /// A secret whose name is written out, as nearly all are: checked for the form of a Kubernetes name.
    fn constant_secret(&mut self, args: &[Core], span: Span) -> Option<Core> {
        use crate::value::{SecretRef, Value};
        let text = |core: &Core| match core.as_const() {
            Some(Value::Str(s)) => Some(s.clone()),
            _ => None,
        };
        let name = text(&args[0])?;
        let key = match args.get(1) {
            Some(key) => Some(text(key)?),
            None => None,
        };
        let legal = |s: &str, extra: &[char]| {
            !s.is_empty()
                && s.len() <= 253
                && s.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || extra.contains(&c))
        };
        if !legal(&name, &['-', '.']) {
            let message = format!("`{name}` can't be the name of a Secret");
            let help = "a secret is given by the name of a Kubernetes Secret (a-z, 0-9, `-`), never by its value";
            self.report(Diagnostic::new(Code::OBS2108, args[0].span, message).help(help));
            return Some(Core::error(span));
        }
        Some(Core::constant(Value::Secret(SecretRef { name, key }), span))
    }

    fn flows_call(&mut self, of: Option<Core>, method: &Ident, args: &[Arg], span: Span) -> (Core, Ty) {
        let outgoing = match method.name.as_str() {
            "in" => false,
            "out" => true,
            _ => {
                let message = format!("`flows` has no `{}`", method.name);
                let help = "write `flows.in(protocol)` or `flows.out(protocol)`";
                self.report(Diagnostic::new(Code::OBS2106, method.span, message).help(help));
                return (Core::error(span), Ty::Error);
            }
        };
        match self.place {
            Place::Kind(_, Phase::Workload | Phase::Files) => {}
            // a function's body is anywhere: whether it is too early is seen when it is called
            Place::Program if of.is_some() => {}
            _ => {
                let message = "flows are known only in what a component runs";
                let help = "use them in args, env, files and other attributes of the workload";
                self.report(Diagnostic::new(Code::OBS2115, span, message).help(help));
                return (Core::error(span), Ty::Error);
            }
        }
        let of = of.map(Box::new);
        if args.is_empty() {
            let kind = CoreKind::Flows { of, outgoing, protocol: None };
            return (Core { kind, span }, Ty::list(Ty::Flow(None)));
        }
        let Some(protocol) = self.protocol_argument(args, span) else {
            return (Core::error(span), Ty::list(Ty::Error));
        };
        let kind = CoreKind::Flows { of, outgoing, protocol: Some(protocol.name.clone()) };
        (Core { kind, span }, Ty::list(Ty::Flow(Some(protocol))))
    }

    fn protocol_argument(&mut self, args: &[Arg], span: Span) -> Option<ProtocolRef> {
        let [arg] = args else {
            self.argument_count("this", "one protocol", args.len(), span);
            return None;
        };
        let Some(name) = arg.value.dotted() else {
            self.report(Diagnostic::new(Code::OBS2110, arg.value.span, "expected the name of a protocol"));
            return None;
        };
        self.protocol(&name)
    }

    /// The protocol of this name; says so where there is none.
    pub fn protocol(&mut self, written: &Ident) -> Option<ProtocolRef> {
        let (name, span) = (&written.name, written.span);
        if let Some(export) = self.scope.get(Space::Protocol, name) {
            let def = export.def;
            self.used(written.last(), Target::Def(def, DefKind::Protocol));
            // its own name, whatever file it came from: flows are found by it
            let own = name.rsplit('.').next().unwrap_or(name);
            return Some(ProtocolRef { name: own.into(), def });
        }
        if !name.is_empty() && !self.scope.is_broken(name) {
            let known = self.scope.names_of(Space::Protocol).map(|(n, _)| n.as_str());
            let message = format!("there is no protocol `{name}`");
            let suggestion = nearest(name, known);
            let diagnostic = Diagnostic::new(Code::OBS2105, span, message);
            self.report(match suggestion {
                Some(_) => diagnostic.suggest(suggestion),
                None => diagnostic.help(format!("declare it: `protocol {name} {{ … }}`, or import it")),
            });
        }
        None
    }

    pub(super) fn variant(
        &mut self,
        name: &SmolStr,
        name_span: Span,
        record: &RecordTy,
        args: &[Arg],
        span: Span,
    ) -> Core {
        let params: Vec<(SmolStr, Ty, bool)> =
            record.fields.iter().map(|(n, f)| (n.clone(), f.ty.clone(), f.optional)).collect();
        let slots = self.arguments(name, args, &params, name_span);
        let fields = record.fields.iter().zip(slots).map(|((name, field), slot)| {
            let missing = || Core::constant(field.default.clone().unwrap_or(crate::value::Value::None), span);
            (name.clone(), slot.unwrap_or_else(missing))
        });
        Core { kind: CoreKind::Variant(name.clone(), fields.collect()), span }
    }
}

fn result_type(builtin: Builtin, args: &[Ty]) -> Ty {
    let (shape, fixed) = builtin.result();
    let first = args.first().cloned().unwrap_or(Ty::Error);
    let element = |ty: &Ty| match ty {
        Ty::List(of) | Ty::Map(of) => (**of).clone(),
        Ty::Record(of) => of.fields.values().map(|f| f.ty.clone()).reduce(Ty::join).unwrap_or(Ty::Data),
        _ => Ty::Data,
    };
    match shape {
        Shape::Fixed => fixed,
        Shape::First => first,
        Shape::Elements => element(&first),
        Shape::Values => Ty::list(element(&first)),
        Shape::Flattened => element(&first),
        Shape::Joined => match args.get(1) {
            Some(Ty::Record(_)) if matches!(first, Ty::Record(_)) => Ty::Data,
            Some(second) => first.join(second.clone()),
            None => first,
        },
    }
}

/// `1 argument`, `2 arguments`.
fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
