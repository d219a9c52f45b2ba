//! Which fixes go into one pass, and the text that they make.

use std::collections::{BTreeMap, HashSet};

use crate::finding::{Edit, Fix};
use crate::source::{SourceFile, Span};

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

impl Applied {
    /// `source`, whose text it was made of, with that text.
    ///
    /// # Errors
    /// Why nothing that can be written to a notebook has this text.
    pub fn in_file(&self, source: &SourceFile) -> Result<SourceFile, &'static str> {
        let edits = self.edits.iter().map(|edit| (edit.span, edit.text.as_str()));
        source.edited(self.text.clone(), edits)
    }
}

/// Carries out as many of `fixes` as go together, the first ones by position, whatever order they are given in.
///
/// A fix waits where something that it awaits is edited already, where one of its edits overlaps or touches an edit that is already taken, or makes or takes lines in a
/// claim of a fix that is already taken, or the other way round: new lines in a block that gets deeper would not get
/// deeper with it, while what changes within a line goes with its line. An edit that two fixes have in common (the same
/// import) counts once and keeps neither from being taken. A fix whose edits do not fit `text` (out of bounds, inside a
/// character, unsorted, overlapping) is never taken.
#[must_use]
pub fn apply(text: &str, fixes: &[&Fix]) -> Applied {
    let mut order: Vec<usize> = (0..fixes.len()).filter(|&index| fits(text, fixes[index])).collect();
    order.sort_by(|&a, &b| position(fixes[a]).cmp(&position(fixes[b])).then(a.cmp(&b)));
    let mut pass = Pass::new(text);
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
pub(super) fn fits(text: &str, fix: &Fix) -> bool {
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
    let anchor = fix.claims.first().copied();
    let edits: Vec<_> = fix.edits.iter().map(|edit| (edit.span, edit.text.as_str())).collect();
    (
        anchor.or(edits.first().map(|(span, _)| *span)),
        edits,
        fix.claims.as_slice(),
        fix.awaits.as_slice(),
    )
}

/// What is taken so far.
struct Pass<'a> {
    text: &'a str,
    /// By their first byte. No two of them touch.
    edits: BTreeMap<usize, Edit>,
    /// Those that make or take lines, by their first byte: where they end.
    lines: BTreeMap<usize, usize>,
    /// First byte and end. No two of them touch.
    claims: BTreeMap<usize, usize>,
    /// The edits of each fix that is taken.
    rewrites: HashSet<Vec<Edit>>,
}

