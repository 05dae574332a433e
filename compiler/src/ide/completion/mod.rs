//! What could stand at a place: found from the tree around it and the text before it, so that it works while a
//! line is half written.

mod place;

use crate::db::{self, Db, Project, SourceFile};
use crate::names::{self, DefKind, Space};
use crate::syntax::ITEM_KEYWORDS;
use crate::syntax::ast::ImportSource;
use crate::text::{Span, TextRange};
use crate::types::items::{self, ComponentCore};
use crate::types::ty::{KindRef, RecordTy, Ty};
use crate::types::{attributes, queries};
use place::{Body, Place};
use smol_str::SmolStr;

/// What a completion is, for its icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum CompletionKind {
    Keyword,
    Kind,
    Component,
    Protocol,
    Field,
    Value,
}

/// Something that could stand at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What is shown.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// A type or a short remark.
    pub detail: Option<String>,
    /// What is written, where it isn't the label.
    pub insert: Option<String>,
    /// What else changes: an import.
    pub also: Option<(TextRange, String)>,
}

impl Completion {
    fn new(label: &str, kind: CompletionKind, detail: impl ToString) -> Self {
        let detail = Some(detail.to_string()).filter(|d| !d.is_empty());
        Self { label: label.to_owned(), kind, detail, insert: None, also: None }
    }

    fn field(name: &str, ty: &Ty) -> Self {
        Self { insert: Some(format!("{name}: ")), ..Self::new(name, CompletionKind::Field, ty) }
    }
}

/// What could stand at an offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completions {
    /// The word before the offset, which a completion replaces.
    pub replaces: TextRange,
    /// All that could stand there, whatever the word is; the editor narrows it down.
    pub items: Vec<Completion>,
}

pub(super) fn completions(db: &dyn Db, entry: SourceFile, file: SourceFile, offset: u32) -> Completions {
    let tree = &db::parse(db, file).tree;
    let (place, replaces) = Place::find(tree, offset);
    let items = Request { db, entry, file }.at(place);
    Completions { replaces, items }
}

struct Request<'a> {
    db: &'a dyn Db,
    entry: SourceFile,
    file: SourceFile,
}

impl<'a> Request<'a> {
    fn at(&self, place: Place) -> Vec<Completion> {
        match place {
            Place::Nothing => Vec::new(),
            Place::Item => self.items(),
            Place::Kind => self.kinds(),
            Place::Component => self.components(),
            Place::Protocol(links) => self.protocols(&links),
            Place::LibraryName => self.library_kinds(),
            Place::Key(body) => self.fields(&body).iter().map(|(n, ty)| Completion::field(n, ty)).collect(),
            Place::Value(body, key) => {
                let fields = self.fields(&body);
                fields.iter().find(|(name, _)| *name == key).map(|(_, ty)| values(ty)).unwrap_or_default()
            }
        }
    }

    fn items(&self) -> Vec<Completion> {
        let keyword = |word: &&str| Completion::new(word, CompletionKind::Keyword, "");
        ITEM_KEYWORDS.iter().map(keyword).chain(self.components()).collect()
    }

