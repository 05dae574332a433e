//! Fields and indices.

use super::{Elaborator, Place, Target};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::names::Space;
use crate::syntax::ast::{Expr, ExprKind, Ident};
use crate::text::Span;
use crate::types::attributes::Phase;
use crate::types::core::{Core, CoreKind};
use crate::types::members;
use crate::types::ty::Ty;

impl Elaborator<'_> {
    pub(super) fn infer_field(&mut self, base: &Expr, name: &Ident, span: Span) -> (Core, Ty) {
        if let ExprKind::Name(alias) = &base.kind
            && self.lookup(alias).is_none()
            && let Some(at) = self.scope.alias(alias)
        {
            self.used(base.span, Target::Declared(at));
            return self.through_alias(alias, name, span);
        }
        let (base, ty) = self.infer(base);
        if name.name.is_empty() || matches!(ty, Ty::Error) {
            return (Core::error(span), Ty::Error);
        }
        let member = members::member(self.db, &ty, &name.name);
        let Some(member) = member else {
            self.unknown_member(&ty, name);
            return (Core::error(span), Ty::Error);
        };
        if let Some(declared) = member.declared {
            self.used(name.span, Target::Declared(declared));
        } else if let Some(doc) = member.doc {
            self.used(name.span, Target::Builtin(doc));
        }
        if member.only_in_files && !matches!(self.place, Place::Kind(_, Phase::Files) | Place::Program) {
            let message = format!("`.{}` is known only within `file` and `files`", name.name);
            self.report(Diagnostic::new(Code::OBS2115, name.span, message));
            return (Core::error(span), Ty::Error);
        }
        self.narrowed(Core { kind: CoreKind::Field(Box::new(base), name.name.clone()), span }, member.ty)
    }

    fn through_alias(&mut self, alias: &str, name: &Ident, span: Span) -> (Core, Ty) {
        let dotted = format!("{alias}.{}", name.name);
        if let Some((kind, ty, target)) = self.lookup(&dotted) {
            if let Some(target) = target {
                self.used(name.span, target);
            }
            return self.narrowed(Core { kind, span }, ty);
        }
        if !name.name.is_empty() {
            let prefix = format!("{alias}.");
            let known = self.scope.names_of(Space::Value).filter_map(|(n, _)| n.strip_prefix(prefix.as_str()));
            let message = format!("`{alias}` has no value `{}`", name.name);
            let suggestion = nearest(&name.name, known);
            self.report(Diagnostic::new(Code::OBS1004, name.span, message).suggest(suggestion));
        }
        (Core::error(span), Ty::Error)
    }

    pub(super) fn unknown_member(&mut self, ty: &Ty, name: &Ident) {
        if let Ty::Optional(of) = ty
            && members::member(self.db, of, &name.name).is_some()
        {
            let message = format!("this `{ty}` may be none");
            let help = "test it with `if … != none` or give what holds then with `?? …`";
            self.report(Diagnostic::new(Code::OBS2101, name.span, message).help(help));
            return;
        }
        let known = members::names(self.db, ty);
        let message = match known.is_empty() {
            true => format!("{} has no fields", ty.with_article()),
            false => format!("{} has no field `{}`", ty.with_article(), name.name),
        };
        let suggestion = nearest(&name.name, known.iter().map(|n| n.as_str()));
        let mut diagnostic = Diagnostic::new(Code::OBS2106, name.span, message);
        if suggestion.is_some() {
            diagnostic = diagnostic.suggest(suggestion);
        } else if !known.is_empty() {
            diagnostic = diagnostic.help(format!("it has: {}", known.join(", ")));
        }
        self.report(diagnostic);
    }

    pub(super) fn infer_index(&mut self, base: &Expr, at: &Expr, span: Span) -> (Core, Ty) {
        let (base_core, ty) = self.infer(base);
        let (want, element) = match &ty {
            Ty::List(of) => (Ty::Int(None), (**of).clone()),
            Ty::Map(of) => (Ty::string(), (**of).clone()),
            Ty::Record(_) => (Ty::string(), Ty::Data),
            Ty::Data => (Ty::Data, Ty::Data),
            Ty::Error => (Ty::Error, Ty::Error),
            ty => {
                let message = format!("{} can't be indexed", ty.with_article());
                self.report(Diagnostic::new(Code::OBS2101, base.span, message));
                (Ty::Error, Ty::Error)
            }
        };
        let at = self.check(at, &want);
        (Core { kind: CoreKind::Index(Box::new(base_core), Box::new(at)), span }, element)
    }
}
