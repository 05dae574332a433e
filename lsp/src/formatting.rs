//! From a formatted text to the least that has to change, so that cursors and marks stay where they are.

use obs_compiler::text::TextRange;

/// What of `before` is replaced by what, to get `after`: nothing where they are the same. A text whose lines end in
/// `\r\n` keeps them.
pub fn change(before: &str, after: &str) -> Option<(TextRange, String)> {
    let after = match before.contains("\r\n") {
        true => after.replace('\n', "\r\n"),
        false => after.to_owned(),
    };
    if before == after {
        return None;
    }
    // whole lines: the parts that are the same then never end within a character or a line break
    let same = |(a, b): &(&str, &str)| a == b;
    let lines = |text| str::split_inclusive(text, '\n');
    let head: usize = lines(before).zip(lines(&after)).take_while(same).map(|(a, _)| a.len()).sum();
    let (old, new) = (&before[head..], &after[head..]);
    let tail: usize = lines(old).rev().zip(lines(new).rev()).take_while(same).map(|(a, _)| a.len()).sum();
    let range = TextRange::new(head as u32, (before.len() - tail) as u32);
    Some((range, new[..new.len() - tail].to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &str, after: &str, expected: Option<(&str, &str)>) {
        let found = change(before, after);
        let found = found.as_ref().map(|(at, text)| (&before[at.start as usize..at.end as usize], text.as_str()));
        assert_eq!(found, expected);
    }

    #[test]
    fn only_the_lines_that_differ_change() {
        check("a\nb\n", "a\nb\n", None);
        check("a\n b\nc\n", "a\nb\nc\n", Some((" b\n", "b\n")));
        check("a\n\n\nb", "a\n\nb\n", Some(("\nb", "b\n")));
        check("a\na\na\n", "a\na\n", Some(("a\n", "")));
        check("", "a\n", Some(("", "a\n")));
    }

    #[test]
    fn line_breaks_stay_as_they_are() {
        check("a\r\nb\r\n", "a\nb\n", None);
        check("a\r\n b\r\n", "a\nb\n", Some((" b\r\n", "b\r\n")));
    }
}
