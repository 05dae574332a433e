//! Numbers, strings, words.

use super::{Elaborator, Target};
use crate::db;
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::syntax::ast::{Arg, StrLit, StrPart};
use crate::text::Span;
use crate::types::core::{Core, CoreKind};
use crate::types::ty::{Form, Ty, VariantsTy};
use crate::types::{embedded, quantity};
use crate::value::{Record, Value, Variant};
use smol_str::SmolStr;
use std::sync::Arc;

impl Elaborator<'_> {
    pub(super) fn check_number(&mut self, text: &SmolStr, span: Span, want: &Ty) -> Core {
        let value = match want {
            Ty::Quantity(unit, _) => match quantity::read(text, *unit) {
                Some(q) => Value::Quantity(q),
                None => {
                    let found = quantity::infer(text).map_or_else(|| Ty::Error, |(_, ty)| ty);
                    let message = match found {
                        Ty::Error => format!("`{text}` is no {}", unit.name()),
                        ty => format!("expected `{want}`, found the {ty} `{text}`"),
                    };
                    let help = unit.help();
                    self.report(Diagnostic::new(Code::OBS2103, span, message).help(help));
                    return Core::error(span);
                }
            },
            Ty::Version => match quantity::read_version(text) {
                Some(version) => Value::Version(version),
                None => return self.no_unit(text, span),
            },
            Ty::Float => match quantity::read_number(text) {
                Some(Value::Int(n)) => Value::Float(n as f64),
                Some(value) => value,
                None => return self.no_unit(text, span),
            },
            // a config file gets what was written: there, `5m` is the file's own business
            Ty::Data if quantity::read_number(text).is_none() => Value::Str(text.clone()),
            _ => {
                let (core, ty) = self.infer_number(text, span);
                return self.expect(core, &ty, want);
            }
        };
        let ty = want.clone();
        self.expect(Core::constant(value, span), &ty, want)
    }

    fn no_unit(&mut self, text: &SmolStr, span: Span) -> Core {
        if !self.is_too_large(text, span) {
            let message = format!("`{text}` has a unit where a plain number is expected");
            self.report(Diagnostic::new(Code::OBS2103, span, message));
        }
        Core::error(span)
    }

    /// Says so of a plain number that is too large to be one.
    fn is_too_large(&mut self, text: &SmolStr, span: Span) -> bool {
        let plain = text.chars().all(|c| c.is_ascii_digit() || c == '_');
        if plain {
            let message = format!("`{text}` is too large for a number");
            let help = format!("the largest is {}", i64::MAX);
            self.report(Diagnostic::new(Code::OBS2103, span, message).help(help));
        }
        plain
    }

    pub(super) fn infer_number(&mut self, text: &SmolStr, span: Span) -> (Core, Ty) {
        if let Some((value, ty)) = quantity::infer(text) {
            return (Core::constant(value, span), ty);
        }
        if self.is_too_large(text, span) {
            return (Core::error(span), Ty::Error);
        }
        let message = format!("what `{text}` means is open here");
        let help = if text.ends_with('m') {
            "`m` is minutes of a duration or thousandths of a cpu: put it where one of them is expected, or declare the type"
        } else {
            "units are: ms s m h d w y, Ki Mi Gi Ti K M G T, %, /s k/s"
        };
        self.report(Diagnostic::new(Code::OBS2103, span, message).help(help));
        (Core::error(span), Ty::Error)
    }

    pub(super) fn infer_date(&mut self, text: &SmolStr, span: Span) -> (Core, Ty) {
        if let Some(wanted) = Form::Date.complaint(text) {
            let message = format!("`{text}` is no date");
            self.report(Diagnostic::new(Code::OBS2108, span, message).help(format!("expected {wanted}")));
            return (Core::error(span), Ty::Error);
        }
        (Core::constant(Value::Str(text.clone()), span), Ty::Form(Form::Date))
    }

    pub(super) fn check_date(&mut self, text: &SmolStr, span: Span, want: &Ty) -> Core {
        let (core, ty) = self.infer_date(text, span);
        self.expect(core, &ty, want)
    }

    pub(super) fn infer_string(&mut self, lit: &StrLit, span: Span) -> (Core, Ty) {
        if let Some(tag) = &lit.tag {
            self.check_embedded(&tag.name, tag.span, lit);
        }
        if let [] | [StrPart::Text(..)] = lit.parts.as_slice() {
            let text = match lit.parts.first() {
                Some(StrPart::Text(text, _)) => text.clone(),
                _ => SmolStr::default(),
            };
            return (Core::constant(Value::Str(text), span), Ty::string());
        }
        let mut parts = Vec::with_capacity(lit.parts.len());
        for part in &lit.parts {
            parts.push(match part {
                StrPart::Text(text, at) => Core::constant(Value::Str(text.clone()), *at),
                StrPart::Expr(expr) => {
                    let (core, ty) = self.infer(expr);
                    if ty.holds_secret() {
                        self.report_leak(expr.span, "part of a text");
                        Core::error(expr.span)
                    } else if !ty.is_printable() {
                        let message = format!("{} can't be written as text", ty.with_article());
                        let mut diagnostic = Diagnostic::new(Code::OBS2101, expr.span, message);
                        if matches!(ty, Ty::Component(_) | Ty::Accepting(_)) {
                            diagnostic = diagnostic.help("its name is `.name`, its address `.host`");
                        } else if matches!(ty, Ty::Optional(_)) {
                            diagnostic = diagnostic.help("it may be none: give what holds then, with `?? …`");
                        }
                        self.report(diagnostic);
                        Core::error(expr.span)
                    } else {
                        core
                    }
                }
            });
        }
        (Core { kind: CoreKind::Interpolate(parts), span }, Ty::string())
    }

    pub(super) fn check_string(&mut self, lit: &StrLit, span: Span, want: &Ty) -> Core {
        let (core, ty) = self.infer_string(lit, span);
        if let (Ty::Version, Some(Value::Str(text))) = (want, core.as_const())
            && let Some(version) = quantity::read_version(text)
        {
            return Core::constant(Value::Version(version), span);
        }
        if let (Ty::Enum(words), Some(Value::Str(text))) = (want, core.as_const())
            && !words.contains(text)
        {
            self.unknown_word(text, span, want, words);
            return Core::error(span);
        }
        self.expect(core, &ty, want)
    }

    fn unknown_word(&mut self, word: &str, span: Span, want: &Ty, words: &[SmolStr]) {
        let message = format!("expected {want}, found `{word}`");
        let known = words.iter().map(SmolStr::as_str);
        let mut diagnostic = Diagnostic::new(Code::OBS2101, span, message);
        if let Some(near) = nearest(word, known) {
            diagnostic = diagnostic.suggest(Some(near));
        }
        self.report(diagnostic);
    }

    /// A bare word where an enum, a union's variant or a text form is expected.
    pub(super) fn check_word(&mut self, word: &SmolStr, span: Span, want: &Ty) -> Option<Core> {
        match want {
            Ty::Str(None)
                if matches!(self.place, super::Place::Words | super::Place::Names) && self.lookup(word).is_none() =>
            {
                Some(Core::constant(Value::Str(word.clone()), span))
            }
            Ty::Enum(words) if words.contains(word) => Some(Core::constant(Value::Str(word.clone()), span)),
            Ty::Enum(words) if !word.is_empty() && self.lookup(word).is_none() => {
                self.unknown_word(word, span, want, words);
                Some(Core::error(span))
            }
            Ty::Variants(of) => {
                let Some(record) = of.variants.get(word) else {
                    if self.lookup(word).is_some() || word.is_empty() {
                        return None;
                    }
                    let words: Vec<SmolStr> = of.variants.keys().cloned().collect();
                    self.unknown_word(word, span, want, &words);
                    return Some(Core::error(span));
                };
                if record.fields.values().any(|f| !f.optional) {
                    return Some(self.variant(word, span, record, &[], span));
                }
                let mut fields = Record::default();
                for (name, field) in &record.fields {
                    let value = field.default.clone().unwrap_or(Value::None);
                    fields.insert(name.clone(), crate::value::Spanned { value, span });
                }
                let variant = Variant { name: word.clone(), fields };
                Some(Core::constant(Value::Variant(Arc::new(variant)), span))
            }
            _ => None,
        }
    }

    /// A call of what is neither a function nor a variant of the union that is expected.
    pub(super) fn unknown_variant(&mut self, name: &SmolStr, span: Span, of: &VariantsTy, args: &[Arg]) -> Core {
        let told = self.diagnostics.len();
        for arg in args {
            self.infer(&arg.value);
        }
        self.diagnostics.truncate(told);
        if !self.scope.is_broken(name) {
            let known: Vec<&str> = of.variants.keys().map(SmolStr::as_str).collect();
            let message = format!("`{}` has no variant `{name}`", of.name);
            let diagnostic = Diagnostic::new(Code::OBS2102, span, message);
            self.report(match nearest(name, known.iter().copied()) {
                Some(near) => diagnostic.suggest(Some(near)),
                None => diagnostic.help(format!("there are: {}", known.join(", "))),
            });
        }
        Core::error(span)
    }

    /// `promql"…"`: the languages that are parsed when compiled.
    fn check_embedded(&mut self, tag: &str, tag_span: Span, lit: &StrLit) {
        let Some(check) = embedded::checker(tag) else {
            let known = embedded::TAGS.iter().copied();
            let message = format!("there is no embedded language `{tag}`");
            self.report(Diagnostic::new(Code::OBS2114, tag_span, message).suggest(nearest(tag, known)));
            return;
        };
        self.used(tag_span, Target::Builtin("A query, parsed when compiled."));
        // the library's were parsed by the tests
        if db::is_library(self.db, db::file(self.db, tag_span.file)) {
            return;
        }
        let text = embedded_text(lit);
        if let Err(complaint) = check(&text) {
            let span = lit.parts.first().map_or(tag_span, |p| match p {
                StrPart::Text(_, span) => *span,
                StrPart::Expr(e) => e.span,
            });
            let last = lit.parts.last().map_or(span, |p| match p {
                StrPart::Text(_, span) => *span,
                StrPart::Expr(e) => e.span,
            });
            let message = format!("this is no {tag}: {complaint}");
            self.report(Diagnostic::new(Code::OBS2114, span.to(last), message));
        }
    }
}