    fn all_components(&self) -> Vec<&'a ComponentCore> {
        let files = names::program(self.db, self.entry).files.iter();
        files.flat_map(|id| &items::file_core(self.db, db::file(self.db, *id)).components).collect()
    }

    fn components(&self) -> Vec<Completion> {
        let shown = |c: &&ComponentCore| {
            let kind = c.kind.as_ref().map(|k| k.name.to_string()).unwrap_or_default();
            Completion::new(&c.name.name, CompletionKind::Component, kind)
        };
        self.all_components().iter().filter(|c| !c.name.name.is_empty()).map(shown).collect()
    }

    fn kind_of(&self, component: &str) -> Option<&'a KindRef> {
        self.all_components().into_iter().find(|c| c.name.name == component)?.kind.as_ref()
    }

    /// Kinds in scope, and those of the library with the import that brings them.
    fn kinds(&self) -> Vec<Completion> {
        let scope = names::scope(self.db, self.file);
        let in_scope = scope.names_of(Space::Type).filter(|(_, b)| b.export.kind == DefKind::Kind);
        let mut out: Vec<Completion> =
            in_scope.map(|(name, _)| Completion::new(name, CompletionKind::Kind, "kind")).collect();
        for mut kind in self.library_kinds() {
            if !out.iter().any(|c| c.label == kind.label) {
                kind.also = Some(self.import(&kind.label));
                out.push(kind);
            }
        }
        out
    }

    fn library_kinds(&self) -> Vec<Completion> {
        let exports = names::library_exports(self.db, Project::get(self.db));
        let kinds = exports.names.iter().filter(|(_, e)| e.kind == DefKind::Kind);
        let doc = |e: &names::Export| {
            let doc = queries::kind_info(self.db, e.def).doc.as_deref();
            doc.and_then(|d| d.lines().next()).unwrap_or_default().to_owned()
        };
        kinds.map(|((_, name), e)| Completion::new(name, CompletionKind::Kind, doc(e))).collect()
    }

    /// The edit that imports a kind of the library: into the first import of it, else on a line of its own.
    fn import(&self, name: &str) -> (TextRange, String) {
        let ast = db::ast(self.db, self.file);
        let place = |span: Span| db::anchors(self.db, self.file).resolve(span).range;
        let of_library = ast.items.iter().find_map(|item| match &item.kind {
            crate::syntax::ast::ItemKind::Import(i) if matches!(i.source, ImportSource::Library(_)) => {
                i.names.as_ref()?.last()
            }
            _ => None,
        });
        match of_library {
            Some(last) => {
                let end = place(last.span).end;
                (TextRange::new(end, end), format!(", {name}"))
            }
            None => (TextRange::new(0, 0), format!("import std.{{{name}}}\n\n")),
        }
    }

    /// Protocols that fit both ends of all links; an end whose kind is unknown fits everything.
    fn protocols(&self, links: &[(Vec<SmolStr>, Vec<SmolStr>)]) -> Vec<Completion> {
        let pairs = links.iter().flat_map(|(from, to)| from.iter().flat_map(move |f| to.iter().map(move |t| (f, t))));
        let kinds = pairs.filter_map(|(from, to)| Some((self.kind_of(from)?, self.kind_of(to)?)));
        let common = |(from, to): (&KindRef, &KindRef)| {
            let common = items::common_protocols(self.db, from, to);
            common.into_iter().map(|p| p.name).collect::<Vec<SmolStr>>()
        };
        let fit = kinds.map(common).reduce(|fit, more| fit.into_iter().filter(|p| more.contains(p)).collect());
        let scope = names::scope(self.db, self.file);
        let known = scope.names_of(Space::Protocol).filter(|(name, _)| fit.as_ref().is_none_or(|f| f.contains(name)));
        let doc = |b: &names::Binding| {
            let doc = queries::protocol_info(self.db, b.export.def).doc.as_deref();
            doc.and_then(|d| d.lines().next()).unwrap_or_default().to_owned()
        };
        known.map(|(name, b)| Completion::new(name, CompletionKind::Protocol, doc(b))).collect()
    }

    /// What can be set in a body.
    fn fields(&self, body: &Body) -> Vec<(SmolStr, Ty)> {
        let of = |record: &RecordTy| record.fields.iter().map(|(n, f)| (n.clone(), f.ty.clone())).collect();
        match body {
            Body::Component(kind) => self.component_fields(kind),
            Body::Flow(protocol) => {
                let scope = names::scope(self.db, self.file);
                let export = scope.get(Space::Protocol, protocol);
                export.map(|e| of(&queries::option_record(queries::protocol_info(self.db, e.def)))).unwrap_or_default()
            }
            Body::Cluster => of(&attributes::CLUSTER),
            Body::Namespace => of(&attributes::NAMESPACE),
            Body::Layer => of(&attributes::LAYER),
            Body::Backup => of(&attributes::BACKUP),
            Body::View => of(&attributes::VIEW),
            Body::Alert => of(&attributes::ALERT),
            Body::Kind => attributes::ATTRIBUTES.values().map(|a| (a.name.into(), a.ty.clone())).collect(),
            Body::Profiles => {
                let files = names::program(self.db, self.entry).files.iter();
                let cores = files.map(|id| items::file_core(self.db, db::file(self.db, *id)));
                let named = cores.flat_map(|c| &c.profiles).map(|p| (p.name.name.clone(), Ty::Int(None)));
                named.chain(self.listed_profiles()).collect()
            }
        }
    }

    fn listed_profiles(&self) -> Vec<(SmolStr, Ty)> {
        let graphs = crate::graph::graphs(self.db, self.entry);
        let profiles = graphs.graphs.first().map(|g| g.profiles.clone()).unwrap_or_default();
        profiles.into_iter().map(|p| (p, Ty::Int(None))).collect()
    }

    fn component_fields(&self, kind: &str) -> Vec<(SmolStr, Ty)> {
        let scope = names::scope(self.db, self.file);
        let params = scope.get(Space::Type, kind).map(|e| &queries::kind_info(self.db, e.def).params);
        let own = params.into_iter().flatten().map(|(name, p)| (name.clone(), p.ty.clone()));
        let common = attributes::COMPONENT_SETTINGS.iter();
        let common =
            common.filter_map(|name| Some((SmolStr::new_static(name), attributes::ATTRIBUTES.get(name)?.ty.clone())));
        let mut fields: Vec<(SmolStr, Ty)> = own.collect();
        // a parameter hides the setting of its name
        let common = common.filter(|(name, _)| !fields.iter().any(|(own, _)| own == name)).collect::<Vec<_>>();
        fields.extend(common);
        fields
    }
}

