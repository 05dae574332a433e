//! What each token of a text is, names by what they mean: for colours.

use super::symbol;
use crate::db::{self, Db, SourceFile};
use crate::names::DefKind;
use crate::syntax::tree::{Kind, NodeId, Tree};
use crate::syntax::{Rule, is_keyword};
use crate::text::TextRange;
use crate::types::Target;
use rustc_hash::FxHashMap;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum TokenKind {
    Keyword,
    Comment,
    String,
    Number,
    Operator,
    /// A kind or a type.
    Type,
    Protocol,
    Namespace,
    Function,
    /// A component, a `let`, a profile, a view.
    Variable,
    /// A field, a parameter, an option.
    Property,
}

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Where; it may span lines.
    pub range: TextRange,
    /// What.
    pub kind: TokenKind,
    /// Whether it is built in or the library's.
    pub library: bool,
}

/// The tokens of a file that have a colour, in order.
pub(super) fn tokens(db: &dyn Db, file: SourceFile) -> Vec<Token> {
    let tree = &db::parse(db, file).tree;
    let anchors = db::anchors(db, file);
    let names: FxHashMap<TextRange, (TokenKind, bool)> =
        symbol::all(db, file).map(|(span, target)| (anchors.resolve(span).range, named(db, &target))).collect();
    let token = |id: NodeId| {
        let range = tree.range(id);
        let (kind, library) = match names.get(&range) {
            Some(known) => *known,
            None => (of_leaf(tree, id)?, false),
        };
        Some(Token { range, kind, library })
    };
    tree.leaves().filter_map(token).collect()
}

fn named(db: &dyn Db, target: &Target) -> (TokenKind, bool) {
    let of = |file| db::is_library(db, db::file(db, file));
    match target {
        Target::Builtin(_) => (TokenKind::Property, true),
        Target::Declared(span) => (TokenKind::Property, of(span.file)),
        Target::Def(def, kind) => (of_def(*kind), of(def.file)),
    }
}

const fn of_def(kind: DefKind) -> TokenKind {
    match kind {
        DefKind::Kind | DefKind::Type => TokenKind::Type,
        DefKind::Protocol => TokenKind::Protocol,
        DefKind::Fn => TokenKind::Function,
        DefKind::Namespace | DefKind::Layer => TokenKind::Namespace,
        DefKind::Let | DefKind::Component | DefKind::Profile | DefKind::View => TokenKind::Variable,
    }
}

fn of_leaf(tree: &Tree, id: NodeId) -> Option<TokenKind> {
    let rule = match tree.kind(id) {
        Kind::Comment => return Some(TokenKind::Comment),
        Kind::Punctuation if matches!(tree.text_of(id), "\"" | "\"\"\"") => return Some(TokenKind::String),
        Kind::Punctuation | Kind::Space | Kind::Newline => return None,
        Kind::Node(rule) => rule,
    };
    match rule {
        _ if is_keyword(rule) => Some(TokenKind::Keyword),
        Rule::constant | Rule::word_op => Some(TokenKind::Keyword),
        Rule::prefix if tree.text_of(id) == "not" => Some(TokenKind::Keyword),
        Rule::doc | Rule::inner_doc => Some(TokenKind::Comment),
        Rule::line_text | Rule::block_text | Rule::escape | Rule::quote | Rule::block_end | Rule::regex => {
            Some(TokenKind::String)
        }
        Rule::number | Rule::date => Some(TokenKind::Number),
        Rule::arrow | Rule::compare | Rule::coalesce | Rule::range_op | Rule::plus_op | Rule::minus_op => {
            Some(TokenKind::Operator)
        }
        Rule::product_op | Rule::prefix => Some(TokenKind::Operator),
        // names that mean something built in, or are declared here
        Rule::ident => {
            let mut around = tree.ancestors(id).skip(1).filter_map(|a| tree.rule(a)).filter(|r| *r != Rule::path);
            match around.next()? {
                Rule::key | Rule::param | Rule::option => Some(TokenKind::Property),
                Rule::type_name => Some(TokenKind::Type),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::ide::fixture::Fixture;

    #[test]
    fn names_have_the_colour_of_what_they_mean() {
        let text = "import std.{Pods}
/// Shops.
component shop: Pods { labels: { \"a\": \"x${1 + 2}\" } }
fn f(a: int): int = a // one
prometheus -> shop: scrape { interval: 30s }
";
        let fixture = Fixture::new(text);
        let show = |t: &super::Token| {
            let word = &text[t.range.start as usize..t.range.end as usize];
            format!("{word} {:?}{}", t.kind, if t.library { " library" } else { "" })
        };
        let found: Vec<String> = fixture.analysis.tokens(&fixture.path).iter().map(show).collect();
        assert_eq!(
            found,
            [
                "import Keyword",
                "Pods Type library",
                "/// Shops. Comment",
                "component Keyword",
                "shop Variable",
                "Pods Type library",
                "labels Property library",
                "\" String",
                "a String",
                "\" String",
                "\" String",
                "x String",
                "1 Number",
                "+ Operator",
                "2 Number",
                "\" String",
                "fn Keyword",
                "f Function",
                "a Property",
                "int Type",
                "int Type",
                "a Property",
                "// one Comment",
                "-> Operator",
                "shop Variable",
                "scrape Protocol library",
                "interval Property",
                "30s Number",
            ]
        );
    }
}
