//! Ranges as Poetry, Cargo and conda write them, as PEP 440 specifiers.

use std::str::FromStr;

use pep440_rs::VersionSpecifiers;

use crate::facts::{Alternatives, union};

/// A range of more bytes than this is not read, in any dialect.
pub(super) const MOST_BYTES: usize = 1024;

/// `^1.2`, `~1.2`, `1.2.*`, `>=1,<2`, a bare `1.2` for that release only; alternatives behind `||`. Unknown where the text is no
/// range.
pub(super) fn poetry(range: &str) -> Option<Alternatives> {
    let range = Some(range).filter(|range| range.len() <= MOST_BYTES)?;
    let alternatives: Option<Vec<_>> = range
        .split("||")
        .flat_map(|text| text.split('|'))
        .map(|text| {
            specifiers(text, |part| match part.split_at_checked(1) {
                Some(("^", version)) => caret(version),
                Some(("~", version)) if !version.starts_with('=') => tilde(version),
                _ if is_number(part) => Some(format!("=={part}")),
                _ => Some(part.to_owned()),
            })
            .map(Alternatives::from)
        })
        .collect();
    union(&alternatives?)
}

/// A requirement of Cargo: `1.2` and `^1.2` allow what is compatible, `~1.2`, `=1.2.3`, `1.*`, `>=1.2, <1.5`. Unknown
/// where it is no range.
pub(super) fn cargo(range: &str) -> Option<Alternatives> {
    let range = Some(range).filter(|range| range.len() <= MOST_BYTES)?;
    let range = specifiers(range, |part| {
        let length = part.find(|c: char| c.is_ascii_digit()).unwrap_or(part.len());
        let (operator, version) = part.split_at(length);
        let version = without_build(version);
        let whole = version.split('.').count() > 2;
        match operator.trim() {
            "" | "=" if version.ends_with(".*") => Some(format!("=={version}")),
            "" | "^" => caret(version),
            "~" => tilde(version),
            "=" if whole => Some(format!("=={version}")),
            "=" => Some(format!("=={version}.*")),
            // `>1.2` begins at 1.3, and `<=1.2` ends there.
            ">" if !whole => Some(format!(">={}", next(version)?)),
            "<=" if !whole => Some(format!("<{}", next(version)?)),
            ">" | ">=" | "<" | "<=" => Some(format!("{operator}{version}")),
            _ => None,
        }
    });
    range.map(Alternatives::from)
}

/// What stands behind the name in a match specification of conda: `=1.2` for every 1.2, `==1.2`, `>=1,<2`, and a build
/// behind another `=`.
pub(super) fn conda(range: &str) -> Option<Alternatives> {
    let range = Some(range.trim()).filter(|range| range.len() <= MOST_BYTES)?;
    let fuzzy = range.strip_prefix('=').filter(|rest| !rest.starts_with('='));
    let version = range.split_whitespace().next().unwrap_or_default();
    let range = match fuzzy {
        Some(version) => {
            let version = version.split('=').next().unwrap_or(version).trim();
            VersionSpecifiers::from_str(&format!("=={}.*", version.trim_end_matches(".*"))).ok()
        }
        None if is_number(version) => VersionSpecifiers::from_str(&format!("=={version}")).ok(),
        None => specifiers(range, |part| Some(part.to_owned())),
    };
    range.map(Alternatives::from)
}

/// Each part of a range that is separated by commas or blanks, translated; `*` restricts nothing.
fn specifiers(range: &str, translate: impl Fn(&str) -> Option<String>) -> Option<VersionSpecifiers> {
    let mut parts: Vec<String> = Vec::new();
    for part in range.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty()) {
        // `>= 3.8`: the operator stands apart from its version.
        match parts
            .last_mut()
            .filter(|last| last.ends_with(['<', '>', '=', '!', '~', '^']))
        {
            Some(operator) => operator.push_str(part),
            None => parts.push(part.to_owned()),
        }
    }
    let parts = parts.iter().filter(|part| *part != "*");
    let translated: Option<Vec<String>> = parts.map(|part| translate(part)).collect();
    VersionSpecifiers::from_str(&translated?.join(",")).ok()
}

/// `>=1.2.3,<2.0`: everything up to a change of the first number that is not 0.
fn caret(version: &str) -> Option<String> {
    let numbers = numbers(version)?;
    let significant = numbers
        .iter()
        .position(|number| *number != 0)
        .unwrap_or(numbers.len().saturating_sub(1));
    Some(format!(">={version},<{}", bumped(&numbers, significant)?))
}

