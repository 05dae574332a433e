//! What is known of a name, in Markdown.

use crate::db::{self, Db, SourceFile};
use crate::graph::{self, Component, Graph, LinkSource, WorkloadKind};
use crate::maps::IndexMap;
use crate::names::{self, DefId, DefKind};
use crate::outputs::kubernetes;
use crate::syntax::Rule;
use crate::syntax::ast::{Entry, EntryKind, ItemKind, Key, MemberKind};
use crate::text::{Span, TextRange};
use crate::types::{Target, Unit, quantity, queries};
use crate::value::{ComponentId, Quantity};
use smol_str::SmolStr;
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

/// The program that a name is looked at in.
#[derive(Clone, Copy)]
pub(super) struct Program<'a> {
    pub entry: SourceFile,
    /// Under the first profile.
    pub graph: &'a Graph,
}

/// The objects that a component of the first profile becomes: kinds and names, in an order that can be applied.
///
/// It is emitted alone, and that is kept until its graph changes. The emission of the whole program has these too, but
/// whether it is at hand can't be asked: a hover right after an edit would wait for all of it.
#[salsa::tracked]
fn becomes(db: &dyn Db, entry: SourceFile, component: u32) -> Vec<(SmolStr, SmolStr)> {
    let id = ComponentId(component);
    let Some(graph) = graph::graphs(db, entry).graphs.first() else { return Vec::new() };
    let workload = graph::workload(db, entry, id);
    workload.map(|workload| kubernetes::names_of(graph, graph.component(id), &workload)).unwrap_or_default()
}

/// What is known of the name at an offset. The graph is only made where a component is asked for.
pub(super) fn hover<'a>(
    db: &dyn Db,
    file: SourceFile,
    offset: u32,
    program: impl FnOnce() -> Option<Program<'a>>,
) -> Option<Hover> {
    let Some((range, target)) = super::symbol::at(db, file, offset) else { return number(db, file, offset) };
    let flow = matches!(target, Target::Def(_, DefKind::Protocol)).then(|| flow_at(db, file, offset)).flatten();
    if let (Some(flow), Target::Def(def, _)) = (flow, &target) {
        let protocol = item(db, *def, DefKind::Protocol, || None)?;
        let derived = program().map(|program| of_flows(program.graph, flow)).unwrap_or_default();
        return Some(Hover { range, markdown: format!("{protocol}{derived}") });
    }
    let markdown = match &target {
        Target::Builtin(doc) => format!("{doc}{}", setting(db, file, range, program)),
        Target::Def(def, kind) => item(db, *def, *kind, program)?,
        Target::Declared(span) => format!("{}{}", member(db, *span)?, setting(db, file, range, program)),
    };
    Some(Hover { range, markdown })
}

/// What a component has of what it sets at a place, and who said so; nothing where that is no setting.
fn setting<'a>(
    db: &dyn Db,
    file: SourceFile,
    name: TextRange,
    program: impl FnOnce() -> Option<Program<'a>>,
) -> String {
    let (ast, anchors) = (db::ast(db, file), db::anchors(db, file));
    let item = names::find_in(&ast, anchors.span(file.id(db), name).item);
    let Some(ItemKind::Component(component)) = item.map(|item| &item.kind) else { return String::new() };
    let key = |entry: &Entry| match &entry.kind {
        EntryKind::Field(path, _) => match path.first() {
            Some(Key::Name(key)) => (anchors.resolve(key.span).range == name).then(|| key.name.clone()),
            _ => None,
        },
        _ => None,
    };
    let Some(key) = component.block.entries.iter().find_map(key) else { return String::new() };
    let components = program().map(|p| p.graph.components.as_slice()).unwrap_or_default();
    let of_graph = components.iter().find(|c| c.name == component.name.name);
    let Some(effective) = of_graph.and_then(|c| c.params.get(&key)) else { return String::new() };
    format!("\n\n`{}` ({})\n", effective.value, chain(effective))
}

/// The documentation of an item by its file and number; nothing for what is no item of the program.
pub(super) fn documentation(db: &dyn Db, file: u32, item: u32) -> Option<String> {
    let source = *db::Project::get(db).files(db).get(file as usize)?;
    let def = DefId { file: source.id(db), item };
    self::item(db, def, names::export_of(db, def)?.kind, || None)
}

