//! Which releases of a library a file may meet, as far as their behaviour is known, and how they are told to the user.

use std::fmt::Write as _;

use pep440_rs::{Operator, Version, VersionSpecifier, VersionSpecifiers};
use serde::Deserialize;

use super::During;
use crate::facts::{Alternatives, Fact, PackageRange, PythonVersion, has_upper_end};

/// The releases of a library whose behaviour the catalogue knows. One between two of them behaves as the older one.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Known {
    /// Each release at which something known changed, or that was run; ascending.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub releases: Vec<Version>,
    /// The oldest one that counts where a project's range does not insist on older ones.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub oldest_in_use: Option<Version>,
    /// The package that decides how its connects behave, where that is a dependency of it with the same numbers: an exact range
    /// of the library itself still takes the newest patch release of that one.
    #[serde(default)]
    pub decided_by: Option<String>,
    /// The releases from which on the connects accept something else than before; ascending.
    #[serde(default, rename = "break")]
    pub breaks: Vec<Break>,
    /// Releases that cannot be used on every Python that takes them.
    #[serde(default, rename = "python")]
    pub pythons: Vec<NewestPython>,
}

/// Releases that fail on newer Pythons.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NewestPython {
    /// The first release that does not.
    #[cfg_attr(test, schemars(with = "String"))]
    pub until: Version,
    /// The newest Python that they connect on: `3.9`.
    pub newest: String,
}

impl Known {
    /// Whether a release connects on a Python, as far as is known.
    fn connects_on(&self, release: &Version, python: PythonVersion) -> bool {
        let too_old = |known: &NewestPython| {
            let newest = known.newest.parse::<PythonVersion>();
            *release < known.until && newest.is_ok_and(|newest| newest < python)
        };
        !self.pythons.iter().any(too_old)
    }

    /// Of the releases that specifiers allow those that are meant, ascending. `python` is the oldest one that the project runs on, where
    /// that is told.
    fn meant<'a>(&'a self, specifiers: &VersionSpecifiers, python: Option<PythonVersion>) -> Vec<&'a Version> {
        if specifiers.is_empty() {
            return self.in_use();
        }
        let allowed = allowed(&self.releases, specifiers);
        // Who names both ends of a range, and an old release as its beginning, means that one too.
        let oldest_meant = oldest_of_two_ends(specifiers);
        let is_meant = |version: &Version| match (&self.oldest_in_use, oldest_meant) {
            (Some(oldest), Some(meant)) if meant < oldest => {
                python.is_none_or(|python| self.connects_on(version, python))
            }
            (Some(oldest), _) => version >= oldest,
            (None, _) => true,
        };
        let meant: Vec<&Version> = allowed.iter().copied().filter(|version| is_meant(version)).collect();
        match meant.is_empty() {
            true => allowed,
            false => meant,
        }
    }

    /// Those that are meant where nothing restricts them, ascending.
    fn in_use(&self) -> Vec<&Version> {
        let is_out = |version: &Version| self.oldest_in_use.as_ref().is_some_and(|oldest| version < oldest);
        let used = self
            .releases
            .get(self.releases.partition_point(is_out)..)
            .unwrap_or_default();
        let used = if used.is_empty() { &*self.releases } else { used };
        used.iter().collect()
    }

    /// The newest Python that any release of the range connects on, where there is an end.
    #[must_use]
    pub fn newest_python(&self, range: &Alternatives) -> Option<PythonVersion> {
        let is_met = |known: &&NewestPython| {
            let during = During {
                since: None,
                until: Some(known.until.clone()),
            };
            during.covers(range)
        };
        let known = self.pythons.iter().filter(is_met);
        known.filter_map(|known| known.newest.parse().ok()).max()
    }
}

/// A release from which on the connects of a library accept something else than before: code that was written for one side of
/// it fails on the other.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Break {
    /// The first release of the new side; one of `releases`.
    #[cfg_attr(test, schemars(with = "String"))]
    pub release: Version,
    /// What changed: a sentence without a full stop that names the release.
    pub fact: String,
}

/// The releases of one library that one project may run with.
#[derive(Clone, Debug)]
pub struct Releases<'a> {
    package: &'a str,
    known: &'a [Version],
    /// Those of `known` that may run; empty where nothing is known of those that may: all are older than the oldest known one.
    possible: Vec<&'a Version>,
    /// One of the alternatives that may run is older than every known release.
    has_unknown: bool,
    /// What restricts them.
    range: Option<&'a Fact<PackageRange>>,
    /// What names the package, whether it restricts the releases or not.
    named: Option<&'a Fact<PackageRange>>,
}

