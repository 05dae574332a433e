//! The limit on nesting, checked before anything recurses.

use crate::text::TextRange;

/// Deeper nesting is refused. The parser and all that walks its tree recurse once a level; this many levels fit on
/// a stack of one mebibyte, also in a build without optimisation.
pub const MAX_DEPTH: usize = 64;

/// Words that nest what follows them without a bracket.
const NESTING_WORDS: [&str; 6] = ["if", "for", "match", "all", "any", "else"];

/// The place where nesting passes the limit, if it does. Knows strings and comments; on broken text it may
/// count a little too much, which only moves the limit.
pub fn too_deep(text: &str) -> Option<TextRange> {
    let mut scan = Scan { text, at: 0, open: Vec::new(), words: 0, head: false, goes_on: false };
    while scan.at < text.len() {
        scan.step();
        if scan.open.len() + scan.words > MAX_DEPTH {
            return Some(TextRange::new(scan.at as u32, (scan.at + 1).min(text.len()) as u32));
        }
        scan.at += 1;
    }
    None
}

/// What is open.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    /// A bracket, or `${`.
    Bracket,
    /// `"`.
    Line,
    /// `"""`.
    Block,
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// What is open, with the number of words before it.
    open: Vec<(Open, usize)>,
    /// Nesting words whose expression goes on.
    words: usize,
    /// Between `for` and its `in`, where a comma ends nothing.
    head: bool,
    /// The last token wants something behind it, also on the next line.
    goes_on: bool,
}

impl Scan<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn open(&mut self, what: Open) {
        self.open.push((what, self.words));
        self.goes_on = false;
    }

    fn close(&mut self) {
        self.words = self.open.pop().map_or(0, |(_, words)| words);
        self.goes_on = false;
    }

    /// What ends an expression: the words before it nest no more.
    fn end(&mut self) {
        self.words = self.open.last().map_or(0, |(_, words)| *words);
        (self.head, self.goes_on) = (false, false);
    }

    fn step(&mut self) {
        let byte = self.text.as_bytes()[self.at];
        match self.open.last().map(|(what, _)| *what) {
            Some(what @ (Open::Line | Open::Block)) => self.in_string(byte, what),
            _ => self.in_code(byte),
        }
    }

    fn in_string(&mut self, byte: u8, what: Open) {
        match byte {
            b'\\' => self.at += 1,
            b'"' if what == Open::Line => self.close(),
            b'"' if self.rest().starts_with("\"\"\"") => {
                self.at += 2;
                self.close();
            }
            b'$' if self.rest().starts_with("${") => {
                self.at += 1;
                self.open(Open::Bracket);
            }
            b'\n' if what == Open::Line => self.close(),
            _ => {}
        }
    }

    fn in_code(&mut self, byte: u8) {
        match byte {
            b'"' if self.rest().starts_with("\"\"\"") => {
                self.at += 2;
                self.open(Open::Block);
            }
            b'"' => self.open(Open::Line),
            b'/' if self.rest().starts_with("//") => {
                let line = self.rest().find('\n').unwrap_or(self.rest().len());
                self.at += line - 1;
            }
            b'{' | b'[' | b'(' => self.open(Open::Bracket),
            b'}' | b']' | b')' => self.close(),
            b'\n' if !self.goes_on && self.words > 0 => self.line_end(),
            b',' if !self.head => self.end(),
            b':' => self.goes_on = true,
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ if is_word(byte) => self.word(),
            _ => self.goes_on = false,
        }
    }

    fn word(&mut self) {
        let len = self.rest().bytes().take_while(|b| is_word(*b)).count();
        let word = &self.rest()[..len];
        let nests = NESTING_WORDS.contains(&word);
        self.head = matches!(word, "for" | "all" | "any") || (self.head && word != "in");
        self.words += usize::from(nests);
        self.goes_on = nests;
        self.at += len - 1;
    }

    /// A line's end ends an expression, unless the next line that isn't empty starts with `else`.
    fn line_end(&mut self) {
        let mut rest = self.rest().trim_start();
        while rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]).trim_start();
        }
        let goes_on = rest.strip_prefix("else").is_some_and(|rest| !rest.bytes().next().is_some_and(is_word));
        // what lies between was looked at: each byte is read once
        self.at = self.text.len() - rest.len() - 1;
        if !goes_on {
            self.end();
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_side_by_side_is_not_deep() {
        let many = |piece: &str| piece.repeat(1_000);
        for wide in [
            format!("[{}]", many("if a: 1, ")),
            format!("[{}]", many("for a, b in c: b, ")),
            format!("{{{}}}", many("a: if b: 1 else 2\n")),
            many("let x = if a: b else c\n"),
            many("let x = [for y in z: y]\n"),
            many("// if if if if if {{{\n"),
            many("let x = \"if if {{{ \\\"\"\n"),
        ] {
            assert_eq!(too_deep(&wide), None, "{wide:.80}");
        }
    }

    #[test]
    fn what_nests_without_brackets_is_counted() {
        for deep in [
            "if a: ",
            "if a:\n",
            "if\n",
            "if a: 1\nelse ",
            "if a: 1 // x\n\n// y\nelse ",
            "all a, b in ",
            "for a in b:\n",
        ] {
            assert!(too_deep(&deep.repeat(MAX_DEPTH + 1)).is_some(), "{deep}");
        }
    }
}
