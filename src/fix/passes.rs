//! Fixes applied pass by pass until nothing is left to do, each pass verified.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::bisect::{self, Candidate};
use super::{Applied, Wanted};
use crate::check::{Surroundings, check};
use crate::finding::{Applicability, Change, Checked, Edit};
use crate::source::{Language, Place, SourceFile, Span};
use crate::{manifest, python, rust};

/// What [`fix`] made of a file.
#[derive(Debug)]
pub struct Fixed {
    /// The file after the last pass; as it was where nothing was done.
    pub source: SourceFile,
    /// How many findings were fixed, by the rule's code: one that is gone with another one's fix counts too.
    pub applied: BTreeMap<&'static str, usize>,
    /// What remains to be said about `source`.
    pub checked: Checked,
    /// What ws-lint itself did wrong. Nothing of it is in `source`; a run that has one exits with 2.
    pub failures: Vec<Failure>,
}

/// A defect of ws-lint that the engine caught: printed as an internal error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A fix would have changed more than it declares. It was left out, its finding stays.
    #[error("the fix of {rule} at {place} was left out: {reason}")]
    Broken {
        /// The rule's code.
        rule: &'static str,
        /// Where the finding begins in [`Fixed::source`].
        place: Place,
        /// What the fix would have changed: a clause without a full stop.
        reason: String,
    },
    /// After [`MOST_BROKEN`] broken fixes of one rule in one file the rule's other fixes were not tried.
    #[error("{MOST_BROKEN} fixes of {rule} were left out, so its other fixes in this file were not tried")]
    GivenUp {
        /// The rule's code.
        rule: &'static str,
    },
    /// Rules kept finding something in what their own fixes had made. All their fixes in this file were left out.
    #[error("the fixes of {} do not come to an end, so none of them was applied to this file", rules.join(", "))]
    Endless {
        /// The rules' codes.
        rules: Vec<&'static str>,
    },
}

/// Broken fixes of one rule in one file after which the rule is not trusted with the rest of it. Finding each one costs
/// a few parses of the whole file.
pub const MOST_BROKEN: usize = 20;

/// Passes after which the fixes count as endless. Each pass takes at least the first fix of those that are in each
/// other's way.
const MOST_PASSES: usize = 100;

/// Runs with failures after which the fixes count as endless.
const MOST_RUNS: usize = 10;

/// Applies the fixes of `source` that are trusted at least as far as `least` (display-only ones never are), pass by
/// pass, until none is left.
///
/// After each pass the new text is parsed and compared with the old one modulo what the fixes declare
/// ([`python::verify`], [`rust::verify`], [`manifest::verify`]). Where that fails the fixes at fault are found by bisection and left out for
/// good; the others stay. Fixing [`Fixed::source`] again changes nothing. A file that does not parse has no fixes.
#[must_use]
pub fn fix(source: &SourceFile, surroundings: Surroundings<'_>, least: Applicability) -> Fixed {
    fix_what(source, Wanted::all(least), &|source| check(source, surroundings))
}

/// As [`fix`] for those fixes that are `wanted` of what `check` finds in a text: a part of what [`check()`] finds.
#[must_use]
pub fn fix_what(source: &SourceFile, wanted: Wanted, check: &dyn Fn(&SourceFile) -> Checked) -> Fixed {
    let verify = verify_of(source.language());
    run(source, wanted, &Engine { check, verify })
}

/// Puts in the comments that the fixes of what `check` finds stand for, as [`fix`] applies fixes: each declares one
/// [`Change::Suppression`] whose comment is the one that gets longer, or empty where the comment is new.
///
/// A pass is verified backwards: to take the new comments away must be all that leads back to the text before.
#[must_use]
pub fn add_suppressions(source: &SourceFile, check: &dyn Fn(&SourceFile) -> Checked) -> Fixed {
    let verify = verify_of(source.language());
    let backwards = |before: &SourceFile, after: &SourceFile, edits: &[Edit], changes: &[Change]| {
        let added = Added::of(edits, changes);
        verify(after, before, &added.edits, &added.changes)
    };
    let engine = Engine {
        check,
        verify: &backwards,
    };
    run(source, Wanted::all(Applicability::Safe), &engine)
}

pub(super) fn verify_of(language: Language) -> &'static Verify<'static> {
    match language {
        Language::Python => &python::verify,
        Language::Rust => &rust::verify,
        Language::Manifest => &manifest::verify,
    }
}

/// The way back from a text with new comments.
pub(super) struct Added {
    pub(super) edits: Vec<Edit>,
    pub(super) changes: Vec<Change>,
}

