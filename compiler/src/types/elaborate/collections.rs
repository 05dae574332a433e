//! Lists, records, comprehensions, `match`.

use super::{Elaborator, Target};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::syntax::ast::{Arm, Block, Element, Entry, EntryKind, Expr, ExprKind, For, Ident, Key, Pattern};
use crate::text::Span;
use crate::types::core::{Core, CoreArm, CoreElement, CoreEntry, CoreFor, CoreKind, CorePattern};
use crate::types::ty::{RecordTy, Ty};
use crate::value::Value;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// How many names a message lists at most.
const MOST_LISTED: usize = 12;

impl Elaborator<'_> {
    pub(super) fn check_list(&mut self, elements: &[Element], span: Span, want: &Ty) -> Core {
        let of = match want {
            Ty::List(of) => (**of).clone(),
            _ => Ty::Data,
        };
        let elements = elements.iter().map(|e| self.check_element(e, &of)).collect();
        Core { kind: CoreKind::List(elements), span }
    }

    fn check_element(&mut self, element: &Element, want: &Ty) -> CoreElement {
        match element {
            // an element that is none is left out of what is written
            Element::Item(expr) => CoreElement::Item(self.check(expr, want)),
            Element::Spread(expr) => {
                let list = Ty::optional(Ty::list(want.clone()));
                CoreElement::Spread(self.check(expr, &list))
            }
            Element::If(c, inner) => {
                let c = self.condition(c);
                let inner = self.where_holds(&c, true, |elab| elab.check_element(inner, want));
                CoreElement::If(c, Box::new(inner))
            }
            Element::For(head, inner) => {
                let depth = self.locals.len();
                let head = Box::new(self.comprehension(head));
                let inner = Box::new(self.where_chosen(&head, |elab| elab.check_element(inner, want)));
                self.locals.truncate(depth);
                CoreElement::For(head, inner)
            }
        }
    }

    pub(super) fn infer_list(&mut self, elements: &[Element], span: Span) -> (Core, Ty) {
        let mut of: Option<Ty> = None;
        let mut out = Vec::with_capacity(elements.len());
        for element in elements {
            let (core, ty) = self.infer_element(element);
            out.push(core);
            of = Some(match of {
                Some(of) => of.join(ty),
                None => ty,
            });
        }
        // an empty list fits wherever a list is expected
        (Core { kind: CoreKind::List(out), span }, Ty::list(of.unwrap_or(Ty::Error)))
    }

    fn infer_element(&mut self, element: &Element) -> (CoreElement, Ty) {
        match element {
            Element::Item(expr) => {
                let (core, ty) = self.infer(expr);
                (CoreElement::Item(core), ty)
            }
            Element::Spread(expr) => {
                let (core, ty) = self.infer(expr);
                let ty = match ty.without_optional() {
                    Ty::List(of) => (**of).clone(),
                    Ty::Data => Ty::Data,
                    Ty::Error | Ty::None => Ty::Error,
                    other => {
                        let message = format!("`...` takes a list here, found `{other}`");
                        self.report(Diagnostic::new(Code::OBS2101, expr.span, message));
                        Ty::Error
                    }
                };
                (CoreElement::Spread(core), ty)
            }
            Element::If(c, inner) => {
                let c = self.condition(c);
                let (inner, ty) = self.where_holds(&c, true, |elab| elab.infer_element(inner));
                (CoreElement::If(c, Box::new(inner)), ty)
            }
            Element::For(head, inner) => {
                let depth = self.locals.len();
                let head = Box::new(self.comprehension(head));
                let (inner, ty) = self.where_chosen(&head, |elab| elab.infer_element(inner));
                self.locals.truncate(depth);
                (CoreElement::For(head, Box::new(inner)), ty)
            }
        }
    }

    /// Checks the head and puts its names in scope; the caller takes them out again.
    pub(super) fn comprehension(&mut self, head: &For) -> CoreFor {
        let (source, ty) = self.infer(&head.source);
        let (key, value) = match ty.without_optional() {
            Ty::List(of) => (Ty::Int(None), (**of).clone()),
            Ty::Map(of) => (Ty::string(), (**of).clone()),
            Ty::Record(of) => {
                let value = of.fields.values().map(|f| f.ty.clone()).reduce(Ty::join);
                (Ty::string(), value.unwrap_or(Ty::Data))
            }
            Ty::Range => (Ty::Int(None), Ty::Int(None)),
            Ty::Data => (Ty::Data, Ty::Data),
            Ty::Error | Ty::None => (Ty::Error, Ty::Error),
            ty => {
                let message = format!("`for` walks lists, maps and ranges, not {}", ty.with_article());
                self.report(Diagnostic::new(Code::OBS2101, head.source.span, message));
                (Ty::Error, Ty::Error)
            }
        };
        let is_map = matches!(ty.without_optional(), Ty::Map(_) | Ty::Record(_));
        match head.names.as_slice() {
            // over a map, one name is the key
            [one] => self.push_local(one, if is_map { key } else { value }),
            [first, second, ..] => {
                self.push_local(first, key);
                self.push_local(second, value);
            }
            [] => {}
        }
        let condition = head.condition.as_ref().map(|c| self.condition(c));
        CoreFor { names: head.names.len().min(2) as u32, source, condition }
    }

    /// A record where a closed record, a map or data is expected.
    pub(in crate::types) fn check_record(&mut self, block: &Block, want: &Ty) -> Core {
        let entries = match want {
            Ty::Record(record) => self.check_fields(block, record, "this record"),
            Ty::Map(of) => self.open_entries(&block.entries, of),
            _ => self.open_entries(&block.entries, &Ty::Data),
        };
        Core { kind: CoreKind::Record(entries), span: block.span }
    }

    /// Entries of a closed record. `what` names it in messages.
    pub fn check_fields(&mut self, block: &Block, record: &RecordTy, what: &str) -> Vec<CoreEntry> {
        let mut seen: FxHashMap<SmolStr, Span> = FxHashMap::default();
        // defaults first: all that is said goes over them
        let mut out = defaults(record, block);
        let mut open = false;
        for entry in &block.entries {
            match &entry.kind {
                EntryKind::Field(path, value) => {
                    match self.check_field(path, value, entry.span, record, what, &mut seen) {
                        Some(core) => out.push(core),
                        // a name that doesn't exist may be the missing one misspelt
                        None => open = true,
                    }
                }
                EntryKind::Spread(expr) => {
                    open = true;
                    let want = Ty::optional(Ty::Record(std::sync::Arc::new(partial(record))));
                    out.push(CoreEntry::Spread(self.check(expr, &want)));
                }
                EntryKind::For(head, _) => {
                    // what it was to make isn't missed as well
                    open = true;
                    let message = format!("{what} has fixed fields: `for` can't make them");
                    self.report(Diagnostic::new(Code::OBS2101, head.source.span, message));
                }
            }
        }
        let missing: Vec<String> = record
            .fields
            .iter()
            .filter(|(name, field)| !open && !field.optional && !seen.contains_key(*name))
            .map(|(name, _)| format!("`{name}`"))
            .collect();
        if !missing.is_empty() {
            let message = format!("{what} lacks {}", missing.join(", "));
            self.report(Diagnostic::new(Code::OBS2107, block.span, message));
        }
        out
    }

    fn check_field(
        &mut self,
        path: &[Key],
        value: &Expr,
        span: Span,
        record: &RecordTy,
        what: &str,
        seen: &mut FxHashMap<SmolStr, Span>,
    ) -> Option<CoreEntry> {
        let Some(Key::Name(name)) = path.first() else {
            let message = format!("{what} has fixed fields: their names can't be computed");
            self.report(Diagnostic::new(Code::OBS2101, span, message));
            return None;
        };
        let Some(field) = record.fields.get(&name.name) else {
            // of a name without a value it is unknown what it was to be
            if !matches!(value.kind, ExprKind::Missing) {
                self.unknown_field(name, record.fields.keys(), what);
            }
            // without a type to expect, words in the value would be taken for names
            let told = self.diagnostics.len();
            self.infer(value);
            self.diagnostics.truncate(told);
            return None;
        };
        if let Some(declared) = field.span {
            self.used(name.span, Target::Declared(declared));
        }
        if path.len() == 1
            && let Some(first) = seen.insert(name.name.clone(), name.span)
        {
            self.duplicate(name, first);
        }
        seen.entry(name.name.clone()).or_insert(name.span);
        let (keys, ty) = self.descend(path, &field.ty)?;
        let value = self.check(value, &ty);
        Some(CoreEntry::Field(keys, value))
    }

    /// The type at the end of a path of keys, of which the first has this type.
    pub fn descend(&mut self, path: &[Key], first: &Ty) -> Option<(Vec<Core>, Ty)> {
        let mut keys = Vec::with_capacity(path.len());
        let mut ty = first.clone();
        for (i, key) in path.iter().enumerate() {
            let core = self.key(key);
            if i > 0 {
                ty = match (ty.without_optional(), core.as_const(), key) {
                    (Ty::Record(of), Some(Value::Str(name)), Key::Name(ident)) => match of.fields.get(name) {
                        Some(field) => field.ty.clone(),
                        None => {
                            self.unknown_field(ident, of.fields.keys(), "this record");
                            return None;
                        }
                    },
                    (Ty::Map(of), ..) => (**of).clone(),
                    (Ty::Data, ..) => Ty::Data,
                    (Ty::Error, ..) => return None,
                    (other, ..) => {
                        let message = format!("{} has no entries to set", other.with_article());
                        self.report(Diagnostic::new(Code::OBS2101, core.span, message));
                        return None;
                    }
                };
            }
            keys.push(core);
        }
        Some((keys, ty))
    }

    /// Says that a name is no field, and which are near.
    pub fn unknown_field<'n>(&mut self, name: &Ident, known: impl Iterator<Item = &'n SmolStr>, what: &str) {
        // a kind's own param may have the name of what every component has
        let known: Vec<&str> = known.map(SmolStr::as_str).collect::<indexmap::IndexSet<_>>().into_iter().collect();
        let message = format!("{what} has no field `{}`", name.name);
        let suggestion = nearest(&name.name, known.iter().copied());
        let mut diagnostic = Diagnostic::new(Code::OBS2106, name.span, message);
        diagnostic = match suggestion {
            Some(_) => diagnostic.suggest(suggestion),
            None if known.is_empty() => diagnostic,
            None if known.len() > MOST_LISTED => {
                let first = known[..MOST_LISTED].join(", ");
                diagnostic.help(format!("there are: {first} and {} more", known.len() - MOST_LISTED))
            }
            None => diagnostic.help(format!("there are: {}", known.join(", "))),
        };
        self.report(diagnostic);
    }

    /// Says that an entry stands twice.
    pub fn duplicate(&mut self, name: &Ident, first: Span) {
        let message = format!("`{}` is set twice", name.name);
        let diagnostic = Diagnostic::new(Code::OBS2111, name.span, message).label(first, "set here first");
        self.report(diagnostic.help("keep one of them"));
    }

    fn key(&mut self, key: &Key) -> Core {
        match key {
            Key::Name(name) => Core::constant(Value::Str(name.name.clone()), name.span),
            Key::Computed(expr) => {
                let (core, ty) = self.infer(expr);
                if !ty.is_text() && !matches!(ty, Ty::Data | Ty::Error) {
                    self.mismatch(expr.span, &ty, &Ty::string());
                }
                core
            }
        }
    }

    fn open_entries(&mut self, entries: &[Entry], of: &Ty) -> Vec<CoreEntry> {
        let mut seen: FxHashMap<SmolStr, Span> = FxHashMap::default();
        let mut out = Vec::with_capacity(entries.len());
        for entry in entries {
            if let EntryKind::Field(path, _) = &entry.kind
                && let [Key::Name(name)] = path.as_slice()
                && let Some(first) = seen.insert(name.name.clone(), name.span)
            {
                self.duplicate(name, first);
            }
            out.extend(self.open_entry(entry, of));
        }
        out
    }

    fn open_entry(&mut self, entry: &Entry, of: &Ty) -> Option<CoreEntry> {
        Some(match &entry.kind {
            EntryKind::Field(path, value) => {
                let (keys, ty) = self.descend(path, of)?;
                // in a config file an entry that is none is left out
                let value = match ty {
                    Ty::Data => self.check(value, &Ty::Data),
                    ty => self.check(value, &ty),
                };
                CoreEntry::Field(keys, value)
            }
            EntryKind::Spread(expr) => {
                let want = Ty::optional(Ty::map(of.clone()));
                CoreEntry::Spread(self.check(expr, &want))
            }
            EntryKind::For(head, inner) => {
                let depth = self.locals.len();
                let head = Box::new(self.comprehension(head));
                let inner = self.where_chosen(&head, |elab| elab.open_entry(inner, of));
                self.locals.truncate(depth);
                CoreEntry::For(head, Box::new(inner?))
            }
        })
    }

    pub(super) fn infer_record(&mut self, block: &Block) -> (Core, Ty) {
        let plain = block
            .entries
            .iter()
            .all(|e| matches!(&e.kind, EntryKind::Field(path, _) if matches!(path.as_slice(), [Key::Name(_)])));
        if !plain {
            let entries = self.open_entries(&block.entries, &Ty::Data);
            return (Core { kind: CoreKind::Record(entries), span: block.span }, Ty::Data);
        }
        let mut record = RecordTy::default();
        let mut out = Vec::with_capacity(block.entries.len());
        for entry in &block.entries {
            let EntryKind::Field(path, value) = &entry.kind else { continue };
            let Some(Key::Name(name)) = path.first() else { continue };
            let (core, ty) = self.infer(value);
            let field = crate::types::ty::FieldTy { span: Some(name.span), ..crate::types::ty::FieldTy::required(ty) };
            if record.fields.insert(name.name.clone(), field).is_some() {
                self.duplicate(name, name.span);
            }
            out.push(CoreEntry::Field(vec![self.key(&path[0])], core));
        }
        (Core { kind: CoreKind::Record(out), span: block.span }, Ty::Record(std::sync::Arc::new(record)))
    }

    /// `match`: with a `want`, each arm is checked against it; else the arms' types are joined.
    pub(super) fn match_arms(&mut self, on: &Expr, arms: &[Arm], span: Span, want: Option<&Ty>) -> (Core, Ty) {
        let (on_core, on_ty) = self.infer(on);
        let mut out: Vec<CoreArm> = Vec::with_capacity(arms.len());
        let mut result: Option<Ty> = want.cloned();
        let mut covered: Vec<SmolStr> = Vec::new();
        let mut total = false;
        for arm in arms {
            let depth = self.locals.len();
            let after_all = total;
            let pattern = self.pattern(&arm.pattern, &on_ty, &mut covered, &mut total);
            if after_all || out.iter().any(|before| same_pattern(&before.pattern, &pattern)) {
                let message = "this arm is never reached";
                let help = "what it matches is taken by an arm above";
                self.report(Diagnostic::new(Code::OBS2113, arm.span, message).help(help));
            }
            let value = match want {
                Some(want) => self.check(&arm.value, want),
                None => {
                    let (core, ty) = self.infer(&arm.value);
                    result = Some(match result.take() {
                        Some(so_far) => so_far.join(ty),
                        None => ty,
                    });
                    core
                }
            };
            self.locals.truncate(depth);
            out.push(CoreArm { pattern, value });
        }
        if !total {
            self.exhaustive(&on_ty, &covered, span);
        }
        (Core { kind: CoreKind::Match(Box::new(on_core), out), span }, result.unwrap_or(Ty::Error))
    }

    fn exhaustive(&mut self, ty: &Ty, covered: &[SmolStr], span: Span) {
        let missing = |all: Vec<SmolStr>| -> Vec<String> {
            all.into_iter().filter(|w| !covered.contains(w)).map(|w| format!("`{w}`")).collect()
        };
        let missing = match ty {
            Ty::Error => return,
            Ty::Enum(words) => missing(words.to_vec()),
            Ty::Variants(of) => missing(of.variants.keys().cloned().collect()),
            Ty::Bool => missing(vec!["true".into(), "false".into()]),
            _ => vec!["everything else".to_owned()],
        };
        if !missing.is_empty() {
            let message = format!("this `match` leaves out {}", missing.join(", "));
            let help = "add an arm for each, or `_: …` for all the rest";
            self.report(Diagnostic::new(Code::OBS2113, span, message).help(help));
        }
    }

    fn pattern(&mut self, pattern: &Pattern, on: &Ty, covered: &mut Vec<SmolStr>, total: &mut bool) -> CorePattern {
        match pattern {
            Pattern::Any(_) => {
                *total = true;
                CorePattern::Any
            }
            Pattern::Literal(expr) => {
                let core = self.check(expr, &Ty::optional(on.clone()));
                match core.as_const() {
                    Some(Value::Bool(b)) => covered.push(SmolStr::new(b.to_string())),
                    Some(Value::Str(s)) => covered.push(s.clone()),
                    _ => {}
                }
                core.as_const().map_or(CorePattern::Value(Value::Error), |v| CorePattern::Value(v.clone()))
            }
            Pattern::Variant(name, fields) => self.variant_pattern(name, fields, on, covered),
        }
    }

    fn variant_pattern(&mut self, name: &Ident, fields: &[Ident], on: &Ty, covered: &mut Vec<SmolStr>) -> CorePattern {
        let known: Vec<SmolStr> = match on.without_optional() {
            Ty::Variants(of) => {
                if let Some(record) = of.variants.get(&name.name) {
                    covered.push(name.name.clone());
                    let mut bound = Vec::new();
                    for (local, (field, ty)) in fields.iter().zip(&record.fields) {
                        self.push_local(local, ty.ty.clone());
                        bound.push(field.clone());
                    }
                    if let Some(extra) = fields.get(record.fields.len()) {
                        let fields: Vec<&str> = record.fields.keys().map(SmolStr::as_str).collect();
                        let message = match fields.is_empty() {
                            true => format!("`{}` has no fields to name here", name.name),
                            false => format!("`{}` has no more fields than {}", name.name, fields.join(", ")),
                        };
                        self.report(Diagnostic::new(Code::OBS2113, extra.span, message));
                    }
                    return CorePattern::Variant(name.name.clone(), bound);
                }
                of.variants.keys().cloned().collect()
            }
            Ty::Enum(words) => {
                if words.contains(&name.name) {
                    covered.push(name.name.clone());
                    return CorePattern::Value(Value::Str(name.name.clone()));
                }
                words.to_vec()
            }
            ty if ty.is_text() || matches!(ty, Ty::Data | Ty::Error) => {
                return CorePattern::Value(Value::Str(name.name.clone()));
            }
            // `duration | "unlimited"`: a word of the union
            Ty::Union(any) => {
                let words: Vec<SmolStr> =
                    any.iter().flat_map(|t| if let Ty::Enum(w) = t { w.to_vec() } else { vec![] }).collect();
                if words.contains(&name.name) {
                    covered.push(name.name.clone());
                    return CorePattern::Value(Value::Str(name.name.clone()));
                }
                words
            }
            _ => Vec::new(),
        };
        let message = format!("{} is never `{}`", on.with_article(), name.name);
        let suggestion = nearest(&name.name, known.iter().map(SmolStr::as_str)).map(str::to_owned);
        self.report(Diagnostic::new(Code::OBS2113, name.span, message).suggest(suggestion.as_deref()));
        for local in fields {
            self.push_local(local, Ty::Error);
        }
        CorePattern::Value(Value::Error)
    }
}

