//! What a component sets becomes a kind of its own, which the component then is of.

use super::actions::{ChangeKind, ProgramChange};
use super::{Analysis, insertion};
use crate::db::{self, SourceFile};
use crate::names::{self, DefKind, Names, Space};
use crate::syntax::Rule;
use crate::syntax::ast::{ComponentDef, EntryKind, ItemKind, Key};
use crate::syntax::tree::{Kind, NodeId, Tree};
use crate::text::{FileRange, TextRange};
use crate::types::queries::{self, KindInfo, ParamInfo};
use crate::types::{BUILTIN_NAMES, BUILTIN_TYPES};
use smol_str::SmolStr;

/// Settings that mean the same where a kind has them. A `title` doesn't, nor do `args`, which are added to a kind's.
const MOVABLE: [&str; 7] = ["replicas", "image", "resources", "labels", "annotations", "env", "available"];

/// Those of them that are records.
const RECORDS: [&str; 4] = ["resources", "labels", "annotations", "env"];

/// A component whose settings may go.
struct Setter<'a> {
    analysis: &'a Analysis,
    file: SourceFile,
    tree: &'a Tree,
    component: ComponentDef,
    info: &'a KindInfo,
}

/// A setting of the component's block.
struct Part {
    /// With the comments right above it and behind it.
    range: TextRange,
    /// Whether a blank line stands before it.
    parted: bool,
    /// The member that a kind would have instead; nothing where it has to stay.
    member: Option<String>,
}

impl Analysis {
    /// The settings of the component at a place, or those that are selected, become a kind that extends its kind.
    pub(super) fn extract_kind(&self, file: SourceFile, range: TextRange) -> Option<ProgramChange> {
        let tree = &db::parse(&self.db, file).tree;
        let node = tree.ancestors(tree.leaf_at(range.start)?).find(|n| tree.rule(*n) == Some(Rule::component))?;
        let block = tree.find(node, Rule::block)?;
        let (whole, body) = (tree.range(node), tree.range(block));
        // within the braces it is for what is selected
        let selected = if range.is_empty() { range.start <= body.start } else { whole.contains(range) };
        if !selected {
            return None;
        }
        let (ast, anchors) = (db::ast(&self.db, file), db::anchors(&self.db, file));
        let item = insertion::item_at(&ast, anchors, whole.start + 1)?;
        let ItemKind::Component(component) = item.kind.clone() else { return None };
        let export = Names::new(&self.db, file).get(Space::Type, &component.kind.dotted().name)?;
        if export.kind != DefKind::Kind {
            return None;
        }
        let info = queries::kind_info(&self.db, export.def);
        let setter = Setter { analysis: self, file, tree, component, info };
        let groups = insertion::with_groups(&ast, item.span.item);
        let namespace = groups.iter().find_map(|i| match &i.kind {
            ItemKind::Namespace(group) => Some(group.name.name.clone()),
            _ => None,
        });
        let wanted = |part: &TextRange| {
            range.is_empty()
                || range.start >= whole.start && range.start <= body.start
                || part.start < range.end && range.start < part.end
        };
        setter.extracted(node, block, namespace.as_ref(), wanted)
    }
}

