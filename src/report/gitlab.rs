//! GitLab's Code Quality report: a JSON array. Paths are relative to the root of the repository, columns count code points.
//!
//! A fingerprint is made of the rule, the path and the text of the lines, so it stays the same where lines move; equal
//! ones in a file are numbered, because GitLab shows only one finding of each.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::whole_lines::last_line;
use super::{FileReport, Format, Root, Summary, escape};
use crate::finding::Severity;
use crate::source::{Position, SourceFile};

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
                description: escape::line(&finding.message),
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

#[derive(Serialize)]
struct Issue<'a> {
    description: std::borrow::Cow<'a, str>,
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

/// The fingerprints of one file, in the order of its findings.
struct Fingerprints<'a> {
    source: &'a SourceFile,
    path: &'a str,
    /// By first and last line: a line of megabytes with a thousand findings is hashed once.
    lines: HashMap<(usize, usize), Sha256>,
    seen: HashMap<String, usize>,
}

impl<'a> Fingerprints<'a> {
    fn new(source: &'a SourceFile, path: &'a str) -> Self {
        Self {
            source,
            path,
            lines: HashMap::new(),
            seen: HashMap::new(),
        }
    }

    fn of(&mut self, code: &str, (first, last): (usize, usize)) -> String {
        let lines = self.lines.entry((first, last)).or_insert_with(|| {
            let mut hash = Sha256::new_with_prefix(self.path.as_bytes());
            for line in first..=last {
                hash.update(b"\0");
                hash.update(self.source.slice(self.source.line(line)).trim().as_bytes());
            }
            hash
        });
        let unnumbered = hex(lines.clone().chain_update(b"\0").chain_update(code));
        let count = self.seen.entry(unnumbered.clone()).or_default();
        *count += 1;
        match *count {
            1 => unnumbered,
            count => hex(Sha256::new_with_prefix(unnumbered).chain_update(format!("\0{count}"))),
        }
    }
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Language;

    fn fingerprints(text: &str, lines: &[usize]) -> Vec<String> {
        let source = SourceFile::new("a.py", Language::Python, text.to_owned());
        let mut fingerprints = Fingerprints::new(&source, "a.py");
        lines
            .iter()
            .map(|&line| fingerprints.of("WS101", (line, line)))
            .collect()
    }

    #[test]
    fn fingerprints_survive_moved_lines_and_are_unique() {
        let before = fingerprints("connect()\n  connect()\nx\n", &[1, 2, 3, 3]);
        let after = fingerprints("# new\r\n\tconnect()\r\n\r\nconnect()\r\nx\r\n", &[2, 4, 5, 5]);
        assert_eq!(before, after);
        let unique: std::collections::BTreeSet<_> = before.iter().collect();
        assert_eq!(unique.len(), before.len());
    }
}
