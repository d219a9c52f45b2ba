//! Findings as the protocol calls them.

use std::path::Path;

use lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    Message, Uri,
};

use super::documents::Document;
use super::files;
use super::positions::{Lines, Unit};
use super::sheets::Sheets;
use crate::finding::{Finding, Severity};
use crate::reading::{self, Kind};
use crate::report::{escape, page};
use crate::rules::ws002_unused_suppression as unused_suppression;
use crate::sites::{Related, RelatedPlace};

/// Who says it.
pub(super) const SOURCE: &str = "ws-lint";

/// All that is said of the text at an address: of a document, or of one of its cells. `folder` is where the files of the project are
/// named from.
pub(super) fn diagnostics(address: &Uri, document: &Document, folder: &Path, unit: Unit) -> Vec<Diagnostic> {
    let Some(answer) = &document.answer else {
        return Vec::new();
    };
    let sheets = Sheets::of(document, &answer.source, unit);
    let is_there = |finding: &&Finding| sheets.location(finding.span).is_some_and(|it| it.uri == *address);
    let here = answer.findings.iter().filter(is_there);
    here.filter_map(|finding| diagnostic(finding, &sheets, folder, unit))
        .collect()
}

/// One of them; nothing where it is shown nowhere.
pub(super) fn diagnostic(finding: &Finding, sheets: &Sheets<'_>, folder: &Path, unit: Unit) -> Option<Diagnostic> {
    let view = View { sheets, folder, unit };
    view.diagnostic(finding)
}

/// A document as the editor sees it.
struct View<'a> {
    sheets: &'a Sheets<'a>,
    folder: &'a Path,
    unit: Unit,
}

impl View<'_> {
    fn diagnostic(&self, finding: &Finding) -> Option<Diagnostic> {
        let related: Vec<_> = finding
            .related
            .iter()
            .filter_map(|related| self.related(related))
            .collect();
        Some(Diagnostic {
            range: self.sheets.location(finding.span)?.range,
            severity: Some(match finding.severity {
                Severity::Error => DiagnosticSeverity::Error,
                Severity::Warning => DiagnosticSeverity::Warning,
                Severity::Info => DiagnosticSeverity::Information,
            }),
            code: Some(Code::String(finding.rule.code.to_owned())),
            code_description: page::address(finding.rule).map(|href| CodeDescription { href: Uri(href) }),
            source: Some(SOURCE.to_owned()),
            message: Message::String(message(finding)),
            tags: (finding.rule.code == unused_suppression::RULE.code).then(|| vec![DiagnosticTag::Unnecessary]),
            related_information: (!related.is_empty()).then_some(related),
            data: None,
        })
    }

    fn related(&self, related: &Related) -> Option<DiagnosticRelatedInformation> {
        let location = match &related.place {
            RelatedPlace::Here(span) => self.sheets.location(*span)?,
            RelatedPlace::There(place) => {
                let path = self.folder.join(&*place.file);
                let text = reading::read(&path, Kind::Source).ok()?;
                let text = String::from_utf8(text).ok()?;
                Location {
                    uri: files::address_of(&path),
                    range: Lines::of(&text, self.unit).range(place.span),
                }
            }
        };
        Some(DiagnosticRelatedInformation {
            location,
            message: escape::line(&related.what).into_owned(),
        })
    }
}

/// What is found, the fact behind it, and what to do, in a line each.
fn message(finding: &Finding) -> String {
    let mut message = escape::line(&finding.message).into_owned();
    for (what, text) in [("note", finding.note.as_deref()), ("help", finding.help.as_deref())] {
        if let Some(text) = text {
            message.push_str(&format!("\n{what}: {}", escape::line(text)));
        }
    }
    if let Some(to_do) = finding.to_do() {
        message.push_str(&format!("\nhelp: {}", escape::line(to_do)));
    }
    message
}