impl Setter<'_> {
    fn extracted(
        &self,
        node: NodeId,
        block: NodeId,
        namespace: Option<&SmolStr>,
        wanted: impl Fn(&TextRange) -> bool,
    ) -> Option<ProgramChange> {
        let parts = self.parts(block)?;
        let goes = |part: &&Part| part.member.is_some() && wanted(&part.range);
        let members: Vec<&String> = parts.iter().filter(goes).filter_map(|part| part.member.as_ref()).collect();
        if members.is_empty() {
            return None;
        }
        let name = self.free_name(namespace);
        let base = self.component.kind.dotted().name;
        let lines: String = members.iter().map(|member| format!("  {member}\n")).collect();
        let kind = crate::syntax::format(&format!("kind {name} extends {base} {{\n{lines}}}\n"))?;
        let start = insertion::top_item_start(self.tree, self.tree.range(node).start)?;
        let path = self.tree.find(node, Rule::path)?;
        let stays: Vec<&Part> = parts.iter().filter(|part| !goes(part)).collect();
        let (path_range, block_range) = (self.tree.range(path), self.tree.range(block));
        let path_end = path_range.start + self.tree.text_of(path).trim_end().len() as u32;
        let rest = self.rest(block, &stays);
        let file = self.file.id(&self.analysis.db);
        let edit = |range: TextRange, text: String| (FileRange { file, range }, text);
        let header = format!("{name}{}{rest}", if rest.is_empty() { "" } else { " " });
        let edits = vec![
            edit(TextRange::new(start, start), format!("{kind}\n")),
            edit(TextRange::new(path_range.start, block_range.end.max(path_end)), header),
        ];
        let title = format!("extract to the kind `{name}`");
        Some(ProgramChange { title, kind: ChangeKind::ExtractKind, edits })
    }

    /// The block without what went; nothing where all did.
    fn rest(&self, block: NodeId, stays: &[&Part]) -> String {
        let text = self.tree.text();
        let of = |part: &Part| &text[part.range.start as usize..part.range.end as usize];
        if stays.is_empty() {
            return String::new();
        }
        let indent = insertion::indent_of(text, self.line_of(block)).unwrap_or_default();
        if !self.tree.text_of(block).contains('\n') {
            let parts: Vec<&str> = stays.iter().map(|part| of(part)).collect();
            return format!("{{ {} }}", parts.join(", "));
        }
        let mut out = "{\n".to_owned();
        for (at, part) in stays.iter().enumerate() {
            let gap = if part.parted && at > 0 { "\n" } else { "" };
            out.push_str(&format!("{gap}{indent}  {}\n", of(part)));
        }
        out.push_str(&format!("{indent}}}"));
        out
    }

    /// Where what the component's line starts with ends.
    fn line_of(&self, block: NodeId) -> u32 {
        self.tree.parent(block).map_or(0, |component| self.tree.range(component).start)
    }

    /// The settings of a block in order; nothing where it has something else too.
    fn parts(&self, block: NodeId) -> Option<Vec<Part>> {
        let mut out: Vec<Part> = Vec::new();
        let (mut newlines, mut lead): (u32, Option<TextRange>) = (1, None);
        let mut parted = false;
        for child in self.tree.children(block) {
            let (range, text) = (self.tree.range(child), self.tree.text_of(child));
            match self.tree.kind(child) {
                Kind::Newline => {
                    newlines += 1;
                    if newlines > 1 {
                        parted |= newlines == 2;
                        // a comment that a blank line follows belongs to nothing
                        if lead.is_some() {
                            return None;
                        }
                    }
                }
                Kind::Space => {}
                Kind::Comment if newlines == 0 => out.last_mut()?.range.end = range.end,
                Kind::Comment => {
                    lead = Some(TextRange::new(lead.map_or(range.start, |l| l.start), range.end));
                    newlines = 0;
                }
                Kind::Node(Rule::field_entry) => {
                    let end = range.start + text.trim_end().len() as u32;
                    let start = lead.take().map_or(range.start, |l| l.start);
                    let range = TextRange::new(start, end);
                    let member = self.member(child, range);
                    out.push(Part { range, parted: parted && !out.is_empty(), member });
                    (newlines, parted) = (0, false);
                }
                Kind::Node(Rule::r_brace) => {}
                Kind::Punctuation if matches!(text, "{" | ",") => {}
                _ => return None,
            }
        }
        lead.is_none().then_some(out)
    }

    /// A setting as a kind says it.
    fn member(&self, entry: NodeId, range: TextRange) -> Option<String> {
        let entries = &self.component.block.entries;
        let own = self.tree.range(entry);
        let anchors = db::anchors(&self.analysis.db, self.file);
        let setting = entries.iter().find(|e| anchors.resolve(e.span).range.start == own.start)?;
        let EntryKind::Field(path, value) = &setting.kind else { return None };
        let Some(Key::Name(name)) = path.first() else { return None };
        let value_range = anchors.resolve(value.span).range;
        if !self.means_the_same(value_range) {
            return None;
        }
        let text = self.tree.text();
        let written = &text[range.start as usize..range.end as usize];
        let (name, whole) = (&name.name, path.len() == 1);
        let Some(param) = self.info.params.get(name) else {
            // a component's record is laid over its kind's; a kind's stands for all of it
            let replaces = whole && RECORDS.contains(&name.as_str()) && self.info.attributes.contains_key(name);
            return (MOVABLE.contains(&name.as_str()) && !replaces).then(|| written.to_owned());
        };
        // a place within a parameter has no default of its own
        if !whole {
            return None;
        }
        let lead = &text[range.start as usize..own.start as usize];
        let value = &text[value_range.start as usize..range.end as usize];
        let docs = param.doc.iter().flat_map(|doc| doc.lines()).map(|line| format!("/// {line}\n"));
        Some(format!("{lead}{}param {name}: {} = {value}", docs.collect::<String>(), self.type_of(param)?))
    }

    /// Whether an expression of the component means the same in a kind: it names nothing but what files declare, and
    /// nothing there that a kind has of its own.
    fn means_the_same(&self, range: TextRange) -> bool {
        let names = Names::new(&self.analysis.db, self.file);
        let idents = self.tree.leaves().filter(|l| range.contains(self.tree.range(*l)));
        let mut words = idents.filter(|l| self.tree.kind(*l) == Kind::Node(Rule::ident)).map(|l| self.tree.text_of(l));
        words.all(|word| {
            let export = names.get(Space::Value, word);
            let of_kind = self.info.params.contains_key(word) || self.info.lets.iter().any(|l| l.name == word);
            let everywhere = export.is_none_or(|e| matches!(e.kind, DefKind::Let | DefKind::Fn));
            everywhere && !of_kind && !BUILTIN_NAMES.iter().any(|names| names.contains(&word))
        })
    }

    /// The type of a parameter as it is written there; nothing where that would mean something else here.
    fn type_of(&self, param: &ParamInfo) -> Option<String> {
        let db = &self.analysis.db;
        let owner = db::file(db, param.name_span.file);
        let at = db::anchors(db, owner).resolve(param.name_span).range;
        let tree = &db::parse(db, owner).tree;
        let declared = tree.ancestors(tree.leaf_at(at.start)?).find(|n| tree.rule(*n) == Some(Rule::param))?;
        let types = tree.find(declared, Rule::type_expr)?;
        let (here, there) = (Names::new(db, self.file), Names::new(db, owner));
        let range = tree.range(types);
        let mut idents = tree.leaves().filter(|l| range.contains(tree.range(*l)) && tree.rule(*l) == Some(Rule::ident));
        let same =
            |space: Space, word: &str| here.get(space, word).map(|e| e.def) == there.get(space, word).map(|e| e.def);
        let means = idents.all(|ident| {
            let word = tree.text_of(ident);
            BUILTIN_TYPES.contains(&word) || [Space::Type, Space::Protocol, Space::Value].iter().all(|s| same(*s, word))
        });
        means.then(|| tree.text_of(types).trim_end().to_owned())
    }

    /// A name for the kind: the component's, or one that says whose it is.
    fn free_name(&self, namespace: Option<&SmolStr>) -> String {
        let scope = names::scope(&self.analysis.db, self.file);
        let library = queries::library_names(&self.analysis.db, DefKind::Kind);
        let taken = |name: &str| scope.get(Space::Type, name).is_some() || library.iter().any(|n| n == name);
        let own = camel(&self.component.name.name);
        let of_kind = |name: &str| format!("{}{}", camel(name), self.info.name);
        let named = [own.clone(), namespace.map_or_else(|| of_kind("own"), |n| of_kind(n)), of_kind("own")];
        let numbered = (2..).map(|n| format!("{own}{n}"));
        // the numbers never end
        named.into_iter().chain(numbered).find(|name| !taken(name)).unwrap_or(own)
    }
}

/// `long-term` as `LongTerm`.
fn camel(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    name.split(['-', '_']).map(word).collect()
}
