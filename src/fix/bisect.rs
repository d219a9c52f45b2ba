//! Which fixes of a pass stand up to verification.

use std::collections::BTreeMap;

use super::passes::{MOST_BROKEN, Verify};
use super::{Applied, apply};
use crate::finding::{Applicability, Change, Fix};
use crate::source::SourceFile;

/// A fix that may go into a pass.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    /// The code of its rule.
    pub(super) rule: &'static str,
    /// Where its finding begins.
    pub(super) offset: usize,
    pub(super) fix: &'a Fix,
}

/// What became of the candidates of a pass. Those that are in none of the lists wait for the next pass.
#[derive(Default)]
pub(super) struct Settled {
    /// Indices of the candidates that are in `applied`, ascending.
    pub(super) kept: Vec<usize>,
    /// The largest text that was verified, and the file with it; `None` where no candidate is kept.
    pub(super) applied: Option<(Applied, SourceFile)>,
    /// Indices of the candidates that do not even verify alone, and why.
    pub(super) broken: Vec<(usize, String)>,
}

/// Applies the candidates that go together, and finds those that do not verify with about `log2(candidates)`
/// verifications for each. `faults` counts the broken ones; a rule that is no longer trusted has its candidates skipped.
pub(super) fn settle(
    source: &SourceFile,
    candidates: &[Candidate<'_>],
    verify: &Verify<'_>,
    faults: &mut BTreeMap<&'static str, usize>,
) -> Settled {
    let fixes: Vec<&Fix> = candidates.iter().map(|candidate| candidate.fix).collect();
    let compatible = apply(source.text(), &fixes).taken;
    let mut bisection = Bisection {
        source,
        candidates,
        verify,
        faults,
        settled: Settled::default(),
    };
    for index in (0..candidates.len()).filter(|&index| !apply::fits(source.text(), fixes[index])) {
        bisection.condemn(
            index,
            "its edits overlap, change nothing or do not fit the text".to_owned(),
        );
    }
    bisection.take(&compatible, None);
    bisection.settled
}

/// Whether more fixes of `rule` are worth a try.
pub(super) fn is_trusted(faults: &BTreeMap<&'static str, usize>, rule: &str) -> bool {
    faults.get(rule).is_none_or(|&faults| faults < MOST_BROKEN)
}

fn takes_comment(change: &Change) -> bool {
    matches!(change, Change::Comment { .. })
}

struct Bisection<'a> {
    source: &'a SourceFile,
    candidates: &'a [Candidate<'a>],
    verify: &'a Verify<'a>,
    faults: &'a mut BTreeMap<&'static str, usize>,
    settled: Settled,
}

impl Bisection<'_> {
    /// Keeps those of `chunk` that verify together with what is kept already. `reason` is given where it is known that
    /// they do not all do.
    fn take(&mut self, chunk: &[usize], reason: Option<String>) {
        let is_trusted = |index: &usize| is_trusted(self.faults, self.candidates[*index].rule);
        let trusted: Vec<usize> = chunk.iter().copied().filter(is_trusted).collect();
        let reason = reason.filter(|_| trusted.len() == chunk.len());
        if trusted.is_empty() {
            return;
        }
        let outcome = reason.map_or_else(|| self.attempt(&self.settled.kept, &trusted), Err);
        let reason = match outcome {
            Ok(applied) => return self.keep(&trusted, applied),
            Err(reason) => reason,
        };
        if let [index] = trusted[..] {
            return self.blame(index, reason);
        }
        let (left, right) = trusted.split_at(trusted.len() / 2);
        let before = self.settled.kept.len();
        self.take(left, None);
        // Where the left half is kept whole, the fault is known to be in the right one.
        let left_is_whole = self.settled.kept.len() == before + left.len();
        self.take(right, left_is_whole.then_some(reason));
    }

    fn attempt(&self, kept: &[usize], more: &[usize]) -> Result<(Applied, SourceFile), String> {
        let mut indices: Vec<usize> = kept.iter().chain(more).copied().collect();
        indices.sort_unstable();
        let fixes: Vec<&Fix> = indices.iter().map(|&index| self.candidates[index].fix).collect();
        let applied = apply(self.source.text(), &fixes);
        if applied.taken.len() != fixes.len() {
            return Err("its edits cannot be carried out next to another fix's".to_owned());
        }
        if fixes
            .iter()
            .any(|fix| fix.applicability == Applicability::Safe && fix.changes.iter().any(takes_comment))
        {
            return Err("it takes a comment away and calls itself safe".to_owned());
        }
        let changes: Vec<_> = fixes.iter().flat_map(|fix| fix.changes.iter().cloned()).collect();
        let after = applied.in_file(self.source)?;
        (self.verify)(self.source, &after, &applied.edits, &changes)?;
        Ok((applied, after))
    }

    fn keep(&mut self, indices: &[usize], applied: (Applied, SourceFile)) {
        self.settled.kept.extend(indices);
        self.settled.kept.sort_unstable();
        self.settled.applied = Some(applied);
    }

    /// A single fix does not verify: it is broken, unless it is only in the way of those that are kept.
    fn blame(&mut self, index: usize, reason: String) {
        if !self.settled.kept.is_empty() && self.attempt(&[], &[index]).is_ok() {
            return;
        }
        self.condemn(index, reason);
    }

    fn condemn(&mut self, index: usize, reason: String) {
        if is_trusted(self.faults, self.candidates[index].rule) {
            *self.faults.entry(self.candidates[index].rule).or_default() += 1;
            self.settled.broken.push((index, reason));
        }
    }
}
