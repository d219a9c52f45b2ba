//! A report in Markdown for a comment, an artefact or GitHub's step summary: a table, below it each finding's fix as a
//! folded diff. It stops before it gets too long for its place and says what it left out.

use std::io::{self, Write};

use super::markdown_text::{fence, references, text};
use super::{FileReport, Format, Options, Summary, escape, patch};
use crate::finding::Finding;
use crate::source::SourceFile;

/// A comment on GitHub holds 65,536 characters, one on GitLab a million.
const COMMENT_BYTES: usize = 60_000;

/// A step summary on GitHub holds 1 MiB, what others wrote into it included.
const STEP_SUMMARY_BYTES: usize = 900_000;

pub(super) struct Markdown {
    options: Options,
    most_bytes: usize,
    rows: String,
    rows_left_out: usize,
    diffs: String,
    diffs_left_out: usize,
}

impl Markdown {
    /// For a comment.
    pub(super) fn new(options: Options) -> Self {
        Self {
            options,
            most_bytes: COMMENT_BYTES,
            rows: String::new(),
            rows_left_out: 0,
            diffs: String::new(),
            diffs_left_out: 0,
        }
    }

    /// For what GitHub shows on a run's page.
    pub(super) fn for_step_summary(options: Options) -> Self {
        Self {
            most_bytes: STEP_SUMMARY_BYTES,
            ..Self::new(options)
        }
    }

    /// Rows have two thirds of the place for themselves.
    fn add_row(&mut self, row: &str) {
        if self.rows_left_out > 0 || self.rows.len() + row.len() > self.most_bytes / 3 * 2 {
            self.rows_left_out += 1;
        } else {
            self.rows.push_str(row);
        }
    }

    fn add_diff(&mut self, finding: &Finding, source: &SourceFile, place: &str) {
        let Some(fix) = &finding.fix else {
            return;
        };
        if self.diffs_left_out > 0 {
            self.diffs_left_out += 1;
            return;
        }
        let diff = patch::plain(fix, source);
        let fence = fence(&diff);
        let lead = patch::lead(fix);
        let title = text(&fix.title);
        let code = finding.rule.code;
        let folded = format!(
            "<details>\n<summary>{code} {place}: {lead}: {title}</summary>\n\n\
             {fence}diff\n{diff}{fence}\n\n</details>\n\n"
        );
        if self.diffs.len() + folded.len() > self.most_bytes / 3 {
            self.diffs_left_out += 1;
        } else {
            self.diffs.push_str(&folded);
        }
    }
}

impl Format for Markdown {
    fn begin(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn file(&mut self, _out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()> {
        let name = self.options.root.name_of(file.source.path());
        for finding in &file.checked.findings {
            let place = file.source.place(finding.span.start);
            let place = format!("{name}:{place}");
            let place = format!("<code>{}</code>", references(&escape::line(&place)));
            let row = format!(
                "| {} | {} {} | {place} | {} |\n",
                finding.severity,
                finding.rule.code,
                finding.rule.name,
                text(&finding.message),
            );
            self.add_row(&row);
            self.add_diff(finding, file.source, &place);
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
        writeln!(
            out,
            "## ws-lint\n\n{}",
            text(&summary.sentence(self.options.unsafe_fixes))
        )?;
        for failure in &summary.failures {
            writeln!(out, "\n**could not be done:** {}", text(failure))?;
        }
        if !self.rows.is_empty() {
            write!(
                out,
                "\n| severity | rule | place | finding |\n|---|---|---|---|\n{}",
                self.rows
            )?;
        }
        if self.rows_left_out > 0 {
            writeln!(out, "\n{} more findings are not shown.", self.rows_left_out)?;
        }
        if !self.diffs.is_empty() {
            write!(out, "\n{}", self.diffs)?;
        }
        if self.diffs_left_out > 0 {
            writeln!(out, "\n{} more fixes are not shown.", self.diffs_left_out)?;
        }
        Ok(())
    }
}
