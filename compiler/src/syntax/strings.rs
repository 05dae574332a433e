//! What a string literal stands for: escapes resolved, the indent of `"""` stripped.

use smol_str::SmolStr;

/// The character that an escape stands for; `None` where there is no such escape.
pub(super) fn unescape(escape: &str) -> Option<char> {
    let rest = escape.strip_prefix('\\')?;
    Some(match rest {
        "n" => '\n',
        "t" => '\t',
        "r" => '\r',
        "\"" => '"',
        "\\" => '\\',
        "$" => '$',
        "0" => '\0',
        _ => {
            let digits = rest.strip_prefix("u{")?.strip_suffix('}')?;
            char::from_u32(u32::from_str_radix(digits, 16).ok()?)?
        }
    })
}

/// One piece of a `"""` string before its indent is stripped: text, or something that is no text.
pub(super) enum Piece {
    Text(String),
    Other,
}

/// The lines' common indent is taken out, and so are a first line that is empty and a last one that is blank.
pub(super) fn strip_indent(pieces: &mut [Piece]) {
    let indent = common_indent(pieces);
    let count = pieces.len();
    let mut line_start = true;
    for (i, piece) in pieces.iter_mut().enumerate() {
        let Piece::Text(text) = piece else {
            line_start = false;
            continue;
        };
        let mut out = String::with_capacity(text.len());
        for (n, line) in text.split_inclusive('\n').enumerate() {
            let starts = n > 0 || line_start;
            let cut = if starts { line.len() - line.trim_start_matches([' ', '\t']).len() } else { 0 };
            out.push_str(&line[cut.min(indent)..]);
        }
        line_start = text.ends_with('\n');
        if i == 0 {
            let first = out.strip_prefix("\r\n").or_else(|| out.strip_prefix('\n')).map(str::to_owned);
            out = first.unwrap_or(out);
        }
        if i + 1 == count
            && let Some(end) = out.rfind('\n')
            && out[end + 1..].chars().all(|c| c == ' ' || c == '\t')
        {
            out.truncate(end);
            if out.ends_with('\r') {
                out.pop();
            }
        }
        *text = out;
    }
}

fn common_indent(pieces: &[Piece]) -> usize {
    let mut least = usize::MAX;
    let mut line_start = false;
    let last = pieces.len().saturating_sub(1);
    for (i, piece) in pieces.iter().enumerate() {
        let Piece::Text(text) = piece else {
            if line_start {
                least = 0;
            }
            line_start = false;
            continue;
        };
        let lines: Vec<&str> = text.split('\n').collect();
        for (n, line) in lines.iter().enumerate() {
            let starts = n > 0 || line_start;
            let blank = line.trim().is_empty();
            let ends_piece = n + 1 == lines.len();
            // a line that is blank up to an interpolation has that for its text
            if starts && (!blank || (ends_piece && i != last)) {
                least = least.min(line.len() - line.trim_start_matches([' ', '\t']).len());
            }
        }
        line_start = lines.len() > 1 && lines.last().is_some_and(|l| l.is_empty());
    }
    if least == usize::MAX { 0 } else { least }
}

/// Text as a value.
pub(super) fn text(text: String) -> SmolStr {
    SmolStr::from(text)
}
