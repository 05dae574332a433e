//! What is known of a name, in Markdown.

use crate::db::{self, Db, SourceFile};
use crate::graph::{Component, Graph, LinkSource, WorkloadKind};
use crate::names::{self, DefId, DefKind};
use crate::syntax::ast::{ItemKind, MemberKind};
use crate::text::{Span, TextRange};
use crate::types::{Target, queries};
use std::fmt::Write;

// writing to a string can't fail: results of `write!` are dropped throughout

/// A remark about a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// The name.
    pub range: TextRange,
    /// Markdown.
    pub markdown: String,
}

/// What is known of the name at an offset. The graph is only made where a component is asked for.
pub(super) fn hover<'a>(
    db: &dyn Db,
    file: SourceFile,
    offset: u32,
    graph: impl FnOnce() -> Option<&'a Graph>,
) -> Option<Hover> {
    let (range, target) = super::symbol::at(db, file, offset)?;
    let markdown = match &target {
        Target::Builtin(doc) => (*doc).to_owned(),
        Target::Def(def, kind) => item(db, *def, *kind, graph)?,
        Target::Declared(span) => member(db, *span)?,
    };
    Some(Hover { range, markdown })
}

fn code(text: &str) -> String {
    format!("```obs\n{text}\n```\n")
}

fn item<'a>(db: &dyn Db, def: DefId, kind: DefKind, graph: impl FnOnce() -> Option<&'a Graph>) -> Option<String> {
    let source = db::file(db, def.file);
    let name =
        names::exports(db, source).names.iter().find(|(_, e)| e.def == def).map(|((_, name), _)| name.clone())?;
    if kind == DefKind::Component
        && let Some(graph) = graph()
        && let Some(component) = graph.components.iter().find(|c| c.name == name)
    {
        return Some(of_component(graph, component));
    }
    if kind == DefKind::Kind {
        return Some(of_kind(db, def));
    }
    let ast = db::ast(db, source);
    let declared = names::find_item(&ast.items, def.item)?;
    let doc = declared.doc.as_deref().unwrap_or_default();
    if kind == DefKind::Protocol {
        return Some(format!("{}{doc}\n{}", code(&format!("protocol {name}")), of_protocol(db, def)));
    }
    Some(format!("{}{doc}", code(&format!("{} {name}", kind.keyword()))))
}

fn of_kind(db: &dyn Db, def: DefId) -> String {
    let info = queries::kind_info(db, def);
    let mut out = code(&format!("kind {}", info.name));
    let _ = writeln!(out, "{}\n", info.doc.as_deref().unwrap_or_default());
    for (name, param) in &info.params {
        let needed = if param.default.is_none() { " (must be set)" } else { "" };
        let _ = writeln!(out, "- `{name}: {}`{needed}{}", param.ty, remark(param.doc.as_deref()));
    }
    out
}

fn of_protocol(db: &dyn Db, def: DefId) -> String {
    let mut out = String::new();
    for (name, option) in &queries::protocol_info(db, def).options {
        let _ = writeln!(out, "- `{name}: {}`{}", option.ty, remark(option.doc.as_deref()));
    }
    out
}

/// The first line of a doc comment, after a blank.
fn remark(doc: Option<&str>) -> String {
    doc.and_then(|d| d.lines().next()).map(|line| format!(" {line}")).unwrap_or_default()
}

/// What a component comes to: its instances, ports, and each parameter with who said so.
fn of_component(graph: &Graph, component: &Component) -> String {
    let mut out = code(&format!("component {}: {}", component.name, component.kind));
    for doc in [&component.doc, &component.kind_doc].into_iter().flatten() {
        let _ = writeln!(out, "{doc}\n");
    }
    if matches!(component.workload, WorkloadKind::Deployment | WorkloadKind::Stateful) {
        let counts = graph.profiles.iter().zip(&component.replicas.by_profile);
        let counts: Vec<String> = counts.map(|(profile, n)| format!("{profile} {n}")).collect();
        let _ = writeln!(out, "Instances: {}\n", counts.join(", "));
    }
    let ports: Vec<String> = component.ports.iter().map(|p| format!("{} `{}`", p.number, p.name)).collect();
    if !ports.is_empty() {
        let _ = writeln!(out, "Ports: {}\n", ports.join(", "));
    }
    for (name, effective) in &component.params {
        let _ = writeln!(out, "- `{name}: {}` ({})", effective.value, chain(effective));
    }
    out
}