/// What a number with a unit means, in words: every meaning that its unit can have.
fn number(db: &dyn Db, file: SourceFile, offset: u32) -> Option<Hover> {
    let (parse, start) = db::parse_around(db, file, offset);
    let tree = &parse.tree;
    let leaf = tree.leaf_at(offset.checked_sub(start)?)?;
    let leaf =
        if tree.rule(leaf) == Some(Rule::number) { leaf } else { tree.leaf_at((offset - start).checked_sub(1)?)? };
    if tree.rule(leaf) != Some(Rule::number) {
        return None;
    }
    let text = tree.text_of(leaf);
    let units = [Unit::Duration, Unit::Bytes, Unit::Cpu, Unit::Percent, Unit::Rate];
    let has_unit = text.ends_with(|c: char| !c.is_ascii_digit());
    let meanings =
        units.iter().filter(|_| has_unit).filter_map(|unit| Some((unit, meaning(quantity::read(text, *unit)?))));
    let lines: Vec<String> = meanings.map(|(unit, words)| format!("- {}: {words}", unit.name())).collect();
    let range = tree.range(leaf);
    let range = TextRange::new(range.start + start, range.end + start);
    (!lines.is_empty()).then(|| Hover { range, markdown: format!("`{text}`\n{}\n", lines.join("\n")) })
}

