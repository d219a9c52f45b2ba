//! Where new comments can stand.

use super::comments;
use crate::project::Kind;
use crate::source::{SourceFile, Span};
use crate::suppress::Place;

const TRIAL: &str = "# ws-lint: ignore";

/// Where a comment that speaks of the line of each of `offsets` can stand: behind it, or above it where the manifest's reader
/// takes none behind a value, or where the line goes on. Nothing where the line lies inside a string or goes on from the
/// one before.
#[must_use]
pub fn comment_places(source: &SourceFile, offsets: &[usize]) -> Vec<Option<Place>> {
    let Some(kind) = Kind::of(source.path()) else {
        return Vec::new();
    };
    offsets.iter().map(|&offset| place(source, kind, offset)).collect()
}

fn place(source: &SourceFile, kind: Kind, offset: usize) -> Option<Place> {
    let number = source.position(offset).line;
    let line = source.line(number);
    let goes_on = |line: Span| kind == Kind::Requirements && source.slice(line).trim_end().ends_with('\\');
    if !goes_on(line) && is_comment(source, kind, line.end, &format!("  {TRIAL}")) {
        let existing = comments::spans(source.text(), kind)
            .into_iter()
            .find(|span| line.contains(*span));
        return Some(Place::Behind {
            at: line.end,
            comment: existing,
        });
    }
    let mark = match source.slice(line).strip_prefix('\u{feff}') {
        Some(rest) => source.slice(line).len() - rest.len(),
        None => 0,
    };
    let at = line.start + mark;
    let goes_on_from_before = number > 1 && goes_on(source.line(number - 1));
    (!goes_on_from_before && is_comment(source, kind, at, &format!("{TRIAL}\n"))).then_some(Place::Above { at })
}

/// Whether `text`, put in at `at`, is read as a comment, or as a part of one.
fn is_comment(source: &SourceFile, kind: Kind, at: usize, text: &str) -> bool {
    let (before, behind) = source.text().split_at(at);
    let end = at + text.trim_end().len();
    let trial = [before, text, behind].concat();
    comments::spans(&trial, kind)
        .iter()
        .any(|span| span.start < end && span.end == end)
}
