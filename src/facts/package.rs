//! Which releases of a package a project may run with.

use std::borrow::Cow;

use pep440_rs::{Version, VersionSpecifiers};

use super::{Alternatives, Fact};

/// What manifests say about the releases of one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageRange {
    /// The releases that they allow; no specifier at all allows every one.
    pub specifiers: Alternatives,
    /// How certain it is that one of them runs.
    pub certainty: Certainty,
}

/// How certain a range is. The order is from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// Some release of a range: `websockets>=12,<14`.
    Range,
    /// Exactly one release, as somebody wrote it: `websockets==13.1`; of alternatives, each is one.
    Pinned,
    /// Exactly one release, as a tool resolved or installed it; of alternatives, each is one.
    Locked,
}

impl PackageRange {
    /// Whether the range allows this release.
    #[must_use]
    pub fn allows(&self, release: &Version) -> bool {
        self.specifiers.contains(release)
    }

    /// A fact without the release at its end that it was seen with (`(…, 17.4)`, `(17.4)`), where the project has nothing to do with
    /// that one.
    #[must_use]
    pub fn fitting<'f>(&self, fact: &'f str) -> Cow<'f, str> {
        let before = || {
            let inner = fact.strip_suffix(')')?;
            let at = inner.rfind([',', '('])?;
            let release: Version = inner.get(at + 1..)?.trim_start().parse().ok()?;
            (!self.allows(&release)).then(|| inner.split_at(at))
        };
        match before() {
            None => Cow::Borrowed(fact),
            Some((before, release)) if release.starts_with('(') => Cow::Borrowed(before.trim_end()),
            Some((before, _)) => Cow::Owned(format!("{before})")),
        }
    }
}

/// Of more places than this the number is told.
const MOST_PLACES: usize = 3;

impl Fact<PackageRange> {
    /// What manifests say about the releases of a package, each alternative of them at its place. Several are named with their places:
    /// `websockets==12.0 in requirements.txt:1 and ==14.2 in requirements.txt:3`.
    #[must_use]
    pub fn at_places<'p>(
        package: &str,
        specifiers: Alternatives,
        certainty: Certainty,
        place: impl Fn(&VersionSpecifiers) -> &'p str,
    ) -> Self {
        let source = match specifiers.are_several() {
            true => format!("{package}{}", all_at_places(&specifiers, place)),
            false => {
                let place = specifiers.iter().next().map(place);
                format!("{package} in {}", place.unwrap_or_default())
            }
        };
        Self {
            value: PackageRange { specifiers, certainty },
            source,
        }
    }

    /// What may run, a clause: `websockets in requirements.txt:1 allows <14`.
    #[must_use]
    pub fn told(&self) -> String {
        let specifiers = &self.value.specifiers;
        match (specifiers.is_empty(), specifiers.are_several()) {
            (true, _) => format!("{} allows every release", self.source),
            (false, false) => format!("{} allows {specifiers}", self.source),
            // They are named.
            (false, true) => format!("{} may run", self.source),
        }
    }
}

/// `==12.0 in requirements.txt:1 and ==14.2 in requirements.txt:3`.
fn all_at_places<'p>(specifiers: &Alternatives, place: impl Fn(&VersionSpecifiers) -> &'p str) -> String {
    let mut places: Vec<(String, &str)> = Vec::new();
    for alternative in specifiers.iter() {
        let (told, place) = (alternative.to_string().replace(", ", ","), place(alternative));
        match places.last_mut().filter(|(_, last)| *last == place) {
            Some((before, _)) => *before = format!("{before} or {told}"),
            None => places.push((told, place)),
        }
    }
    let more = places.len().saturating_sub(MOST_PLACES);
    let mut told: Vec<String> = places
        .iter()
        .map(|(told, place)| format!("{told} in {place}"))
        .collect();
    if more > 0 {
        told.truncate(MOST_PLACES);
        told.push(format!("{more} more"));
    }
    let last = told.pop().unwrap_or_default();
    match told.is_empty() {
        true => last,
        false => format!("{} and {last}", told.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_are_named_with_their_places() {
        let told = |specifiers: &str, place: fn(&VersionSpecifiers) -> &'static str| {
            Fact::at_places("w", specifiers.parse().unwrap(), Certainty::Pinned, place).told()
        };
        assert_eq!(told("==12.0", |_| "r:1"), "w in r:1 allows ==12.0");
        assert_eq!(told("", |_| "r:1"), "w in r:1 allows every release");
        assert_eq!(
            told(">=12,<13 or ==14.2", |_| "r:1"),
            "w>=12,<13 or ==14.2 in r:1 may run"
        );
        let by_release: fn(&VersionSpecifiers) -> &'static str = |one| match one.to_string().as_str() {
            "==10.0" => "a:1",
            "==11.0" => "b:1",
            "==12.0" => "c:1",
            _ => "d:1",
        };
        assert_eq!(
            told("==10.0 or ==12.0", by_release),
            "w==10.0 in a:1 and ==12.0 in c:1 may run"
        );
        assert_eq!(
            told("==10.0 or ==11.0 or ==12.0 or ==13.0 or ==14.0", by_release),
            "w==10.0 in a:1, ==11.0 in b:1, ==12.0 in c:1 and 1 more may run"
        );
    }

    #[test]
    fn a_fact_names_no_release_that_the_project_cannot_have() {
        let range = |specifiers: &str| PackageRange {
            specifiers: specifiers.parse().unwrap(),
            certainty: Certainty::Range,
        };
        for (fact, told) in [
            (
                "gives up after 10 s (`open_timeout`, 17.4)",
                "gives up after 10 s (`open_timeout`)",
            ),
            ("waits for ever (17.4)", "waits for ever"),
            (
                "gives up (measured 5.0 s with 17.4)",
                "gives up (measured 5.0 s with 17.4)",
            ),
            ("gives up (`timeout`)", "gives up (`timeout`)"),
            ("gives up", "gives up"),
        ] {
            assert_eq!(range(">=9,<=10").fitting(fact), told, "{fact}");
            assert_eq!(range("").fitting(fact), fact);
            assert_eq!(range(">=9").fitting(fact), fact);
        }
    }
}
