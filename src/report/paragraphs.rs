//! What a finding says, for formats that have one field for all of it.

use super::{escape, patch};
use crate::finding::{Finding, Fix};
use crate::source::SourceFile;

/// What comes in front of a place that a finding's answer comes through.
pub(super) const SEE: &str = "see";

/// The message, then `note: …`, `help: …` and `do: …` where there are any, and `see: net.py:8: …` for each place that the answer comes
/// through: a line each, every hidden character shown. `source` is the finding's file.
pub(super) fn paragraphs(finding: &Finding, source: &SourceFile) -> Vec<String> {
    let mut lines = vec![escape::line(&finding.message).into_owned()];
    for (lead, text) in [("note", &finding.note), ("help", &finding.help)] {
        if let Some(text) = text {
            lines.push(format!("{lead}: {}", escape::line(text)));
        }
    }
    lines.extend(finding.to_do().map(|text| format!("do: {text}")));
    let told = finding.places_told(source).into_iter();
    lines.extend(told.map(|place| format!("{SEE}: {}", escape::line(&place))));
    lines
}

/// The same, then `fix: …`, for formats that have no place for a fix.
pub(super) fn with_remedy(finding: &Finding, source: &SourceFile) -> Vec<String> {
    let mut lines = paragraphs(finding, source);
    lines.extend(finding.fix.as_ref().map(title));
    lines
}

/// `fix: …`, what the fix does, or `do: …`, what is to be done.
pub(super) fn remedy(finding: &Finding) -> Option<String> {
    let fix = finding.fix.as_ref().map(title);
    fix.or_else(|| finding.to_do().map(|text| format!("do: {text}")))
}

fn title(fix: &Fix) -> String {
    format!("{}: {}", patch::lead(fix), escape::line(&fix.title))
}
