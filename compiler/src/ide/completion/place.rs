//! Where in the syntax an offset is, as far as completion cares.

use crate::syntax::Rule;
use crate::syntax::tree::{NodeId, Tree};
use crate::text::TextRange;
use smol_str::SmolStr;

/// A place to complete at.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a comment or a string.
    Nothing,
    /// Where an item may start.
    Item,
    /// After `component NAME:`.
    Kind,
    /// Where a flow names a component.
    Component,
    /// After a flow's colon, with the ends of its arrows: names from which, and to which.
    Protocol(Vec<(Vec<SmolStr>, Vec<SmolStr>)>),
    /// Among the names of `import std.{…}`.
    LibraryName,
    /// Among the names of an import of the file at this path.
    ImportedName(SmolStr),
    /// The path of an import.
    ImportPath,
    /// Where a setting is named.
    Key(Body),
    /// Where the value of a setting stands.
    Value(Body, SmolStr),
    /// Within an expression whose type isn't told by its place.
    Expression,
    /// Behind the dot of a name in an expression.
    Member(SmolStr),
    /// Where a type stands.
    Type,
    /// Where a kind says what it speaks.
    Spoken,
    /// Which of a component's config files is set in: the path between its quotes, or with them.
    FilePath(Body, bool),
    /// What a `waive` names.
    Waived,
}

/// The braces around the place: whose they are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// Of a component of this kind.
    Component(SmolStr),
    /// Of a flow by this protocol.
    Flow(SmolStr),
    Cluster,
    Namespace,
    Layer,
    Backup,
    View,
    Alert,
    Kind,
    /// `scale`: numbers by profile.
    Profiles,
    Autoscale,
    /// One direction of an autoscaler.
    Rule,
    Test,
    /// `profile`; behind `NAME.`, of that component.
    Profile(Option<SmolStr>),
    /// The record that a setting of another body has.
    Within(Box<Body>, SmolStr),
}

impl Place {
    /// The place at an offset, and the word before it.
    pub(super) fn find(tree: &Tree, offset: u32) -> (Place, TextRange) {
        let text = tree.text();
        let mut at = (offset as usize).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &text[..at];
        let line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
        if let Some(path) = import_path(line) {
            return (Place::ImportPath, TextRange::new((at - path.len()) as u32, at as u32));
        }
        if let Some(path) = file_path(line) {
            let start = (at - path.len()) as u32;
            let body = enclosing(tree, start).and_then(|node| body_at(tree, node, start));
            let place = body.map_or(Place::Nothing, |body| Place::FilePath(body, true));
            return (place, TextRange::new(start, at as u32));
        }
        let word = line.len() - line.trim_end_matches(is_word).len();
        let start = (at - word) as u32;
        (Self::of_word(tree, line, word, start), TextRange::new(start, at as u32))
    }

    /// The place of a word of this length at the end of `line`.
    fn of_word(tree: &Tree, line: &str, word: usize, start: u32) -> Place {
        let before = &line[..line.len() - word];
        if is_interpolated(line) {
            return of_expression(before);
        }
        if is_comment_or_string(line) {
            return Place::Nothing;
        }
        let place = in_line(before.trim_end()).unwrap_or_else(|| match enclosing(tree, start) {
            None => Place::Item,
            Some(node) => in_braces(tree, node, start),
        });
        match place {
            Place::Expression => of_expression(before),
            place => place,
        }
    }
}

/// The path that an import has up to the end of the line, while its string is open.
fn import_path(line: &str) -> Option<&str> {
    let path = line.trim_start().strip_prefix("import")?.trim_start().strip_prefix('"')?;
    (!path.contains('"')).then_some(path)
}

/// The path of a config file up to the end of the line, while its string is open.
fn file_path(line: &str) -> Option<&str> {
    let (_, path) = line.rsplit_once("files.\"")?;
    (!path.contains('"')).then_some(path)
}

/// Whether an expression within a string is open.
fn is_interpolated(line: &str) -> bool {
    line.rsplit_once("${").is_some_and(|(_, rest)| !rest.contains('}'))
}