/// `>=1.2.3,<1.3`: everything up to a change of the second number.
fn tilde(version: &str) -> Option<String> {
    let numbers = numbers(version)?;
    let last = usize::from(numbers.len() > 1);
    Some(format!(">={version},<{}", bumped(&numbers, last)?))
}

fn next(version: &str) -> Option<String> {
    let numbers = numbers(version)?;
    bumped(&numbers, numbers.len().checked_sub(1)?)
}

/// The numbers up to `index`, that one plus one.
fn bumped(numbers: &[u64], index: usize) -> Option<String> {
    let mut kept = numbers.get(..=index)?.to_vec();
    let last = kept.last_mut()?;
    *last = last.checked_add(1)?;
    let kept: Vec<String> = kept.iter().map(u64::to_string).collect();
    Some(kept.join("."))
}

/// The numbers of `1.2.3-beta.1`, without what follows them.
fn numbers(version: &str) -> Option<Vec<u64>> {
    let end = version.find(|c: char| !(c.is_ascii_digit() || c == '.'));
    let release = version.get(..end.unwrap_or(version.len()))?;
    release
        .trim_end_matches('.')
        .split('.')
        .map(|number| number.parse().ok())
        .collect()
}

fn without_build(version: &str) -> &str {
    version.split('+').next().unwrap_or(version)
}

fn is_number(version: &str) -> bool {
    version.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(range: Option<Alternatives>) -> String {
        range.map_or("unknown".to_owned(), |range| range.to_string().replace(", ", ","))
    }

    #[test]
    fn poetrys_ranges_get_both_their_ends() {
        for (range, expected) in [
            ("^13.0", ">=13.0,<14"),
            ("^0.2.3", ">=0.2.3,<0.3"),
            ("^0.0.3", ">=0.0.3,<0.0.4"),
            ("^0.0", ">=0.0,<0.1"),
            ("^0", ">=0,<1"),
            ("~1.2.3", ">=1.2.3,<1.3"),
            ("~1", ">=1,<2"),
            ("~=1.4", "~=1.4"),
            ("13.1", "==13.1"),
            ("13.*", "==13.*"),
            ("*", ""),
            (">= 12 <14", ">=12,<14"),
            (">=12,<14,!=13.0", ">=12,!=13.0,<14"),
            ("^12.0 || ^13.0", ">=12.0,<14"),
            ("^12.0 | >=14", ">=12.0,<13 or >=14"),
            ("12.0 || 13.1", "==12.0 or ==13.1"),
            ("12.0 || what", "unknown"),
            ("what", "unknown"),
            ("^", "unknown"),
            ("^99999999999999999999", "unknown"),
        ] {
            let found = shown(poetry(range));
            let sorted = |text: &str| {
                let mut parts: Vec<String> = text.split(',').map(str::to_owned).collect();
                parts.sort();
                parts
            };
            assert_eq!(sorted(&found), sorted(expected), "{range}");
        }
    }

    #[test]
    fn cargos_requirements_allow_what_is_compatible() {
        for (range, expected) in [
            ("0.21", ">=0.21,<0.22"),
            ("1", ">=1,<2"),
            ("^1.2.3", ">=1.2.3,<2"),
            ("~1.2", ">=1.2,<1.3"),
            ("=0.20.1", "==0.20.1"),
            ("=0.20", "==0.20.*"),
            ("0.20.*", "==0.20.*"),
            ("*", ""),
            (">=0.20, <0.25", ">=0.20,<0.25"),
            (">0.20", ">=0.21"),
            ("<=0.20", "<0.21"),
            ("1.0.0-alpha.1", ">=1.0.0a1,<2"),
            ("1.0.0+wild", ">=1.0.0,<2"),
            ("x", "unknown"),
            ("=", "unknown"),
        ] {
            assert_eq!(shown(cargo(range)), expected, "{range}");
        }
    }

    #[test]
    fn condas_single_equals_sign_means_every_such_release() {
        for (range, expected) in [
            ("=13.1", "==13.1.*"),
            ("=13.1.*", "==13.1.*"),
            ("=13.1=py311_0", "==13.1.*"),
            ("==13.1", "==13.1"),
            (">=12,<14", ">=12,<14"),
            (" >=12", ">=12"),
            (" 13.1 py311_0", "==13.1"),
            ("", ""),
            ("=", "unknown"),
        ] {
            assert_eq!(shown(conda(range)), expected, "{range}");
        }
    }
}
