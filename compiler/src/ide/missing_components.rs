//! Components that a flow names and nothing declares: one of a kind that fits where it stands.

use super::Analysis;
use super::fixes::Action;
use super::imports::Imports;
use super::insertion::{self, Insertion};
use crate::db::{self, SourceFile};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::names::{self, DefId, DefKind, Names, Space};
use crate::rules::DEPRECATED;
use crate::syntax::ast::{File, FlowDef, Item, ItemKind, Path};
use crate::text::{FileRange, Sources, Span, TextRange};
use crate::types::core::{self, CoreKind};
use crate::types::queries::{self, KindInfo};
use crate::types::ty::{Form, KindRef, Ty};
use crate::types::{items, quantity};
use crate::value::Value;
use smol_str::SmolStr;
use std::sync::Arc;

/// More kinds than these are not offered for one name.
const OFFERED: usize = 8;

/// A link of the flow that has the unknown component at one end.
struct Link {
    /// The component opens the connection.
    opens: bool,
    /// The kind at the other end, where that is known.
    other: Option<KindRef>,
    protocol: Option<DefId>,
}

/// A kind that would fit.
struct Fit {
    name: SmolStr,
    def: DefId,
    import: Option<Insertion>,
}

/// A name that a flow has and nothing declares.
struct Missing<'a> {
    analysis: &'a Analysis,
    file: SourceFile,
    ast: Arc<File>,
    /// The flow, and its place.
    flow: FlowDef,
    span: Span,
    name: String,
}

impl Analysis {
    /// Declarations of components that flows name: for findings that touch a part of a file.
    pub(super) fn missing_components(&self, file: SourceFile, found: &[Diagnostic], within: FileRange) -> Vec<Action> {
        let unknown = found.iter().filter(|d| d.code == Code::OBS2117 && self.tells_of(d, within));
        let mut out: Vec<Action> = Vec::new();
        for finding in unknown {
            let at = self.locate(finding.primary);
            let Some(missing) = self.missing(file, finding, at) else { continue };
            for (title, edits) in missing.declarations() {
                let action = Action { title, code: finding.code, at, edits, safe: false };
                out.extend((!out.contains(&action)).then_some(action));
            }
        }
        out
    }

    /// Whether a finding is about a place: it may tell of several at once.
    fn tells_of(&self, finding: &Diagnostic, within: FileRange) -> bool {
        let more = finding.labels.iter().map(|label| Diagnostic { primary: label.span, ..finding.clone() });
        std::iter::once(finding.clone()).chain(more).any(|d| self.touches(&d, within))
    }

    fn missing<'a>(&'a self, file: SourceFile, finding: &Diagnostic, at: FileRange) -> Option<Missing<'a>> {
        let name = self.text(at.file).get(at.range.start as usize..at.range.end as usize)?.to_owned();
        let ast = db::ast(&self.db, file);
        let item = names::find_in(&ast, finding.primary.item)?;
        let ItemKind::Flow(flow) = item.kind.clone() else { return None };
        let span = item.span;
        let label = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let entry = self.entry_of(file);
        let files =
            names::program(&self.db, entry).files.iter().map(|id| names::exports(&self.db, db::file(&self.db, *id)));
        // a component has one name in the whole program
        let free = Names::new(&self.db, file).get(Space::Value, &name).is_none()
            && !files.into_iter().any(|e| e.get(Space::Value, &name).is_some_and(|e| e.kind == DefKind::Component));
        (label && free).then_some(Missing { analysis: self, file, ast, flow, span, name })
    }
}

