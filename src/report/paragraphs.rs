//! What a finding says, for formats that have one field for all of it.

use super::escape;
use crate::finding::Finding;

/// The message, then `note: …` and `help: …` where there are any: a line each, every hidden character shown.
pub(super) fn paragraphs(finding: &Finding) -> Vec<String> {
    let mut lines = vec![escape::line(&finding.message).into_owned()];
    for (lead, text) in [("note", &finding.note), ("help", &finding.help)] {
        if let Some(text) = text {
            lines.push(format!("{lead}: {}", escape::line(text)));
        }
    }
    lines
}
