//! One way to write a program: spaces, indentation and blank lines are the formatter's, line breaks the author's.
//!
//! It works on tokens, so it can lose nothing: besides blanks it only leaves out commas that a line break makes
//! needless, and sets the braces of a block that spans lines on lines of their own.

mod spacing;
mod tokens;

use super::parse::{Parse, parse};
use crate::text::FileId;
use tokens::{Token, tokens};

const INDENT: &str = "  ";

/// The text in its one form; `None` where it has syntax errors, which would be moved about blindly.
pub fn format(text: &str) -> Option<String> {
    let parsed: Parse = parse(text);
    if parsed.too_deep.is_some() || !super::lower(&parsed, FileId(0)).errors.is_empty() {
        return None;
    }
    let mut printer = Printer::default();
    let tokens = tokens(&parsed.tree);
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map(|i| &tokens[i]);
        printer.token(before, token);
    }
    printer.out.truncate(printer.out.trim_end().len());
    if !printer.out.is_empty() {
        printer.out.push('\n');
    }
    Some(printer.out)
}

#[derive(Default)]
struct Printer {
    out: String,
    /// The indentation of the line on which each open bracket stands.
    open: Vec<usize>,
    /// The indentation of the line under way.
    indent: usize,
}

impl Printer {
    fn token(&mut self, before: Option<&Token<'_>>, token: &Token<'_>) {
        if token.closes {
            let outer = self.open.pop().unwrap_or(0);
            self.space(before, token, outer);
        } else {
            let inner = self.open.last().map_or(0, |outer| outer + 1);
            self.space(before, token, if token.head { inner } else { inner + 1 });
        }
        self.out.push_str(token.text);
        if token.opens {
            self.open.push(self.indent);
        }
    }

    /// What stands between two tokens: a line break with this indentation, a blank, or nothing.
    fn space(&mut self, before: Option<&Token<'_>>, token: &Token<'_>, indent: usize) {
        let Some(before) = before else { return };
        if token.lines_before > 0 {
            let blank_line = token.lines_before > 1 && !before.opens && !token.closes;
            self.out.push_str(if blank_line { "\n\n" } else { "\n" });
            self.indent = indent;
            (0..indent).for_each(|_| self.out.push_str(INDENT));
        } else if spacing::blank_between(before, token) {
            self.out.push(' ');
        }
    }
}
