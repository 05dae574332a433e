//! Where a blank stands between two tokens of one line.

use super::tokens::Token;
use crate::syntax::parse::Rule;

/// Whether a blank stands between two neighbours.
pub(super) fn blank_between(a: &Token<'_>, b: &Token<'_>) -> bool {
    if b.is_comment {
        return true;
    }
    if a.opens {
        return a.roomy && !b.closes;
    }
    if b.closes {
        return b.roomy;
    }
    !clings_to_next(a) && !clings_to_last(a, b)
}

/// Nothing stands after it.
fn clings_to_next(a: &Token<'_>) -> bool {
    match a.rule {
        Some(Rule::range_op) => true,
        Some(Rule::prefix) => a.text == "-",
        None => matches!(a.text, "." | "...") || (a.text == "/" && a.parent == Rule::patch),
        _ => false,
    }
}

/// Nothing stands before it.
fn clings_to_last(a: &Token<'_>, b: &Token<'_>) -> bool {
    match (b.rule, b.text) {
        (Some(Rule::range_op), _) => !a.is_keyword && a.text != ":" && a.text != ",",
        (Some(Rule::optional), _) => true,
        (None, "," | ":" | ".") => true,
        (None, "/") => b.parent == Rule::patch,
        (None, "(") => {
            matches!(b.parent, Rule::call | Rule::accept_signals | Rule::refinement | Rule::params)
        }
        (None, "[") => b.parent == Rule::index,
        _ => false,
    }
}
