//! What ranges of releases have in common, and what they come to together.

use pep440_rs::{Operator, Version, VersionSpecifier, VersionSpecifiers};

use super::{Alternatives, Certainty};

/// So many alternatives a range may have: nobody tests with more, and each is compared with the others.
const MOST_ALTERNATIVES: usize = 32;

/// How certain it is that a release of a declared range runs.
pub(crate) fn certainty(range: &Alternatives) -> Certainty {
    let pins = |one: &VersionSpecifier| matches!(one.operator(), Operator::Equal | Operator::ExactEqual);
    match range.iter().all(|alternative| alternative.iter().any(pins)) {
        true => Certainty::Pinned,
        false => Certainty::Range,
    }
}

/// Whether no release is in both ranges.
#[must_use]
pub fn are_disjoint(a: &Alternatives, b: &Alternatives) -> bool {
    a.iter().all(|a| b.iter().all(|b| have_nothing_in_common(a, b)))
}

fn have_nothing_in_common(a: &VersionSpecifiers, b: &VersionSpecifiers) -> bool {
    !samples([a, b])
        .iter()
        .any(|release| a.contains(release) && b.contains(release))
}

/// Whether some release is the newest that the range will ever allow.
#[must_use]
pub fn is_bounded_above(range: &Alternatives) -> bool {
    range.iter().all(has_upper_end)
}

/// Whether specifiers that all hold leave some release the newest.
pub(crate) fn has_upper_end(specifiers: &VersionSpecifiers) -> bool {
    specifiers.iter().any(|specifier| {
        !matches!(
            specifier.operator(),
            Operator::GreaterThan | Operator::GreaterThanEqual | Operator::NotEqual | Operator::NotEqualStar
        )
    })
}

/// The releases that are in all the ranges; unknown where there is none.
pub(crate) fn intersection<'a>(ranges: impl IntoIterator<Item = &'a Alternatives>) -> Option<Alternatives> {
    let mut common = Alternatives::from(VersionSpecifiers::empty());
    for range in ranges {
        let pairs = common.iter().flat_map(|a| range.iter().map(move |b| (a, b)));
        common = any_of(pairs.filter_map(|(a, b)| in_common(a, b)))?;
    }
    Some(common)
}

fn in_common(a: &VersionSpecifiers, b: &VersionSpecifiers) -> Option<VersionSpecifiers> {
    let all = joined(a, b);
    // One alone allows something.
    if all.len() < 2 {
        return Some(all);
    }
    let samples = samples([a, b]);
    let count = |range: &VersionSpecifiers| samples.iter().filter(|release| range.contains(release)).count();
    let common = count(&all);
    // One of them says it alone, where it is within the other.
    let whole = [a, b].into_iter().find(|one| count(one) == common);
    (common > 0).then(|| whole.unwrap_or(&all).clone())
}

/// The releases that are in any of the ranges; unknown where there is none, or those would be too many alternatives.
pub(crate) fn union<'a>(ranges: impl IntoIterator<Item = &'a Alternatives>) -> Option<Alternatives> {
    any_of(ranges.into_iter().flat_map(Alternatives::iter).cloned())
}

/// What any of these allows, from the oldest to the newest: joined where specifiers can say that, alternatives elsewhere.
fn any_of(ranges: impl IntoIterator<Item = VersionSpecifiers>) -> Option<Alternatives> {
    let mut apart: Vec<VersionSpecifiers> = Vec::new();
    for mut range in ranges {
        // What was apart so far may be one with what lies between.
        while let Some((at, whole)) = joined_with_one(&apart, &range) {
            apart.swap_remove(at);
            range = whole;
        }
        apart.push(range);
        if apart.len() > MOST_ALTERNATIVES {
            return None;
        }
    }
    apart.sort_by_cached_key(|range| range.iter().map(|one| one.version().clone()).min());
    Alternatives::of(apart)
}

