//! Numbers with units: how they are read and written.

use super::ty::{Ty, Unit};
use crate::value::{Quantity, Value, Version};
use std::fmt;

/// A number literal split into its digits and its unit: `50Gi` is `("50", "Gi")`.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(text.len());
    text.split_at(end)
}

const DURATION: &[(&str, f64)] =
    &[("ms", 1.0), ("s", 1e3), ("m", 6e4), ("h", 3.6e6), ("d", 8.64e7), ("w", 6.048e8), ("y", 3.1536e10)];
const BYTES: &[(&str, f64)] = &[
    ("Ki", 1024.0),
    ("Mi", 1_048_576.0),
    ("Gi", 1_073_741_824.0),
    ("Ti", 1_099_511_627_776.0),
    ("Pi", 1_125_899_906_842_624.0),
    ("K", 1e3),
    ("k", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("T", 1e12),
    ("P", 1e15),
    ("", 1.0),
];
const CPU: &[(&str, f64)] = &[("m", 1.0), ("", 1e3)];
const RATE: &[(&str, f64)] = &[("/s", 1.0), ("k/s", 1e3), ("M/s", 1e6), ("G/s", 1e9)];

/// The units that a quantity is written with.
pub fn units(unit: Unit) -> impl Iterator<Item = &'static str> {
    let all: &[(&str, f64)] = match unit {
        Unit::Duration => DURATION,
        Unit::Bytes => BYTES,
        Unit::Cpu => CPU,
        Unit::Percent => &[("%", 1.0)],
        Unit::Rate => RATE,
    };
    all.iter().map(|(name, _)| *name).filter(|name| !name.is_empty())
}

fn scaled(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let (digits, unit) = split(text);
    let number: f64 = digits.replace('_', "").parse().ok()?;
    let (_, factor) = units.iter().find(|(u, _)| *u == unit)?;
    Some(number * factor)
}

/// Reads a whole number of base units; `None` where it has a fraction or is too large.
fn whole(value: f64) -> Option<i64> {
    // 2^53: up to here every whole number is exact
    (value.fract().abs() < 1e-9 && value.abs() < 9_007_199_254_740_992.0).then_some(value.round() as i64)
}

/// `1h30m`: several durations in a row.
fn duration(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut sum = 0.0;
    while !rest.is_empty() {
        let (digits, tail) = split(rest);
        let end = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        sum += scaled(&rest[..digits.len() + end], DURATION)?;
        rest = &tail[end..];
    }
    (!text.is_empty()).then_some(sum)
}

/// The literal as a quantity of this unit.
pub fn read(text: &str, unit: Unit) -> Option<Quantity> {
    Some(match unit {
        Unit::Duration => Quantity::Duration(whole(duration(text)?)?),
        Unit::Bytes => Quantity::Bytes(whole(scaled(text, BYTES)?)?),
        Unit::Cpu => Quantity::Cpu(whole(scaled(text, CPU)?)?),
        Unit::Percent => Quantity::Percent(text.strip_suffix('%')?.replace('_', "").parse().ok()?),
        Unit::Rate => Quantity::Rate(scaled(text, RATE)?),
    })
}

/// The literal as a plain number.
pub fn read_number(text: &str) -> Option<Value> {
    let clean = text.replace('_', "");
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    match clean.contains('.') {
        true => clean.parse().ok().map(Value::Float),
        false => clean.parse().ok().map(Value::Int),
    }
}

/// The literal as a version: `3.11`, `3`, or `v3.14.0-rc1` from an image's tag.
pub fn read_version(text: &str) -> Option<Version> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let numbers: Option<Vec<u32>> = text[..end].split('.').map(|n| n.parse().ok()).collect();
    numbers.map(Version)
}