/// Values that can be listed: words, variants, true and false.
fn values(ty: &Ty) -> Vec<Completion> {
    let value = |text: &str| Completion::new(text, CompletionKind::Value, ty);
    match ty {
        Ty::Bool => vec![value("true"), value("false")],
        Ty::Enum(words) => words.iter().map(|w| value(w)).collect(),
        Ty::Variants(of) => {
            let shape = |(name, record): (&SmolStr, &RecordTy)| match record.fields.is_empty() {
                true => value(name),
                false => Completion { insert: Some(format!("{name}(")), ..value(name) },
            };
            of.variants.iter().map(shape).collect()
        }
        Ty::Optional(of) => values(of),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::CompletionKind;
    use crate::ide::fixture::{Fixture, SHOP};

    fn labels(line: &str) -> Vec<String> {
        labels_of(&format!("{SHOP}{line}"))
    }

    fn labels_of(text: &str) -> Vec<String> {
        let fixture = Fixture::new(text);
        let found = fixture.analysis.completions(&fixture.path, fixture.offset).expect("the file is known");
        found.items.into_iter().map(|c| c.label).collect()
    }

    #[test]
    fn a_protocol_must_fit_all_links() {
        assert_eq!(labels("customer -> shop: $0"), ["order"]);
        assert_eq!(labels("customer -> shop: or$0der { every: 1m }\n"), ["order"]);
        assert_eq!(labels("shop -> customer: $0\n"), ["deliver"]);
        assert_eq!(labels("customer, customer -> shop, shop: $0\n"), ["order"]);
        assert!(labels("customer -> shop -> customer: $0\n").is_empty());
        assert!(labels("customer <-> shop: $0\n").is_empty());
        assert!(labels("shop -> shop: $0\n").is_empty());
    }

    #[test]
    fn an_end_that_is_not_there_yet_fits_everything() {
        let all = labels("customer -> nobody: $0");
        assert!(["order", "deliver", "pay"].iter().all(|p| all.iter().any(|l| l == p)), "{all:?}");
        assert_eq!(labels("customer -> nobody, shop: $0"), ["order"]);
    }

    #[test]
    fn the_text_around_may_be_broken() {
        assert_eq!(labels("component x: {\n  a: [\ncustomer -> shop: $0"), ["order"]);
        assert_eq!(labels("customer -> shop: $0\n}}}\n-> ->\n"), ["order"]);
    }

    #[test]
    fn components_stand_at_both_ends_of_arrows() {
        for line in
            ["customer -> $0", "customer ->$0", "customer -> shop, $0", "customer -> shop -> $0", "customer <-> $0"]
        {
            assert_eq!(labels(line), ["shop", "customer"], "{line}");
        }
    }

    #[test]
    fn bodies_offer_their_fields_and_values() {
        assert_eq!(labels("component x: Shop {\n  $0\n}")[..3], ["shelves", "open", "title"]);
        assert_eq!(labels("component x: Shop { open: $0 }"), ["day", "night"]);
        assert_eq!(labels("component x: Shop { available: $0 }"), ["true", "false"]);
        assert!(labels("customer -> shop: order { $0 }").contains(&"every".to_owned()));
        assert!(labels("cluster c { $0 }").contains(&"profiles".to_owned()));
        assert_eq!(labels("cluster c { profiles: [low, high] }\nscale shop { $0 }"), ["low", "high"]);
    }

    #[test]
    fn items_start_with_keywords_or_components() {
        let all = labels("$0");
        assert!(["component", "kind", "scale", "shop"].iter().all(|w| all.iter().any(|l| l == w)), "{all:?}");
        let inside = labels("namespace n {\n  $0\n}\n");
        assert!(inside.contains(&"component".to_owned()), "{inside:?}");
    }

    #[test]
    fn text_and_comments_have_no_completions() {
        assert!(labels("// $0").is_empty());
        assert!(labels("let x = \"$0\"").is_empty());
        assert!(labels("let x = 1 // $0").is_empty());
    }

    #[test]
    fn a_kind_of_the_library_carries_its_import() {
        let fixture = Fixture::new("import std.{Pods}\ncomponent x: Pe$0");
        let found = fixture.analysis.completions(&fixture.path, fixture.offset).expect("the file is known");
        let people = found.items.iter().find(|c| c.label == "People").expect("the library has it");
        let pods = found.items.iter().find(|c| c.label == "Pods").expect("it is imported");
        assert_eq!((people.kind, pods.also.as_ref()), (CompletionKind::Kind, None));
        let (at, text) = people.also.clone().expect("it isn't imported yet");
        let edits = [(found.replaces, people.label.clone()), (at, text)];
        assert_eq!(fixture.edited(&fixture.path, &edits), "import std.{Pods, People}\ncomponent x: People");
        assert!(labels_of("import std.{$0}").contains(&"Pods".to_owned()));
    }
}
