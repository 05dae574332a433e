//! Changes of a program that answer no error: what is waived, given a name, written where its name stands, or sorted.

use super::{Analysis, insertion, symbol};
use crate::db::{self, SourceFile};
use crate::diagnostics::Severity;
use crate::names::DefKind;
use crate::syntax::Rule;
use crate::syntax::ast::{Import, ImportSource, Item, ItemKind};
use crate::syntax::tree::{NodeId, Tree};
use crate::text::{FileRange, Sources, TextRange};
use crate::types::{Target, quantity};
use std::collections::{BTreeMap, BTreeSet};

/// What sort of change it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum ChangeKind {
    /// Accepts a finding.
    Waive,
    Extract,
    ExtractKind,
    Inline,
    /// Writes an item that isn't there.
    Add,
    OrganiseImports,
}

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramChange {
    /// What it does, as an order.
    pub title: String,
    /// What sort it is of.
    pub kind: ChangeKind,
    /// What is replaced by what, by place. They don't overlap.
    pub edits: Vec<(FileRange, String)>,
}

impl Analysis {
    /// The changes that make sense for a part of a file.
    pub fn changes(&self, path: &str, range: TextRange) -> Vec<ProgramChange> {
        let Some(file) = self.entry(path).filter(|f| !db::is_library(&self.db, *f)) else { return Vec::new() };
        let mut out = self.waivers(file, range);
        out.extend(self.literal_to_param(file, range));
        out.extend(self.extract_let(file, range));
        out.extend(self.extract_kind(file, range));
        out.extend(self.inline_let(file, range));
        out.extend(self.open_ends(file, range));
        out.extend(self.test_item(file, range));
        out.extend(self.organise_imports(path).filter(|c| c.edits.iter().any(|(at, _)| at.range.touches(range.start))));
        out
    }

    pub(super) fn edit(&self, file: SourceFile, range: TextRange, text: impl Into<String>) -> (FileRange, String) {
        (FileRange { file: file.id(&self.db), range }, text.into())
    }

    /// A `waive` for each warning that touches the range. The reason is for the writer to say.
    fn waivers(&self, file: SourceFile, range: TextRange) -> Vec<ProgramChange> {
        let found = self.found_of(file);
        let text = db::text(&self.db, file);
        let end = TextRange::new(text.len() as u32, text.len() as u32);
        let mut out: Vec<ProgramChange> = Vec::new();
        for warning in found.iter().filter(|d| d.severity != Severity::Error && !d.is_error()) {
            let at = self.locate(warning.primary);
            let touches = at.range.start <= range.end && range.start <= at.range.end;
            if at.file != file.id(&self.db) || !touches || warning.subjects.is_empty() {
                continue;
            }
            let (code, on) = (warning.code.id(), warning.subjects.join(", "));
            let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
            let line = format!("{gap}waive {code} on {on}, \"say here why this is accepted\"\n");
            let edits = vec![self.edit(file, end, line)];
            let change = ProgramChange { title: format!("waive {code} on {on}"), kind: ChangeKind::Waive, edits };
            out.extend((!out.contains(&change)).then_some(change));
        }
        out
    }

