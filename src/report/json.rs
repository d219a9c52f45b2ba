//! The documented, versioned JSON: one object, `{"version": 1, "findings": […], "summary": {…}}`.
//!
//! Lines and columns are 1-based, columns count Unicode code points; offsets are bytes from the file's first byte,
//! a byte order mark included. A path that is no UTF-8 has U+FFFD in the place of each byte sequence that is none:
//! JSON has no other bytes. In a notebook lines and columns are those of a `cell` (1-based, whatever the cells hold), offsets
//! those of the stored file, and the text of an edit is code as it stands in the cell. Within version 1 members may be added, never taken away or changed.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::{FileReport, Format, Summary};
use crate::finding::{Applicability, Finding, Fix, Severity};
use crate::sites::{OtherPlace, Related, RelatedPlace};
use crate::source::{Place, SourceFile, Span};

/// The version that the object carries.
const VERSION: u32 = 1;

#[derive(Default)]
pub(super) struct Json {
    any: bool,
}

impl Format for Json {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{{\"version\":{VERSION},\"findings\":[")
    }

    fn file(&mut self, out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()> {
        let path = file.source.path().to_string_lossy();
        for finding in &file.checked.findings {
            out.write_all(if self.any { b",\n" } else { b"\n" })?;
            self.any = true;
            serde_json::to_writer(&mut *out, &JsonFinding::new(finding, &path, file.source))?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
        out.write_all(if self.any {
            b"\n],\"summary\":"
        } else {
            b"],\"summary\":"
        })?;
        serde_json::to_writer(&mut *out, &JsonSummary::from(summary))?;
        out.write_all(b"}\n")
    }
}

/// One finding; also a line of `json-lines`.
#[derive(Serialize)]
pub(super) struct JsonFinding<'a> {
    code: &'a str,
    name: &'a str,
    severity: Severity,
    message: &'a str,
    note: Option<&'a str>,
    help: Option<&'a str>,
    path: &'a str,
    start: JsonPosition,
    end: JsonPosition,
    fix: Option<JsonFix<'a>>,
    /// The places that the answer comes through, in the order of the way there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<JsonRelated<'a>>,
}

/// A place that the answer comes through, which may stand in another file.
#[derive(Serialize)]
struct JsonRelated<'a> {
    path: String,
    start: JsonPosition,
    end: JsonPosition,
    message: &'a str,
}

impl<'a> JsonRelated<'a> {
    fn new(place: &'a Related, source: &SourceFile) -> Self {
        let OtherPlace { file, span, start, end } = place.place_from(source);
        let span = match place.place {
            RelatedPlace::Here(here) => source.span_on_disk(here),
            RelatedPlace::There(_) => span,
        };
        let position = |place: Place, offset| JsonPosition {
            cell: place.cell,
            line: place.line,
            column: place.column,
            offset,
        };
        Self {
            path: file.to_string(),
            start: position(start, span.start),
            end: position(end, span.end),
            message: &place.what,
        }
    }
}

impl<'a> JsonFinding<'a> {
    pub(super) fn new(finding: &'a Finding, path: &'a str, source: &SourceFile) -> Self {
        Self {
            code: finding.rule.code,
            name: finding.rule.name,
            severity: finding.severity,
            message: &finding.message,
            note: finding.note.as_deref(),
            help: finding.help.as_deref(),
            path,
            start: JsonPosition::new(finding.span.start, source),
            end: JsonPosition::new(finding.span.end, source),
            fix: finding.fix.as_ref().map(|fix| JsonFix::new(fix, source)),
            related: finding
                .related
                .iter()
                .map(|place| JsonRelated::new(place, source))
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct JsonPosition {
    /// Only in a notebook.
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<usize>,
    line: usize,
    column: usize,
    offset: usize,
}

impl JsonPosition {
    fn new(offset: usize, source: &SourceFile) -> Self {
        let place = source.place(offset);
        Self {
            cell: place.cell,
            line: place.line,
            column: place.column,
            offset: source.span_on_disk(Span::empty(offset)).start,
        }
    }
}

#[derive(Serialize)]
struct JsonFix<'a> {
    applicability: Applicability,
    title: &'a str,
    edits: Vec<JsonEdit<'a>>,
}

impl<'a> JsonFix<'a> {
    fn new(fix: &'a Fix, source: &SourceFile) -> Self {
        let edits = fix.edits.iter().map(|edit| JsonEdit {
            start: JsonPosition::new(edit.span.start, source),
            end: JsonPosition::new(edit.span.end, source),
            text: &edit.text,
        });
        Self {
            applicability: fix.applicability,
            title: &fix.title,
            edits: edits.collect(),
        }
    }
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    start: JsonPosition,
    end: JsonPosition,
    text: &'a str,
}

/// The counts of the run. `suppressed` counts what a comment allows, `baselined` what the baseline allows, `unchanged`
/// what stands on lines that did not change. `fixable` counts findings by the applicability of their fix, `rules` by
/// code.
#[derive(Serialize)]
struct JsonSummary<'a> {
    files: usize,
    findings: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    fixable: JsonFixable,
    suppressed: usize,
    baselined: usize,
    unchanged: usize,
    fixed: usize,
    rules: &'a BTreeMap<&'static str, usize>,
}

#[derive(Serialize)]
struct JsonFixable {
    safe: usize,
    r#unsafe: usize,
}

impl<'a> From<&'a Summary> for JsonSummary<'a> {
    fn from(summary: &'a Summary) -> Self {
        Self {
            files: summary.files,
            findings: summary.findings(),
            errors: summary.errors,
            warnings: summary.warnings,
            infos: summary.infos,
            fixable: JsonFixable {
                safe: summary.safe_fixes,
                r#unsafe: summary.unsafe_fixes,
            },
            suppressed: summary.suppressed,
            baselined: summary.baselined,
            unchanged: summary.unchanged,
            fixed: summary.fixed.values().sum(),
            rules: &summary.by_rule,
        }
    }
}