impl Added {
    /// `edits` are insertions, in order.
    pub(super) fn of(edits: &[Edit], changes: &[Change]) -> Self {
        let longer: BTreeMap<usize, Span> = changes
            .iter()
            .filter_map(|change| match change {
                Change::Suppression { comment } if !comment.is_empty() => Some((comment.end, *comment)),
                _ => None,
            })
            .collect();
        let mut added = Self {
            edits: Vec::new(),
            changes: Vec::new(),
        };
        let mut shift = 0;
        for Edit { span, text } in edits {
            let inserted = Span::new(span.start + shift, span.start + shift + text.len());
            let blanks = text.len() - text.trim_start().len();
            let comment = match longer.get(&span.start) {
                Some(comment) => Span::new(comment.start + shift, inserted.end),
                None => Span::new(inserted.start + blanks, inserted.start + text.trim_end().len()),
            };
            added.edits.push(Edit::delete(inserted));
            added.changes.push(Change::Suppression { comment });
            shift += text.len();
        }
        added
    }
}

/// The two things that the passes are made of.
struct Engine<'a> {
    check: &'a dyn Fn(&SourceFile) -> Checked,
    verify: &'a Verify<'a>,
}

pub(super) type Verify<'a> = dyn Fn(&SourceFile, &SourceFile, &[Edit], &[Change]) -> Result<(), String> + 'a;

/// Runs the passes. What a failure left out can be right once the others are done, so a run with failures is followed by
/// another one until one changes nothing.
fn run(source: &SourceFile, wanted: Wanted, engine: &Engine<'_>) -> Fixed {
    let mut applied = BTreeMap::new();
    let mut current = source.clone();
    for _ in 0..MOST_RUNS {
        let mut fixed = run_converging(&current, wanted, engine);
        for (rule, count) in std::mem::take(&mut fixed.applied) {
            *applied.entry(rule).or_default() += count;
        }
        if fixed.failures.is_empty() || fixed.source.text() == current.text() {
            return Fixed { applied, ..fixed };
        }
        current = fixed.source;
    }
    Fixed {
        source: source.clone(),
        checked: (engine.check)(source),
        failures: vec![Failure::Endless {
            rules: applied.into_keys().collect(),
        }],
        applied: BTreeMap::new(),
    }
}

/// Runs the passes; where some rules do not come to an end, once more without them.
fn run_converging(source: &SourceFile, wanted: Wanted, engine: &Engine<'_>) -> Fixed {
    let mut excluded = BTreeSet::new();
    let mut failures = Vec::new();
    loop {
        match Passes::new(source, wanted, engine, &excluded).run() {
            Ok(mut fixed) => {
                fixed.failures.extend(failures);
                return fixed;
            }
            Err(rules) => {
                failures.push(Failure::Endless {
                    rules: rules.iter().copied().collect(),
                });
                excluded.extend(rules);
            }
        }
    }
}

/// One run of passes over one file.
struct Passes<'a> {
    engine: &'a Engine<'a>,
    fixes: Wanted,
    /// Rules whose fixes are not applied.
    excluded: BTreeSet<&'static str>,
    source: SourceFile,
    applied: BTreeMap<&'static str, usize>,
    broken: Vec<Broken>,
    /// How many broken fixes each rule had.
    faults: BTreeMap<&'static str, usize>,
    /// Each pass so far: the hash of the text that it began with, and the rules whose fixes it applied.
    history: Vec<(u64, BTreeSet<&'static str>)>,
    /// A text that grows beyond this many bytes does not come to an end.
    longest: usize,
}

/// A fix that is not tried again. Its place is carried along through later edits.
struct Broken {
    rule: &'static str,
    offset: usize,
    reason: String,
}

impl<'a> Passes<'a> {
    fn new(source: &SourceFile, fixes: Wanted, engine: &'a Engine<'a>, excluded: &BTreeSet<&'static str>) -> Self {
        Self {
            engine,
            fixes,
            excluded: excluded.clone(),
            source: source.clone(),
            applied: BTreeMap::new(),
            broken: Vec::new(),
            faults: BTreeMap::new(),
            history: Vec::new(),
            longest: source.text().len() * 16 + (1 << 16),
        }
    }