/// What the literal is where nothing says what is expected; `None` where its unit can mean two things or none.
pub fn infer(text: &str) -> Option<(Value, Ty)> {
    if let Some(number) = read_number(text) {
        let ty = if matches!(number, Value::Int(_)) { Ty::Int(None) } else { Ty::Float };
        return Some((number, ty));
    }
    let (_, unit) = split(text);
    let order = match unit {
        "m" => return None,
        u if u.ends_with('%') => Unit::Percent,
        u if u.ends_with("/s") => Unit::Rate,
        u if BYTES.iter().any(|(b, _)| *b == u) => Unit::Bytes,
        _ => Unit::Duration,
    };
    read(text, order).map(|q| (Value::Quantity(q), Ty::Quantity(order, None)))
}

impl Quantity {
    /// Its unit.
    pub const fn unit(self) -> Unit {
        match self {
            Quantity::Duration(_) => Unit::Duration,
            Quantity::Bytes(_) => Unit::Bytes,
            Quantity::Cpu(_) => Unit::Cpu,
            Quantity::Percent(_) => Unit::Percent,
            Quantity::Rate(_) => Unit::Rate,
        }
    }

    /// The number in the unit's base (milliseconds, bytes, thousandths of a core, percent, per second).
    pub const fn base(self) -> f64 {
        match self {
            Quantity::Duration(n) | Quantity::Bytes(n) | Quantity::Cpu(n) => n as f64,
            Quantity::Percent(n) | Quantity::Rate(n) => n,
        }
    }

    /// The quantity of `unit` with this base number, rounded where the base is whole.
    pub fn from_base(unit: Unit, base: f64) -> Quantity {
        match unit {
            Unit::Duration => Quantity::Duration(base.round() as i64),
            Unit::Bytes => Quantity::Bytes(base.round() as i64),
            Unit::Cpu => Quantity::Cpu(base.round() as i64),
            Unit::Percent => Quantity::Percent(base),
            Unit::Rate => Quantity::Rate(base),
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Quantity::Duration(0) => f.write_str("0s"),
            Quantity::Duration(ms) => {
                // one unit, the largest that divides it: every program that reads durations reads that
                let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];
                let (unit, size) = units.into_iter().find(|(_, size)| ms % size == 0).unwrap_or(("ms", 1));
                write!(f, "{}{unit}", ms / size)
            }
            Quantity::Bytes(n) => {
                let units = [("Ti", 1 << 40), ("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)];
                match units.into_iter().find(|(_, size)| n != 0 && n % size == 0) {
                    Some((unit, size)) => write!(f, "{}{unit}", n / size),
                    None => write!(f, "{n}"),
                }
            }
            Quantity::Cpu(m) if m % 1000 == 0 => write!(f, "{}", m / 1000),
            Quantity::Cpu(m) => write!(f, "{m}m"),
            Quantity::Percent(p) => write!(f, "{p}%"),
            Quantity::Rate(r) => write!(f, "{r}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_read_by_what_is_expected() {
        assert_eq!(read("500m", Unit::Cpu), Some(Quantity::Cpu(500)));
        assert_eq!(read("500m", Unit::Duration), Some(Quantity::Duration(30_000_000)));
        assert_eq!(read("1h30m", Unit::Duration), Some(Quantity::Duration(5_400_000)));
        assert_eq!(read("1.5Gi", Unit::Bytes), Some(Quantity::Bytes(1_610_612_736)));
        assert_eq!(read("10k/s", Unit::Rate), Some(Quantity::Rate(10_000.0)));
        assert_eq!(read("70%", Unit::Percent), Some(Quantity::Percent(70.0)));
        assert_eq!(read("15d", Unit::Bytes), None);
        assert_eq!(read("1e400", Unit::Bytes), None);
        assert!(infer("5m").is_none());
    }

    #[test]
    fn quantities_print_as_programs_read_them() {
        let show = |text, unit| read(text, unit).map(|q| q.to_string());
        for (text, unit) in [("15d", Unit::Duration), ("50Gi", Unit::Bytes), ("500m", Unit::Cpu), ("2", Unit::Cpu)] {
            assert_eq!(show(text, unit).as_deref(), Some(text));
        }
        assert_eq!(show("1h30m", Unit::Duration).as_deref(), Some("90m"));
    }

    #[test]
    fn versions_compare_number_by_number() {
        assert!(read_version("3.11") > read_version("v3.2.9"));
    }
}
