//! The library's own pages: one for each kind and protocol, from their declarations and doc lines.

use super::markdown::{Document, Inline, Table, code, told};
use crate::db::{self, Db};
use crate::maps::IndexMap;
use crate::names::{self, DefId, DefKind};
use crate::outputs::{OutputFile, words};
use crate::syntax::ast::ItemKind;
use crate::text::Span;
use crate::types::core::{Core, CoreEntry};
use crate::types::items::AssertCore;
use crate::types::queries::{self, KindInfo, ParamInfo, ProtocolInfo, SpeakMember};
use crate::value::Value;
use smol_str::SmolStr;

/// A page for each kind and protocol of the library, and one that leads to them.
pub fn library(db: &dyn Db) -> Vec<OutputFile> {
    let shelf = Shelf::new(db);
    let mut files = vec![shelf.contents()];
    files.extend(shelf.kinds.iter().map(|kind| shelf.kind(kind)));
    files.extend(shelf.protocols.iter().map(|protocol| shelf.protocol(protocol)));
    files
}

/// What the library declares, by name.
struct Shelf<'a> {
    db: &'a dyn Db,
    kinds: Vec<&'a KindInfo>,
    protocols: Vec<&'a ProtocolInfo>,
    types: Vec<(SmolStr, DefId)>,
}

fn file(path: String, doc: Document) -> OutputFile {
    OutputFile { path, text: doc.finish(), origins: Vec::new() }
}

fn first_line(doc: &Option<String>) -> String {
    doc.as_deref().and_then(|d| d.lines().next()).unwrap_or_default().trim().to_owned()
}

impl<'a> Shelf<'a> {
    fn new(db: &'a dyn Db) -> Self {
        let mut out = Self { db, kinds: Vec::new(), protocols: Vec::new(), types: Vec::new() };
        for ((_, name), export) in &names::library_exports(db, db::Project::get(db)).names {
            match export.kind {
                DefKind::Kind => out.kinds.push(queries::kind_info(db, export.def)),
                DefKind::Protocol => out.protocols.push(queries::protocol_info(db, export.def)),
                DefKind::Type => out.types.push((name.clone(), export.def)),
                _ => {}
            }
        }
        out.kinds.sort_by_key(|k| k.name.to_lowercase());
        out.protocols.sort_by_key(|p| p.name.to_lowercase());
        out.types.sort();
        out
    }