impl<'a> Pass<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            edits: BTreeMap::new(),
            lines: BTreeMap::new(),
            claims: BTreeMap::new(),
            rewrites: HashSet::new(),
        }
    }

    /// Takes `fix` unless it has to wait.
    fn take(&mut self, fix: &Fix) -> bool {
        let edits = joined(&fix.edits);
        let is_new = !self.rewrites.contains(&edits);
        let own: &[Edit] = if is_new { &[] } else { &edits };
        let is_awaited = |place: &Span| self.edit_touching(*place).is_some_and(|taken| !own.contains(taken));
        if fix.claims.iter().any(|&claim| self.edits_in(claim, own)) || fix.awaits.iter().any(is_awaited) {
            return false;
        }
        if is_new {
            if edits.iter().any(|edit| self.forbids(edit)) {
                return false;
            }
            for edit in &edits {
                self.edits.insert(edit.span.start, edit.clone());
                if self.changes_lines(edit) {
                    self.lines.insert(edit.span.start, edit.span.end);
                }
            }
            self.rewrites.insert(edits);
        }
        for &claim in &fix.claims {
            self.claim(claim);
        }
        true
    }

    fn forbids(&self, edit: &Edit) -> bool {
        let is_claimed = || {
            let before = self.claims.range(..=edit.span.end).next_back();
            before.is_some_and(|(_, &end)| end >= edit.span.start)
        };
        (self.changes_lines(edit) && is_claimed()) || self.edit_touching(edit.span).is_some_and(|taken| taken != edit)
    }

    /// Whether a taken edit that is none of `own` makes or takes lines in the claim.
    fn edits_in(&self, claim: Span, own: &[Edit]) -> bool {
        let before = self.lines.range(..=claim.end).rev();
        let mut inside = before.take_while(|&(&start, &end)| Span::new(start, end).touches(claim));
        inside.any(|(start, _)| !self.edits.get(start).is_some_and(|edit| own.contains(edit)))
    }

    fn changes_lines(&self, edit: &Edit) -> bool {
        let old = self.text.get(edit.span.range()).unwrap_or_default();
        [old, &edit.text].iter().any(|text| text.contains(['\n', '\r']))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::finding::Applicability;

    const TEXT: &str = "0123456789";

    fn fix(edits: &[(usize, usize, &str)], claims: &[(usize, usize)]) -> Fix {
        let edit = |&(start, end, text): &(usize, usize, &str)| Edit::replace(Span::new(start, end), text);
        Fix {
            title: String::new(),
            applicability: Applicability::Safe,
            edits: edits.iter().map(edit).collect(),
            changes: Vec::new(),
            takes_python_for_granted: false,
            claims: claims.iter().map(|&(start, end)| Span::new(start, end)).collect(),
            awaits: Vec::new(),
        }
    }

    fn applied(fixes: &[Fix]) -> (String, Vec<usize>) {
        let applied = apply(TEXT, &fixes.iter().collect::<Vec<_>>());
        (applied.text, applied.taken)
    }

    #[test]
    fn fixes_that_are_apart_go_together() {
        let fixes = [
            fix(&[(7, 8, "")], &[(6, 9)]),
            fix(&[(1, 2, "a"), (3, 3, "b")], &[(0, 5)]),
        ];
        assert_eq!(applied(&fixes), ("0a2b345689".to_owned(), vec![0, 1]));
    }

    #[test]
    fn what_awaits_something_that_is_taken_away_waits() {
        let first = fix(&[(1, 2, "")], &[(1, 2)]);
        let last = Fix {
            awaits: vec![Span::new(1, 2)],
            ..fix(&[(7, 8, "")], &[(7, 8)])
        };
        assert_eq!(applied(&[last.clone(), first]).1, [1]);
        assert_eq!(applied(&[last]).1, [0]);
    }

    #[test]
    fn the_later_one_of_two_that_overlap_or_touch_waits() {
        for later in [(3, 5, "y"), (4, 5, "y"), (4, 4, "y")] {
            let fixes = [fix(&[later], &[]), fix(&[(2, 4, "x")], &[])];
            assert_eq!(applied(&fixes), ("01x456789".to_owned(), vec![1]), "{later:?}");
        }
    }

    #[test]
    fn an_edit_of_lines_in_another_fixes_claim_waits_and_so_does_a_claim_over_one() {
        let inner = fix(&[(5, 6, "x\n")], &[(5, 6)]);
        let outer = fix(&[(2, 3, "y")], &[(2, 9)]);
        assert_eq!(applied(&[inner.clone(), outer.clone()]).1, [1]);
        let claims_later = fix(&[(8, 8, "z")], &[(4, 8)]);
        assert_eq!(applied(&[fix(&[(3, 6, "\n")], &[(3, 6)]), claims_later]).1, [0]);
        let takes_a_line = [fix(&[(1, 1, "    ")], &[(1, 4)]), fix(&[(2, 4, "")], &[])];
        assert_eq!(apply("a\nb\nc", &takes_a_line.each_ref()).taken, [0]);
    }

    #[test]
    fn an_edit_within_a_line_goes_along_with_a_claim_over_it() {
        let within = fix(&[(5, 6, "x")], &[(5, 6)]);
        let around = fix(&[(2, 2, "y\n"), (4, 4, "z")], &[(2, 9)]);
        for fixes in [[within.clone(), around.clone()], [around, within]] {
            assert_eq!(applied(&fixes), ("01y\n23z4x6789".to_owned(), vec![0, 1]));
        }
    }

    #[test]
    fn the_same_import_counts_once() {
        let import = (0, 0, "import x\n");
        let fixes = [
            fix(&[import, (3, 4, "a")], &[(3, 4)]),
            fix(&[import, (7, 8, "b")], &[(7, 8)]),
        ];
        assert_eq!(applied(&fixes), ("import x\n012a456b89".to_owned(), vec![0, 1]));
    }

    #[test]
    fn two_imports_at_one_place_do_not_go_together() {
        let fixes = [
            fix(&[(0, 0, "x"), (3, 4, "a")], &[(3, 4)]),
            fix(&[(0, 0, "y"), (7, 8, "b")], &[(7, 8)]),
        ];
        assert_eq!(applied(&fixes).1, [0]);
    }

    #[test]
    fn the_same_fix_of_two_findings_is_done_once_and_counts_for_both() {
        let twice = fix(&[(3, 4, "a")], &[(2, 6)]);
        assert_eq!(applied(&[twice.clone(), twice]), ("012a456789".to_owned(), vec![0, 1]));
    }

    #[test]
    fn a_fix_that_fits_no_text_or_changes_nothing_is_not_taken() {
        for unfit in [
            fix(&[], &[]),
            fix(&[(3, 4, "3")], &[]),
            fix(&[(9, 11, "")], &[]),
            fix(&[(5, 6, ""), (2, 3, "")], &[]),
            fix(&[(2, 5, ""), (4, 6, "")], &[]),
        ] {
            assert_eq!(
                applied(std::slice::from_ref(&unfit)),
                (TEXT.to_owned(), vec![]),
                "{unfit:?}"
            );
        }
        assert!(apply("é", &[&fix(&[(1, 2, "")], &[])]).taken.is_empty());
    }

    fn any_fix() -> impl Strategy<Value = Fix> {
        let edit = (0..40_usize, 0..4_usize, "[a-b\n]{0,2}");
        let claim = (0..40_usize, 0..9_usize);
        (prop::collection::vec(edit, 1..4), prop::collection::vec(claim, 0..2)).prop_map(|(edits, claims)| {
            let mut edits: Vec<_> = edits
                .iter()
                .map(|(at, len, text)| (*at, at + len, text.as_str()))
                .collect();
            edits.sort_unstable();
            let claims: Vec<_> = claims.iter().map(|(at, len)| (*at, at + len)).collect();
            fix(&edits, &claims)
        })
    }

    #[test]
    fn a_rewrite_that_is_taken_already_still_waits_for_what_edits_in_its_claims() {
        let bare = fix(&[(1, 2, "x")], &[]);
        let inside = fix(&[(7, 8, "\n")], &[(4, 4)]);
        let claiming = fix(&[(1, 2, "x")], &[(6, 9)]);
        assert_eq!(applied(&[bare.clone(), claiming.clone()]).1, [0, 1]);
        assert_eq!(
            applied(&[bare, inside, claiming]),
            ("0x23456\n89".to_owned(), vec![0, 1])
        );
    }

    proptest! {
        #[test]
        fn what_is_taken_never_overlaps_and_the_order_of_the_list_does_not_matter(
            (fixes, shuffled) in prop::collection::vec(any_fix(), 0..12)
                .prop_flat_map(|fixes| (Just(fixes.clone()), Just(fixes).prop_shuffle()))
        ) {
            let text = "012345678\n".repeat(4);
            let outcome = apply(&text, &fixes.iter().collect::<Vec<_>>());
            let other = apply(&text, &shuffled.iter().collect::<Vec<_>>());
            prop_assert_eq!(&outcome.text, &other.text);
            prop_assert_eq!(&outcome.edits, &other.edits);
            prop_assert_eq!(outcome.taken.len(), other.taken.len());
            for pair in outcome.edits.windows(2) {
                prop_assert!(pair[0].span.end < pair[1].span.start);
            }
            // What was taken goes together whatever else there was.
            let taken: Vec<&Fix> = outcome.taken.iter().map(|&index| &fixes[index]).collect();
            let again = apply(&text, &taken);
            prop_assert_eq!(&again.text, &outcome.text);
            prop_assert_eq!(again.taken.len(), taken.len());
            // No taken fix makes or takes lines in what another one was computed from.
            let keeps_lines = |edit: &Edit| !edit.text.contains('\n') && !text[edit.span.range()].contains('\n');
            for (index, fix) in taken.iter().enumerate() {
                for other in taken.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, other)| other) {
                    let mut of_lines = other.edits.iter().filter(|edit| !keeps_lines(edit));
                    let clash = of_lines.any(|edit| fix.claims.iter().any(|claim| claim.touches(edit.span)));
                    prop_assert!(!clash || joined(&other.edits) == joined(&fix.edits));
                }
            }
        }
    }
}
