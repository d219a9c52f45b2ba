//! GitLab's Code Quality report: a JSON array. Paths are relative to the root of the repository, columns count code points.

use std::io::{self, Write};

use serde::Serialize;

use super::fingerprints::Fingerprints;
use super::paragraphs::remedy;
use super::whole_lines::last_line;
use super::{FileReport, Format, Root, Summary, escape};
use crate::finding::{Finding, Severity};
use crate::source::Position;

pub(super) struct Gitlab {
    root: Root,
    any: bool,
}

impl Gitlab {
    pub(super) fn new(root: Root) -> Self {
        Self { root, any: false }
    }
}

impl Format for Gitlab {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"[")
    }

    fn file(&mut self, out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()> {
        let path = self.root.name_of(file.source.path());
        let mut fingerprints = Fingerprints::new(file.source, &path);
        for finding in &file.checked.findings {
            let (start, end) = (
                file.source.position(finding.span.start),
                file.source.position(finding.span.end),
            );
            let lines = (start.line, last_line(file.source, finding.span));
            let issue = Issue {
                description: description(finding),
                check_name: finding.rule.code,
                fingerprint: fingerprints.of(finding.rule.code, lines),
                severity: match finding.severity {
                    Severity::Error => "major",
                    Severity::Warning => "minor",
                    Severity::Info => "info",
                },
                location: Location {
                    path: &path,
                    positions: Positions {
                        begin: start.into(),
                        end: end.into(),
                    },
                },
            };
            out.write_all(if self.any { b",\n" } else { b"\n" })?;
            self.any = true;
            serde_json::to_writer(&mut *out, &issue)?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, _summary: &Summary) -> io::Result<()> {
        out.write_all(if self.any { b"\n]\n" } else { b"]\n" })
    }
}

/// GitLab shows a line.
fn description(finding: &Finding) -> String {
    let message = escape::line(&finding.message);
    match remedy(finding) {
        Some(remedy) => format!("{message} ({remedy})"),
        None => message.into_owned(),
    }
}

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'a str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    positions: Positions,
}

#[derive(Serialize)]
struct Positions {
    begin: Place,
    end: Place,
}

#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
}

impl From<Position> for Place {
    fn from(Position { line, column }: Position) -> Self {
        Self { line, column }
    }
}