    /// The expression that is selected gets a name before the item. Only what means the same there: literals, and what
    /// names nothing but other items.
    fn extract_let(&self, file: SourceFile, range: TextRange) -> Option<ProgramChange> {
        if range.is_empty() {
            return None;
        }
        let tree = &db::parse(&self.db, file).tree;
        let leaf = tree.leaf_at(range.start)?;
        let is_value = |n: &NodeId| {
            matches!(tree.rule(*n), Some(Rule::expr | Rule::number | Rule::string | Rule::constant | Rule::list))
        };
        let value = tree.ancestors(leaf).filter(is_value).find(|n| trimmed(tree, *n) == range)?;
        let item = tree.ancestors(value).find(|n| tree.parent(*n) == Some(tree.root()))?;
        if matches!(tree.rule(item), Some(Rule::import | Rule::let_item | Rule::type_item | Rule::protocol)) {
            return None;
        }
        let anchors = db::anchors(&self.db, file);
        let inside = symbol::all(&self.db, file).filter(|(span, _)| range.contains(anchors.resolve(*span).range));
        let elsewhere = |target: &Target| matches!(target, Target::Def(_, DefKind::Let | DefKind::Fn));
        if inside.map(|(_, target)| target).any(|target| !elsewhere(&target)) {
            return None;
        }
        let exports = crate::names::scope(&self.db, file);
        let key = key_of(tree, value).unwrap_or_else(|| "value".to_owned());
        let name = free_name(&key, |name| exports.names.keys().any(|(_, taken)| taken == name));
        let text = &tree.text()[range.start as usize..range.end as usize];
        let before = insertion::item_start(tree, item);
        let edits = vec![
            self.edit(file, TextRange::new(before, before), format!("let {name} = {text}\n\n")),
            self.edit(file, range, name.clone()),
        ];
        let title = format!("extract `{}` to the let `{name}`", short(text));
        Some(ProgramChange { title, kind: ChangeKind::Extract, edits })
    }

    /// A `let` of a file is written where its name stands, and goes.
    fn inline_let(&self, file: SourceFile, range: TextRange) -> Option<ProgramChange> {
        let (_, target) = symbol::at(&self.db, file, range.start)?;
        let Target::Def(def, DefKind::Let) = target else { return None };
        if def.file != file.id(&self.db) {
            return None;
        }
        let ast = db::ast(&self.db, file);
        let item = crate::names::find_in(&ast, def.item)?;
        let ItemKind::Let(it) = &item.kind else { return None };
        let anchors = db::anchors(&self.db, file);
        let text = db::text(&self.db, file);
        let value = anchors.resolve(it.value.span).range;
        let value = text.get(value.start as usize..value.end as usize)?;
        let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || "_.%\"[]".contains(c));
        let written = if plain { value.to_owned() } else { format!("({value})") };
        let mut edits = Vec::new();
        for place in super::references::references(&self.db, file, range.start) {
            if place.declares {
                continue;
            }
            // a name that another file imports has to stay
            if place.at.file != def.file {
                return None;
            }
            edits.push((place.at, written.clone()));
        }
        let all = anchors.resolve(item.span).range;
        let line_end = text[all.end as usize..].find('\n').map_or(text.len(), |n| all.end as usize + n + 1);
        edits.push(self.edit(file, TextRange::new(all.start, line_end as u32), ""));
        edits.sort();
        let uses = edits.len() - 1;
        let title = format!("inline `{}` ({uses} {})", it.name.name, if uses == 1 { "place" } else { "places" });
        (uses > 0 && item.doc.is_none()).then_some(ProgramChange { title, kind: ChangeKind::Inline, edits })
    }

    /// The imports at the top of a file: each source once, all sorted, without names that nothing uses.
    pub fn organise_imports(&self, path: &str) -> impl Iterator<Item = ProgramChange> {
        self.entry(path).and_then(|file| self.organised(file)).into_iter()
    }

    fn organised(&self, file: SourceFile) -> Option<ProgramChange> {
        let ast = db::ast(&self.db, file);
        let imports: Vec<(&Item, &Import)> = ast
            .items()
            .map_while(|i| match &i.kind {
                ItemKind::Import(import) if i.doc.is_none() => Some((i, import)),
                _ => None,
            })
            .collect();
        let anchors = db::anchors(&self.db, file);
        let (first, last) = (imports.first()?.0, imports.last()?.0);
        let range = TextRange::new(anchors.resolve(first.span).range.start, anchors.resolve(last.span).range.end);
        let text = db::text(&self.db, file).get(range.start as usize..range.end as usize)?;
        // comments have their places, and broken imports their own
        let has_errors = db::syntax_errors(&self.db, file).iter().any(|d| range.contains(self.locate(d.primary).range));
        if text.contains("//") && text.lines().any(|l| l.trim_start().starts_with("//")) || has_errors {
            return None;
        }
        let unused: Vec<_> = self
            .known(self.entry_of(file))
            .into_iter()
            .filter(|d| d.code == crate::diagnostics::Code::OBS5109)
            .map(|d| d.primary)
            .collect();
        let mut listed: BTreeMap<(u8, String), BTreeSet<String>> = BTreeMap::new();
        let mut other: BTreeSet<String> = BTreeSet::new();
        for (_, import) in &imports {
            let source = match &import.source {
                ImportSource::Library(name) => (0, name.to_string()),
                ImportSource::Path(path) => (1, format!("\"{path}\"")),
            };
            match (&import.names, &import.alias) {
                (Some(names), None) => {
                    let used = names.iter().filter(|n| !unused.contains(&n.span));
                    let all: Vec<String> = used.map(|n| n.name.to_string()).collect();
                    // another file is part of the program by its import, whatever is used of it
                    if !all.is_empty() || source.0 == 1 {
                        listed.entry(source).or_default().extend(all);
                    }
                }
                (_, alias) => {
                    let alias = alias.as_ref().map(|a| format!(" as {}", a.name)).unwrap_or_default();
                    other.insert(format!("import {}{alias}", source.1));
                }
            }
        }
        let list = |((_, source), names): (&(u8, String), &BTreeSet<String>)| {
            format!("import {source}.{{{}}}", names.iter().cloned().collect::<Vec<_>>().join(", "))
        };
        let lines: Vec<String> = listed.iter().map(list).chain(other).collect();
        let organised = lines.join("\n");
        (organised != text).then(|| ProgramChange {
            title: "organise the imports".to_owned(),
            kind: ChangeKind::OrganiseImports,
            edits: vec![self.edit(file, range, organised)],
        })
    }
}

