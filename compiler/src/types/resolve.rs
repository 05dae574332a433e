//! Types as written → [`Ty`].

use super::elaborate::{Elaborator, Target};
use super::queries;
use super::refine;
use super::ty::{Bounds, FieldTy, Form, Pattern, ProtocolRef, RecordTy, Ty, Unit, VariantsTy};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::names::{DefId, DefKind, Space, add_library_import};
use crate::syntax::ast::{Expr, ExprKind, Ident, Param, Refinement, Type, TypeKind};
use crate::value::Value;
use smol_str::SmolStr;
use std::sync::Arc;

/// The names of types that are built in.
pub const BUILTIN_TYPES: &[&str] = &[
    "bool",
    "int",
    "float",
    "string",
    "duration",
    "bytes",
    "cpu",
    "percent",
    "rate",
    "port",
    "host",
    "path",
    "url",
    "cron",
    "image",
    "version",
    "date",
    "secret",
    "data",
    "content",
    "component",
    "flow",
];

fn builtin(name: &str) -> Option<Ty> {
    Some(match name {
        "bool" => Ty::Bool,
        "int" => Ty::Int(None),
        "float" => Ty::Float,
        "string" => Ty::string(),
        "duration" => Ty::Quantity(Unit::Duration, None),
        "bytes" => Ty::Quantity(Unit::Bytes, None),
        "cpu" => Ty::Quantity(Unit::Cpu, None),
        "percent" => Ty::Quantity(Unit::Percent, None),
        "rate" => Ty::Quantity(Unit::Rate, None),
        "port" => Ty::Int(Some(Bounds { least: Some(Value::Int(1)), most: Some(Value::Int(65535)) })),
        "host" => Ty::Form(Form::Host),
        "path" => Ty::Form(Form::Path),
        "url" => Ty::Form(Form::Url),
        "cron" => Ty::Form(Form::Cron),
        "image" => Ty::Form(Form::Image),
        "date" => Ty::Form(Form::Date),
        "version" => Ty::Version,
        "secret" => Ty::Secret,
        "data" => Ty::Data,
        "content" => Ty::Content,
        "component" => Ty::Component(None),
        "flow" => Ty::Flow(None),
        _ => return None,
    })
}