/// For how many of the possible releases something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// For none of them, or for none that counts.
    None,
    /// For some of them.
    Some,
    /// For all of them.
    All,
}

impl<'a> Releases<'a> {
    /// Those of `known` that `range` allows; without a range every one that is still in use. `python` is the oldest one that the
    /// project runs on, where that is told.
    #[must_use]
    pub fn possible(
        package: &'a str,
        known: &'a Known,
        range: Option<&'a Fact<PackageRange>>,
        python: Option<PythonVersion>,
    ) -> Self {
        let named = range;
        let range = range.filter(|fact| !fact.value.specifiers.is_empty());
        let all = VersionSpecifiers::empty();
        let meant: Vec<Vec<&Version>> = match range {
            Some(fact) => fact
                .value
                .specifiers
                .iter()
                .map(|one| known.meant(one, python))
                .collect(),
            None => vec![known.meant(&all, python)],
        };
        let has_unknown = meant.iter().any(Vec::is_empty);
        let both = |mut one: Vec<&'a Version>, other: Vec<&'a Version>| {
            one.extend(other);
            one.sort_unstable();
            one.dedup();
            one
        };
        Self {
            package,
            known: &known.releases,
            // Asked for every connect, and of one alternative nearly always: that one is in order.
            possible: meant.into_iter().reduce(both).unwrap_or_default(),
            has_unknown,
            range,
            named,
        }
    }

    /// Only those that have something at all: a path, a class. `None` where no possible release does.
    #[must_use]
    pub fn having(mut self, has: impl Fn(&Version) -> bool) -> Option<Self> {
        self.possible.retain(|version| has(version));
        (!self.possible.is_empty()).then_some(self)
    }

    /// The possible releases that count, ascending: where nothing restricts them the newest one, which gets installed.
    pub fn counting(&self) -> impl Iterator<Item = &'a Version> {
        let others = match self.range {
            Some(_) => 0,
            None => self.possible.len().saturating_sub(1),
        };
        self.possible.iter().skip(others).copied()
    }

    /// The newest of the possible releases that `holds` is true for.
    #[must_use]
    pub fn newest_that(&self, holds: impl Fn(&Version) -> bool) -> Option<&'a Version> {
        self.possible.iter().rev().copied().find(|version| holds(version))
    }

    /// Whether `holds` is true for every known release, possible here or not.
    #[must_use]
    pub fn holds_always(&self, holds: impl Fn(&Version) -> bool) -> bool {
        self.known.iter().all(holds)
    }

    /// For how many of the possible releases `holds` is true.
    ///
    /// Where nothing restricts the releases the newest one gets installed: what holds for older ones alone counts as
    /// [`Share::None`]. Where one that may run is not known nothing holds for all.
    #[must_use]
    pub fn share(&self, holds: impl Fn(&Version) -> bool) -> Share {
        let count = self.possible.iter().filter(|version| holds(version)).count();
        let newest = self.possible.last().is_some_and(|version| holds(version));
        match count {
            0 => Share::None,
            _ if self.range.is_none() && !newest => Share::None,
            _ if count == self.possible.len() && !self.has_unknown => Share::All,
            _ => Share::Some,
        }
    }

    /// The newest of the possible releases.
    #[must_use]
    pub fn newest(&self) -> Option<&'a Version> {
        self.possible.last().copied()
    }

    /// The newest known release that a resolver takes where `release` is asked for: of the same major number, or of the same
    /// minor number below 1.0.
    #[must_use]
    pub fn newest_compatible(&self, release: &'a Version) -> &'a Version {
        let series = |version: &Version| match version.release() {
            [0, minor, ..] => (0, *minor),
            [major, ..] => (*major, 0),
            [] => (0, 0),
        };
        let mut newest = self.known.iter().rev();
        newest.find(|known| series(known) == series(release)).unwrap_or(release)
    }

    /// The oldest release from which on up to the newest possible one `holds` is true.
    #[must_use]
    pub fn oldest_of_the_newest_that(&self, holds: impl Fn(&Version) -> bool) -> Option<&'a Version> {
        let (oldest, newest) = (self.possible.first()?, self.newest()?);
        // Between two of the possible ones there may be others.
        let between = |version: &&Version| (*oldest..=newest).contains(version);
        let between = self.known.iter().rev().filter(between);
        between.take_while(|version| holds(version)).last()
    }

    /// Whether something is known of all that may run.
    #[must_use]
    pub fn are_known(&self) -> bool {
        !self.has_unknown && !self.possible.is_empty()
    }

    /// Where all releases that may run are older than every known one: what can be said of them, a clause.
    #[must_use]
    pub fn unknown(&self) -> Option<String> {
        let oldest = self.known.first().filter(|_| self.possible.is_empty())?;
        Some(format!(
            "nothing is known of {} before {oldest}; {}",
            self.package,
            self.here()
        ))
    }

    /// The newest of the possible releases, where nothing newer is possible that behaves like it, told as a clause: `of those
    /// that may run 13.1 is the newest`.
    #[must_use]
    pub fn newest_told(&self) -> Option<String> {
        let newest = self.newest()?;
        let is_allowed = self.range.is_none_or(|fact| fact.value.specifiers.contains(newest));
        Some(match is_allowed {
            true => format!("of those that may run {newest} is the newest"),
            false => format!("what may run behaves as {newest}, the newest known one before it"),
        })
    }

    /// Whether a manifest restricts the releases.
    #[must_use]
    pub fn is_declared(&self) -> bool {
        self.range.is_some()
    }

    /// All known releases for which `holds` is true, whether they are possible here or not: `websockets 14.0 and newer`.
    #[must_use]
    pub fn told(&self, holds: impl Fn(&Version) -> bool) -> String {
        let mut told = String::from(self.package);
        let mut separator = " ";
        let mut index = 0;
        while index < self.known.len() {
            let length = self.known[index..].iter().take_while(|version| holds(version)).count();
            if length == 0 {
                index += 1;
                continue;
            }
            told.push_str(separator);
            told.push_str(&run(self.known, index, index + length - 1));
            separator = " and ";
            index += length;
        }
        told
    }

    /// What is known of the release that runs: `websockets in uv.lock:12 is 13.1`, a clause.
    #[must_use]
    pub fn here(&self) -> String {
        match (self.range, self.named) {
            (Some(fact), _) | (None, Some(fact)) => fact.told(),
            (None, None) => format!("no manifest says which {} runs here", self.package),
        }
    }
}

