//! Where a text can be parted, so that each part parses on its own as it does within the whole: an edit then costs the
//! part that it is in, and not the file.

use rustc_hash::FxHasher;
use std::hash::Hasher;

/// A place where a part may start: a line break before an item in the first column that ends all that is open, but for
/// strings of several lines and groups of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// The offset of the line break.
    pub at: usize,
    /// Whether it ends groups too.
    pub firm: bool,
}

/// One line of so many starts a part. Which one is told by the line itself, so that an edit moves no other cut.
const LINES: u64 = 16;

/// Places to part a text at, in order. Not all that there are: parts are to be neither small nor large.
pub fn cuts(text: &str) -> Vec<Cut> {
    let mut out = Vec::new();
    let (mut start, mut after_doc) = (0, true);
    for line in text.split_inclusive('\n') {
        // what is documented is parted from nothing that stands before it
        if !after_doc
            && let Some(firm) = starts_item(line)
            && is_chosen(line)
        {
            out.push(Cut { at: start - 1, firm });
        }
        after_doc = ends_in_doc(line);
        start += line.len();
    }
    out
}

/// Whether a line may end in documentation, which what follows the line goes on with. Strings may look so, too.
fn ends_in_doc(line: &str) -> bool {
    line.contains("///") || line.contains("//!")
}

/// Whether the line is the one of so many. Its beginning tells: most edits are of what follows the name.
fn is_chosen(line: &str) -> bool {
    let line = line.trim_start();
    let head = line.find([':', '>', '{', '"', '\n']).map_or(line, |end| &line[..end]);
    let mut hasher = FxHasher::default();
    hasher.write(head.as_bytes());
    // its low bits are the weak ones
    (hasher.finish() >> 32).is_multiple_of(LINES)
}

/// Most of what is in a group: text that can be read without the rest, in pieces that can be read each on its own, if
/// what they are read to is [`closed`](super::Lowered::closed).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// Where it starts, where it may be parted, and its end, right before the line that closes the group.
    pub cuts: Vec<usize>,
}

impl Hole {
    /// Where it starts.
    pub fn start(&self) -> usize {
        self.cuts[0]
    }

    /// Where it ends.
    pub fn end(&self) -> usize {
        self.cuts[self.cuts.len() - 1]
    }
}

/// Groups with less in them are read in one go.
const SMALL: usize = 2048;

/// What can be taken out of the groups of a text, in order. Lines and how far they are indented tell; whether they
/// told right is seen once the parts are read.
pub fn holes(text: &str) -> Vec<Hole> {
    let mut out = Vec::new();
    if text.len() < SMALL {
        return out;
    }
    let mut lines = Lines { text, at: 0 };
    while let Some((_, line)) = lines.next() {
        if opens_group(line) {
            let group = lines.at;
            let indent = indent_of(line);
            match hole(&mut lines, indent).filter(|hole| hole.end() - hole.start() >= SMALL) {
                Some(hole) => out.push(hole),
                // a group in it may be one to take out of
                None => lines.at = group,
            }
        }
    }
    out
}

struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<(usize, &'a str)> {
        let (start, rest) = (self.at, self.text.get(self.at..)?);
        let line = rest.split_inclusive('\n').next()?;
        self.at += line.len();
        Some((start, line))
    }
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// Whether a line is the head of a group.
fn opens_group(line: &str) -> bool {
    let head = line.trim_start();
    let words = ["namespace ", "layer "];
    words.iter().any(|word| head.starts_with(word)) && head.trim_end().ends_with('{')
}

/// What can be taken out of the group whose head was the last line; what was read of it then counts as read.
fn hole(lines: &mut Lines<'_>, indent: usize) -> Option<Hole> {
    let (mut cuts, mut inner, mut docs, mut after_doc) = (Vec::new(), None, None, false);
    for (start, line) in lines {
        let (own, words) = (indent_of(line), line.trim_start());
        if words.starts_with("///") {
            docs = docs.or(Some(start));
            continue;
        }
        if words.trim_end().is_empty() || words.starts_with("//") {
            docs = None;
            continue;
        }
        if own <= indent {
            cuts.push(start);
            return (words.starts_with('}') && cuts.len() > 1).then_some(Hole { cuts });
        }
        let at = docs.take().unwrap_or(start);
        // of what is within items nothing starts one
        let is_parted = !std::mem::replace(&mut after_doc, ends_in_doc(words));
        let is_start =
            own <= *inner.get_or_insert(own) && is_parted && is_word_item(words) && starts_item(words).is_some();
        if is_start && (cuts.is_empty() || is_chosen(line)) {
            cuts.push(at);
        }
    }
    None
}

