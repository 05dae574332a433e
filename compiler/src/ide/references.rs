//! All places of a name, and giving it another one.

use super::symbol;
use crate::db::{self, Db, Project, SourceFile};
use crate::names::{self, DefKind};
use crate::syntax;
use crate::text::{FileRange, Span, TextRange};
use crate::types::Target;

/// One place of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// Where.
    pub at: FileRange,
    /// Whether it is declared there.
    pub declares: bool,
}

/// All places of the name at an offset, by place.
pub(super) fn references(db: &dyn Db, file: SourceFile, offset: u32) -> Vec<Reference> {
    symbol::at(db, file, offset).map(|(_, target)| places(db, &target)).unwrap_or_default()
}

fn places(db: &dyn Db, target: &Target) -> Vec<Reference> {
    let declared = symbol::declaration(db, target);
    let locate = |span: Span| db::anchors(db, db::file(db, span.file)).resolve(span);
    let all = Project::get(db).files(db).iter().flat_map(|file| symbol::all(db, *file));
    let uses = all.filter(|(_, used)| used == target).map(|(span, _)| locate(span));
    let mut out: Vec<FileRange> = uses.chain(declared).collect();
    out.sort_unstable();
    out.dedup();
    out.into_iter().map(|at| Reference { at, declares: Some(at) == declared }).collect()
}

/// The name at an offset, if it can be given another one.
///
/// # Errors
/// Says why it can't.
pub(super) fn renamable(db: &dyn Db, file: SourceFile, offset: u32) -> Result<TextRange, String> {
    let (range, target) = symbol::at(db, file, offset).ok_or("there is no name here")?;
    match symbol::declaration(db, &target) {
        None => Err("this is built in".to_owned()),
        Some(at) if db::is_library(db, db::file(db, at.file)) => Err("the library declares this".to_owned()),
        Some(at) if at.range.is_empty() => Err("a file is renamed on disk".to_owned()),
        Some(_) => Ok(range),
    }
}

/// The edits that give the name at an offset another one, by place.
///
/// # Errors
/// Says why it can't have that name.
pub(super) fn rename(db: &dyn Db, file: SourceFile, offset: u32, name: &str) -> Result<Vec<FileRange>, String> {
    renamable(db, file, offset)?;
    if !is_name(name) {
        return Err(format!("`{name}` is no name: letters, digits, `_` and, between them, `-`"));
    }
    let (_, target) = symbol::at(db, file, offset).ok_or("there is no name here")?;
    let places = places(db, &target);
    if let Target::Def(_, kind) = target {
        let mut files: Vec<_> = places.iter().map(|r| r.at.file).collect();
        files.dedup();
        for file in files {
            free(db, db::file(db, file), kind, name)?;
        }
    }
    Ok(places.into_iter().map(|r| r.at).collect())
}

/// Whether a file has no other thing of that name.
fn free(db: &dyn Db, file: SourceFile, kind: DefKind, name: &str) -> Result<(), String> {
    match names::scope(db, file).get(kind.space(), name) {
        Some(taken) => Err(format!("`{name}` is taken by another {} in `{}`", taken.kind.keyword(), file.path(db))),
        None => Ok(()),
    }
}

fn is_name(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts && text.chars().all(word) && !text.ends_with('-') && !syntax::keywords().iter().any(|k| k == text)
}

#[cfg(test)]
mod tests {
    use crate::ide::fixture::{Fixture, SHOP};
    use crate::text::{Sources, TextRange};
    use std::collections::BTreeMap;

    fn references(text: &str) -> String {
        let fixture = Fixture::new(text);
        let found = fixture.analysis.references(&fixture.path, fixture.offset);
        found.iter().map(|r| fixture.shown(r.at, if r.declares { " declared" } else { "" })).collect()
    }

    fn renamed(text: &str, name: &str) -> Result<String, String> {
        let fixture = Fixture::new(text);
        let places = fixture.analysis.rename(&fixture.path, fixture.offset, name)?;
        let mut edits: BTreeMap<&str, Vec<(TextRange, String)>> = BTreeMap::new();
        for at in places {
            edits.entry(fixture.analysis.path(at.file)).or_default().push((at.range, name.to_owned()));
        }
        Ok(edits.iter().map(|(path, edits)| format!("//- {path}\n{}", fixture.edited(path, edits))).collect())
    }

    #[test]
    fn a_component_is_found_in_all_files() {
        let text = format!(
            "//- kinds.obs{SHOP}//- main.obs\nimport \"./kinds.obs\".{{shop, customer}}\ncustomer -> sh$0op: order\n"
        );
        assert_eq!(
            references(&text),
            "kinds.obs
component shop: Shop { shelves: 5 }
          ^^^^ declared
import \"./kinds.obs\".{shop, customer}
                      ^^^^
customer -> shop: order
            ^^^^
"
        );
    }

    #[test]
    fn a_parameter_is_found_from_where_it_is_declared() {
        let text = SHOP.replace("param shelves", "param she$0lves");
        assert_eq!(
            references(&text),
            "  param shelves: int = 3
        ^^^^^^^ declared
  args: [\"--shelves=${shelves}\"]
                      ^^^^^^^
component shop: Shop { shelves: 5 }
                       ^^^^^^^
"
        );
    }

    #[test]
    fn what_is_renamed_is_renamed_everywhere() {
        let text =
            "//- a.obs\nlet si$0ze = 1\nlet more = size + 1\n//- b.obs\nimport \"./a.obs\".{size}\nlet x = size\n";
        assert_eq!(
            renamed(text, "width").as_deref(),
            Ok(
                "//- a.obs\nlet width = 1\nlet more = width + 1\n//- b.obs\nimport \"./a.obs\".{width}\nlet x = width\n"
            )
        );
    }

    #[test]
    fn names_that_cannot_be_are_refused() {
        let text = "let si$0ze = 1\nlet taken = 2\n";
        assert_eq!(renamed(text, "taken"), Err("`taken` is taken by another let in `main.obs`".to_owned()));
        for no_name in ["", "1a", "a b", "a-", "kind", "ä"] {
            assert!(renamed(text, no_name).is_err_and(|e| e.contains("is no name")), "{no_name}");
        }
        assert_eq!(renamed("import std.{Po$0ds}\n", "Cups"), Err("the library declares this".to_owned()));
        assert_eq!(renamed("// $0\n", "x"), Err("there is no name here".to_owned()));
    }
}