impl Elaborator<'_> {
    /// Whether a type has this name.
    pub(super) fn is_type(&self, name: &str) -> bool {
        builtin(name).is_some() || self.scope.get(Space::Type, name).is_some()
    }

    /// The type that is written here.
    pub fn resolve(&mut self, ty: &Type) -> Ty {
        match &ty.kind {
            TypeKind::Missing => Ty::Error,
            TypeKind::Literal(word) => Ty::Enum(Arc::new([word.clone()])),
            TypeKind::List(of) => Ty::list(self.resolve(of)),
            TypeKind::Map(of) => Ty::map(self.resolve(of)),
            TypeKind::Optional(of) => Ty::optional(self.resolve(of)),
            TypeKind::Record(fields) => Ty::Record(Arc::new(self.record(fields))),
            TypeKind::Union(any) => self.union(any),
            TypeKind::Name(name, refinement) => self.named(name, refinement.as_ref()),
            TypeKind::Variant(name, _) => {
                let message = format!("the variant `{}` can only stand in a `type` item", name.name);
                let help = format!("declare `type … = {} {{ … }} | …` and use its name here", name.name);
                self.report(Diagnostic::new(Code::OBS2105, ty.span, message).help(help));
                Ty::Error
            }
        }
    }

    fn union(&mut self, any: &[Type]) -> Ty {
        let mut words: Vec<SmolStr> = Vec::new();
        let mut others: Vec<Ty> = Vec::new();
        for ty in any {
            match self.resolve(ty) {
                Ty::Enum(more) => words.extend(more.iter().cloned()),
                other => others.push(other),
            }
        }
        if !words.is_empty() {
            others.insert(0, Ty::Enum(words.into()));
        }
        match others.len() {
            1 => others.remove(0),
            _ => Ty::Union(others.into()),
        }
    }

    /// The record of these fields; defaults must be constant.
    pub fn record(&mut self, fields: &[Param]) -> RecordTy {
        let mut out = RecordTy::default();
        for field in fields {
            let ty = self.resolve(&field.ty);
            let default = field.default.as_ref().and_then(|d| self.check(d, &ty).as_const().cloned());
            let optional = field.optional || default.is_some() || matches!(ty, Ty::Optional(_));
            let field_ty = FieldTy {
                // `b?: T` may be absent; `b: T = d` is always there
                ty: if field.optional && default.is_none() { Ty::optional(ty) } else { ty },
                optional,
                default,
                doc: field.doc.as_deref().map(Arc::from),
                span: Some(field.name.span),
            };
            if let Some(first) = out.fields.insert(field.name.name.clone(), field_ty) {
                self.duplicate(&field.name, first.span.unwrap_or(field.name.span));
            }
        }
        out
    }

    fn named(&mut self, name: &Ident, refinement: Option<&Refinement>) -> Ty {
        if let Some(ty) = builtin(&name.name) {
            return match refinement {
                Some(refinement) => self.refined(ty, refinement),
                None => ty,
            };
        }
        let Some(export) = self.scope.get(Space::Type, &name.name).cloned() else {
            if !name.name.is_empty() && !self.scope.is_broken(&name.name) {
                let declared = self.scope.names_of(Space::Type).map(|(n, _)| n.as_str());
                let known = declared.chain(BUILTIN_TYPES.iter().copied());
                let message = format!("there is no type `{}`", name.name);
                let suggestion = nearest(&name.name, known).map(str::to_owned);
                let diagnostic = Diagnostic::new(Code::OBS2105, name.span, message);
                self.report(match &suggestion {
                    Some(near) => diagnostic.suggest(Some(near)),
                    None => diagnostic.help(format!("declare it: `type {} = …`, or import it", name.name)),
                });
            }
            return Ty::Error;
        };
        self.used(name.last(), Target::Def(export.def, export.kind));
        match export.kind {
            DefKind::Kind => Ty::Component(Some(queries::kind_ref(self.db, &name.name, export.def))),
            _ => queries::type_of(self.db, export.def),
        }
    }

    fn refined(&mut self, ty: Ty, refinement: &Refinement) -> Ty {
        match (ty, refinement) {
            (ty @ (Ty::Int(None) | Ty::Quantity(_, None)), Refinement::Range(range)) => {
                let bounds = self.bounds(range, &ty);
                match ty {
                    Ty::Int(_) => Ty::Int(bounds),
                    Ty::Quantity(unit, _) => Ty::Quantity(unit, bounds),
                    other => other,
                }
            }
            (Ty::Str(None), Refinement::Regex(source, span)) => match regex::Regex::new(&format!("^(?:{source})$")) {
                Ok(regex) => Ty::Str(Some(Pattern(Arc::new(regex)))),
                Err(error) => {
                    let why = error.to_string().lines().last().unwrap_or_default().trim().to_owned();
                    let message = format!("this is no regular expression: {why}");
                    self.report(Diagnostic::new(Code::OBS2114, *span, message));
                    Ty::string()
                }
            },
            (Ty::Component(None), Refinement::Name(name)) => self.component_by(name),
            (Ty::Flow(None), Refinement::Name(name)) => match self.protocol(name) {
                Some(ProtocolRef { name, def }) => Ty::Flow(Some(ProtocolRef { name, def })),
                None => Ty::Error,
            },
            (ty, refinement) => {
                let span = match refinement {
                    Refinement::Range(range) => range.span,
                    Refinement::Regex(_, span) => *span,
                    Refinement::Name(name) => name.span,
                };
                let message = format!("`{ty}` can't be refined like this");
                let help = "ranges refine ints and quantities, /patterns/ strings, names `component` and `flow`";
                self.report(Diagnostic::new(Code::OBS2105, span, message).help(help));
                ty
            }
        }
    }

    /// `component(…)`: by kind, else by a protocol that it accepts.
    fn component_by(&mut self, name: &Ident) -> Ty {
        if let Some(export) = self.scope.get(Space::Type, &name.name).filter(|e| e.kind == DefKind::Kind).cloned() {
            self.used(name.last(), Target::Def(export.def, export.kind));
            return Ty::Component(Some(queries::kind_ref(self.db, &name.name, export.def)));
        }
        if self.scope.get(Space::Protocol, &name.name).is_some() {
            return self.protocol(name).map_or(Ty::Error, Ty::Accepting);
        }
        self.unknown(name, &[(DefKind::Kind, Space::Type), (DefKind::Protocol, Space::Protocol)]);
        Ty::Error
    }

    fn bounds(&mut self, range: &Expr, ty: &Ty) -> Option<Bounds> {
        let ExprKind::Range(least, most) = &range.kind else {
            let message = "expected a range such as `1..10` or `1..`";
            self.report(Diagnostic::new(Code::OBS2105, range.span, message));
            return None;
        };
        let mut end = |expr: &Option<Box<Expr>>| -> Option<Value> {
            let expr = expr.as_deref()?;
            let before = self.diagnostics.len();
            let value = match &expr.kind {
                ExprKind::Number(text) => refine::bound(text, ty),
                _ => self.check(expr, ty).as_const().cloned(),
            };
            let said = self.diagnostics.len() > before;
            if value.is_none() && !said && !matches!(expr.kind, ExprKind::Missing) {
                let message = format!("the bounds of {} must be constants of that type", ty.with_article());
                self.report(Diagnostic::new(Code::OBS2105, expr.span, message));
            }
            value
        };
        let (least, most) = (end(least), end(most));
        Some(Bounds { least, most })
    }

    /// Says that there is no kind of this name.
    pub fn unknown_kind(&mut self, name: &Ident) {
        self.unknown(name, &[(DefKind::Kind, Space::Type)]);
    }

    /// Says that nothing of these sorts, a kind first, has this name.
    fn unknown(&mut self, name: &Ident, sorts: &[(DefKind, Space)]) {
        if name.name.is_empty() || self.scope.is_broken(&name.name) {
            return;
        }
        let of_sort = |(sort, space): &(DefKind, Space)| {
            let sort = *sort;
            self.scope.names_of(*space).filter(move |(_, b)| b.export.kind == sort).map(|(n, _)| n.as_str())
        };
        let known: Vec<&str> = sorts.iter().flat_map(of_sort).collect();
        let words: Vec<&str> = sorts.iter().map(|(sort, _)| sort.keyword()).collect();
        let message = format!("there is no {} `{}`", words.join(" or "), name.name);
        let diagnostic = Diagnostic::new(Code::OBS2104, name.span, message);
        let library: Vec<SmolStr> = sorts.iter().flat_map(|(sort, _)| queries::library_names(self.db, *sort)).collect();
        let diagnostic = if library.contains(&name.name) {
            let fix = add_library_import(self.db, crate::db::file(self.db, name.span.file), &name.name);
            diagnostic.help(format!("import it: `import std.{{{}}}`", name.name)).with_fix(fix)
        } else if let Some(near) = nearest(&name.name, known.iter().copied()) {
            diagnostic.suggest(Some(near))
        } else if let Some(near) = nearest(&name.name, library.iter().map(SmolStr::as_str)) {
            diagnostic.help(format!("did you mean `{near}` of the library? Import it: `import std.{{{near}}}`"))
        } else {
            diagnostic.help("kinds are declared with `kind` or imported, as in `import std.{…}`")
        };
        self.report(diagnostic);
    }

    /// The type of a `type` item.
    pub(super) fn type_item(&mut self, name: &Ident, def: DefId, ty: &Type) -> Ty {
        let alternatives = match &ty.kind {
            TypeKind::Union(any) => any.as_slice(),
            _ => std::slice::from_ref(ty),
        };
        let is_variant = |ty: &Type| match &ty.kind {
            TypeKind::Variant(..) => true,
            TypeKind::Name(n, None) => {
                builtin(&n.name).is_none() && self.scope.get(Space::Type, &n.name).is_none_or(|e| e.def == def)
            }
            _ => false,
        };
        let tagged = alternatives.iter().any(|a| matches!(a.kind, TypeKind::Variant(..)))
            || (alternatives.len() > 1 && alternatives.iter().all(is_variant));
        if !tagged {
            return self.resolve(ty);
        }
        let mut variants = crate::maps::IndexMap::default();
        for alternative in alternatives {
            let (variant, record) = match &alternative.kind {
                TypeKind::Variant(variant, fields) => (variant, self.record(fields)),
                TypeKind::Name(variant, None) => (variant, RecordTy::default()),
                TypeKind::Missing => continue,
                _ => {
                    let message = "a tagged union has only variants: names, or names with fields in braces";
                    self.report(Diagnostic::new(Code::OBS2105, alternative.span, message));
                    continue;
                }
            };
            if variants.insert(lowered(&variant.name), record).is_some() {
                self.duplicate(variant, variant.span);
            }
        }
        Ty::Variants(Arc::new(VariantsTy { name: name.name.clone(), variants, def: Some(def) }))
    }
}

/// A variant's name as it is used: the first letter lowered.
fn lowered(name: &str) -> SmolStr {
    let mut chars = name.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => SmolStr::default(),
    }
}
