//! The oldest Python that a declared range allows.

use std::str::FromStr;

use pep440_rs::{Operator, Version, VersionSpecifiers};

use crate::facts::PythonVersion;

/// The oldest minor version that a PEP 440 range such as `>=3.8,<4` allows: one is allowed if any of its patch releases
/// is. Nothing for a range that has no lower end, or that no Python 3 (or 2.7) meets.
///
/// # Errors
/// What is wrong with the range, a clause.
pub(super) fn oldest_of_pep440(range: &str) -> Result<Option<PythonVersion>, String> {
    let specifiers = VersionSpecifiers::from_str(range)
        .map_err(|error| format!("`{range}` is no version range: {}", first_line(&error)))?;
    let bounded_below = specifiers.iter().any(|specifier| {
        matches!(
            specifier.operator(),
            Operator::Equal
                | Operator::EqualStar
                | Operator::ExactEqual
                | Operator::TildeEqual
                | Operator::GreaterThan
                | Operator::GreaterThanEqual
        )
    });
    if !bounded_below {
        return Ok(None);
    }
    Ok(minor_versions().find(|&version| allows(&specifiers, version)))
}

/// The same for a range as Poetry writes it: `^3.8`, `~3.9`, `3.10.*`, `>=3.8,<3.12`, alternatives behind `||`.
///
/// # Errors
/// What is wrong with the range, a clause.
pub(super) fn oldest_of_poetry(range: &str) -> Result<Option<PythonVersion>, String> {
    let mut oldest: Option<PythonVersion> = None;
    for alternative in range.split('|').map(str::trim).filter(|text| !text.is_empty()) {
        match oldest_of_pep440(&poetry_as_pep440(alternative))? {
            Some(version) => oldest = Some(oldest.map_or(version, |other| other.min(version))),
            None => return Ok(None),
        }
    }
    Ok(oldest)
}

/// The lower end of each part is what matters: `^3.8` and `~3.8` begin at 3.8, a bare `3.8` is that release only.
fn poetry_as_pep440(range: &str) -> String {
    let parts = range
        .split([',', ' '])
        .map(str::trim)
        .filter(|part| !part.is_empty() && *part != "*");
    let mut translated: Vec<String> = Vec::new();
    for part in parts {
        // `>= 3.8`: the operator stands apart from its version.
        if let Some(operator) = translated
            .last_mut()
            .filter(|last| last.ends_with(['<', '>', '=', '!', '~']))
        {
            operator.push_str(part);
            continue;
        }
        translated.push(match part.strip_prefix('^').or(part.strip_prefix('~')) {
            Some(version) if !version.starts_with('=') => format!(">={version}"),
            Some(_) => part.to_owned(),
            None if part.starts_with(|c: char| c.is_ascii_digit()) && !part.ends_with('*') => format!("=={part}.*"),
            None if part.starts_with(|c: char| c.is_ascii_digit()) => format!("=={part}"),
            None => part.to_owned(),
        });
    }
    translated.join(",")
}

/// Every minor version that a project may still ask for, the oldest first.
pub(super) fn minor_versions() -> impl Iterator<Item = PythonVersion> {
    std::iter::once(PythonVersion::new(2, 7)).chain((0..=60).map(|minor| PythonVersion::new(3, minor)))
}

fn allows(specifiers: &VersionSpecifiers, version: PythonVersion) -> bool {
    (0..=40).any(|patch| {
        let release = [u64::from(version.major), u64::from(version.minor), patch];
        specifiers.contains(&Version::new(release))
    })
}

fn first_line(error: &impl ToString) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(oldest: Result<Option<PythonVersion>, String>) -> String {
        match oldest {
            Ok(Some(version)) => version.to_string(),
            Ok(None) => "unknown".to_owned(),
            Err(_) => "error".to_owned(),
        }
    }

    #[test]
    fn the_oldest_minor_version_of_a_range_is_found() {
        for (range, expected) in [
            (">=3.8", "3.8"),
            (">= 3.9.2, <4", "3.9"),
            (">3.8", "3.8"),
            (">3.10.99", "3.11"),
            ("~=3.10", "3.10"),
            ("==3.12.*", "3.12"),
            ("==3.11.4", "3.11"),
            (">=3.8,!=3.8.*,!=3.9.*", "3.10"),
            (">=2.7,!=3.0.*", "2.7"),
            ("<4", "unknown"),
            ("!=3.9.0", "unknown"),
            (">=4", "unknown"),
            ("", "unknown"),
            ("3.8", "error"),
            ("^3.8", "error"),
        ] {
            assert_eq!(shown(oldest_of_pep440(range)), expected, "{range}");
        }
    }

    #[test]
    fn poetrys_ranges_are_read() {
        for (range, expected) in [
            ("^3.8", "3.8"),
            ("~3.9", "3.9"),
            ("~=3.9", "3.9"),
            ("3.10.*", "3.10"),
            ("3.11", "3.11"),
            (">=3.8,<4.0", "3.8"),
            (">= 3.8 <4.0", "3.8"),
            ("^3.10 || ^3.9", "3.9"),
            ("*", "unknown"),
            ("^", "error"),
            ("what", "error"),
        ] {
            assert_eq!(shown(oldest_of_poetry(range)), expected, "{range}");
        }
    }
}