/// Who said what a value is, the one that holds first.
fn chain(effective: &crate::graph::Effective) -> String {
    let said = effective.chain.iter().rev().map(|link| match &link.source {
        LinkSource::Default => "default".to_owned(),
        LinkSource::Kind(kind) => format!("kind {kind}: `{}`", link.value),
        LinkSource::Acceptor => "the side that accepts".to_owned(),
        LinkSource::Own => format!("here: `{}`", link.value),
        LinkSource::Scale => "scale".to_owned(),
        LinkSource::Profile(profile) => format!("profile {profile}: `{}`", link.value),
    });
    said.collect::<Vec<_>>().join(" ← ")
}

/// A parameter of a kind or an option of a protocol, by the place of its name.
fn member(db: &dyn Db, span: Span) -> Option<String> {
    let source = db::file(db, span.file);
    let ast = db::ast(db, source);
    let item = names::find_item(&ast.items, span.item)?;
    let def = DefId { file: span.file, item: span.item };
    let of = |params: &indexmap::IndexMap<smol_str::SmolStr, queries::ParamInfo>| {
        let (name, param) = params.iter().find(|(_, p)| p.name_span == span)?;
        Some(format!("{}{}", code(&format!("{name}: {}", param.ty)), param.doc.as_deref().unwrap_or_default()))
    };
    match &item.kind {
        ItemKind::Protocol(_) => of(&queries::protocol_info(db, def).options),
        ItemKind::Kind(kind) => of(&queries::kind_info(db, def).params).or_else(|| {
            let lets = kind.members.iter().filter(|m| matches!(&m.kind, MemberKind::Let(l) if l.name.span == span));
            lets.map(|_| "A name within the kind.".to_owned()).next()
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::ide::fixture::{Fixture, SHOP};

    fn hover(line: &str) -> String {
        let fixture = Fixture::new(&format!("{SHOP}{line}\n"));
        match fixture.analysis.hover(&fixture.path, fixture.offset) {
            Some(hover) => format!("{}{}", fixture.own(hover.range, ""), hover.markdown),
            None => "nothing".to_owned(),
        }
    }

    #[test]
    fn a_component_tells_what_it_comes_to_and_who_said_so() {
        let found = hover("customer -> sh$0op: order");
        assert!(
            found.starts_with("customer -> shop: order\n            ^^^^\n```obs\ncomponent shop: Shop\n"),
            "{found}"
        );
        assert!(found.contains("Instances: default 1\n"), "{found}");
        assert!(found.contains("Ports: 8080 `http`\n"), "{found}");
        assert!(found.contains("- `shelves: 5` (here: `5` ← kind Shop: `3`)\n"), "{found}");
    }

    #[test]
    fn kinds_protocols_and_fields_tell_their_docs() {
        assert!(hover("component x: Sh$0op").contains("Sells things."));
        assert!(hover("customer -> shop: or$0der").contains("Goods that are asked for."));
        assert!(hover("component x: Shop { shel$0ves: 1 }").contains("How many shelves it has."));
        assert!(hover("component x: Shop { ti$0tle: \"\" }").len() > 40, "built-in settings have a line too");
    }

    #[test]
    fn there_is_nothing_to_say_of_blanks_comments_and_text() {
        assert_eq!(hover("  // sh$0op"), "nothing");
        assert_eq!(hover("component x: Shop { title: \"sh$0op\" }"), "nothing");
    }

    #[test]
    fn a_component_of_a_program_with_errors_still_has_a_hover() {
        assert!(hover("customer -> sh$0op: nope").contains("component shop"));
    }
}
