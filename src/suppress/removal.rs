//! The fix of an unused suppression: the comment goes, or gets shorter. The text is the same in both languages.

use super::Suppression;
use super::directive::Listed;
use crate::finding::{Applicability, Change, Edit, Fix};
use crate::source::{SourceFile, Span};

/// Takes the whole directive away, with the words behind it. Comments beside it on the line stay; a line that held
/// nothing else goes too. Where a person wrote a reason the fix is unsafe: those words are not ws-lint's to delete
/// unread.
pub(super) fn whole(source: &SourceFile, suppression: &Suppression) -> Fix {
    let directive = &suppression.directive;
    let applicability = if directive.reason.is_some() {
        Applicability::Unsafe
    } else {
        Applicability::Safe
    };
    Fix {
        title: "remove the comment".to_owned(),
        applicability,
        edits: vec![Edit::delete(whole_range(source, suppression))],
        changes: vec![Change::Suppression {
            comment: suppression.comment,
        }],
        takes_python_for_granted: false,
        claims: vec![suppression.comment],
        awaits: Vec::new(),
    }
}

/// Takes the `unused` items out of a list, or the whole directive where nothing of the list is left.
pub(super) fn listed(source: &SourceFile, suppression: &Suppression, listed: &[Listed], unused: &[&Listed]) -> Fix {
    let is_unused = |item: &Listed| unused.iter().any(|other| other.span == item.span);
    if listed.iter().all(is_unused) {
        return whole(source, suppression);
    }
    let names: Vec<_> = unused
        .iter()
        .map(|item| format!("`{}`", source.slice(item.span)))
        .collect();
    Fix {
        title: format!("remove {} from the comment", names.join(", ")),
        applicability: Applicability::Safe,
        edits: shortened(listed, is_unused),
        changes: vec![Change::Suppression {
            comment: suppression.comment,
        }],
        takes_python_for_granted: false,
        claims: vec![suppression.comment],
        awaits: Vec::new(),
    }
}

/// Deletes each run of unused items with the separator behind it, the last run with the one before it.
fn shortened(listed: &[Listed], is_unused: impl Fn(&Listed) -> bool) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    let mut kept_end = None;
    let mut run_start = None;
    for item in listed {
        if is_unused(item) {
            run_start.get_or_insert(item.span.start);
        } else {
            if let Some(start) = run_start.take() {
                edits.push(Edit::delete(Span::new(start, item.span.start)));
            }
            kept_end = Some(item.span.end);
        }
    }
    if let (Some(_), Some(from), Some(last)) = (run_start, kept_end, listed.last()) {
        edits.push(Edit::delete(Span::new(from, last.span.end)));
    }
    edits
}

fn whole_range(source: &SourceFile, suppression: &Suppression) -> Span {
    let directive = &suppression.directive;
    let start = directive.span.start;
    // Where another comment follows the directive's own marker becomes the other's: the comment still begins where it
    // began.
    if let Some(next) = directive.followed_by {
        let marker = suppression.marker.len();
        return Span::new(start + marker, next + marker);
    }
    let line = source.line(source.position(start).line);
    let comment_alone = start == suppression.comment.start && suppression.own_line;
    if comment_alone {
        return Span::new(line.start, source.next_line_start(start));
    }
    let before = source.slice(Span::new(line.start, start));
    Span::new(line.start + before.trim_end().len(), line.end)
}
