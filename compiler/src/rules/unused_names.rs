//! OBS5109 and OBS5110: what is imported from the library is used, and a kind reads its own parameters.

use super::Context;
use crate::db::{self, SourceFile};
use crate::diagnostics::{Code, Diagnostic};
use crate::names::{self, DefKind, ImportedName, Names, Space};
use crate::syntax::ast::{ItemKind, KindDef, MemberKind};
use crate::text::Span;
use crate::types::{Target, Use};
use crate::types::{items, queries};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for &id in &names::program(context.db, context.entry).files {
        let file = db::file(context.db, id);
        if !db::is_library(context.db, file) {
            let uses: Vec<&Use> = items::file_core(context.db, file).iter().flat_map(|part| &part.uses).collect();
            let uses = uses.as_slice();
            imports(context, file, uses, out);
            params(context, file, uses, out);
        }
    }
}

/// Names from the library. Importing another file also makes it part of the program, used or not.
fn imports(context: &Context<'_>, file: SourceFile, uses: &[&Use], out: &mut Vec<Diagnostic>) {
    for ImportedName { name, span, def } in names::library_imports(context.db, file) {
        if !uses.iter().any(|u| matches!(&u.target, Target::Def(d, _) if *d == def)) {
            let message = format!("`{name}` is imported and not used");
            let diagnostic = Diagnostic::new(Code::OBS5109, span, message).help("remove it from the import");
            out.push(diagnostic.with_fix(names::remove_import(context.db, file, span)));
        }
    }
}

fn params(context: &Context<'_>, file: SourceFile, uses: &[&Use], out: &mut Vec<Diagnostic>) {
    let ast = db::ast(context.db, file);
    let kinds = || {
        ast.items().filter_map(|i| match &i.kind {
            ItemKind::Kind(kind) => Some((i.span.item, kind)),
            _ => None,
        })
    };
    let in_a_kind = |span: Span| kinds().any(|(item, _)| item == span.item);
    for (kind, member) in kinds().flat_map(|(_, kind)| kind.members.iter().map(move |member| (kind, member))) {
        let MemberKind::Param(param) = &member.kind else { continue };
        // one that takes the place of another's is read where that is
        if base_has(context, file, kind, &param.name.name) {
            continue;
        }
        let reads = |u: &&Use| u.target == Target::Declared(param.name.span) && in_a_kind(u.span);
        if !uses.iter().any(reads) {
            let message = format!("nothing in the kind reads its parameter `{}`", param.name.name);
            let help = "use it in an attribute or a file, or remove it: setting it has no effect";
            out.push(Diagnostic::new(Code::OBS5110, param.name.span, message).help(help));
        }
    }
}

/// Whether a kind has a parameter from the kind that it extends.
fn base_has(context: &Context<'_>, file: SourceFile, kind: &KindDef, param: &str) -> bool {
    let base = kind.extends.as_ref().and_then(|base| Names::new(context.db, file).get(Space::Type, &base.name));
    base.is_some_and(|base| {
        base.kind == DefKind::Kind && queries::kind_params(context.db, base.def).contains_key(param)
    })
}
