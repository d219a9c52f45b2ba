//! `github`: the workflow commands that GitHub Actions shows as annotations.
//!
//! A step shows ten annotations of each level and drops the rest without a word, so the worst come first, and what does
//! not fit follows in plain lines, which the runner is told not to obey.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::paragraphs::with_remedy;
use super::whole_lines::last_line;
use super::{FileReport, Format, Root, Summary, escape};
use crate::finding::{Finding, Severity};
use crate::source::SourceFile;

/// How many annotations of one level a step shows.
const MOST_OF_A_LEVEL: usize = 10;

pub(super) struct WorkflowCommands {
    root: Root,
    found: Vec<Annotation>,
}

/// A finding in both forms. Only the first of a level can become commands; later ones keep the plain line.
struct Annotation {
    severity: Severity,
    command: Option<String>,
    plain: String,
}

impl WorkflowCommands {
    pub(super) fn new(root: Root) -> Self {
        Self {
            root,
            found: Vec::new(),
        }
    }
}

impl Format for WorkflowCommands {
    fn begin(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn file(&mut self, _out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()> {
        let name = self.root.name_of(file.source.path());
        for finding in &file.checked.findings {
            let level = |one: &&Annotation| one.severity == finding.severity && one.command.is_some();
            let fits = self.found.iter().filter(level).take(MOST_OF_A_LEVEL).count() < MOST_OF_A_LEVEL;
            self.found.push(Annotation {
                severity: finding.severity,
                command: fits.then(|| command(finding, file.source, &name)),
                plain: plain(finding, file.source),
            });
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, _summary: &Summary) -> io::Result<()> {
        self.found.sort_by_key(|annotation| Reverse(annotation.severity));
        for command in self.found.iter().filter_map(|annotation| annotation.command.as_ref()) {
            writeln!(out, "{command}")?;
        }
        let rest = self.found.iter().filter(|annotation| annotation.command.is_none());
        let rest: String = rest.map(|annotation| format!("{}\n", annotation.plain)).collect();
        if rest.is_empty() {
            return Ok(());
        }
        let token = token(&rest);
        write!(out, "::stop-commands::{token}\n{rest}::{token}::\n")
    }
}

fn command(finding: &Finding, source: &SourceFile, name: &str) -> String {
    let start = source.position(finding.span.start);
    let last = last_line(source, finding.span);
    let mut command = match finding.severity {
        Severity::Error => "::error ",
        Severity::Warning => "::warning ",
        Severity::Info => "::notice ",
    }
    .to_owned();
    // Columns only count where one line holds all of it.
    let columns = match source.position(finding.span.end) {
        end if end.line == start.line => format!("col={},endColumn={},", start.column, end.column),
        _ => String::new(),
    };
    let (file, line, code) = (property(name), start.line, finding.rule.code);
    let message = data(&with_remedy(finding, source).join("\n"));
    let _ = write!(
        command,
        "file={file},line={line},endLine={last},{columns}title=ws-lint ({code})::{message}"
    );
    command
}

fn plain(finding: &Finding, source: &SourceFile) -> String {
    let position = source.position(finding.span.start);
    format!(
        "{}: {}:{}:{}: {} {}",
        finding.severity,
        escape::path(source.path()),
        position.line,
        position.column,
        finding.rule.code,
        escape::line(&finding.message),
    )
}

/// What stands behind `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands behind `file=`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// The word that makes the runner obey again. A text cannot contain a hash of itself, so nobody can write it into a file
/// that is looked at; and two runs over the same files write the same.
fn token(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().fold("ws-lint-".to_owned(), |mut token, byte| {
        let _ = write!(token, "{byte:02x}");
        token
    })
}