    /// # Errors
    /// The rules that do not come to an end.
    fn run(mut self) -> Result<Fixed, BTreeSet<&'static str>> {
        let mut looked_at: Option<(BTreeMap<_, usize>, Vec<_>, Vec<_>)> = None;
        loop {
            let checked = (self.engine.check)(&self.source);
            if let Some((before, wanted, kept)) = looked_at.take() {
                self.count(&before, &wanted, &kept, &checked);
            }
            let wanted = self.wanted(&checked);
            if wanted.is_empty() {
                return Ok(self.finish(checked));
            }
            let settled = bisect::settle(&self.source, &wanted, self.engine.verify, &mut self.faults);
            let rules: Vec<&'static str> = wanted.iter().map(|candidate| candidate.rule).collect();
            let kept: Vec<&'static str> = settled.kept.iter().map(|&index| wanted[index].rule).collect();
            self.broken
                .extend(settled.broken.into_iter().map(|(index, reason)| Broken {
                    rule: wanted[index].rule,
                    offset: wanted[index].offset,
                    reason,
                }));
            match settled.applied {
                Some(applied) => {
                    let before = counted(checked.findings.iter().map(|finding| finding.rule.code));
                    self.advance(applied, &kept)?;
                    looked_at = Some((before, rules, kept));
                }
                None if self.wanted(&checked).len() == wanted.len() => return Ok(self.finish(checked)),
                None => {}
            }
        }
    }

    fn wanted<'f>(&self, checked: &'f Checked) -> Vec<Candidate<'f>> {
        let known: HashSet<(&str, usize)> = self.broken.iter().map(|broken| (broken.rule, broken.offset)).collect();
        let is_wanted = |candidate: &Candidate<'_>| {
            !self.excluded.contains(candidate.rule)
                && bisect::is_trusted(&self.faults, candidate.rule)
                && !known.contains(&(candidate.rule, candidate.offset))
        };
        let candidates = checked.findings.iter().filter_map(|finding| {
            Some(Candidate {
                rule: finding.rule.code,
                offset: finding.span.start,
                fix: self.fixes.fix_of(finding)?,
            })
        });
        candidates.filter(is_wanted).collect()
    }

    /// # Errors
    /// The rules that do not come to an end.
    fn advance(
        &mut self,
        (applied, after): (Applied, SourceFile),
        rules: &[&'static str],
    ) -> Result<(), BTreeSet<&'static str>> {
        self.history
            .push((hash(self.source.text()), rules.iter().copied().collect()));
        let hash = hash(&applied.text);
        let circle = self.history.iter().position(|(earlier, _)| *earlier == hash);
        let too_far = self.history.len() >= MOST_PASSES || applied.text.len() > self.longest;
        if let Some(start) = circle.or(too_far.then_some(self.history.len() - 1)) {
            return Err(self.history[start..]
                .iter()
                .flat_map(|(_, rules)| rules)
                .copied()
                .collect());
        }
        for broken in &mut self.broken {
            broken.offset = moved(broken.offset, &applied.edits);
        }
        self.source = after;
        Ok(())
    }

    /// Counts what a pass made of the findings `before` it: those whose fixes it applied, and those with a fix (`wanted`)
    /// that are gone with another one's, because a deadline covers two connects.
    fn count(
        &mut self,
        before: &BTreeMap<&'static str, usize>,
        wanted: &[&'static str],
        kept: &[&'static str],
        after: &Checked,
    ) {
        let after = counted(after.findings.iter().map(|finding| finding.rule.code));
        let (wanted, kept) = (counted(wanted.iter().copied()), counted(kept.iter().copied()));
        let of = |counts: &BTreeMap<&'static str, usize>, rule| counts.get(rule).copied().unwrap_or_default();
        for (rule, wanted) in wanted {
            let gone = of(before, rule).saturating_sub(of(&after, rule));
            let fixed = of(&kept, rule).max(gone.min(wanted));
            if fixed > 0 {
                *self.applied.entry(rule).or_default() += fixed;
            }
        }
    }

    fn finish(self, checked: Checked) -> Fixed {
        let broken = self.broken.into_iter().map(|broken| Failure::Broken {
            rule: broken.rule,
            place: self.source.place(broken.offset),
            reason: broken.reason,
        });
        let given_up = self
            .faults
            .keys()
            .filter(|rule| !bisect::is_trusted(&self.faults, rule));
        let given_up = given_up.map(|rule| Failure::GivenUp { rule });
        Fixed {
            failures: broken.chain(given_up).collect(),
            source: self.source,
            applied: self.applied,
            checked,
        }
    }
}

/// How often each rule's code is there.
fn counted(codes: impl Iterator<Item = &'static str>) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for code in codes {
        *counts.entry(code).or_default() += 1;
    }
    counts
}

/// Where the byte at `offset` is after `edits`; where the edit begins, if it is gone.
fn moved(offset: usize, edits: &[Edit]) -> usize {
    let mut moved = offset;
    for edit in edits.iter().take_while(|edit| edit.span.start <= offset) {
        let gone = edit.span.end.min(offset) - edit.span.start;
        moved -= gone;
        if edit.span.end <= offset {
            moved += edit.text.len();
        }
    }
    moved
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;