/// A text of another language, with something that fits it for what isn't known yet.
fn embedded_text(lit: &StrLit) -> String {
    let mut text = String::new();
    for part in &lit.parts {
        match part {
            StrPart::Text(t, _) => text.push_str(t),
            StrPart::Expr(_) => text.push_str(embedded::placeholder(&text)),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::RootDb;

    /// All literals with a tag in what serde makes of a syntax.
    fn tagged(of: &serde_json::Value, out: &mut Vec<StrLit>) {
        if of.get("tag").is_some_and(|tag| !tag.is_null()) {
            out.push(serde_json::from_value(of.clone()).expect("only literals have a tag"));
        }
        match of {
            serde_json::Value::Array(list) => list.iter().for_each(|each| tagged(each, out)),
            serde_json::Value::Object(fields) => fields.values().for_each(|each| tagged(each, out)),
            _ => {}
        }
    }

    #[test]
    fn the_librarys_queries_can_be_read() {
        let (db, mut all) = (RootDb::new(), Vec::new());
        for file in db::library(&db) {
            tagged(&serde_json::to_value(&*db::ast(&db, *file)).expect("data"), &mut all);
        }
        assert!(all.len() > 50, "only {} of them", all.len());
        for lit in all {
            let tag = lit.tag.as_ref().map_or("", |tag| &tag.name);
            let check = embedded::checker(tag).unwrap_or_else(|| panic!("there is no language `{tag}`"));
            let text = embedded_text(&lit);
            assert_eq!(check(&text), Ok(()), "{text}");
        }
    }
}
