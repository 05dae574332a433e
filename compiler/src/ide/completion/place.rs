//! Where in the syntax an offset is, as far as completion cares.

use crate::syntax::Rule;
use crate::syntax::tree::{NodeId, Tree};
use crate::text::TextRange;
use smol_str::SmolStr;

/// A place to complete at.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a comment or a string, or where only a new name can stand.
    Nothing,
    /// Where an item may start, or a setting of the innermost of these groups: outermost first, those that the tree shows.
    Item(Vec<Body>),
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
    /// Where a signal is named.
    Signal,
    /// An element of the list that a setting has.
    Element(Body, SmolStr),
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
    Protocol,
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

/// What is known of an offset from the text around it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Around {
    pub place: Place,
    /// The word before it.
    pub word: TextRange,
    /// The kind in whose braces it is.
    pub kind: Option<SmolStr>,
}

impl Around {
    /// What is around an offset.
    pub(super) fn find(tree: &Tree, offset: u32) -> Self {
        let (place, word) = Place::find(tree, offset);
        let kind = enclosing(tree, word.start).and_then(|node| {
            let body = tree.ancestors(node).find(|n| tree.rule(*n) == Some(Rule::kind_body))?;
            Some(SmolStr::new(tree.text_of(tree.find(tree.parent(body)?, Rule::ident)?)))
        });
        Self { place, word, kind }
    }
}