/// Whether whatever the second matches is matched by the first.
fn same_pattern(first: &CorePattern, second: &CorePattern) -> bool {
    match (first, second) {
        (CorePattern::Value(a), CorePattern::Value(b)) => a == b && *a != Value::Error,
        (CorePattern::Variant(a, _), CorePattern::Variant(b, _)) => a == b,
        _ => false,
    }
}

/// What fields are that nothing is said of.
fn defaults(record: &RecordTy, block: &Block) -> Vec<CoreEntry> {
    let said = |name: &SmolStr| {
        block.entries.iter().any(|e| match &e.kind {
            EntryKind::Field(path, _) => matches!(path.as_slice(), [Key::Name(key)] if key.name == *name),
            _ => false,
        })
    };
    let unsaid = record.fields.iter().filter(|(name, _)| !said(name));
    unsaid
        .filter_map(|(name, field)| {
            let value = field.default.clone().filter(|d| *d != Value::None)?;
            let key = Core::constant(Value::Str(name.clone()), block.span);
            Some(CoreEntry::Field(vec![key], Core::constant(value, block.span)))
        })
        .collect()
}

/// The record with nothing required, for what is spread into one.
fn partial(record: &RecordTy) -> RecordTy {
    let mut out = record.clone();
    for field in out.fields.values_mut() {
        field.optional = true;
        field.default = None;
    }
    out
}