fn trimmed(tree: &Tree, node: NodeId) -> TextRange {
    let (range, text) = (tree.range(node), tree.text_of(node));
    TextRange::new(range.start, range.start + text.trim_end().len() as u32)
}

/// The number, string or constant at a range.
pub(super) fn literal_at(tree: &Tree, range: TextRange) -> Option<NodeId> {
    let is_literal = |n: &NodeId| matches!(tree.rule(*n), Some(Rule::number | Rule::string | Rule::constant));
    let found = tree.ancestors(tree.leaf_at(range.start)?).find(is_literal)?;
    let plain = tree.parts(found).all(|part| tree.rule(part) != Some(Rule::interpolation));
    (plain && tree.range(found).contains(range)).then_some(found)
}

/// The name that a value is given where it stands.
pub(super) fn key_of(tree: &Tree, value: NodeId) -> Option<String> {
    let entry = tree.ancestors(value).find(|n| tree.rule(*n) == Some(Rule::field_entry))?;
    let key = tree.parts(entry).filter(|p| tree.rule(*p) == Some(Rule::key)).last()?;
    let name = tree.text_of(tree.find(key, Rule::ident)?);
    Some(name.to_owned())
}

/// The type of a literal, where it tells.
pub(super) fn literal_type(text: &str) -> Option<String> {
    match text {
        _ if text.starts_with('"') => Some("string".to_owned()),
        "true" | "false" => Some("bool".to_owned()),
        _ => quantity::infer(text).map(|(_, ty)| ty.to_string()),
    }
}

pub(super) fn free_name(wanted: &str, taken: impl Fn(&str) -> bool) -> String {
    let plain = wanted.replace('-', "_");
    let keyword = |name: &str| crate::syntax::keywords().iter().any(|k| k == name);
    let mut names = std::iter::once(plain.clone()).chain((2..).map(|n| format!("{plain}_{n}")));
    // the numbers never end
    names.find(|name| !taken(name) && !keyword(name)).unwrap_or(plain)
}