/// A quantity in the words that people use for it.
fn meaning(quantity: Quantity) -> String {
    let several = |n: f64, what: &str| format!("{} {what}{}", plain(n), if (n - 1.0).abs() < 1e-9 { "" } else { "s" });
    match quantity {
        Quantity::Cpu(500) => "half a core".to_owned(),
        Quantity::Cpu(250) => "a quarter of a core".to_owned(),
        Quantity::Cpu(1) => "a thousandth of a core".to_owned(),
        Quantity::Cpu(n @ ..1000) => format!("{n} thousandths of a core"),
        Quantity::Cpu(n) => several(n as f64 / 1e3, "core"),
        Quantity::Duration(n) => {
            let steps = [(8.64e7, "day"), (3.6e6, "hour"), (6e4, "minute"), (1e3, "second"), (1.0, "millisecond")];
            let (size, name) = steps.into_iter().find(|(size, _)| n as f64 >= *size).unwrap_or((1.0, "millisecond"));
            several(n as f64 / size, name)
        }
        Quantity::Bytes(n) => {
            let steps = [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")];
            let step = steps.into_iter().find(|(bits, _)| n >> bits > 0);
            let told = step.map(|(bits, name)| format!(", {} {name}", plain(n as f64 / (1_u64 << bits) as f64)));
            format!("{n} bytes{}", told.unwrap_or_default())
        }
        Quantity::Percent(n) => format!("{} of the whole", plain(n / 100.0)),
        Quantity::Rate(n) => format!("{} a second, {} an hour", plain(n), plain(n * 3600.0)),
    }
}

/// Up to two digits behind the point; of what is less than that, as many as show two of its own.
fn plain(n: f64) -> String {
    let digits = if n > 0.0 && n < 0.1 { (1.0 - n.log10().floor()) as usize } else { 2 };
    let text = format!("{n:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The flow item at an offset.
fn flow_at(db: &dyn Db, file: SourceFile, offset: u32) -> Option<Span> {
    let anchors = db::anchors(db, file);
    let number = anchors.span(file.id(db), TextRange::new(offset, offset)).item;
    let ast = db::ast(db, file);
    let item = names::find_in(&ast, number)?;
    let here = matches!(item.kind, ItemKind::Flow(_)) && anchors.resolve(item.span).range.touches(offset);
    here.then_some(item.span)
}

/// More than these are not told.
const TOLD: usize = 8;

/// What the flows of an item give at both of their ends.
fn of_flows(graph: &Graph, item: Span) -> String {
    let mut out = String::new();
    for flow in graph.flows.iter().filter(|f| f.span.file == item.file && f.span.item == item.item).take(TOLD) {
        let (from, to) = (graph.component(flow.from), graph.component(flow.to));
        let ports: Vec<String> = flow.ports.iter().map(|p| p.number.to_string()).collect();
        let ports = if ports.is_empty() { "any port".to_owned() } else { format!("port {}", ports.join(", ")) };
        let _ = writeln!(out, "\n`{} -> {}` by {}\n", from.name, to.name, flow.transport);
        let url = flow.url.as_ref().map(|url| format!("connects to `{url}`")).unwrap_or_else(|| "connects".to_owned());
        let rights = if flow.rbac.is_empty() { "" } else { ", with rights on the Kubernetes API" };
        let out_of = if from.workload == WorkloadKind::External { "" } else { "; may leave to there only" };
        let _ = writeln!(out, "- `{}` {url}{rights}{out_of}", from.name);
        let into = if to.workload == WorkloadKind::External { "" } else { "; lets it in there and nowhere else" };
        let _ = writeln!(out, "- `{}` listens on {ports}{into}", to.name);
    }
    out
}

/// Who may reach a component, and whom it may reach: what its network policies say.
fn policies(graph: &Graph, component: &Component) -> String {
    let side = |inward: bool| {
        let own = graph.flows.iter().filter(|f| if inward { f.to == component.id } else { f.from == component.id });
        let other = |f: &graph::Flow| graph.component(if inward { f.from } else { f.to }).name.clone();
        let mut names: Vec<String> = own.map(|f| format!("`{}` ({})", other(f), f.protocol)).collect();
        names.dedup();
        if names.is_empty() { "nobody".to_owned() } else { listed(&names) }
    };
    format!("Reached by {}; reaches {}\n\n", side(true), side(false))
}

/// The first few of many names.
fn listed(names: &[String]) -> String {
    let more = names.len().saturating_sub(TOLD);
    let told = names[..names.len() - more].join(", ");
    if more > 0 { format!("{told} and {more} more") } else { told }
}

fn code(text: &str) -> String {
    format!("```obs\n{text}\n```\n")
}

fn item<'a>(db: &dyn Db, def: DefId, kind: DefKind, program: impl FnOnce() -> Option<Program<'a>>) -> Option<String> {
    let source = db::file(db, def.file);
    let name =
        names::exports(db, source).names.iter().find(|(_, e)| e.def == def).map(|((_, name), _)| name.clone())?;
    if kind == DefKind::Component
        && let Some(program) = program()
        && let Some(component) = program.graph.components.iter().find(|c| c.name == name)
    {
        return Some(of_component(db, program, component));
    }
    if kind == DefKind::Kind {
        return Some(of_kind(db, def));
    }
    let ast = db::ast(db, source);
    let declared = names::find_in(&ast, def.item)?;
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

/// What a component comes to: its instances, ports and objects, and each parameter with who said so.
fn of_component(db: &dyn Db, Program { entry, graph }: Program<'_>, component: &Component) -> String {
    let mut out = code(&format!("component {}: {}", component.name, component.kind));
    for doc in [&component.doc, &component.kind_doc].into_iter().flatten() {
        let _ = writeln!(out, "{doc}\n");
    }
    if component.workload != WorkloadKind::External {
        let namespace = graph.namespace_of(component).map(|n| format!(" in namespace `{n}`")).unwrap_or_default();
        let _ = writeln!(out, "Runs as a {}{namespace}\n", component.workload.word());
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
    out.push_str(&objects(graph, becomes(db, entry, component.id.0)));
    out.push_str(&policies(graph, component));
    for (name, effective) in &component.params {
        let _ = writeln!(out, "- `{name}: {}` ({})", effective.value, chain(effective));
    }
    out
}

/// Objects by their kinds, a line each.
fn objects(graph: &Graph, objects: &[(SmolStr, SmolStr)]) -> String {
    let mut by_kind: IndexMap<&str, Vec<String>> = IndexMap::default();
    for (kind, name) in objects {
        by_kind.entry(kind).or_default().push(format!("`{name}`"));
    }
    if by_kind.is_empty() {
        return String::new();
    }
    let mut out = format!("Becomes under `{}`:\n\n", graph.profile);
    for (kind, names) in by_kind {
        let _ = writeln!(out, "- {kind} {}", listed(&names));
    }
    out.push('\n');
    out
}

/// Who said what a value is, the one that holds first.
fn chain(effective: &graph::Effective) -> String {
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
    let item = names::find_in(&ast, span.item)?;
    let def = DefId { file: span.file, item: span.item };
    let of = |params: &IndexMap<SmolStr, queries::ParamInfo>| {
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
    fn small_and_large_numbers_keep_their_meaning() {
        for (line, part) in [
            ("let a = 5$0m", "- cpu: 5 thousandths of a core\n"),
            ("let a = 1$0m", "- cpu: a thousandth of a core\n"),
            ("let a = 150$00m", "- cpu: 1.5 cores\n"),
            ("let a = 2$0Gi", "- bytes: 2147483648 bytes, 2 GiB\n"),
            ("let a = 1$0k", "- bytes: 1000 bytes\n"),
        ] {
            let found = hover(line);
            assert!(found.contains(part), "{part} isn't in {found}");
        }
    }

    #[test]
    fn kinds_protocols_and_fields_tell_their_docs() {
        assert!(hover("component x: Sh$0op").contains("Sells things."));
        assert!(hover("customer -> shop: or$0der").contains("Goods that are asked for."));
        let field = hover("component x: Shop { shel$0ves: 1 }");
        assert!(
            field.contains("How many shelves it has.") && field.contains("(here: `1` ← kind Shop: `3`)"),
            "{field}"
        );
        assert!(hover("component x: Shop { ti$0tle: \"\" }").len() > 40, "built-in settings have a line too");
    }

    #[test]
    fn there_is_nothing_to_say_of_blanks_comments_and_text() {
        assert_eq!(hover("  // sh$0op"), "nothing");
        assert_eq!(hover("component x: Shop { title: \"sh$0op\" }"), "nothing");
    }

    #[test]
    fn a_flow_tells_what_it_gives_at_both_ends() {
        let found = hover("customer -> shop: or$0der");
        assert!(found.contains("- `customer` connects to `http://shop"), "{found}");
        assert!(found.contains("- `shop` listens on port 8080; lets it in there and nowhere else\n"), "{found}");
        assert!(!hover("scale shop { default: 1 }\nprotocol or$0der2 { transport: http }").contains("listens"));
    }

    #[test]
    fn a_component_tells_who_reaches_it() {
        let found = hover("customer -> sh$0op: order");
        assert!(found.contains("Runs as a deployment\n"), "{found}");
        assert!(found.contains("Reached by `customer` (order); reaches nobody\n"), "{found}");
    }

    #[test]
    fn a_component_tells_which_objects_it_becomes() {
        let text = SHOP.replace("component shop: Shop", "namespace town {\n  component sh$0op: Shop") + "}\n";
        let text = text
            .replace("{ shelves: 5 }\n", "{ shelves: 5 }\n}\n")
            .replace("customer: Customer\n}", "customer: Customer");
        let fixture = Fixture::new(&text);
        let told = fixture.analysis.hover(&fixture.path, fixture.offset).expect("a component").markdown;
        let (_, list) = told.split_once("Becomes under `default`:\n\n").unwrap_or_else(|| panic!("{told}"));
        let (list, _) = list.split_once("\n\n").expect("more follows");
        // as the emission of the whole program has them
        let objects =
            fixture.analysis.objects(&fixture.path)[0].iter().filter(|o| o.component.as_deref() == Some("shop"));
        let emitted: Vec<String> = objects.map(|o| format!("- {} `{}`", o.kind(), o.name())).collect();
        assert_eq!(list, emitted.join("\n"));
        assert!(emitted.len() > 3, "{emitted:?}");
        assert!(!hover("sho$0p -> customer: deliver").contains("Becomes"), "what lies in no namespace isn't emitted");
    }

    #[test]
    fn a_number_tells_what_it_means() {
        let of = |number: &str| hover(&format!("component x: Shop {{ resources: {{ cpu: {number} }} }}"));
        assert!(of("50$00m").contains("- cpu: half a core"), "{}", of("50$00m"));
        assert!(of("15$0d").contains("- duration: 15 days"));
        assert!(of("1$0Gi").contains("- bytes: 1073741824 bytes, 1 GiB"));
        assert_eq!(of("1$0"), "nothing");
    }

    #[test]
    fn a_component_of_a_program_with_errors_still_has_a_hover() {
        assert!(hover("customer -> sh$0op: nope").contains("component shop"));
    }
}