/// The first of these that makes one range with another, and that range.
fn joined_with_one(apart: &[VersionSpecifiers], range: &VersionSpecifiers) -> Option<(usize, VersionSpecifiers)> {
    let mut apart = apart.iter().enumerate();
    apart.find_map(|(at, other)| Some((at, union_of_two(other, range)?)))
}

fn is_pin(range: &VersionSpecifiers) -> bool {
    matches!(&**range, [only] if *only.operator() == Operator::Equal)
}

fn union_of_two(a: &VersionSpecifiers, b: &VersionSpecifiers) -> Option<VersionSpecifiers> {
    // Most are pins, and those of different releases are never one.
    if a == b || is_pin(a) && is_pin(b) {
        return (a == b).then(|| a.clone());
    }
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
    candidates.into_iter().find(|candidate| {
        samples
            .iter()
            .all(|release| candidate.contains(release) == (a.contains(release) || b.contains(release)))
    })
}

fn joined(a: &VersionSpecifiers, b: &VersionSpecifiers) -> VersionSpecifiers {
    let new = b.iter().filter(|specifier| !(**a).contains(specifier));
    a.iter().chain(new).cloned().collect()
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

    fn range(text: &str) -> Alternatives {
        text.parse().unwrap()
    }

    fn shown(range: Option<Alternatives>) -> String {
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
            ("==12.0 or ==14.2", "==13.1"),
            ("==12.0 or ==14.2", "==13.1 or >=15"),
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
            ("==12.0 or ==14.2", ">=14"),
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
            ("==13.1", "==14.0", "==13.1 or ==14.0"),
            ("==14.0", "==13.1", "==13.1 or ==14.0"),
            ("<12", ">=14", "<12 or >=14"),
            (">=14", "==13.*", "==13.* or >=14"),
            ("==12.0 or ==14.0", ">=13", "==12.0 or >=13"),
            ("<12 or >=14", ">=12,<14", ""),
            ("==12.0 or ==14.0", "==14.0 or ==12.0", "==12.0 or ==14.0"),
        ] {
            let joined = shown(union([&range(a), &range(b)]));
            assert_eq!(joined, expected, "{a} or {b}");
        }
        assert_eq!(shown(union([])), "unknown");
    }

    #[test]
    fn of_too_many_alternatives_nothing_is_known() {
        let pins = |count: usize| {
            (0..count)
                .map(|minor| range(&format!("==1.{minor}")))
                .collect::<Vec<_>>()
        };
        assert!(union(&pins(MOST_ALTERNATIVES)).is_some_and(|all| certainty(&all) == Certainty::Pinned));
        assert_eq!(union(&pins(MOST_ALTERNATIVES + 1)), None);
    }

    #[test]
    fn what_all_ranges_allow_is_their_specifiers_together() {
        assert_eq!(shown(intersection([&range(">=12"), &range("<14")])), ">=12,<14");
        assert_eq!(shown(intersection([&range("==13.1"), &range("==13.1")])), "==13.1");
        assert_eq!(shown(intersection([&range("==13.1"), &range(">=14")])), "unknown");
        assert_eq!(shown(intersection([])), "");
        let pins = range("==12.0 or ==14.2");
        assert_eq!(shown(intersection([&pins, &range(">=14")])), "==14.2");
        assert_eq!(
            shown(intersection([&range(">=12,<15"), &range(">=12,!=13.0")])),
            ">=12,!=13.0,<15"
        );
        assert_eq!(shown(intersection([&pins, &range("==13.1")])), "unknown");
    }

    #[test]
    fn a_range_is_bounded_above_by_everything_but_a_lower_end_and_a_hole() {
        for bounded in [
            "<14",
            "<=14",
            "==13.1",
            "==13.*",
            "~=13.0",
            "===13.1",
            ">=12,<14",
            "<12 or ==14.2",
        ] {
            assert!(is_bounded_above(&range(bounded)), "{bounded}");
        }
        for open in ["", ">=12", ">12", "!=13.0", "!=13.*", "==12.0 or >=14"] {
            assert!(!is_bounded_above(&range(open)), "{open}");
        }
    }
}
