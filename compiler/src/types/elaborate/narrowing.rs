//! What conditions say of optionals: where `x != none` holds, `x` is there.

use super::Elaborator;
use crate::syntax::ast::{BinaryOp, UnaryOp};
use crate::types::core::{Core, CoreFor, CoreKind};
use crate::types::ty::Ty;
use crate::value::Value;

impl Elaborator<'_> {
    /// Runs `f` where a condition is known to hold, or not to.
    pub(super) fn where_holds<T>(&mut self, condition: &Core, holds: bool, f: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.there.len();
        known(condition, holds, &mut self.there);
        let out = f(self);
        self.there.truncate(before);
        out
    }

    /// Runs `f` for what the head of a comprehension chooses.
    pub(super) fn where_chosen<T>(&mut self, head: &CoreFor, f: impl FnOnce(&mut Self) -> T) -> T {
        match &head.condition {
            Some(condition) => self.where_holds(condition, true, f),
            None => f(self),
        }
    }

    /// An expression, without its `?` where a condition around it says that it is there.
    pub(super) fn narrowed(&self, core: Core, ty: Ty) -> (Core, Ty) {
        let ty = match ty {
            Ty::Optional(of) if self.there.iter().any(|known| same_place(known, &core)) => (*of).clone(),
            ty => ty,
        };
        (core, ty)
    }
}

/// Collects what can't be none where a condition holds, or where it doesn't.
fn known(condition: &Core, holds: bool, out: &mut Vec<Core>) {
    let is_none = |core: &Core| core.as_const() == Some(&Value::None);
    match &condition.kind {
        CoreKind::Unary(UnaryOp::Not, of) => known(of, !holds, out),
        CoreKind::Binary(a, BinaryOp::And, b) if holds => {
            known(a, true, out);
            known(b, true, out);
        }
        CoreKind::Binary(a, BinaryOp::Or, b) if !holds => {
            known(a, false, out);
            known(b, false, out);
        }
        CoreKind::Binary(a, op, b) if *op == if holds { BinaryOp::Ne } else { BinaryOp::Eq } => {
            if is_none(b) {
                out.push(Core::clone(a));
            } else if is_none(a) {
                out.push(Core::clone(b));
            }
        }
        // an optional is a condition of its own: it holds where there is something
        _ if holds && is_place(condition) => out.push(condition.clone()),
        _ => {}
    }
}

/// Whether an expression names something that stays the same where it is named again.
fn is_place(core: &Core) -> bool {
    match &core.kind {
        CoreKind::Field(base, _) => is_place(base),
        CoreKind::Local(_) | CoreKind::Param(_) | CoreKind::KindLet(_) | CoreKind::Let(_) => true,
        CoreKind::SelfRef | CoreKind::Component(_) | CoreKind::Cluster | CoreKind::Namespace => true,
        _ => false,
    }
}

/// Whether two expressions name the same thing, wherever they stand.
fn same_place(a: &Core, b: &Core) -> bool {
    match (&a.kind, &b.kind) {
        (CoreKind::Field(a, x), CoreKind::Field(b, y)) => x == y && same_place(a, b),
        (a_kind, b_kind) => is_place(a) && a_kind == b_kind,
    }
}