impl Missing<'_> {
    /// A declaration of each kind that fits, the likeliest first: what it does, and its edits.
    fn declarations(&self) -> Vec<(String, Vec<(FileRange, String)>)> {
        let links = self.links();
        if links.iter().all(|link| link.other.is_none() && link.protocol.is_none()) {
            return Vec::new();
        }
        let mut fits: Vec<Fit> =
            self.kinds().into_iter().filter(|fit| links.iter().all(|l| self.fits(fit, l))).collect();
        fits.sort_by_cached_key(|fit| (self.likeness(&fit.name), fit.import.is_some(), fit.name.clone()));
        fits.into_iter().filter_map(|fit| self.declared(fit)).take(OFFERED).collect()
    }

    fn is_it(&self, path: &Path) -> bool {
        matches!(path.segments.as_slice(), [only] if only.name == self.name)
    }

    fn links(&self) -> Vec<Link> {
        let names = Names::new(&self.analysis.db, self.file);
        let written = self.flow.protocol.as_ref();
        let protocol = written.and_then(|p| names.get(Space::Protocol, &p.name)).map(|e| e.def);
        let kind = |path: &Path| {
            let export = names.get(Space::Value, &path.dotted().name).filter(|e| e.kind == DefKind::Component)?;
            queries::component_kind(&self.analysis.db, export.def)
        };
        let mut out = Vec::new();
        for (at, pair) in self.flow.ends.windows(2).enumerate() {
            let both = self.flow.both_ways.get(at) == Some(&true);
            for (own, others, opens) in [(&pair[0], &pair[1], true), (&pair[1], &pair[0], false)] {
                if !own.iter().any(|path| self.is_it(path)) {
                    continue;
                }
                for other in others {
                    out.push(Link { opens, other: kind(other), protocol });
                    out.extend(both.then(|| Link { opens: !opens, other: kind(other), protocol }));
                }
            }
        }
        out
    }

    /// Kinds that there are, here and elsewhere.
    fn kinds(&self) -> Vec<Fit> {
        let db = &self.analysis.db;
        let seen = names::scope(db, self.file).names_of(Space::Type).filter(|(_, b)| b.export.kind == DefKind::Kind);
        let mut out: Vec<Fit> =
            seen.map(|(name, b)| Fit { name: name.clone(), def: b.export.def, import: None }).collect();
        for kind in (Imports { db, file: self.file }).elsewhere(&[DefKind::Kind]) {
            if let Some(edit) = kind.edit
                && !out.iter().any(|fit| fit.name == kind.name || fit.def == kind.export.def)
            {
                out.push(Fit { name: kind.name, def: kind.export.def, import: Some(edit) });
            }
        }
        out
    }

    /// Whether a component of a kind could be at this end of a link.
    fn fits(&self, fit: &Fit, link: &Link) -> bool {
        let db = &self.analysis.db;
        let own = queries::kind_ref(db, &fit.name, fit.def);
        match (&link.other, link.protocol) {
            (Some(other), protocol) => {
                let (from, to) = if link.opens { (&own, other) } else { (other, &own) };
                let common = items::common_protocols(db, from, to);
                match protocol {
                    Some(protocol) => common.iter().any(|p| p.def == protocol),
                    None => common.len() == 1,
                }
            }
            (None, Some(protocol)) if link.opens => {
                queries::kind_info(db, fit.def).emits.iter().any(|e| e.def == protocol)
            }
            (None, Some(protocol)) => own.accepts.iter().any(|p| p.def == protocol),
            (None, None) => true,
        }
    }

    /// How much a kind's name is like the component's: less is more.
    fn likeness(&self, kind: &str) -> u8 {
        let fold = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        let (kind, name) = (fold(kind), fold(&self.name));
        match () {
            () if kind == name => 0,
            () if name.contains(&kind) || kind.contains(&name) => 1,
            () if nearest(&name, [kind.as_str()]).is_some() => 2,
            () => 3,
        }
    }

    fn declared(&self, fit: Fit) -> Option<(String, Vec<(FileRange, String)>)> {
        let info = queries::kind_info(&self.analysis.db, fit.def);
        let deployed = !may_be_external(info);
        if (deployed && !info.attributes.contains_key("image")) || is_deprecated(info) {
            return None;
        }
        let required = info.params.iter().filter(|(_, p)| p.default.is_none());
        let settings: Option<Vec<String>> =
            required.map(|(name, p)| Some(format!("{name}: {}", sample(&p.ty, &self.name)?))).collect();
        let settings = settings?.join(", ");
        let block = if settings.is_empty() { String::new() } else { format!(" {{ {settings} }}") };
        let line = format!("component {}: {}{block}", self.name, fit.name);
        let place = if deployed { self.deployed(&line) } else { self.external(&line) };
        let file = self.file.id(&self.analysis.db);
        let edits = std::iter::once(place?).chain(fit.import);
        let mut edits: Vec<_> = edits.map(|(range, text)| (FileRange { file, range }, text)).collect();
        edits.sort();
        Some((format!("add the component `{}: {}`", self.name, fit.name), edits))
    }

    fn range(&self, span: Span) -> TextRange {
        db::anchors(&self.analysis.db, self.file).resolve(span).range
    }

    fn text(&self) -> &str {
        db::text(&self.analysis.db, self.file)
    }

    /// Beside a component of the flow that lies in a namespace, or the last one that does; else in a namespace of its own.
    fn deployed(&self, line: &str) -> Option<Insertion> {
        let in_namespace = |item: &&Item| {
            let around = insertion::with_groups(&self.ast, item.span.item);
            around.iter().any(|i| matches!(i.kind, ItemKind::Namespace(_)))
        };
        let all = insertion::all_items(&self.ast);
        let components = all.iter().copied().filter(|item| component_name(item).is_some());
        let named = |item: &&Item| {
            let mut ends = self.flow.ends.iter().flatten();
            ends.any(|end| Some(&end.dotted().name) == component_name(item))
        };
        let mut beside = components.clone().filter(named).chain(components.rev()).filter(in_namespace);
        let beside = beside.find_map(|item| insertion::line_behind(self.text(), self.range(item.span), line));
        beside.or_else(|| {
            let exports = names::exports(&self.analysis.db, self.analysis.entry_of(self.file));
            let known =
                exports.names.keys().find(|(space, _)| *space == Space::Namespace).map(|(_, name)| name.as_str());
            let namespace = known.unwrap_or(&self.name);
            self.before_flow(&format!("namespace {namespace} {{\n  {line}\n}}"))
        })
    }

    /// Behind the last component that lies in nothing; else before the flow.
    fn external(&self, line: &str) -> Option<Insertion> {
        let last = self.ast.items().rfind(|item| component_name(item).is_some());
        let behind = last.and_then(|item| insertion::line_behind(self.text(), self.range(item.span), line));
        behind.or_else(|| self.before_flow(line))
    }

    fn before_flow(&self, item: &str) -> Option<Insertion> {
        let tree = &db::parse(&self.analysis.db, self.file).tree;
        let start = insertion::top_item_start(tree, self.range(self.span).start)?;
        Some((TextRange::new(start, start), format!("{item}\n\n")))
    }
}

