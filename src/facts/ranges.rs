//! What ranges of releases have in common, and what they come to together.

use pep440_rs::{Operator, Version, VersionSpecifier, VersionSpecifiers};

use super::Certainty;

/// How certain it is that a release of a declared range runs.
pub(crate) fn certainty(range: &VersionSpecifiers) -> Certainty {
    let pins = range
        .iter()
        .any(|specifier| matches!(specifier.operator(), Operator::Equal | Operator::ExactEqual));
    if pins { Certainty::Pinned } else { Certainty::Range }
}

/// Whether no release is in both ranges.
#[must_use]
pub fn are_disjoint(a: &VersionSpecifiers, b: &VersionSpecifiers) -> bool {
    !samples([a, b])
        .iter()
        .any(|release| a.contains(release) && b.contains(release))
}

/// Whether some release is the newest that the range will ever allow.
#[must_use]
pub fn is_bounded_above(range: &VersionSpecifiers) -> bool {
    range.iter().any(|specifier| {
        !matches!(
            specifier.operator(),
            Operator::GreaterThan | Operator::GreaterThanEqual | Operator::NotEqual | Operator::NotEqualStar
        )
    })
}

/// The releases that are in all the ranges; unknown where there is none.
pub(crate) fn intersection<'a>(ranges: impl IntoIterator<Item = &'a VersionSpecifiers>) -> Option<VersionSpecifiers> {
    let mut all: Vec<VersionSpecifier> = Vec::new();
    for specifier in ranges.into_iter().flat_map(|range| range.iter()) {
        if !all.contains(specifier) {
            all.push(specifier.clone());
        }
    }
    // One alone allows something.
    let is_alone = all.len() < 2;
    let all: VersionSpecifiers = all.into_iter().collect();
    (is_alone || !are_disjoint(&all, &all)).then_some(all)
}

/// The releases that are in any of the ranges; unknown where specifiers cannot say so.
pub(crate) fn union<'a>(ranges: impl IntoIterator<Item = &'a VersionSpecifiers>) -> Option<VersionSpecifiers> {
    let mut ranges = ranges.into_iter();
    let mut joined = ranges.next()?.clone();
    for range in ranges {
        joined = union_of_two(&joined, range)?;
    }
    Some(joined)
}

fn union_of_two(a: &VersionSpecifiers, b: &VersionSpecifiers) -> Option<VersionSpecifiers> {
    let without = |range: &VersionSpecifiers, left_out: fn(&VersionSpecifier) -> bool| -> VersionSpecifiers {
        range.iter().filter(|one| !left_out(one)).cloned().collect()
    };
    let samples = samples([a, b]);
    // The one that holds the other; else one's lower end with the other's upper end, and everything.
    let candidates = [
        a.clone(),
        b.clone(),
        joined(&without(a, is_upper_end), &without(b, is_lower_end)),
        joined(&without(b, is_upper_end), &without(a, is_lower_end)),
        VersionSpecifiers::empty(),
    ];
    let exact = candidates.into_iter().find(|candidate| {
        samples
            .iter()
            .all(|release| candidate.contains(release) == (a.contains(release) || b.contains(release)))
    });
    exact.or_else(|| between(a, b))
}

/// From the lower of two pins to the upper one, where both are of one major release: what lies between them is like them.
fn between(a: &VersionSpecifiers, b: &VersionSpecifiers) -> Option<VersionSpecifiers> {
    let ((a_low, a_high), (b_low, b_high)) = (ends(a)?, ends(b)?);
    let (low, high) = (std::cmp::min(a_low, b_low), std::cmp::max(a_high, b_high));
    let is_of_one_major = low.release().first() == high.release().first();
    let end = |operator, version: &Version| VersionSpecifier::from_version(operator, version.clone()).ok();
    is_of_one_major.then_some(())?;
    let ends = [
        end(Operator::GreaterThanEqual, low)?,
        end(Operator::LessThanEqual, high)?,
    ];
    Some(ends.into_iter().collect())
}

/// The ends of a pin, or of what is between two.
fn ends(range: &VersionSpecifiers) -> Option<(&Version, &Version)> {
    match &**range {
        [pin] if *pin.operator() == Operator::Equal => Some((pin.version(), pin.version())),
        [low, high] if *low.operator() == Operator::GreaterThanEqual && *high.operator() == Operator::LessThanEqual => {
            Some((low.version(), high.version()))
        }
        _ => None,
    }
}

fn joined(a: &VersionSpecifiers, b: &VersionSpecifiers) -> VersionSpecifiers {
    a.iter().chain(b.iter()).cloned().collect()
}

