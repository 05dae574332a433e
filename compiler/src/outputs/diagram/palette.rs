//! Colours of the SVG, on light grounds and on dark ones.

use std::fmt::Write;

/// A colour on light grounds, and on dark ones.
type Pair = (&'static str, &'static str);

/// Colours of lines and of their labels.
pub(in crate::outputs) const LINES: [Pair; 6] = [
    ("#0552a4", "#8fbefa"),
    ("#a83c00", "#fc9b64"),
    ("#007a5a", "#59cb9e"),
    ("#8a3a78", "#cf93c3"),
    ("#443500", "#fae276"),
    ("#2b3640", "#c9d2d7"),
];
/// Dashes of lines, once all colours are taken: pixels drawn and left out.
const DASHES: [&str; 3] = ["9 5", "2 4", "9 4 2 4"];

/// The number of the colour and the class of the dashes of the label with this number. The look repeats only after all
/// pairs of them.
pub(super) fn look(label: usize) -> (usize, String) {
    let dash = match label / LINES.len() % (DASHES.len() + 1) {
        0 => String::new(),
        number => format!(" d{number}"),
    };
    (label % LINES.len(), dash)
}

/// Grounds of frames by depth; the first is the picture's and that of boxes.
const GROUNDS: [Pair; 3] = [("#ffffff", "#0f141a"), ("#f3f6fa", "#161d26"), ("#e9eff6", "#1d2733")];
const TEXT: Pair = ("#1b2430", "#e6ebf2");
const SOFT: Pair = ("#4a5560", "#b0bcc8");
/// Borders of frames, and of boxes.
const FRAME: Pair = ("#76869a", "#7d8ea3");
const BOX: Pair = ("#4a5a6d", "#a9b8ca");

/// Borders of boxes that are lost, and of those that go on with less.
const LOST: Pair = ("#b3261e", "#ff8f85");
const DEGRADED: Pair = ("#8a5a00", "#f0c060");

/// Rules for boxes that are lost (`.x`) and for those that go on with less (`.y`).
pub(super) fn marks() -> String {
    let rules = |one: fn(Pair) -> &'static str| {
        format!(".b.x{{stroke:{};stroke-width:3}}.b.y{{stroke:{};stroke-width:3}}\n", one(LOST), one(DEGRADED))
    };
    format!("{}@media (prefers-color-scheme:dark){{\n{}}}\n", rules(|pair| pair.0), rules(|pair| pair.1))
}

/// Rules for texts (`text`, `.n`), grounds (`.p`, frames `.f0` to `.f2` and the rims of their titles `.k0` to `.k2`),
/// boxes (`.b`), lines with their labels (`.l0`, `.c0`, …) and dashes (`.d1`, …).
pub(in crate::outputs) fn rules() -> String {
    let (light, dark) = (rules_of(|pair| pair.0), rules_of(|pair| pair.1));
    let dashes = DASHES.iter().zip(1..).fold(String::new(), |mut out, (dash, number)| {
        // writing to a string can't fail
        let _ = writeln!(out, ".d{number}{{stroke-dasharray:{dash}}}");
        out
    });
    format!("{dashes}{light}@media (prefers-color-scheme:dark){{\n{dark}}}\n")
}

fn rules_of(one: fn(Pair) -> &'static str) -> String {
    let [ground, ..] = GROUNDS.map(one);
    let mut out = format!(
        "text{{fill:{}}}.n{{fill:{}}}.p{{fill:{ground}}}.b{{fill:{ground};stroke:{}}}\n",
        one(TEXT),
        one(SOFT),
        one(BOX)
    );
    // writing to a string can't fail
    for (number, ground) in GROUNDS.map(one).into_iter().enumerate() {
        let border = one(FRAME);
        let _ = writeln!(out, ".f{number}{{fill:{ground};stroke:{border}}}.k{number}{{stroke:{ground}}}");
    }
    for (number, colour) in LINES.map(one).into_iter().enumerate() {
        let _ = writeln!(out, ".l{number}{{stroke:{colour}}}.c{number}{{fill:{colour}}}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Linear red, green and blue.
    fn linear(colour: &str) -> [f64; 3] {
        [1, 3, 5].map(|at| {
            let part = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("two digits")) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// The contrast ratio of WCAG 2.
    fn contrast(a: &str, b: &str) -> f64 {
        let bright = |c: &str| {
            let [r, g, b] = linear(c);
            0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
        };
        let (a, b) = (bright(a), bright(b));
        a.max(b) / a.min(b)
    }

    /// CIE L*a*b* under D65.
    fn lab(colour: [f64; 3]) -> [f64; 3] {
        let [r, g, b] = colour.map(|c| c.clamp(0.0, 1.0));
        let curve = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
        let x = curve((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.950_47);
        let y = curve(0.2126 * r + 0.7152 * g + 0.0722 * b);
        let z = curve((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.088_83);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    /// How eyes see linear colours: all three kinds of cones, then without the first, the second or the third
    /// (Machado, Oliveira and Fernandes 2009).
    const EYES: [[[f64; 3]; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ];

    fn both() -> [fn(Pair) -> &'static str; 2] {
        [|pair| pair.0, |pair| pair.1]
    }

    #[test]
    fn text_and_lines_have_the_contrast_of_aa_on_every_ground() {
        for one in both() {
            for ground in GROUNDS.map(one) {
                for text in LINES.map(one).into_iter().chain([one(TEXT), one(SOFT)]) {
                    assert!(contrast(text, ground) >= 4.5, "{text} on {ground}: {}", contrast(text, ground));
                }
                for border in [one(FRAME), one(BOX)] {
                    assert!(contrast(border, ground) >= 3.0, "{border} on {ground}: {}", contrast(border, ground));
                }
            }
        }
    }

    #[test]
    fn no_two_of_two_dozen_labels_look_alike() {
        let looks: std::collections::BTreeSet<(usize, String)> = (0..24).map(look).collect();
        assert_eq!(looks.len(), 24);
        assert_eq!(look(5).1, "", "the first six have whole lines");
        let rules = rules();
        assert!(looks.iter().all(|(_, dash)| rules.contains(&dash.replace(" d", ".d"))));
    }

    #[test]
    fn lines_are_told_apart_by_all_eyes() {
        // 2.3 is the least difference that people notice side by side
        const FAR: f64 = 15.0;
        for one in both() {
            for eyes in EYES {
                let seen = LINES.map(one).map(|c| {
                    let linear = linear(c);
                    lab(eyes.map(|row| row.iter().zip(linear).map(|(weight, part)| weight * part).sum()))
                });
                for (at, a) in seen.iter().enumerate() {
                    for b in &seen[at + 1..] {
                        let apart = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                        assert!(apart >= FAR, "{apart} in {:?}", LINES.map(one));
                    }
                }
            }
        }
    }
}