fn component_name(item: &Item) -> Option<&SmolStr> {
    match &item.kind {
        ItemKind::Component(it) => Some(&it.name.name),
        _ => None,
    }
}

fn is_deprecated(kind: &KindInfo) -> bool {
    kind.doc.as_deref().is_some_and(|doc| doc.lines().any(|line| line.trim().starts_with(DEPRECATED)))
}

/// Whether components of a kind are, perhaps under some targets only, deployed by someone else.
fn may_be_external(kind: &KindInfo) -> bool {
    let Some((workload, _)) = kind.attributes.get("workload") else { return false };
    let mut found = false;
    core::walk(workload, &mut |core| {
        found |= matches!(&core.kind, CoreKind::Const(Value::Str(word)) if word == "external");
    });
    found
}

/// A value of a type, to be written over: nothing where none can be told.
fn sample(ty: &Ty, name: &str) -> Option<String> {
    Some(match ty {
        Ty::Bool => "false".to_owned(),
        Ty::Int(None) => "1".to_owned(),
        Ty::Float => "1.0".to_owned(),
        Ty::Str(None) => format!("\"{name}\""),
        Ty::Form(Form::Host) => format!("\"{name}.example.com\""),
        Ty::Form(Form::Url) => format!("\"https://{name}.example.com\""),
        Ty::Form(Form::Path) => "\"/\"".to_owned(),
        Ty::Form(Form::Cron) => "\"0 2 * * *\"".to_owned(),
        Ty::Quantity(unit, None) => format!("1{}", quantity::units(*unit).last()?),
        Ty::Secret => format!("secret(\"{name}\")"),
        Ty::List(_) => "[]".to_owned(),
        Ty::Map(_) => "{}".to_owned(),
        Ty::Optional(_) => "none".to_owned(),
        Ty::Enum(words) => words.first().map(|word| format!("\"{word}\""))?,
        Ty::Variants(of) => of.variants.iter().find(|(_, r)| r.fields.is_empty()).map(|(name, _)| name.to_string())?,
        Ty::Union(of) => of.iter().find_map(|ty| sample(ty, name))?,
        _ => return None,
    })
}