fn is_upper_end(specifier: &VersionSpecifier) -> bool {
    matches!(specifier.operator(), Operator::LessThan | Operator::LessThanEqual)
}

fn is_lower_end(specifier: &VersionSpecifier) -> bool {
    matches!(specifier.operator(), Operator::GreaterThan | Operator::GreaterThanEqual)
}

/// Releases of which one lies in each region that the ends of the ranges cut out.
fn samples(ranges: [&VersionSpecifiers; 2]) -> Vec<Version> {
    let mut samples = vec![Version::new([0]), Version::new([0, 0, 0, 0, 1])];
    for specifier in ranges.into_iter().flat_map(|range| range.iter()) {
        let bound = specifier.version();
        let release = bound.release();
        samples.push(bound.clone());
        // Where `==13.*` and `~=13.1` end, and what lies between any bound and the next one.
        for length in 1..=release.len() {
            let next = release[..length].iter().enumerate();
            let next = next.map(|(index, part)| part.saturating_add(u64::from(index + 1 == length)));
            let next: Vec<u64> = next.collect();
            samples.push(just_above(&next));
            samples.push(Version::new(next).with_epoch(bound.epoch()));
        }
        samples.push(just_above(release).with_epoch(bound.epoch()));
    }
    samples
}

fn just_above(release: &[u64]) -> Version {
    Version::new(release.iter().copied().chain([0, 0, 1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> VersionSpecifiers {
        text.parse().unwrap()
    }

    fn shown(range: Option<VersionSpecifiers>) -> String {
        range.map_or("unknown".to_owned(), |range| range.to_string().replace(", ", ","))
    }

    #[test]
    fn ranges_without_a_common_release_are_disjoint() {
        for (a, b) in [
            ("==12.0", ">=14"),
            ("<14", ">=14"),
            ("<14", ">14"),
            ("==13.*", ">=14"),
            ("~=13.0", "==14.0"),
            ("==12.0", "!=12.0"),
            ("==14.0", "==14.0.1"),
            (">=12,<13", ">=13"),
            ("==0", "!=0"),
        ] {
            assert!(are_disjoint(&range(a), &range(b)), "{a} and {b}");
            assert!(are_disjoint(&range(b), &range(a)), "{b} and {a}");
        }
        for (a, b) in [
            ("==12.0", ">=12"),
            ("<=14", ">=14"),
            (">13.1", "<14"),
            ("==13.*", ">=13.1"),
            ("~=13.0", "~=13.1"),
            ("!=14.0", "==14.*"),
            ("", "==1"),
            ("==14", "==14.0.0"),
            (">=12,!=12.0", "<12.1"),
            ("<1", "!=0"),
        ] {
            assert!(!are_disjoint(&range(a), &range(b)), "{a} and {b}");
        }
    }

    #[test]
    fn ranges_are_joined_where_specifiers_can_say_it() {
        for (a, b, expected) in [
            (">=12", ">=14", ">=12"),
            (">=12,<14", ">=14", ">=12"),
            (">=14,<15", ">=12,<14", ">=12,<15"),
            ("<14", ">=12", ""),
            ("==13.1", ">=12,<14", ">=12,<14"),
            ("==13.1", "==13.1", "==13.1"),
            ("", "==13.1", ""),
            ("==13.1", "==14.0", "unknown"),
            ("<12", ">=14", "unknown"),
            ("==13.*", ">=14", "unknown"),
        ] {
            let joined = shown(union([&range(a), &range(b)]));
            assert_eq!(joined, expected, "{a} or {b}");
        }
    }

    #[test]
    fn what_all_ranges_allow_is_their_specifiers_together() {
        assert_eq!(shown(intersection([&range(">=12"), &range("<14")])), ">=12,<14");
        assert_eq!(shown(intersection([&range("==13.1"), &range("==13.1")])), "==13.1");
        assert_eq!(shown(intersection([&range("==13.1"), &range(">=14")])), "unknown");
        assert_eq!(shown(intersection([])), "");
    }

    #[test]
    fn a_range_is_bounded_above_by_everything_but_a_lower_end_and_a_hole() {
        for bounded in ["<14", "<=14", "==13.1", "==13.*", "~=13.0", "===13.1", ">=12,<14"] {
            assert!(is_bounded_above(&range(bounded)), "{bounded}");
        }
        for open in ["", ">=12", ">12", "!=13.0", "!=13.*"] {
            assert!(!is_bounded_above(&range(open)), "{open}");
        }
    }
}