/// A word of an expression, by what stands right before it.
fn of_expression(before: &str) -> Place {
    let Some(of) = before.strip_suffix('.') else { return Place::Expression };
    let name = &of[of.trim_end_matches(is_word).len()..];
    // of what is no name nothing is known
    if name.is_empty() { Place::Nothing } else { Place::Member(name.into()) }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

fn is_comment_or_string(line: &str) -> bool {
    let quotes = line.matches('"').count() - line.matches("\\\"").count();
    let bare: String = line.split('"').step_by(2).collect();
    quotes % 2 == 1 || bare.contains("//")
}

/// What the line's own beginning tells: components and flows are written on one line as a rule.
fn in_line(lead: &str) -> Option<Place> {
    if let Some(rest) = lead.trim_start().strip_prefix("component ") {
        let name = rest.strip_suffix(':')?;
        return name.trim().chars().all(is_word).then_some(Place::Kind);
    }
    let start = lead.trim_start();
    if let Some(place) = by_keyword(start) {
        return Some(place);
    }
    if lead.contains(['{', '"']) || !lead.contains("->") {
        return None;
    }
    match lead.strip_suffix(':') {
        Some(flow) => Some(Place::Protocol(links(flow))),
        None => lead.ends_with([',', '>']).then_some(Place::Component),
    }
}

/// What an item's or a member's first word tells of the rest of its line.
fn by_keyword(lead: &str) -> Option<Place> {
    let (word, rest) = lead.split_once(' ').unwrap_or((lead, ""));
    let goes_on = rest.is_empty() || rest.ends_with(',');
    match word {
        "waive" if rest.is_empty() => Some(Place::Waived),
        "waive" | "alert" => {
            let on = rest.strip_suffix(" on").is_some() || rest.contains(" on ") && rest.ends_with(',');
            (on && !rest.contains(['{', '"'])).then_some(Place::Component)
        }
        "scale" | "autoscale" | "backup" if goes_on && !rest.contains('{') => Some(Place::Component),
        "kind" if rest.ends_with(" extends") => Some(Place::Kind),
        "accepts" | "emits" if goes_on && !rest.contains(['{', '(']) => Some(Place::Spoken),
        "let" | "param" | "fn" if rest.ends_with(':') && !rest.contains(['=', '{']) => Some(Place::Type),
        "type" if rest.contains('=') && !rest.contains('{') => Some(Place::Type),
        "assert" => Some(Place::Expression),
        _ => is_defined(lead).then_some(Place::Expression),
    }
}

/// Whether this is a `let` or a `fn` up to its value, or within that.
fn is_defined(lead: &str) -> bool {
    let named = ["let ", "fn "].iter().any(|word| lead.starts_with(word));
    // what a block on this line sets is found from the tree
    named && lead.contains('=') && !lead.contains('{')
}

/// The links of a chain of arrows, in both directions where an arrow has two heads.
fn links(flow: &str) -> Vec<(Vec<SmolStr>, Vec<SmolStr>)> {
    let mut out = Vec::new();
    let mut before: Option<(Vec<SmolStr>, bool)> = None;
    for part in flow.split("->") {
        let both = part.ends_with('<');
        let part = part.trim_end_matches('<');
        // `team.shop` is a component of another file
        let name = |n: &str| SmolStr::new(n.trim().rsplit('.').next().unwrap_or_default());
        let names: Vec<SmolStr> = part.split(',').map(name).collect();
        if let Some((from, both)) = before {
            if both {
                out.push((names.clone(), from.clone()));
            }
            out.push((from, names.clone()));
        }
        before = Some((names, both));
    }
    out
}

/// The innermost braces around an offset.
fn enclosing(tree: &Tree, offset: u32) -> Option<NodeId> {
    use Rule::{block, group_body, import_names, kind_body, test_body};
    let mut found = None;
    let mut at = tree.root();
    loop {
        let inside = |id: &NodeId| {
            let range = tree.range(*id);
            let closed = tree.find(*id, Rule::r_brace).is_some();
            range.start < offset && (offset < range.end || (offset == range.end && !closed))
        };
        let next = tree.children(at).filter(inside).last()?;
        if matches!(tree.rule(next), Some(block | group_body | import_names | kind_body | test_body)) {
            let open = tree.children(next).find(|c| tree.text_of(*c) == "{").map(|c| tree.range(c).end);
            if open.is_some_and(|end| end <= offset) {
                found = Some(next);
            }
        }
        at = next;
        if !tree.children(at).any(|id| inside(&id)) {
            return found;
        }
    }
}

fn in_braces(tree: &Tree, node: NodeId, start: u32) -> Place {
    let Some(owner) = tree.parent(node) else { return Place::Item };
    if tree.rule(owner) == Some(Rule::import) {
        return match tree.find(owner, Rule::string) {
            Some(path) => Place::ImportedName(tree.text_of(path).trim_matches('"').into()),
            None => Place::LibraryName,
        };
    }
    let Some(body) = body_at(tree, node, start) else { return Place::Nothing };
    match setting(tree, node, start) {
        Some((key, true)) => Place::Value(body, key),
        Some((_, false)) => Place::Expression,
        // items stand in them too
        None if matches!(body, Body::Namespace | Body::Layer) => Place::Item,
        None => below(body, entry_before(tree, node, start)),
    }
}

/// The body at an offset: of a profile, that of the component which the entry there is about.
fn body_at(tree: &Tree, node: NodeId, start: u32) -> Option<Body> {
    let mut body = body_of(tree, node)?;
    if let (Body::Profile(of), Some(name)) = (&mut body, component_before(tree, node, start)) {
        *of = Some(name);
    }
    Some(body)
}

/// What a path of keys leads to: `resources.` to what is in that.
fn below(body: Body, path: &str) -> Place {
    let Some((path, _)) = path.rsplit_once('.') else { return Place::Key(body) };
    let component = usize::from(matches!(body, Body::Profile(Some(_))));
    let mut body = body;
    for key in path.split('.').skip(component) {
        match key {
            // within a file there is what its kind writes
            _ if path.contains('"') => return Place::Nothing,
            "files" => return Place::FilePath(body, false),
            _ => body = Body::Within(Box::new(body), key.into()),
        }
    }
    Place::Key(body)
}

/// An entry of a body up to an offset.
fn entry_before(tree: &Tree, node: NodeId, start: u32) -> &str {
    let before = &tree.text()[tree.range(node).start as usize..start as usize];
    before.rsplit(['{', ',', '\n', '\r']).next().unwrap_or_default().trim_start()
}

/// Whose braces they are.
fn body_of(tree: &Tree, node: NodeId) -> Option<Body> {
    let owner = tree.parent(node)?;
    let ident = |rule: Rule| tree.find(owner, rule).map(|id| SmolStr::new(tree.text_of(id))).unwrap_or_default();
    Some(match tree.rule(owner) {
        Some(Rule::component) => Body::Component(ident(Rule::path)),
        Some(Rule::flow) => Body::Flow(ident(Rule::path)),
        Some(Rule::cluster) => Body::Cluster,
        Some(Rule::namespace) => Body::Namespace,
        Some(Rule::layer) => Body::Layer,
        Some(Rule::backup) => Body::Backup,
        Some(Rule::view) => Body::View,
        Some(Rule::scale) => Body::Profiles,
        Some(Rule::kind) => Body::Kind,
        Some(Rule::alert | Rule::alert_member) => Body::Alert,
        Some(Rule::autoscale) => Body::Autoscale,
        Some(Rule::test) => Body::Test,
        Some(Rule::profile) => Body::Profile(None),
        _ => return nested(tree, node),
    })
}

/// Braces that are a setting's value.
fn nested(tree: &Tree, node: NodeId) -> Option<Body> {
    let entry = tree.ancestors(node).find(|n| tree.rule(*n) == Some(Rule::field_entry))?;
    let key = tree.find(tree.find(entry, Rule::key)?, Rule::ident)?;
    let outer = body_of(tree, tree.parent(entry)?)?;
    let key = SmolStr::new(tree.text_of(key));
    Some(match outer {
        Body::Autoscale if matches!(key.as_str(), "up" | "down") => Body::Rule,
        outer => Body::Within(Box::new(outer), key),
    })
}

/// `shop` in a profile's `shop.`.
fn component_before(tree: &Tree, node: NodeId, start: u32) -> Option<SmolStr> {
    let (name, _) = entry_before(tree, node, start).split_once('.')?;
    name.chars().all(is_word).then(|| SmolStr::new(name))
}

/// The key whose value stands at the offset, if it is a value's place, and whether that only begins there.
fn setting(tree: &Tree, node: NodeId, start: u32) -> Option<(SmolStr, bool)> {
    let (key, rest) = entry_before(tree, node, start).split_once(':')?;
    // of a path the last
    let key = key.trim().rsplit('.').next().unwrap_or_default();
    Some((SmolStr::new(key), rest.trim().is_empty()))
}