impl Place {
    /// The place at an offset, and the word before it.
    fn find(tree: &Tree, offset: u32) -> (Place, TextRange) {
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
        if is_comment_or_string(line) || is_in_text(tree, start) {
            return Place::Nothing;
        }
        let place = in_line(before.trim_end()).unwrap_or_else(|| match enclosing(tree, start) {
            None => outside(before.trim()),
            Some(node) => in_braces(tree, node, start),
        });
        match place {
            Place::Expression => of_expression(before),
            Place::Element(..) if before.ends_with('.') => of_expression(before),
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

/// Whether this is within a string of several lines.
fn is_in_text(tree: &Tree, at: u32) -> bool {
    let Some(leaf) = tree.leaf_at(at) else { return false };
    let string = tree.ancestors(leaf).find(|n| tree.rule(*n) == Some(Rule::string));
    string.is_some_and(|s| tree.text_of(s).starts_with("\"\"\"") && tree.range(s).start < at)
}

/// What stands outside of all braces, by what is on the line before it.
fn outside(before: &str) -> Place {
    let names = before.strip_suffix(',').is_some_and(|rest| rest.chars().all(|c| is_word(c) || ", .".contains(c)));
    match () {
        () if before.is_empty() => Place::Item(Vec::new()),
        // the first ends of a flow
        () if names => Place::Component,
        () => Place::Nothing,
    }
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
        "turns" if goes_on || rest.ends_with(" into") => Some(Place::Signal),
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

/// The innermost brackets around an offset.
fn enclosing(tree: &Tree, offset: u32) -> Option<NodeId> {
    use Rule::{accept_signals, arms, block, call, group, group_body, import_names, index, kind_body, list};
    use Rule::{params, protocol_body, refinement, test_body, type_record};
    let mut found = None;
    let mut at = tree.root();
    loop {
        let is_closed =
            |id| [Rule::r_brace, Rule::r_bracket, Rule::r_paren].iter().any(|r| tree.find(id, *r).is_some());
        let inside = |id: &NodeId| {
            let range = tree.range(*id);
            range.start < offset && (offset < range.end || (offset == range.end && !is_closed(*id)))
        };
        let next = tree.children(at).filter(inside).last()?;
        let braces = matches!(tree.rule(next), Some(block | group_body | import_names | kind_body | test_body | arms));
        let more = matches!(tree.rule(next), Some(list | call | group | index | params | type_record | refinement));
        if braces || more || matches!(tree.rule(next), Some(accept_signals | protocol_body)) {
            let is_open = |c: &NodeId| matches!(tree.text_of(*c), "{" | "[" | "(");
            let open = tree.children(next).find(is_open).map(|c| tree.range(c).end);
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
    let Some(owner) = tree.parent(node) else { return Place::Item(Vec::new()) };
    if let Some(place) = in_brackets(tree, node, start) {
        return place;
    }
    if tree.rule(owner) == Some(Rule::import) {
        return match tree.find(owner, Rule::string) {
            Some(path) => Place::ImportedName(tree.text_of(path).trim_matches('"').into()),
            None => Place::LibraryName,
        };
    }
    let setting = setting(tree, node, start);
    let Some(body) = body_at(tree, node, start) else {
        // a record of whatever: its keys are new, its values aren't
        return if setting.is_some() { Place::Expression } else { Place::Nothing };
    };
    match setting {
        Some((key, true)) => Place::Value(body, key),
        Some((_, false)) => Place::Expression,
        None if matches!(body, Body::Namespace | Body::Layer) => in_group(tree, node, start, body),
        None => below(body, entry_before(tree, node, start)),
    }
}

/// Items and settings of a group, by what stands before them on their line.
fn in_group(tree: &Tree, node: NodeId, start: u32, body: Body) -> Place {
    let before = &tree.text()[tree.range(node).start as usize..start as usize];
    match before.rsplit(['{', '}', '\n', '\r']).next().unwrap_or_default().trim() {
        "" => Place::Item(groups(tree, node)),
        path if path.ends_with('.') => below(body, path),
        before => outside(before),
    }
}

/// What stands in brackets that hold no settings of an item; nothing where they do.
fn in_brackets(tree: &Tree, node: NodeId, start: u32) -> Option<Place> {
    let entry = entry_before(tree, node, start);
    let behind = |mark: char| entry.rsplit_once(mark).map(|(_, rest)| rest.trim().is_empty());
    Some(match tree.rule(node)? {
        Rule::list => element(tree, node).unwrap_or(Place::Expression),
        Rule::call | Rule::group | Rule::index | Rule::refinement => Place::Expression,
        Rule::accept_signals => Place::Signal,
        Rule::arms if entry.contains(':') => Place::Expression,
        Rule::arms => Place::Nothing,
        Rule::params | Rule::type_record if entry.contains('=') => Place::Expression,
        Rule::params | Rule::type_record if behind(':') == Some(true) => Place::Type,
        Rule::params | Rule::type_record => Place::Nothing,
        _ => return None,
    })
}

/// The place of an element of the list that is a setting's whole value.
fn element(tree: &Tree, list: NodeId) -> Option<Place> {
    use Rule::{block, call, index};
    let is_entry = |n: &NodeId| matches!(tree.rule(*n), Some(Rule::field_entry | Rule::attribute_entry));
    let entry = tree.ancestors(list).find(is_entry)?;
    let mut within = tree.ancestors(list).skip(1).take_while(|n| *n != entry);
    if within.any(|n| matches!(tree.rule(n), Some(Rule::list | block | call | index))) {
        return None;
    }
    let (key, body) = (tree.find(entry, Rule::key)?, body_of(tree, tree.parent(entry)?)?);
    Some(Place::Element(body, tree.text_of(tree.find(key, Rule::ident)?).into()))
}

/// The groups around a place, outermost first.
fn groups(tree: &Tree, node: NodeId) -> Vec<Body> {
    let bodies = tree.ancestors(node).filter(|n| tree.rule(*n) == Some(Rule::group_body));
    let mut found: Vec<Body> = bodies.filter_map(|n| body_of(tree, n)).collect();
    found.reverse();
    found
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
    let Some((path, _)) = path.rsplit_once('.') else {
        // behind a word that is no path nothing is known
        return if path.is_empty() { Place::Key(body) } else { Place::Nothing };
    };
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
        Some(Rule::protocol) => Body::Protocol,
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