/// Fit for a title.
pub(super) fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= 30 { line.to_owned() } else { line.chars().take(29).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::ChangeKind;
    use crate::ide::fixture::{Fixture, SHOP};
    use crate::text::TextRange;

    /// The text after the change of a kind at the cursor or, where `select` is in the text, at that.
    fn after(text: &str, kind: ChangeKind, select: Option<&str>) -> Option<String> {
        let fixture = Fixture::new(text);
        let plain = text.replace("$0", "");
        let range = match select {
            Some(part) => {
                let at = plain.find(part)? as u32;
                TextRange::new(at, at + part.len() as u32)
            }
            None => TextRange::new(fixture.offset, fixture.offset),
        };
        let change = fixture.analysis.changes(&fixture.path, range).into_iter().find(|c| c.kind == kind)?;
        let edits: Vec<_> = change.edits.into_iter().map(|(at, text)| (at.range, text)).collect();
        Some(fixture.edited(&fixture.path, &edits))
    }

    /// The shop in a namespace of its own: a program that can be deployed.
    fn town() -> String {
        SHOP.replace(
            "component shop: Shop { shelves: 5 }",
            "namespace town {\n  component shop: Shop { shelves: 5 }\n}",
        )
    }

    /// All files that come of a program; what is wrong with one that has errors.
    fn emitted(text: &str) -> Vec<String> {
        let fixture = Fixture::new(text);
        let errors: Vec<_> = fixture.analysis.check(&fixture.path).into_iter().filter(|d| d.is_error()).collect();
        assert_eq!(errors, [], "{text}");
        let entry = fixture.analysis.entry(&fixture.path).expect("it is known");
        crate::ide::files(&fixture.analysis.db, entry).iter().map(|f| format!("{}\n{}", f.path, f.text)).collect()
    }

    fn same(before: &str, after: &str) {
        assert_eq!(emitted(&before.replace("$0", "")), emitted(after), "{after}");
    }

    #[test]
    fn a_literal_of_a_kind_becomes_a_parameter() {
        let text = town().replace("  port http: 8080\n", "  grace: 3$00s\n  port http: 8080\n");
        let found = after(&text, ChangeKind::Extract, None).expect("there is such a change");
        assert!(found.contains("kind Shop {\n  param grace: duration = 30s\n"), "{found}");
        assert!(found.contains("\n  grace: grace\n"), "{found}");
        same(&text, &found);
    }

    /// Each literal of a kind, where it can become a parameter, becomes one, and nothing changes; elsewhere it can't.
    #[test]
    fn any_literal_of_a_kind_that_becomes_a_parameter_stays_what_it_was() {
        let members = [
            ("  user: 7$00\n", "param user: int = 70"),
            ("  grace: 3$00s\n", "param grace: duration = 30s"),
            ("  resources: { cpu: $02, memory: 1Gi }\n", "param cpu: cpu = 2"),
            ("  resources.memory: $01Gi\n", "param memory: bytes = 1Gi"),
            ("  title: \"Sh$0op\"\n", "param own_title: string = \"Shop\""),
            ("  labels: { tier: \"fr$0ont\" }\n", "param tier: string = \"front\""),
            ("  env: { MODE: \"fa$0st\" }\n", "param MODE: string = \"fast\""),
            ("  scratch: [\"/ca$0che\"]\n", "param scratch: path = \"/cache\""),
            ("  sticky: tr$0ue\n", "param sticky: bool = true"),
            ("  let depth = $03\n  env: { DEPTH: \"${depth}\" }\n", "param depth_2: int = 3"),
            ("  file \"/etc/s.yml\": yaml({ deep: { every: 3$00s } })\n", "param every: duration = 30s"),
            ("  file \"/etc/s.yml\": yaml({ rows: [1, $02] })\n", "param rows: int = 2"),
            (
                "  file \"/etc/s.yml\": yaml({ on: if shelves > 1: 'x' else: $02 })\n".replace("'x'", "\"x\"").leak(),
                "param on_2: int = 2",
            ),
            (
                "  alert A {\n    expr: \"up == 0\"\n    summary: \"It is d$0own.\"\n  }\n",
                "param summary: string = \"It is down.\"",
            ),
        ];
        for (member, param) in members {
            let text = town().replace("  port http: 8080\n", &format!("{member}  port http: 8080\n"));
            let found = after(&text, ChangeKind::Extract, None).unwrap_or_else(|| panic!("{member}"));
            assert!(found.contains(&format!("kind Shop {{\n  {param}\n")), "{member}: {found}");
            same(&text, &found);
        }
        let stay = [
            "  env: { A: \"${$01 + 2}\" }\n",
            "  ready: http(\"/re$0ady\")\n",
            "  file \"/etc/$0s.yml\": yaml({ a: 1 })\n",
            "  file \"/etc/s.yml\": yaml({ a: len([$01]) })\n",
            "  let a = 1 + $02\n",
            "  let a: int = $02\n",
            "  assert shelves > $00\n",
            "  dashboard \"Da$0sh\" { panels: [] }\n",
        ];
        for member in stay {
            let text = town().replace("  port http: 8080\n", &format!("{member}  port http: 8080\n"));
            assert_eq!(after(&text, ChangeKind::Extract, None), None, "{member}");
        }
        let text = town().replace("{ shelves: 5 }", "{ shelves: $05 }");
        assert_eq!(after(&text, ChangeKind::Extract, None), None, "a component has no parameters of its own");
        let text = town().replace("port http: 8080", "port http: 80$080");
        let found = after(&text, ChangeKind::Extract, None).expect("there is such a change");
        assert!(found.contains("param http_port: int = 8080\n"), "{found}");
        same(&text, &found);
    }

    #[test]
    fn what_is_selected_gets_a_name() {
        let text =
            town().replace("namespace town", "/// The town.\nnamespace town").replace("shelves: 5", "shelves: 77");
        let found = after(&text, ChangeKind::Extract, Some("77")).expect("there is such a change");
        let end =
            "let shelves = 77\n\n/// The town.\nnamespace town {\n  component shop: Shop { shelves: shelves }\n}\n";
        assert!(found.contains(end), "{found}");
        same(&text, &found);
        assert_eq!(after(SHOP, ChangeKind::Extract, Some("shelves}")), None, "a parameter has no meaning outside");
    }

    #[test]
    fn a_let_is_written_where_its_name_stands() {
        let text = format!("{}let si$0ze = 1 + 2\n", town().replace("shelves: 5", "shelves: size * 2"));
        let found = after(&text, ChangeKind::Inline, None).expect("there is such a change");
        assert_eq!(found, town().replace("shelves: 5", "shelves: (1 + 2) * 2"));
        same(&text, &found);
    }

    #[test]
    fn imports_are_put_in_order() {
        let text = "import std.{Pods, People}\n$0import \"./b.obs\".{y, x}\nimport std.{Bucket}\nimport \"./b.obs\" as b\n\ncomponent p: Pods\n";
        let found = after(text, ChangeKind::OrganiseImports, None).expect("there is such a change");
        assert!(found.contains("import \"./b.obs\".{x, y}\nimport \"./b.obs\" as b\n\ncomponent"), "{found}");
        assert!(found.starts_with("import std.{"), "{found}");
        assert_eq!(after("import std.{$0Pods}\ncomponent p: Pods\n", ChangeKind::OrganiseImports, None), None);
    }

    #[test]
    fn a_warning_is_waived_with_a_reason_to_write() {
        let text = town().replace("}\ncomponent customer", "  component lon$0ely: Shop\n}\ncomponent customer");
        let Some(found) = after(&text, ChangeKind::Waive, None) else {
            panic!("a component that nothing uses is told")
        };
        assert!(found.contains("\nwaive OBS") && found.ends_with(", \"say here why this is accepted\"\n"), "{found}");
        same(&text, &found);
    }
}
