//! From a formatted text to the least that has to change, so that cursors and marks stay where they are.

use obs_compiler::text::TextRange;
use similar::{DiffOp, TextDiff};

/// What of `before` is replaced by what, to get `after`: runs of lines, in order. A text whose lines end in `\r\n` keeps
/// them.
pub fn changes(before: &str, after: &str) -> Vec<(TextRange, String)> {
    let after = match before.contains("\r\n") {
        true => after.replace('\n', "\r\n"),
        false => after.to_owned(),
    };
    if before == after {
        return Vec::new();
    }
    // whole lines: the parts that are the same then never end within a character or a line break
    let same = |(a, b): &(&str, &str)| a == b;
    let lines = |text| str::split_inclusive(text, '\n');
    let head: usize = lines(before).zip(lines(&after)).take_while(same).map(|(a, _)| a.len()).sum();
    let (old, new) = (&before[head..], &after[head..]);
    let tail: usize = lines(old).rev().zip(lines(new).rev()).take_while(same).map(|(a, _)| a.len()).sum();
    let (old, new) = (&old[..old.len() - tail], &new[..new.len() - tail]);
    runs(old, new)
        .into_iter()
        .map(|(at, text)| (TextRange::new(at.start + head as u32, at.end + head as u32), text))
        .collect()
}

/// The runs of lines that differ.
fn runs(old: &str, new: &str) -> Vec<(TextRange, String)> {
    let (olds, news): (Vec<&str>, Vec<&str>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let diff = TextDiff::from_slices(&olds, &news);
    let offset = |line: usize| olds[..line].iter().map(|l| l.len()).sum::<usize>() as u32;
    let differs = diff.ops().iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    differs
        .map(|op| {
            let (from, to) = (op.old_range(), op.new_range());
            (TextRange::new(offset(from.start), offset(from.end)), news[to].concat())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &str, after: &str, expected: &[(&str, &str)]) {
        let found = changes(before, after);
        let found: Vec<_> =
            found.iter().map(|(at, text)| (&before[at.start as usize..at.end as usize], text.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn only_the_lines_that_differ_change() {
        check("a\nb\n", "a\nb\n", &[]);
        check("a\n b\nc\n", "a\nb\nc\n", &[(" b\n", "b\n")]);
        check(" a\nb\n c\n", "a\nb\nc\n", &[(" a\n", "a\n"), (" c\n", "c\n")]);
        check("a\n\n\nb", "a\n\nb\n", &[("\nb", "b\n")]);
        check("a\na\na\n", "a\na\n", &[("a\n", "")]);
        check("", "a\n", &[("", "a\n")]);
    }

    #[test]
    fn line_breaks_stay_as_they_are() {
        check("a\r\nb\r\n", "a\nb\n", &[]);
        check("a\r\n b\r\n", "a\nb\n", &[(" b\r\n", "b\r\n")]);
    }
}
