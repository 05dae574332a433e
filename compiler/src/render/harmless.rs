//! Text that can be shown on a terminal, whoever wrote it.

/// Text without characters that would steer a terminal or turn the reading order; as long as before in bytes,
/// so that places stay right.
pub fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' if chars.peek() == Some(&'\n') => out.push(' '),
            c if c.is_control() || steers(c) => match c.len_utf8() {
                3 => out.push('\u{fffd}'),
                bytes => (0..bytes).for_each(|_| out.push('?')),
            },
            c => out.push(c),
        }
    }
    out
}

/// Marks that turn the reading order, and line ends that only some programs take for such.
const fn steers(c: char) -> bool {
    matches!(
        c,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn keeps_every_place_where_it_was() {
        let text = "a\u{1b}[2J\r\nb\u{202e}c\u{9b}d\u{61c}e\rf\tg é 漢";
        let shown = harmless(text);
        assert_eq!(shown, "a?[2J \nb\u{fffd}c??d??e?f\tg é 漢");
        assert_eq!(shown.len(), text.len());
    }
}
