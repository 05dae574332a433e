//! Types and parameters.

use super::Lowerer;
use crate::syntax::ast::{Param, Refinement, Type, TypeKind};
use crate::syntax::parse::Rule;
use crate::syntax::tree::NodeId;
use smol_str::SmolStr;

impl Lowerer<'_> {
    fn missing_type(&self, owner: NodeId) -> Type {
        Type { kind: TypeKind::Missing, span: self.span(owner).end() }
    }

    /// The type among a node's children; where there is none, says so.
    pub(super) fn need_type(&mut self, owner: NodeId, what: &str) -> Type {
        match self.tree.find(owner, Rule::type_expr) {
            Some(ty) => self.type_expr(ty),
            None => {
                self.lacks(owner, what);
                self.missing_type(owner)
            }
        }
    }

    pub(super) fn find_type(&mut self, owner: NodeId) -> Option<Type> {
        self.tree.find(owner, Rule::type_expr).map(|ty| self.type_expr(ty))
    }

    fn type_expr(&mut self, id: NodeId) -> Type {
        let alternatives: Vec<NodeId> =
            self.tree.parts(id).filter(|c| self.tree.rule(*c) == Some(Rule::type_alternative)).collect();
        let mut types: Vec<Type> = alternatives.into_iter().map(|a| self.alternative(a)).collect();
        let span = self.span(id);
        match types.len() {
            0 => self.missing_type(id),
            1 => types.remove(0),
            _ => Type { kind: TypeKind::Union(types), span },
        }
    }

    fn alternative(&mut self, id: NodeId) -> Type {
        let Some(atom) = self.tree.parts(id).next() else { return self.missing_type(id) };
        let ty = self.atom(atom);
        match self.tree.find(id, Rule::optional) {
            Some(_) => Type { kind: TypeKind::Optional(Box::new(ty)), span: self.span(id) },
            None => ty,
        }
    }

    fn atom(&mut self, id: NodeId) -> Type {
        let span = self.span(id);
        let name = self.tree.find(id, Rule::ident).map_or_else(|| self.no_ident(id), |i| self.ident(i));
        let kind = match self.tree.rule(id) {
            Some(Rule::type_list) => {
                let of = self.need_type(id, "a type within `[…]`");
                self.leftovers(id);
                TypeKind::List(Box::new(of))
            }
            Some(Rule::type_record) => self.record(id),
            Some(Rule::type_literal) => TypeKind::Literal(self.find_plain(id).map(|(t, _)| t).unwrap_or_default()),
            Some(Rule::type_variant) => {
                let fields = match self.tree.find(id, Rule::type_record).map(|r| self.record(r)) {
                    Some(TypeKind::Record(fields)) => fields,
                    _ => Vec::new(),
                };
                TypeKind::Variant(name, fields)
            }
            _ => TypeKind::Name(self.dotted(id), self.refinement(id)),
        };
        Type { kind, span }
    }

    /// `{string: T}` is a map; every other is a record.
    fn record(&mut self, id: NodeId) -> TypeKind {
        let mut fields = self.params_in(id);
        self.leftovers(id);
        match fields.as_slice() {
            [only] if only.name.name == "string" && only.default.is_none() && !only.optional => {
                TypeKind::Map(Box::new(fields.remove(0).ty))
            }
            _ => TypeKind::Record(fields),
        }
    }

    fn refinement(&mut self, id: NodeId) -> Option<Refinement> {
        let inner = self.tree.find(id, Rule::refinement)?;
        self.leftovers(inner);
        if let Some(regex) = self.tree.find(inner, Rule::regex) {
            let text = self.tree.text_of(regex);
            let source = text.trim_start_matches('/').strip_suffix('/').unwrap_or(text).replace("\\/", "/");
            return Some(Refinement::Regex(SmolStr::from(source), self.span(regex)));
        }
        let expr = self.need_expr(inner, "a range, a pattern or a name");
        Some(match expr.dotted() {
            Some(name) => Refinement::Name(name),
            None => Refinement::Range(Box::new(expr)),
        })
    }

    /// The parameters or fields among a node's children.
    pub(super) fn params_in(&mut self, id: NodeId) -> Vec<Param> {
        let siblings = self.tree.children(id).collect::<Vec<_>>();
        let mut out = Vec::new();
        for (at, child) in siblings.iter().enumerate() {
            if matches!(self.tree.rule(*child), Some(Rule::param | Rule::option)) {
                let doc = self.doc_before(&siblings, at);
                out.push(self.param(*child, doc));
            }
        }
        out
    }

    pub(super) fn param(&mut self, id: NodeId, doc: Option<String>) -> Param {
        let name = self.tree.find(id, Rule::ident).map_or_else(|| self.no_ident(id), |i| self.ident(i));
        let optional = self.tree.find(id, Rule::optional).is_some();
        let ty = self.need_type(id, "`:` and a type");
        let default = self.tree.find(id, Rule::expr).map(|e| self.expr(e));
        self.leftovers(id);
        Param { doc, name, optional, ty, default, span: self.span(id) }
    }
}
