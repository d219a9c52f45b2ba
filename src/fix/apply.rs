//! Which fixes go into one pass, and the text that they make.

use std::collections::{BTreeMap, HashSet};

use super::{Edit, Fix};
use crate::source::Span;

/// What [`apply`] made of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The text with the edits carried out.
    pub text: String,
    /// The edits that were carried out, sorted, each once, none overlapping another.
    pub edits: Vec<Edit>,
    /// Indices into the fixes that were given, ascending: those whose edits are all in `edits`.
    pub taken: Vec<usize>,
}

/// Carries out as many of `fixes` as go together, the first ones by position, whatever order they are given in.
///
/// A fix waits where one of its edits overlaps or touches an edit that is already taken, or lies in a claim of a fix
/// that is already taken, or the other way round. An edit that two fixes have in common (the same import) counts once
/// and keeps neither from being taken. A fix whose edits do not fit `text` (out of bounds, inside a character,
/// unsorted, overlapping) is never taken.
#[must_use]
pub fn apply(text: &str, fixes: &[&Fix]) -> Applied {
    let mut order: Vec<usize> = (0..fixes.len()).filter(|&index| fits(text, fixes[index])).collect();
    order.sort_by(|&a, &b| position(fixes[a]).cmp(&position(fixes[b])).then(a.cmp(&b)));
    let mut pass = Pass::default();
    let mut taken: Vec<usize> = order.into_iter().filter(|&index| pass.take(fixes[index])).collect();
    taken.sort_unstable();
    Applied {
        text: splice(text, pass.edits.values()),
        edits: pass.edits.into_values().collect(),
        taken,
    }
}

/// `text` with `edits` carried out, which are sorted, do not overlap and lie on character boundaries.
fn splice<'a>(text: &str, edits: impl IntoIterator<Item = &'a Edit>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for edit in edits {
        out.push_str(&text[copied..edit.span.start]);
        out.push_str(&edit.text);
        copied = edit.span.end;
    }
    out.push_str(&text[copied..]);
    out
}

/// Whether the edits can be carried out on `text` and change it.
fn fits(text: &str, fix: &Fix) -> bool {
    let mut free_from = 0;
    let mut changes = false;
    for Edit { span, text: new } in &fix.edits {
        let Some(old) = text.get(span.start..span.end) else {
            return false;
        };
        if span.start < free_from {
            return false;
        }
        free_from = span.end;
        changes |= old != new;
    }
    changes
}

/// The order in which fixes get their turn. It depends on what a fix is, not on where it stood in the list.
fn position(fix: &Fix) -> impl Ord + '_ {
    let anchor = fix.claims.iter().copied().min();
    let edits: Vec<_> = fix.edits.iter().map(|edit| (edit.span, edit.text.as_str())).collect();
    (
        anchor.or(edits.first().map(|(span, _)| *span)),
        edits,
        fix.claims.as_slice(),
    )
}

/// What is taken so far.
#[derive(Default)]
struct Pass {
    /// By their first byte. No two of them touch.
    edits: BTreeMap<usize, Edit>,
    /// First byte and end. No two of them touch.
    claims: BTreeMap<usize, usize>,
    /// The edits of each fix that is taken.
    rewrites: HashSet<Vec<Edit>>,
}

impl Pass {
    /// Takes `fix` unless it has to wait.
    fn take(&mut self, fix: &Fix) -> bool {
        let edits = joined(&fix.edits);
        if !self.rewrites.contains(&edits) {
            if edits.iter().any(|edit| self.forbids(edit)) || fix.claims.iter().any(|&claim| self.edits_in(claim)) {
                return false;
            }
            for edit in &edits {
                self.edits.insert(edit.span.start, edit.clone());
            }
            self.rewrites.insert(edits);
        }
        for &claim in &fix.claims {
            self.claim(claim);
        }
        true
    }

    fn forbids(&self, edit: &Edit) -> bool {
        let claimed = self
            .claims
            .range(..=edit.span.end)
            .next_back()
            .is_some_and(|(_, &end)| end >= edit.span.start);
        claimed || self.edit_touching(edit.span).is_some_and(|taken| taken != edit)
    }

    fn edits_in(&self, claim: Span) -> bool {
        self.edit_touching(claim).is_some()
    }

    fn edit_touching(&self, span: Span) -> Option<&Edit> {
        let (_, last) = self.edits.range(..=span.end).next_back()?;
        last.span.touches(span).then_some(last)
    }

    fn claim(&mut self, claim: Span) {
        let mut merged = claim;
        while let Some((&start, &end)) = self.claims.range(..=merged.end).next_back() {
            if end < merged.start {
                break;
            }
            merged = merged.cover(Span::new(start, end));
            self.claims.remove(&start);
        }
        self.claims.insert(merged.start, merged.end);
    }
}

/// The same edits, with those that touch made into one.
fn joined(edits: &[Edit]) -> Vec<Edit> {
    let mut joined: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        match joined.last_mut() {
            Some(last) if last.span.end == edit.span.start => {
                last.span.end = edit.span.end;
                last.text.push_str(&edit.text);
            }
            _ => joined.push(edit.clone()),
        }
    }
    joined
}
