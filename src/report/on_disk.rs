//! For formats whose readers know a file by its bytes (code scanning, reviews, annotations): a notebook is its JSON there, so
//! that lines, columns and edits are those of the file as it is stored. The message names the cell.

use std::io::{self, Write};

use super::{FileReport, Format, Summary};
use crate::finding::{Checked, Edit, Finding, Fix, Suppressed};
use crate::sites::{Related, RelatedPlace};
use crate::source::SourceFile;

/// A format that is given notebooks as they are stored.
pub(super) struct OnDisk {
    pub(super) format: Box<dyn Format>,
}

impl Format for OnDisk {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.format.begin(out)
    }

    fn file(&mut self, out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()> {
        if !file.source.is_notebook() {
            return self.format.file(out, file);
        }
        let stored = |finding: &Finding| stored(finding, file.source);
        let allowed = file.checked.allowed.iter().map(|allowed| Suppressed {
            finding: stored(&allowed.finding),
            reason: allowed.reason.clone(),
        });
        let checked = Checked {
            findings: file.checked.findings.iter().map(stored).collect(),
            suppressed: file.checked.suppressed,
            allowed: allowed.collect(),
            baselined: file.checked.baselined.iter().map(stored).collect(),
            unchanged: file.checked.unchanged,
        };
        let file = FileReport {
            source: file.source.on_disk(),
            checked: &checked,
            ..*file
        };
        self.format.file(out, &file)
    }

    fn finish(&mut self, out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
        self.format.finish(out, summary)
    }
}

/// The finding with the places of the file in place of those of the text.
fn stored(finding: &Finding, source: &SourceFile) -> Finding {
    let place = source.place(finding.span.start);
    let told = |related: &Related| Related {
        what: related.what.clone(),
        place: match &related.place {
            RelatedPlace::Here(span) => RelatedPlace::Here(source.span_on_disk(*span)),
            RelatedPlace::There(other) => RelatedPlace::There(other.clone()),
        },
    };
    Finding {
        span: source.span_on_disk(finding.span),
        message: format!("{}: {}", place.line_told(), finding.message),
        fix: finding.fix.as_ref().and_then(|fix| stored_fix(fix, source)),
        related: finding.related.iter().map(told).collect(),
        ..finding.clone()
    }
}

/// The fix as edits of the file, where it can be carried out there.
fn stored_fix(fix: &Fix, source: &SourceFile) -> Option<Fix> {
    let edits = fix.edits.iter().map(|edit| {
        let (span, text) = source.edit_on_disk(edit.span, &edit.text)?;
        Some(Edit { span, text })
    });
    Some(Fix {
        edits: edits.collect::<Option<_>>()?,
        ..fix.clone()
    })
}