    /// What stands at a place in the source, on one line.
    fn source(&self, span: Span) -> String {
        let source = db::file(self.db, span.file);
        let range = db::anchors(self.db, source).resolve(span).range;
        let text = db::text(self.db, source).get(range.start as usize..range.end as usize).unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn contents(&self) -> OutputFile {
        let mut doc = Document::default();
        doc.heading(1, "The library");
        doc.markdown("*Written by `obs docs --std` from `std/*.obs`; changes here are lost.*");
        doc.markdown(
            "Kinds are the types of components, protocols those of flows. A program names them with `import std.{…}`.",
        );
        doc.heading(2, "Kinds");
        let kind = |k: &&KindInfo| {
            let link = Inline::Link(k.name.to_string(), format!("kinds/{}.md", k.name));
            vec![
                link,
                self.attribute(k, "workload").unwrap_or("deployment".to_owned()).into(),
                told(first_line(&k.doc)),
            ]
        };
        doc.table(&Table::new(["Kind", "Runs as", "What it is"], self.kinds.iter().map(kind)));
        doc.heading(2, "Protocols");
        let protocol = |p: &&ProtocolInfo| {
            let link = Inline::Link(p.name.to_string(), format!("protocols/{}.md", p.name));
            vec![link, words::list(p.words("carries")).into(), told(first_line(&p.doc))]
        };
        doc.table(&Table::new(["Protocol", "Carries", "What it is"], self.protocols.iter().map(protocol)));
        self.shared_types(&mut doc);
        file("README.md".to_owned(), doc)
    }

    /// Types that kinds share: what they are, and what their doc lines say.
    fn shared_types(&self, doc: &mut Document) {
        let row = |(name, def): &(SmolStr, DefId)| {
            let ast = db::ast(self.db, db::file(self.db, def.file));
            let item = names::find_in(&ast, def.item)?;
            let ItemKind::Type(declared) = &item.kind else { return None };
            let what = item.doc.as_deref().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
            Some(vec![code(name.as_str()), code(self.source(declared.ty.span)), told(what)])
        };
        let rows: Vec<Vec<Inline>> = self.types.iter().filter_map(row).collect();
        if !rows.is_empty() {
            doc.heading(2, "Types");
            doc.table(&Table::new(["Type", "Is", "What it is for"], rows));
        }
    }

    /// An attribute as the source has it, without the quotes of a word.
    fn attribute(&self, kind: &KindInfo, name: &str) -> Option<String> {
        let (core, _) = kind.attributes.get(name)?;
        Some(self.source(core.span).trim_matches('"').to_owned())
    }

    fn kind(&self, kind: &KindInfo) -> OutputFile {
        let mut doc = Document::default();
        doc.heading(1, &kind.name);
        doc.markdown(kind.doc.as_deref().unwrap_or_default().trim());
        self.example(&mut doc, kind);
        let bases: Vec<Inline> = kind.lineage.iter().skip(1).map(|base| self.to_kind(base)).collect();
        if !bases.is_empty() {
            doc.paragraph(&[vec!["It has all of ".into()], joined(bases), vec![".".into()]].concat());
        }
        let glance = ["title", "workload", "state", "replicas", "image", "stores", "produces", "notes", "backup"];
        let fact = |name: &&str| Some(vec![code(*name), code(self.attribute(kind, name)?)]);
        doc.table(&Table::new(["Attribute", "As declared"], glance.iter().filter_map(fact)));
        self.params(&mut doc, "Parameters", &kind.params);
        self.ports(&mut doc, kind);
        self.speaks(&mut doc, kind);
        self.emitted(&mut doc, kind);
        doc.paragraph(&[Inline::Link("The library".to_owned(), "../README.md".to_owned())]);
        file(format!("kinds/{}.md", kind.name), doc)
    }

    /// The shortest use of a kind: what has no default has to be said.
    fn example(&self, doc: &mut Document, kind: &KindInfo) {
        let needed: Vec<String> = kind
            .params
            .iter()
            .filter(|(_, p)| p.default.is_none())
            .map(|(name, p)| format!("{name}: …  // {}", p.ty))
            .collect();
        let name = kind.name.to_lowercase();
        let body = if needed.is_empty() { String::new() } else { format!(" {{\n  {}\n}}", needed.join("\n  ")) };
        let component = format!("component {name}: {}{body}", kind.name);
        let component = match self.attribute(kind, "workload").as_deref() {
            Some("external") => component,
            // what is deployed lives in a namespace
            _ => format!("namespace example {{\n  {}\n}}", component.replace('\n', "\n  ")),
        };
        doc.fence("obs", &format!("import std.{{{}}}\n\n{component}", kind.name));
    }

    fn to_kind(&self, name: &str) -> Inline {
        if self.kinds.iter().any(|k| k.name == name) {
            Inline::Link(name.to_owned(), format!("../kinds/{name}.md"))
        } else {
            code(name)
        }
    }

    fn to_protocol(&self, name: &str) -> Inline {
        Inline::Link(name.to_owned(), format!("../protocols/{name}.md"))
    }

    fn params(&self, doc: &mut Document, title: &str, params: &IndexMap<SmolStr, ParamInfo>) {
        if params.is_empty() {
            return;
        }
        doc.heading(2, title);
        let row = |(name, p): (&SmolStr, &ParamInfo)| {
            let default = match &p.default {
                None => "must be said".into(),
                // `T?` is nothing where nothing is said
                Some(core) if core.as_const() == Some(&Value::None) => code("none"),
                Some(core) => code(self.source(core.span)),
            };
            let meaning = p.doc.as_deref().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
            vec![code(name.as_str()), code(p.ty.to_string()), default, told(meaning)]
        };
        doc.table(&Table::new(["Name", "Type", "Default", "Meaning"], params.iter().map(row)));
    }

    fn ports(&self, doc: &mut Document, kind: &KindInfo) {
        if kind.ports.is_empty() {
            return;
        }
        doc.heading(2, "Ports");
        let row = |(name, port): (&SmolStr, &queries::PortMember)| {
            vec![code(name.as_str()), self.source(port.number.span).into(), port.purpose.as_str().into()]
        };
        doc.table(&Table::new(["Name", "Number", "Purpose"], kind.ports.iter().map(row)));
    }

    fn speaks(&self, doc: &mut Document, kind: &KindInfo) {
        let mut rows: Vec<Vec<Inline>> = Vec::new();
        let mut row = |way: &str, speak: &SpeakMember, port: Option<&SmolStr>| {
            let port = port.map_or("".into(), |p| code(p.as_str()));
            rows.push(vec![way.into(), self.to_protocol(&speak.protocol), words::list(&speak.signals).into(), port]);
        };
        kind.accepts.iter().for_each(|a| row("accepts", &a.speak, a.port.as_ref()));
        kind.emits.iter().for_each(|e| row("emits", e, None));
        if !rows.is_empty() {
            doc.heading(2, "Flows");
            doc.table(&Table::new(["", "Protocol", "Signals", "On port"], rows));
        }
        let turn = |t: &queries::TurnMember| {
            let by = t.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
            let when = t.condition.as_ref().map(|c| format!(", if {}", self.source(c.span))).unwrap_or_default();
            vec![format!("It turns {} into {}{by}{when}.", words::list(&t.from), words::list(&t.into)).into()]
        };
        doc.list(&kind.turns.iter().map(turn).collect::<Vec<_>>());
    }

    /// What comes with a component of the kind.
    fn emitted(&self, doc: &mut Document, kind: &KindInfo) {
        let files: Vec<Vec<Inline>> = kind.files.iter().map(|(path, ..)| vec![code(self.source(path.span))]).collect();
        let dashboards: Vec<Vec<Inline>> = kind.dashboards.keys().map(|title| vec![title.as_str().into()]).collect();
        let alert = |(name, (entries, _)): (&SmolStr, &(Vec<CoreEntry>, Span))| {
            let said = |name: &str| field(entries, name).map(|core| self.source(core.span)).unwrap_or_default();
            vec![code(name.as_str()), said("severity").trim_matches('"').into(), code(said("summary"))]
        };
        for (title, list) in [("Files", files), ("Dashboards", dashboards)] {
            if !list.is_empty() {
                doc.heading(2, title);
                doc.list(&list);
            }
        }
        if !kind.alerts.is_empty() {
            doc.heading(2, "Alerts");
            doc.table(&Table::new(["Alert", "Severity", "What it says"], kind.alerts.iter().map(alert)));
        }
        if !kind.asserts.is_empty() {
            doc.heading(2, "What must hold");
            let must = |a: &AssertCore| {
                let message = a.message.as_ref().map(|m| self.source(m.span)).unwrap_or_default();
                vec![code(self.source(a.condition.span)), code(message)]
            };
            doc.table(&Table::new(["Condition", "Else"], kind.asserts.iter().map(must)));
        }
    }

    fn protocol(&self, protocol: &ProtocolInfo) -> OutputFile {
        let mut doc = Document::default();
        doc.heading(1, &protocol.name);
        doc.markdown(protocol.doc.as_deref().unwrap_or_default().trim());
        let way = match protocol.word("data").map(SmolStr::as_str) {
            Some("backward") => "The side that opens the connection pulls the data from the side that listens.",
            _ => "The side that opens the connection pushes the data to the side that listens.",
        };
        if !protocol.words("carries").is_empty() {
            doc.markdown(way);
        }
        let fact = |(name, core): (&SmolStr, &Core)| vec![code(name.as_str()), code(self.source(core.span))];
        doc.table(&Table::new(["Attribute", "As declared"], protocol.attributes.iter().map(fact)));
        self.params(&mut doc, "Options", &protocol.options);
        let speaking = |wanted: &dyn Fn(&KindInfo) -> bool| -> Vec<Inline> {
            self.kinds.iter().filter(|k| wanted(k)).map(|k| self.to_kind(&k.name)).collect()
        };
        let from = speaking(&|k| k.emits.iter().any(|e| e.protocol == protocol.name));
        let to = speaking(&|k| k.accepts.iter().any(|a| a.speak.protocol == protocol.name));
        let mut who: Vec<Vec<Inline>> = Vec::new();
        for (way, kinds) in [("From: ", from), ("To: ", to)] {
            if !kinds.is_empty() {
                who.push([vec![way.into()], joined(kinds)].concat());
            }
        }
        if !who.is_empty() {
            doc.heading(2, "Who speaks it");
            doc.list(&who);
        }
        doc.paragraph(&[Inline::Link("The library".to_owned(), "../README.md".to_owned())]);
        file(format!("protocols/{}.md", protocol.name), doc)
    }
}

/// The value of a setting.
fn field<'c>(entries: &'c [CoreEntry], name: &str) -> Option<&'c Core> {
    entries.iter().find_map(|entry| match entry {
        CoreEntry::Field(path, value) => match path.as_slice() {
            [key] if key.as_const().and_then(Value::as_str).is_some_and(|k| k == name) => Some(value),
            _ => None,
        },
        _ => None,
    })
}

/// Parts with commas between.
fn joined(parts: Vec<Inline>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::new();
    for part in parts {
        if !out.is_empty() {
            out.push(", ".into());
        }
        out.push(part);
    }
    out
}
