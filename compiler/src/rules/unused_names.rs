//! OBS5109 and OBS5110: what is imported from the library is used, and a kind reads its own parameters.

use super::Context;
use crate::db::{self, SourceFile};
use crate::diagnostics::{Code, Diagnostic};
use crate::names::{self, ImportedName};
use crate::syntax::ast::{ItemKind, MemberKind};
use crate::text::Span;
use crate::types::items;
use crate::types::{Target, Use};

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
    for member in kinds().flat_map(|(_, kind)| &kind.members) {
        let MemberKind::Param(param) = &member.kind else { continue };
        let reads = |u: &&Use| u.target == Target::Declared(param.name.span) && in_a_kind(u.span);
        if !uses.iter().any(reads) {
            let message = format!("nothing in the kind reads its parameter `{}`", param.name.name);
            let help = "use it in an attribute or a file, or remove it: setting it has no effect";
            out.push(Diagnostic::new(Code::OBS5110, param.name.span, message).help(help));
        }
    }
}