/// The known releases that the specifiers allow. For a bound between two known releases it is the older one, as that is
/// the one that it behaves like.
fn allowed<'a>(known: &'a [Version], specifiers: &VersionSpecifiers) -> Vec<&'a Version> {
    let bounds = specifiers.iter().map(VersionSpecifier::version);
    let bounds: Vec<&Version> = bounds.filter(|bound| specifiers.contains(bound)).collect();
    let stands_for = |index: usize, bound: &Version| {
        let next = known.get(index + 1);
        known[index] <= *bound && next.is_none_or(|next| bound < next)
    };
    let is_allowed =
        |index: &usize| specifiers.contains(&known[*index]) || bounds.iter().any(|bound| stands_for(*index, bound));
    let chosen: Vec<&Version> = (0..known.len()).filter(is_allowed).map(|index| &known[index]).collect();
    if !chosen.is_empty() {
        return chosen;
    }
    // `>17.4` of a library whose newest known release is 17.4, or `>12.1,<13` between two known ones.
    let begins_behind = |one: &VersionSpecifier, version: &Version| {
        matches!(one.operator(), Operator::GreaterThan) && one.version() >= version
    };
    let behind = known
        .iter()
        .rev()
        .find(|version| specifiers.iter().any(|one| begins_behind(one, version)));
    behind.into_iter().collect()
}

/// The beginning of a range that has an end, too, and not the same one.
fn oldest_of_two_ends(specifiers: &VersionSpecifiers) -> Option<&Version> {
    let mut beginnings = specifiers
        .iter()
        .filter(|one| matches!(one.operator(), Operator::GreaterThan | Operator::GreaterThanEqual));
    let beginning = beginnings.next().filter(|_| has_upper_end(specifiers))?;
    Some(beginning.version())
}

fn run(known: &[Version], first: usize, last: usize) -> String {
    let mut told = String::new();
    let from = (first > 0).then(|| &known[first]);
    // What holds for a known release holds for all up to the next known one.
    let _cannot_fail = match (from, known.get(last + 1)) {
        (None, None) => write!(told, "of every version"),
        (None, Some(next)) => write!(told, "before {next}"),
        (Some(from), None) => write!(told, "{from} and newer"),
        (Some(from), Some(next)) => write!(told, "from {from} to before {next}"),
    };
    told
}

#[cfg(test)]
mod tests;
