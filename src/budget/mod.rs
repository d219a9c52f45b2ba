//! How long a test can take, as its code bounds it: the calculus over [courses](crate::sites::Course), which knows no language. The page of WS205
//! explains it.
//!
//! It is never below what the test can take, for the waits that are known; what is not known costs nothing and is named
//! ([`Budget::unseen`]).

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::catalog::{Catalog, Waits};
use crate::facts::ProjectFacts;
use crate::patience::Patience;
use crate::sites::{Bound, Connect, FileCourses, Shown, Sites, Test};

mod amount;
mod assumed;
mod dispatch;
mod evaluation;
mod files;
mod functions;
mod given;
mod objects;
mod opened;
mod own;
mod rounds;
#[cfg(test)]
mod tests;
mod waiting;

use amount::Part;
pub use assumed::Assumed;
use evaluation::Evaluation;
use files::Files;
use functions::Functions;
use own::Own;

/// How long a test can take.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// The longest time.
    pub total: Total,
    /// The longest single part, and its seconds.
    pub longest: Option<(f64, Shown)>,
    /// The libraries' defaults that count in it, the first few: `open_timeout of websockets`.
    pub defaults: Vec<String>,
    /// What may wait and was counted as nothing, the first few.
    pub unseen: Vec<Shown>,
    /// The limit from outside that cut it.
    pub cut_by: Option<String>,
    /// The seconds in it of what the runner does once for several tests, by what names it.
    pub shared: Vec<(String, f64)>,
    /// Where the test certainly may stand when that limit ends it: what nothing else ends, or what takes longest.
    pub cut_at: Option<Shown>,
}

impl Budget {
    /// By how much it is worse than others: for ever is worse than unknown, and that is worse than any number of seconds.
    #[must_use]
    pub fn weight(&self) -> f64 {
        match self.total {
            Total::Unbounded { .. } => f64::INFINITY,
            Total::Unknown { .. } => f64::MAX,
            Total::Seconds { seconds, .. } => seconds,
        }
    }
}

/// The longest time that a test can take.
#[derive(Clone, Debug, PartialEq)]
pub enum Total {
    /// So many seconds.
    Seconds {
        /// How many.
        seconds: f64,
        /// A deadline whose length cannot be seen may end it earlier.
        is_loose: bool,
    },
    /// More than can be seen: a length or a number of rounds is not written out.
    Unknown {
        /// What is known of it.
        at_least: f64,
        /// The first such place.
        place: Shown,
    },
    /// For ever.
    Unbounded {
        /// The first place that nothing ends.
        place: Shown,
    },
}

impl Total {
    /// The seconds that it certainly takes in the longest case: nothing that cannot be seen ends it earlier.
    #[must_use]
    pub fn certain(&self) -> Option<f64> {
        match self {
            Self::Seconds {
                seconds,
                is_loose: false,
            } => Some(*seconds),
            Self::Seconds { .. } | Self::Unknown { .. } | Self::Unbounded { .. } => None,
        }
    }
}

/// What ends a test from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct TestLimit {
    /// When.
    pub bound: Bound,
    /// What says so: `pytest.mark.timeout`, `timeout in pytest.ini:2`.
    pub source: String,
}

impl TestLimit {
    /// What ends `test`: a mark or an attribute in the file, or else what its project says.
    #[must_use]
    pub fn of(test: &Test, project: &ProjectFacts) -> Option<Self> {
        let of_project = Self::of_project(project);
        let Some(deadline) = &test.limit else {
            return of_project;
        };
        let own = Self {
            bound: deadline.bound,
            source: deadline.path.clone(),
        };
        // A mark of pytest's, or an attribute, stands in the place of what the project says; other decorators count beside it.
        let replaces = ["pytest.", "#["].iter().any(|sort| deadline.path.starts_with(sort));
        if replaces {
            return (own.bound != Bound::Unlimited).then_some(own);
        }
        let seconds = |limit: &Self| match limit.bound {
            Bound::Seconds(seconds) => seconds,
            Bound::Unlimited | Bound::Unknown => f64::INFINITY,
        };
        match of_project {
            Some(project) if seconds(&project) < seconds(&own) => Some(project),
            _ => Some(own),
        }
    }

    /// What ends every test of a project that has no limit of its own.
    #[must_use]
    pub fn of_project(project: &ProjectFacts) -> Option<Self> {
        let fact = project.test_timeout.as_ref()?;
        Some(Self {
            bound: Bound::Seconds(fact.value),
            source: fact.source.clone(),
        })
    }
}

/// What knows the other files of a project.
pub trait Linked {
    /// What the functions of the file at this absolute path wait for; `None` where it is no module of the project that can be
    /// read.
    fn courses(&self, file: &Path) -> Option<Arc<FileCourses>>;

    /// Whether another file may put something else in the place of what has this path, and the file at hand calls as `callee`.
    fn may_replace(&self, _path: &str, _callee: &str) -> bool {
        false
    }
}

/// Knows no other files: a text that is all there is.
#[derive(Clone, Copy, Debug)]
pub struct Alone;

impl Linked for Alone {
    fn courses(&self, _: &Path) -> Option<Arc<FileCourses>> {
        None
    }
}

/// The budget of every test of a file, in their order, each cut by what ends it from outside.
#[must_use]
pub fn budgets(sites: &Sites, catalog: &Catalog, project: &ProjectFacts, linked: &dyn Linked) -> Vec<Budget> {
    budgets_assuming(&Assumed::default(), sites, catalog, project, linked)
}

