//! Findings as the protocol calls them.

use std::path::Path;

use lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    Message, Uri,
};

use super::documents::Document;
use super::files;
use super::positions::{Lines, Unit};
use crate::finding::{Finding, Severity};
use crate::reading::{self, Kind};
use crate::report::{escape, page};
use crate::rules::ws002_unused_suppression as unused_suppression;
use crate::sites::{Related, RelatedPlace};

/// Who says it.
pub(super) const SOURCE: &str = "ws-lint";

/// All that is said of a text. `folder` is where the files of the project are named from.
pub(super) fn diagnostics(document: &Document, folder: &Path, unit: Unit) -> Vec<Diagnostic> {
    let Some(answer) = &document.answer else {
        return Vec::new();
    };
    let view = View {
        lines: Lines::of(answer.source.text(), unit),
        address: &document.address,
        folder,
        unit,
    };
    answer.findings.iter().map(|finding| view.diagnostic(finding)).collect()
}

/// One of them.
pub(super) fn diagnostic(finding: &Finding, document: &Document, folder: &Path, unit: Unit) -> Diagnostic {
    let text = document.answer.as_ref().map_or("", |answer| answer.source.text());
    let view = View {
        lines: Lines::of(text, unit),
        address: &document.address,
        folder,
        unit,
    };
    view.diagnostic(finding)
}

/// A text as the editor sees it.
struct View<'a> {
    lines: Lines<'a>,
    address: &'a Uri,
    folder: &'a Path,
    unit: Unit,
}

impl View<'_> {
    fn diagnostic(&self, finding: &Finding) -> Diagnostic {
        let related: Vec<_> = finding
            .related
            .iter()
            .filter_map(|related| self.related(related))
            .collect();
        Diagnostic {
            range: self.lines.range(finding.span),
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
        }
    }

    fn related(&self, related: &Related) -> Option<DiagnosticRelatedInformation> {
        let location = match &related.place {
            RelatedPlace::Here(span) => Location {
                uri: self.address.clone(),
                range: self.lines.range(*span),
            },
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
