//! One fix without the others, as an editor applies it.

use super::apply::{Applied, apply};
use super::passes::{Added, verify_of};
use crate::finding::Fix;
use crate::source::SourceFile;

/// Whether a fix, applied alone, changes what it declares and nothing else.
#[must_use]
pub fn holds(source: &SourceFile, fix: &Fix) -> bool {
    let (applied, Ok(after)) = alone(source, fix) else {
        return false;
    };
    !applied.taken.is_empty() && verify_of(source.language())(source, &after, &applied.edits, &fix.changes).is_ok()
}

/// The same of a comment that allows a finding.
#[must_use]
pub fn holds_as_comment(source: &SourceFile, fix: &Fix) -> bool {
    let (applied, Ok(after)) = alone(source, fix) else {
        return false;
    };
    let added = Added::of(&applied.edits, &fix.changes);
    !applied.taken.is_empty() && verify_of(source.language())(&after, source, &added.edits, &added.changes).is_ok()
}

fn alone(source: &SourceFile, fix: &Fix) -> (Applied, Result<SourceFile, &'static str>) {
    let applied = apply(source.text(), &[fix]);
    let after = applied.in_file(source);
    (applied, after)
}