/// Whether an item starts with one of [`WORDS`].
fn is_word_item(words: &str) -> bool {
    name(words).is_some_and(|word| WORDS.contains(&word))
}

/// Whether a text would be the setting of a group, were it in one.
pub(super) fn is_setting(text: &str) -> bool {
    let Some(word) = name(text) else { return text.starts_with(',') };
    let rest = text[word.len()..].trim_start_matches([' ', '\t']);
    rest.starts_with(':') || (rest.starts_with('.') && !rest.starts_with(".."))
}

/// Words of which an item starts, whatever stands before it (`hard_word` in the grammar).
const WORDS: [&str; 17] = [
    "component",
    "namespace",
    "layer",
    "cluster",
    "kind",
    "protocol",
    "import",
    "scale",
    "autoscale",
    "profile",
    "backup",
    "view",
    "test",
    "waive",
    "patch",
    "object",
    "fn",
];

/// Those that can't stand in a group (`hard_group` in the grammar).
const FIRM: [&str; 5] = ["namespace", "cluster", "kind", "protocol", "import"];

/// Whether the grammar's `hard` holds of a line, at least where this says so; and whether `hard_group` does.
fn starts_item(line: &str) -> Option<bool> {
    let word = name(line)?;
    let rest = &line[word.len()..];
    let behind = rest.trim_start_matches([' ', '\t']);
    if behind.starts_with("->") || behind.starts_with("<->") {
        return Some(false);
    }
    let first = behind.chars().next().filter(|_| behind.len() < rest.len())?;
    let goes_on = match word {
        "fn" => name(behind).is_some_and(|n| behind[n.len()..].trim_start_matches([' ', '\t']).starts_with('(')),
        _ => WORDS.contains(&word) && (first.is_ascii_alphabetic() || matches!(first, '"' | '{')),
    };
    goes_on.then(|| FIRM.contains(&word) && first != '{')
}

/// The name that a line starts with.
fn name(line: &str) -> Option<&str> {
    let bytes = line.as_bytes();
    bytes.first().filter(|b| b.is_ascii_alphabetic() || **b == b'_')?;
    let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let mut end = 1;
    while let Some(byte) = bytes.get(end) {
        let dash = *byte == b'-'
            && bytes.get(end + 1).is_some_and(|b| word(b) || *b == b'-')
            && !line[end + 1..].starts_with("->");
        if !word(byte) && !dash {
            break;
        }
        end += 1;
    }
    Some(&line[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_end_what_is_open_are_known() {
        for (line, firm) in [
            ("component a: B", Some(false)),
            ("namespace a {", Some(true)),
            ("a-b -> c: d", Some(false)),
            ("a->b", Some(false)),
            ("a <-> b", Some(false)),
            ("fn f (a: int) = 1", Some(false)),
            ("object {", Some(false)),
            ("test \"x\" {", Some(false)),
            ("components", None),
            ("component", None),
            ("kind: 1", None),
            ("fn: 1", None),
            ("a: b -> c", None),
            ("a, b -> c", None),
            ("let x = 1", None),
            (" component a: B", None),
            ("ä -> b", None),
            ("", None),
        ] {
            assert_eq!(starts_item(line), firm, "{line}");
        }
    }

    #[test]
    fn a_cut_stays_where_it_is_when_another_line_changes() {
        let text: String = (0..200).map(|i| format!("a{i} -> b{i}: c\n")).collect();
        let before = cuts(&text);
        assert!((4..40).contains(&before.len()), "{}", before.len());
        let after = cuts(&format!("// new\n{text}"));
        assert_eq!(after.len(), before.len());
        assert!(before.iter().zip(&after).all(|(a, b)| a.at + 7 == b.at));
    }
}
