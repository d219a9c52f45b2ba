//! reviewdog's `rdjson` and `rdjsonl`. Columns count UTF-8 bytes, a byte order mark included, as reviewdog slices lines;
//! paths are as the user names them, because reviewdog reads them from the working folder.
//!
//! Each suggestion stands alone for reviewdog, so a fix is one: whole lines, with all its edits.

use std::io::{self, Write};

use serde::Serialize;

use super::paragraphs::paragraphs;
use super::root::with_slashes;
use super::whole_lines::WholeLines;
use super::{FileReport, Format, Summary, escape, patch};
use crate::finding::{Finding, Severity};
use crate::source::{SourceFile, Span};

/// One object with all diagnostics.
#[derive(Default)]
pub(super) struct Rdjson {
    any: bool,
}

impl Format for Rdjson {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"{\"source\":")?;
        serde_json::to_writer(&mut *out, &Source::WS_LINT)?;
        out.write_all(b",\"diagnostics\":[")
    }

    fn file(&mut self, out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()> {
        for diagnostic in diagnostics(file, None) {
            out.write_all(if self.any { b",\n" } else { b"\n" })?;
            self.any = true;
            serde_json::to_writer(&mut *out, &diagnostic)?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, _summary: &Summary) -> io::Result<()> {
        out.write_all(if self.any { b"\n]}\n" } else { b"]}\n" })
    }
}

/// One diagnostic a line.
pub(super) struct Rdjsonl;

impl Format for Rdjsonl {
    fn begin(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn file(&mut self, out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()> {
        for diagnostic in diagnostics(file, Some(Source::WS_LINT)) {
            serde_json::to_writer(&mut *out, &diagnostic)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn finish(&mut self, _out: &mut dyn Write, _summary: &Summary) -> io::Result<()> {
        Ok(())
    }
}

fn diagnostics<'a>(file: &FileReport<'a>, source: Option<Source>) -> impl Iterator<Item = Diagnostic> + use<'a> {
    let (text, checked) = (file.source, file.checked);
    let path = with_slashes(text.path());
    checked
        .findings
        .iter()
        .map(move |finding| Diagnostic::new(finding, text, &path, source))
}

#[derive(Serialize)]
struct Diagnostic {
    message: String,
    location: Location,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    code: Code,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
}

impl Diagnostic {
    fn new(finding: &Finding, text: &SourceFile, path: &str, source: Option<Source>) -> Self {
        let suggestion = finding.fix.as_ref().and_then(|fix| WholeLines::of(fix, text));
        let mut lines = paragraphs(finding, text);
        // A suggestion is taken with one click: say what it is, and whether it is safe.
        if let Some(fix) = &finding.fix {
            lines.push(format!("{}: {}", patch::lead(fix), escape::line(&fix.title)));
        }
        Self {
            message: lines.join("\n"),
            location: Location {
                path: path.to_owned(),
                range: Range::of(finding.span, text),
            },
            severity: match finding.severity {
                Severity::Error => "ERROR",
                Severity::Warning => "WARNING",
                Severity::Info => "INFO",
            },
            source,
            code: Code {
                value: finding.rule.code,
            },
            suggestions: suggestion.map(Suggestion::from).into_iter().collect(),
        }
    }
}

#[derive(Clone, Copy, Serialize)]
struct Source {
    name: &'static str,
}

impl Source {
    const WS_LINT: Self = Self { name: "ws-lint" };
}

#[derive(Serialize)]
struct Location {
    path: String,
    range: Range,
}

#[derive(Serialize)]
struct Code {
    value: &'static str,
}

#[derive(Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

impl From<WholeLines> for Suggestion {
    fn from(lines: WholeLines) -> Self {
        let whole = |line| Place { line, column: None };
        Self {
            range: Range {
                start: whole(lines.first),
                end: whole(lines.last),
            },
            text: lines.text,
        }
    }
}

#[derive(Serialize)]
struct Range {
    start: Place,
    end: Place,
}

impl Range {
    fn of(span: Span, source: &SourceFile) -> Self {
        Self {
            start: Place::of(span.start, source),
            end: Place::of(span.end, source),
        }
    }
}

/// A place without a column is a whole line.
#[derive(Serialize)]
struct Place {
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

impl Place {
    fn of(offset: usize, source: &SourceFile) -> Self {
        Self {
            line: source.position(offset).line,
            column: Some(offset - source.line_start(offset) + 1),
        }
    }
}