/// The same where waits that nothing ends are as long as `assumed` says.
#[must_use]
pub fn budgets_assuming(
    assumed: &Assumed,
    sites: &Sites,
    catalog: &Catalog,
    project: &ProjectFacts,
    linked: &dyn Linked,
) -> Vec<Budget> {
    let own = |connects: &[Connect]| {
        connects
            .iter()
            .map(|connect| own_of(connect, catalog, project))
            .collect()
    };
    let files = Files::new(linked);
    let functions = Functions::new((&sites.courses, &sites.classes), &sites.connects, &files, &own);
    let functions = functions.replacing(&sites.replaced);
    let mut evaluation = Evaluation::new(functions).assuming(assumed);
    let tests = sites.tests.iter();
    tests
        .map(|test| budget(test, TestLimit::of(test, project), &mut evaluation))
        .collect()
}

/// By connect: the seconds after which the block that it is entered for has certainly ended, everything behind the connect
/// included; none where a length is not written, or where something is done of which nothing is known.
#[must_use]
pub fn blocks(sites: &Sites, catalog: &Catalog, project: &ProjectFacts) -> HashMap<usize, f64> {
    let own = |connects: &[Connect]| {
        connects
            .iter()
            .map(|connect| own_of(connect, catalog, project))
            .collect()
    };
    // A change to another file must not make a rewritten block end too early.
    let files = Files::new(&Alone);
    let mut evaluation = Evaluation::new(Functions::new(
        (&sites.courses, &sites.classes),
        &sites.connects,
        &files,
        &own,
    ));
    let mut ends = HashMap::new();
    for (connect, course) in &sites.blocks {
        let amount = evaluation.test(course, None).amount;
        if amount.total.is_finite() && !amount.has_unseen {
            ends.insert(*connect, amount.total.seconds);
        }
    }
    ends
}

/// What the library itself says of a connect, in the releases that may run.
fn own_of(connect: &Connect, catalog: &Catalog, project: &ProjectFacts) -> Own {
    let patience = Patience::of(connect, catalog, project);
    Own {
        limit: match (patience.waits(), patience.limit()) {
            (Some(Waits::InProcess), _) => Bound::Seconds(0.0),
            (Some(Waits::ForEver), _) => Bound::Unlimited,
            (Some(Waits::Default), limit) => limit.map_or(Bound::Unknown, Bound::Seconds),
            (None, _) => Bound::Unknown,
        },
        lingers: patience.lingers(),
    }
}

/// A number of seconds for people: `30 s`, `2.5 s`.
#[must_use]
pub fn shown_seconds(seconds: f64) -> String {
    let rounded = (seconds * 1000.0).round() / 1000.0;
    format!("{rounded} s")
}

fn budget<'a>(test: &'a Test, limit: Option<TestLimit>, evaluation: &mut Evaluation<'a>) -> Budget {
    let counted = evaluation.test(&test.course, test.class);
    let total = counted.amount.total;
    let shared = test.shared.iter().filter_map(|(name, course)| {
        let once = evaluation.test(course, test.class).amount.total;
        once.is_finite().then(|| (name.clone(), once.seconds))
    });
    let shared: Vec<(String, f64)> = shared.collect();
    let own = |part: Part<'_>| Budget {
        total: total_of(part),
        longest: part.longest.map(|(seconds, place)| (seconds, place.clone())),
        defaults: part.defaults.iter().map(str::to_owned).collect(),
        unseen: counted.unseen.iter().map(|&place| place.clone()).collect(),
        cut_by: None,
        cut_at: None,
        shared: shared.clone(),
    };
    let Some((seconds, source)) = limit.and_then(|limit| match limit.bound {
        Bound::Seconds(seconds) => Some((seconds.max(0.0), limit.source)),
        Bound::Unlimited | Bound::Unknown => None,
    }) else {
        return own(total);
    };
    // The alarm rings once: what is done on the way out comes on top.
    let place = Shown {
        span: test.name_span,
        text: source.clone(),
        elsewhere: None,
    };
    let after = counted.amount.cleanup;
    let cut = Part::of(seconds, &place).then(after);
    match total.is_finite() && (!cut.is_finite() || total.seconds <= cut.seconds) {
        true => own(total),
        false => Budget {
            cut_by: Some(source.clone()),
            cut_at: stands_at(total).cloned(),
            // How much of it is left within the limit is not known.
            shared: Vec::new(),
            ..own(cut)
        },
    }
}

/// The place that a time is spent at, as far as it can be told.
fn stands_at(part: Part<'_>) -> Option<&Shown> {
    match (part.unbounded, part.unknown) {
        (Some(place), _) => Some(place),
        (None, Some(_)) => None,
        (None, None) => part.longest.map(|(_, place)| place),
    }
}

fn total_of(part: Part<'_>) -> Total {
    match (part.unbounded, part.unknown) {
        (Some(place), _) => Total::Unbounded { place: place.clone() },
        (None, Some(place)) => Total::Unknown {
            at_least: part.seconds,
            place: place.clone(),
        },
        (None, None)
            if !part.seconds.is_finite()
                && let Some((_, place)) = part.longest =>
        {
            Total::Unbounded { place: place.clone() }
        }
        (None, None) => Total::Seconds {
            seconds: part.seconds,
            is_loose: part.is_loose,
        },
    }
}
