//! What ends every test of a project from outside.

use toml::de::{DeTable, DeValue};

use super::manifest::{Manifest, as_str, as_table, lookup, table};
use crate::facts::Fact;

pub(super) fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(number) => number.as_str().parse().ok(),
        DeValue::Float(number) => number.as_str().parse().ok(),
        DeValue::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A limit; 0 is none.
pub(super) fn fact(seconds: f64, key: &str, manifest: &Manifest, at: usize) -> Option<Fact<f64>> {
    (seconds.is_finite() && seconds > 0.0).then(|| Fact {
        value: seconds,
        source: format!("{key} in {}", manifest.place(at)),
    })
}

/// When cargo-nextest ends a test: `slow-timeout = { period = "60s", terminate-after = 2 }` of its default profile. Where
/// overrides say something else for some tests, the longest.
pub(super) fn nextest(manifest: &Manifest, warnings: &mut Vec<String>) -> Option<Fact<f64>> {
    let root = manifest.toml(warnings)?;
    let profile = table(root, &["profile", "default"])?;
    let slow = profile.get("slow-timeout")?;
    let mut longest = ends_after(slow.get_ref())?;
    if let Some(DeValue::Array(overrides)) = profile.get("overrides").map(toml::Spanned::get_ref) {
        let timeouts = overrides
            .iter()
            .filter_map(|one| lookup(as_table(one)?, &["slow-timeout"]));
        for timeout in timeouts {
            longest = longest.max(ends_after(timeout.get_ref())?);
        }
    }
    fact(longest, "slow-timeout", manifest, slow.span().start)
}

fn ends_after(slow: &DeValue<'_>) -> Option<f64> {
    let DeValue::Table(slow) = slow else { return None };
    let slow: &DeTable<'_> = slow;
    let period = duration(as_str(slow.get("period")?)?)?;
    let times = number(slow.get("terminate-after")?.get_ref())?;
    Some(period * times)
}

/// `60s`, `2m`, `1h 30m`, as nextest writes durations.
fn duration(text: &str) -> Option<f64> {
    let mut seconds = 0.0;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, behind) = rest.split_at(digits);
        let letters = behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(letters);
        let factor = match unit {
            "ms" | "millis" | "msec" => 1e-3,
            "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3_600.0,
            _ => return None,
        };
        seconds += number.parse::<f64>().ok()? * factor;
        rest = behind.trim_start();
    }
    Some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nextest_ends_a_test_after_some_periods() {
        let of = |text: &str| {
            let fact = nextest(&Manifest::new("nextest.toml", text), &mut Vec::new());
            fact.map(|fact| (fact.value, fact.source))
        };
        let text = "[profile.default]\nslow-timeout = { period = \"1m 30s\", terminate-after = 2 }\n";
        assert_eq!(of(text), Some((180.0, "slow-timeout in nextest.toml:2".to_owned())));
        let longer = format!(
            "{text}[[profile.default.overrides]]\nfilter = 'test(x)'\nslow-timeout = {{ period = '5m', terminate-after = 1 }}\n"
        );
        assert_eq!(of(&longer).map(|(seconds, _)| seconds), Some(300.0));
        assert_eq!(of("[profile.default]\nslow-timeout = '60s'\n"), None);
    }
}
