//! The limit on nesting, checked before anything recurses.

use crate::text::TextRange;

/// Deeper nesting is refused.
pub const MAX_DEPTH: usize = 128;

/// Words that nest what follows them without a bracket.
const NESTING_WORDS: [&str; 6] = ["if", "for", "match", "all", "any", "else"];

/// The place where nesting passes the limit, if it does. Knows strings and comments; on broken text it may
/// count a little too much or too little, which only moves the limit.
pub fn too_deep(text: &str) -> Option<TextRange> {
    let bytes = text.as_bytes();
    // what is open: a bracket, or `"` within a string
    let mut open: Vec<u8> = Vec::new();
    let mut words = 0;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let in_string = matches!(open.last(), Some(b'"' | b'M'));
        match byte {
            b'\\' if in_string => at += 1,
            b'"' if open.last() == Some(&b'M') && text[at..].starts_with("\"\"\"") => {
                open.pop();
                at += 2;
            }
            b'"' if open.last() == Some(&b'"') => _ = open.pop(),
            b'"' if text[at..].starts_with("\"\"\"") => {
                open.push(b'M');
                at += 2;
            }
            b'"' => open.push(b'"'),
            b'$' if in_string && bytes.get(at + 1) == Some(&b'{') => {
                open.push(b'{');
                at += 1;
            }
            b'\n' if open.last() == Some(&b'"') => _ = open.pop(),
            b'\n' => words = 0,
            _ if in_string => {}
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                while at + 1 < bytes.len() && bytes[at + 1] != b'\n' {
                    at += 1;
                }
            }
            b'{' | b'[' | b'(' => open.push(byte),
            b'}' | b']' | b')' => _ = open.pop(),
            b'a'..=b'z' if at == 0 || !is_word(bytes[at - 1]) => {
                let end = at + bytes[at..].iter().take_while(|b| is_word(**b)).count();
                if NESTING_WORDS.iter().any(|w| w.as_bytes() == &bytes[at..end]) {
                    words += 1;
                }
                at = end - 1;
            }
            _ => {}
        }
        if open.len() + words > MAX_DEPTH {
            return Some(TextRange::new(at as u32, (at + 1).min(bytes.len()) as u32));
        }
        at += 1;
    }
    None
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
