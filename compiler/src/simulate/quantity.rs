//! Quantities of Kubernetes in thousandths, as its controllers count them.

const UNITS: &[(&str, i128)] = &[
    ("m", 1),
    ("", 1000),
    ("k", 1_000_000),
    ("M", 1_000_000_000),
    ("G", 1_000_000_000_000),
    ("T", 1_000_000_000_000_000),
    ("Ki", 1000 << 10),
    ("Mi", 1000 << 20),
    ("Gi", 1000 << 30),
    ("Ti", 1000 << 40),
];

/// `500m`, `1.5`, `512Mi` in thousandths, rounded up; `None` for what isn't one, is negative or too large to count.
pub(super) fn thousandths(text: &str) -> Option<i64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let number = |digits: &str| if digits.is_empty() { Some(0) } else { digits.parse::<i128>().ok() };
    let parts = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let all = number(whole)?.checked_mul(parts)?.checked_add(number(fraction)?)?.checked_mul(*factor)?;
    // rounded up, as Kubernetes does
    i64::try_from(all.checked_add(parts - 1)? / parts).ok()
}

#[cfg(test)]
mod tests {
    use super::thousandths;

    #[test]
    fn quantities_are_read_as_kubernetes_does() {
        let cases = [("500m", 500), ("2", 2000), ("1.5", 1500), ("1Ki", 1_024_000), ("0.5Mi", 524_288_000), ("0", 0)];
        for (text, value) in cases {
            assert_eq!(thousandths(text), Some(value), "{text}");
        }
        assert_eq!(thousandths("0.0001"), Some(1), "rounded up");
        for text in ["", "m", ".", "-1", "1x", "1.2.3", "99999999999999999999Ti", "1e3"] {
            assert_eq!(thousandths(text), None, "{text}");
        }
    }
}
